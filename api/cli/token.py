"""`suyuan token`: tokens for a party's programs, made, listed and ended by the operator."""

import argparse
from typing import Final

import msgspec

from api.cli.command import Arguments, Command, add_json, party, positive
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.workplace import connected
from api.settings import Settings
from api.signin import tokens
from ledger.standing import party_now


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    create = group.add_parser("create", help="新建一个 / make one, and show it once")
    create.add_argument("party", type=party, metavar="PARTY")
    create.add_argument("--name", required=True, help="用在哪里 / what it is for, e.g. 采购系统")
    create.add_argument(
        "--scope", action="append", choices=list(tokens.SCOPES), metavar="SCOPE",
        help="权限，可以多个，默认 read / what it may: read, write; read if not said",
    )  # fmt: skip
    create.add_argument(
        "--days", type=positive, default=90, help="多少天有效，默认 90 / for how long"
    )
    listed = group.add_parser("list", help="列出 / list them")
    listed.add_argument("party", type=party, metavar="PARTY", nargs="?")
    revoke = group.add_parser("revoke", help="撤销，马上失效 / end one, at once")
    revoke.add_argument("token", metavar="ID")
    for action in (create, listed, revoke):
        add_json(action)


def _create(arguments: Arguments, settings: Settings, console: Console) -> int:
    wanted = tokens.Wanted(arguments.name, arguments.scope or ["read"], arguments.days)
    fault = wanted.faults()
    if fault:
        raise Refused("malformed", f"令牌的要求不对：{fault}。", f"{fault}.")
    with connected(settings) as conn:
        if party_now(conn, arguments.party) is None:
            raise Refused(
                "unknown-party", f"台账里没有 {arguments.party}。",
                f"The ledger knows no {arguments.party}.",
            )  # fmt: skip
        try:
            secret, token = tokens.make(conn, arguments.party, wanted, None)
        except tokens.TooMany as error:
            raise Refused(
                "too-many-tokens", f"有效的令牌已有 {tokens.MAX_TOKENS} 个，请先撤销不用的。",
                f"{tokens.MAX_TOKENS} tokens are in force; revoke some first.",
            ) from error  # fmt: skip
    console.show(secret)
    console.tell(
        f"编号 {token.id}，{token.expires:%Y-%m-%d} 到期。令牌只显示这一次，请收好。"
        " It is shown this once; keep it safe."
    )
    console.answer({**msgspec.to_builtins(token), "token": secret})
    return Exit.DONE


def _list(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        found = tokens.listed(conn, arguments.party)
    if not found:
        console.tell("没有令牌。There is none.")
    for one in found:
        ended = f"，{one.revoked:%Y-%m-%d} 撤销 revoked" if one.revoked else ""
        console.show(
            f"{one.id}  {one.party}  {one.name}  {','.join(one.scopes)}"
            f"  {one.expires:%Y-%m-%d} 到期 expires{ended}"
        )
    console.answer(found)
    return Exit.DONE


def _revoke(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        if not tokens.revoke(conn, arguments.token):
            raise Refused(
                "unknown-token", f"没有有效的令牌 {arguments.token}。",
                f"No token {arguments.token} is in force.",
            )  # fmt: skip
    console.show(f"已撤销 revoked  {arguments.token}")
    console.answer({"id": arguments.token})
    return Exit.DONE


_ACTIONS: Final = {"create": _create, "list": _list, "revoke": _revoke}


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    return _ACTIONS[arguments.action](arguments, settings, console)


COMMAND = Command(
    summary="tokens for programs",
    description="""\
给一个主体的程序用的令牌：放在 Authorization: Bearer 后面，不用登录就能读接口，带
write 的还能让服务器代签。服务器只存它的哈希，所以只显示一次；丢了就撤销，再做一个。

Tokens for a party's programs, sent as Authorization: Bearer. One with the
scope write may have the server sign with the key that it keeps for the party.
Only a hash is kept, so a token is shown once; one that is lost is revoked.""",
    examples="""\
  suyuan token create P445381-000008 --name 采购系统 --scope read --days 30
  suyuan token list P445381-000008
  suyuan token revoke 3f9a1c2b7d8e""",
    add_arguments=_add_arguments,
    run=_run,
)
