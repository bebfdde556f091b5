"""`suyuan passkey invite`: a code with which an office registers its first passkey."""

import argparse

from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.workplace import connected
from api.settings import Settings
from api.signin import passkeys
from ledger.standing import party_now


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    invite = group.add_parser("invite", help="给一个单位一个邀请码 / invite an office")
    invite.add_argument("party", type=party, metavar="PARTY")
    add_json(invite)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        if party_now(conn, arguments.party) is None:
            raise Refused(
                "unknown-party", f"台账里没有 {arguments.party}。",
                f"The ledger knows no {arguments.party}.",
            )  # fmt: skip
        code = passkeys.invite(conn, arguments.party)
    console.show(code)
    console.tell("24 小时内用一次，只显示这一次。Good for one passkey within 24 hours.")
    console.answer({"party": arguments.party, "invitation": code})
    return Exit.DONE


COMMAND = Command(
    summary="passkeys for offices",
    description="""\
单位用通行密钥登录：先给它一个邀请码，在登录页登记一把，以后指纹或 PIN 一按就进。

Offices sign in with passkeys: invite one, let it register on its own device,
and from then on a touch signs in.""",
    examples="  suyuan passkey invite P445381-000001",
    add_arguments=_add_arguments,
    run=_run,
)
