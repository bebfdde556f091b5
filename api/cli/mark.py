"""`suyuan mark`: who may use a geographical-indication mark: granted, listed, taken back."""

import argparse
from datetime import UTC, datetime
from typing import Final

from api.authoring.new_event import common
from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.key_arguments import Action, add_actor, moment
from api.cli.key_event import actor_of, write
from api.cli.quantity import Quantity, quantity
from api.cli.reading import catch_up
from api.cli.township import township
from api.cli.workplace import database
from api.settings import Settings
from domain.events.marks import MarkGranted, MarkRevoked, Quota
from domain.events.registry import Names
from domain.measures import Unit, show
from ledger.schema import reaching
from projections import marks
from projections.marks import Granted


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    grant = group.add_parser("grant", help="授权一个主体使用 / let a party use a mark")
    grant.add_argument("mark", metavar="MARK", help="代号，如 luoding-cinnamon / its short name")
    grant.add_argument("party", type=party, metavar="PARTY")
    grant.add_argument("--zh", required=True, help="标志的名字，如 罗定肉桂 / its name in Chinese")
    grant.add_argument("--en", required=True, help="英文名 / its name in English")
    grant.add_argument(
        "--category", action="append", required=True, help="哪类产品，可写几次 / of what produce"
    )
    grant.add_argument(
        "--township", action="append", type=township, required=True,
        help="产区，可写几次；县的六位代码是全县 / where it grows, may be given again",
    )  # fmt: skip
    grant.add_argument(
        "--quota", type=quantity, metavar="AMOUNT",
        help="最多采收多少，如 120000kg；不写就只供加工 / the most to harvest; without, none",
    )  # fmt: skip
    grant.add_argument("--until", type=moment, help="到什么时候，如 2027-12-31T00:00:00+08:00")
    revoke = group.add_parser("revoke", help="收回一次授权 / take a grant back")
    revoke.add_argument("grant", metavar="ID", help="授权那一条的编号，见 list / the grant's id")
    revoke.add_argument("--reason", required=True, help="为什么 / why")
    listing = group.add_parser("list", help="列出授权和用了多少 / the grants, and what is used")
    for sub in (grant, revoke):
        add_actor(sub, required=False)
    for sub in (grant, revoke, listing):
        add_json(sub)


def _grant(arguments: Arguments, settings: Settings, console: Console) -> int:
    most: Quantity | None = arguments.quota
    event = MarkGranted(
        **common(actor_of(arguments, settings), datetime.now(UTC)), mark=arguments.mark,
        names=Names(zh=arguments.zh, en=arguments.en), party=arguments.party,
        categories=tuple(dict.fromkeys(arguments.category)),
        townships=tuple(dict.fromkeys(arguments.township)),
        quota=Quota(quantity=most.amount, unit=most.unit) if most else None,
        until=arguments.until,
    )  # fmt: skip
    return write(event, "已授权 granted", settings, console)


def _revoke(arguments: Arguments, settings: Settings, console: Console) -> int:
    found = next((one for one in _grants(settings, console) if one.id == arguments.grant), None)
    if found is None:
        raise Refused(
            "no-grant", f"没有授权 {arguments.grant}。全部授权：suyuan mark list",
            f"There is no grant {arguments.grant}. See suyuan mark list.",
        )  # fmt: skip
    event = MarkRevoked(
        **common(actor_of(arguments, settings), datetime.now(UTC), found.id),
        mark=found.mark, grant=found.id, reason=arguments.reason,
    )  # fmt: skip
    return write(event, "已收回 revoked", settings, console)


def _list(_arguments: Arguments, settings: Settings, console: Console) -> int:
    found = _grants(settings, console)
    if not found:
        console.tell("还没有授权过标志。No mark was granted yet.")
    for one in found:
        console.show(f"{one.id}  {one.zh}  {one.party}  {_standing(one)}")
    console.answer(found)
    return Exit.DONE


def _grants(settings: Settings, console: Console) -> list[Granted]:
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            return marks.grants(conn)


def _standing(one: Granted) -> str:
    if one.revoked_at:
        return f"已收回 revoked {one.revoked_at:%Y-%m-%d}：{one.reason}"
    if one.quota is None or one.unit is None:
        return "只供加工 processing only"
    unit = Unit(one.unit)
    return f"用了 {show(one.used, unit)}，共 {show(one.quota, unit)}（{one.batches} 批）"


_ACTIONS: Final[dict[str, Action]] = {"grant": _grant, "revoke": _revoke, "list": _list}


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    return _ACTIONS[arguments.action](arguments, settings, console)


COMMAND = Command(
    summary="geographical-indication marks",
    description="""\
管地理标志：授权哪个主体、哪些产品、哪些镇、最多采收多少。没有授权、不在产区、超过
额度的，台账不收。收回从那一条起生效，已经挂了标志的批次照旧。

Geographical-indication marks: who may use one, for which produce, from which
townships, for how much. The ledger refuses whatever is not covered. A grant
that is taken back ends from there on; batches that bear the mark keep it.""",
    examples="""\
  suyuan mark grant luoding-cinnamon P445381-000002 --zh 罗定肉桂 --en "Luoding cinnamon" \\
      --category cinnamon --township 榃滨镇 --township 泗纶镇 --quota 120000kg
  suyuan mark list
  suyuan mark revoke ID --reason 抽检不合格""",
    add_arguments=_add_arguments,
    run=_run,
)
