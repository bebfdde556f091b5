"""`suyuan register`: organisations and persons, their places, and products, made known."""

import argparse
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from api.authoring.new_event import Common, common
from api.cli.command import Arguments, Command, add_json, party, positive
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Refused
from api.cli.key_arguments import Action, add_actor
from api.cli.key_event import actor_of, recorded
from api.cli.quantity import Quantity, quantity
from api.cli.township import township
from api.cli.workplace import connected, keyring_of, opened
from api.joining.invitations import new_number
from api.settings import Settings
from domain.events.catalogue import AnyEvent
from domain.events.governance import PartyAdmitted, PartyKind, Role
from domain.events.registry import Names, PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import is_gtin
from domain.measures import Content, Unit
from ledger.errors import LedgerError
from ledger.vault import PersonCard

_MU_M2: Final = Fraction(2000, 3)
_KINDS: Final = [kind.value for kind in PlaceKind]
_ROLES: Final = [role.value for role in Role if role is not Role.AUTHORITY]


def gtin(text: str) -> str:
    """Read a GTIN for argparse, filled up to 14 digits."""
    if not (text.isascii() and text.isdecimal() and is_gtin(text.zfill(14))):
        raise argparse.ArgumentTypeError(
            f"{text!r}：商品条码是 8、12、13 或 14 位数字，末位是校验码 / no GTIN: check its digits"
        )
    return text.zfill(14)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="WHAT", dest="what", required=True)
    one = group.add_parser("party", help="一个单位或一个人 / an organisation or a person")
    one.add_argument("name", metavar="NAME", help="单位的名字公开；人的姓名只进保险箱")
    one.add_argument(
        "--role", action="append", required=True, choices=_ROLES, help="做什么，可写几次"
    )
    one.add_argument("--township", type=township, required=True, metavar="TOWNSHIP")
    one.add_argument("--gln", help="13 位 GLN，有就写 / its GLN, if it has one")
    one.add_argument("--person", action="store_true", help="是个人 / a person, whose name is kept")
    one.add_argument("--phone", help="个人的电话，进保险箱 / a person's phone")
    one.add_argument(
        "--consent", action="store_true", help="本人同意公开姓名 / the name may be shown"
    )
    place = group.add_parser("place", help="一个地点或一块地 / a place, or a plot")
    place.add_argument("holder", type=party, metavar="PARTY")
    place.add_argument("name", metavar="NAME")
    place.add_argument("--kind", choices=_KINDS, required=True)
    place.add_argument("--township", type=township, required=True, metavar="TOWNSHIP")
    area = place.add_mutually_exclusive_group()
    area.add_argument("--mu", type=positive, help="几亩 / its area in mu")
    area.add_argument("--m2", type=positive, help="几平方米 / its area in m²")
    place.add_argument("--gln", help="13 位 GLN，有就写 / its GLN, if it has one")
    item = group.add_parser("product", help="一种产品 / a product")
    item.add_argument("gtin", type=gtin, metavar="GTIN")
    item.add_argument("zh", metavar="中文名")
    item.add_argument("en", metavar="NAME")
    item.add_argument(
        "--category", required=True, help="如 rice、cinnamon，见 docs/event-format.md"
    )
    item.add_argument("--unit", choices=[unit.value for unit in Unit], default=Unit.GRAM.value)
    item.add_argument("--content", type=quantity, metavar="AMOUNT", help="一件装多少，如 500g")
    item.add_argument("--mark", help="要凭哪个标志的授权才能做 / no batch of it without this mark")
    item.add_argument("--shelf-life", type=positive, metavar="DAYS", help="保质期，天")
    for sub in (one, place, item):
        add_actor(sub, required=False)
        add_json(sub)


def _party(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        number = new_number("P", opened(conn).county)
    person: bool = arguments.person
    event = PartyAdmitted(
        **_common(arguments, settings), party=number,
        kind=PartyKind.PERSON if person else PartyKind.ORGANISATION,
        roles=tuple(dict.fromkeys(map(Role, arguments.role))), township=arguments.township,
        name=None if person else arguments.name, gln=arguments.gln,
    )  # fmt: skip
    if not person:
        return _register(event, number, settings, console)
    vault = keyring_of(settings).vault()
    with connected(settings) as conn:
        vault.put(conn, number, PersonCard(arguments.name, arguments.phone, arguments.consent))
        try:
            return _register(event, number, settings, console)
        except (Refused, LedgerError):
            vault.erase(conn, number)
            raise


def _place(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        number = new_number("L", opened(conn).county)
    mu: int | None = arguments.mu
    event = PlaceRegistered(
        **_common(arguments, settings), place=number, holder=arguments.holder,
        kind=PlaceKind(arguments.kind), township=arguments.township, name=arguments.name,
        area_m2=round(mu * _MU_M2) if mu else arguments.m2, gln=arguments.gln,
    )  # fmt: skip
    return _register(event, number, settings, console)


def _product(arguments: Arguments, settings: Settings, console: Console) -> int:
    inside: Quantity | None = arguments.content
    event = ProductRegistered(
        **_common(arguments, settings), gtin=arguments.gtin,
        names=Names(zh=arguments.zh, en=arguments.en), category=arguments.category,
        unit=Unit(arguments.unit), shelf_life_days=arguments.shelf_life,
        content=Content(quantity=inside.amount, unit=inside.unit) if inside else None,
        mark=arguments.mark,
    )  # fmt: skip
    return _register(event, arguments.gtin, settings, console)


def _common(arguments: Arguments, settings: Settings) -> Common:
    return common(actor_of(arguments, settings), datetime.now(UTC))


def _register(event: AnyEvent, number: str, settings: Settings, console: Console) -> int:
    position = recorded(event, settings).receipt.position
    console.show(f"{console.paint(number, Paint.GREEN)}  第 {position} 条")
    console.answer({"id": number, "event": event.id, "position": position})
    return Exit.DONE


_ACTIONS: Final[dict[str, Action]] = {"party": _party, "place": _place, "product": _product}


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    return _ACTIONS[arguments.what](arguments, settings, console)


COMMAND = Command(
    summary="organisations, persons, places and products",
    description="""\
登记单位、个人、地点和产品，给出编号。农户由合作社在 /coop 的桌子上收，不必在这里
登记。不写 --as 就由主管部门签；合作社可以登记自己社员的地块，厂家可以登记自己的
产品。个人的姓名和电话只进保险箱，不进台账；删除用 suyuan erase。

Registers organisations, persons, places and products, and gives their numbers.
Farmers are taken in by their cooperative at its desk, /coop. Signed by the
authority, or by --as. A person's name and phone are kept in the vault, never
in the ledger; suyuan erase removes them.""",
    examples="""\
  suyuan register party 榃滨桂皮专业合作社 --role cooperative --township 榃滨镇
  suyuan register party 黎大叔 --person --consent --role farmer --township 榃滨镇
  suyuan register place P445381-1234567890 3号仓 --kind warehouse --township 素龙街道
  suyuan register place P445381-1234567890 屋背田 --kind plot --mu 3 --township 榃滨镇
  suyuan register product 6901234567892 罗定桂皮 "Luoding cinnamon" --category cinnamon
  suyuan register product 6901234567908 桂皮500克 "Cinnamon 500 g" --category cinnamon \\
      --unit H87 --content 500g --shelf-life 730""",
    add_arguments=_add_arguments,
    run=_run,
)
