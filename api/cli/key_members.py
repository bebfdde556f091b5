"""`suyuan key mandate` and `dismiss`: a cooperative's members, and whether it signs for them."""

from datetime import UTC, datetime
from typing import Final

from api.authoring.new_event import common
from api.cli.command import Arguments, add_json, party
from api.cli.console import Console
from api.cli.key_arguments import Action, Actions, add_actor
from api.cli.key_event import write
from api.cli.workplace import connected, keyring_of
from api.settings import Settings
from domain.events.governance import MembershipBegan, MembershipEnded
from ledger.standing import party_now


def add(group: Actions) -> None:
    """Add the two actions."""
    mandate = group.add_parser(
        "mandate",
        help="合作社收一个社员 / a cooperative takes a member",
    )
    mandate.add_argument("member", type=party, metavar="MEMBER", help="哪个社员 / which member")
    mandate.add_argument(
        "--may-sign",
        action="store_true",
        help="可以代他签名 / it may sign for the member",
    )
    dismiss = group.add_parser(
        "dismiss", help="社员退社，代签到此为止 / a member leaves, and the mandate ends"
    )
    dismiss.add_argument("member", type=party, metavar="MEMBER", help="哪个社员 / which member")
    dismiss.add_argument("--reason", required=True, help="为什么 / why")
    for parser in (mandate, dismiss):
        add_actor(parser)
        add_json(parser)


def _mandate(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = MembershipBegan(
        **common(arguments.actor, datetime.now(UTC)), member=arguments.member,
        may_sign=arguments.may_sign,
    )  # fmt: skip
    with connected(settings) as conn:
        member = party_now(conn, arguments.member)
    # A member with a key of its own signs this too, where that key is kept here.
    path = keyring_of(settings).party_path(arguments.member)
    also = (arguments.member,) if member and member.had_key and path.exists() else ()
    return write(event, "已入社 member", settings, console, also)


def _dismiss(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = MembershipEnded(
        **common(arguments.actor, datetime.now(UTC)), member=arguments.member,
        reason=arguments.reason,
    )  # fmt: skip
    return write(event, "已退社 dismissed", settings, console)


ACTIONS: Final[dict[str, Action]] = {"mandate": _mandate, "dismiss": _dismiss}
