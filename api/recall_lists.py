"""A recall's lists for people: names, contacts where they may be seen, and a plain sheet."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from domain.measures import Unit, show
from domain.produce import PROCESS_ZH
from ledger.log import Connection
from ledger.vault import Vault
from projections import directory
from projections.recall import (
    Balance,
    Contact,
    Ended,
    Recall,
    Some,
    Unsettled,
    recall,
    with_contacts,
)

_TRIES: Final = 40
_PAUSE_S: Final = 0.025
_MOST_LOTS: Final = 12
"""So many batches of an entry are named on the sheet; the data have all of them."""
_MOST_BALANCES: Final = 200

_PROCESSES: Final = {process.value: zh for process, zh in PROCESS_ZH.items()}
_ENDS: Final = {"used": "加工用掉 used", "disposed": "销毁 disposed", "lost": "路上损耗 lost"}


class Names(Struct, frozen=True):
    """What parties, places and products are called, by id; a person is named by the vault."""

    parties: dict[str, str]
    places: dict[str, str]
    products: dict[str, str]
    phones: dict[str, str]

    def who(self, party: str) -> str:
        """Name a party, with its telephone where it may be seen."""
        name = self.parties.get(party)
        phone = self.phones.get(party)
        return " ".join(part for part in (name, party if not name else "", phone) if part)

    def where(self, place: str) -> str:
        """Name a place."""
        return self.places.get(place, place)


def ask(conn: Connection, batch: str) -> Recall | None:
    """Give a recall's lists; waits a moment where the read models are not of one position.

    Raises:
        Unsettled: where they are not after a second.
    """
    for _ in range(_TRIES):
        try:
            return recall(conn, batch)
        except Unsettled:
            time.sleep(_PAUSE_S)
    return recall(conn, batch)


def told(conn: Connection, vault: Vault, found: Recall) -> Recall:
    """Add how to reach everybody who must be told; only for the county's own office."""
    ids = sorted(found.parties())
    known, cards = directory.parties(conn, ids), vault.names(conn, ids)
    contacts = []
    for party in ids:
        card, firm = cards.get(party), known.get(party)
        name = card.name if card else firm.name if firm else None
        contacts.append(Contact(party=party, name=name, phone=card.phone if card else None))
    return with_contacts(found, contacts)


def names_of(conn: Connection, found: Recall) -> Names:
    """Look up what the lists name."""
    ends = {end.party for end in found.used_or_lost} | {halt.by for halt in found.halts}
    places = {one.place for one in found.here} | {one.place for one in found.gone_out}
    places |= {one.place for one in found.used_or_lost}
    places |= {place for one in found.on_the_way for place in (one.from_place, one.to_place)}
    gtins = {batch.batch[:14] for batch in found.balances}
    parties = directory.parties(conn, found.parties() | ends)
    called = {party: one.name for party, one in parties.items() if one.name}
    called |= {contact.party: contact.name for contact in found.contacts if contact.name}
    return Names(
        called,
        {place: one.name for place, one in directory.places(conn, places).items()},
        {gtin: one.name_zh for gtin, one in directory.products(conn, gtins).items()},
        {contact.party: contact.phone for contact in found.contacts if contact.phone},
    )


def sheet(found: Recall, names: Names) -> Iterator[str]:
    """Write the lists as lines of text that can be read out, printed and ticked off."""
    yield f"召回清单 Recall lists  {found.root}"
    yield f"截至台账第 {found.position:,} 条，共 {found.batches:,} 个批次 / as of that position"
    yield from _halts(found, names)
    yield from _part(
        "一、还在手上：就地封存 Still here: put aside",
        (
            (f"{names.where(one.place)} · {names.who(one.party)}", one.gtin, one)
            for one in found.here
        ),
        names,
    )
    yield from _part(
        "二、正在路上：拦下 On the way: stop",
        (
            (
                f"{names.where(one.from_place)} → {names.where(one.to_place)} · "
                f"{names.who(one.sender)} → {names.who(one.recipient)}"
                + (f" · {names.who(one.carrier)}" if one.carrier else ""),
                one.batches[0].batch[:14], one,
            )
            for one in found.on_the_way
        ),
        names,
    )  # fmt: skip
    yield from _part(
        "三、已经卖出：通知 Gone out: tell",
        (
            (f"{names.where(one.place)} · {names.who(one.party)} · {one.channel}", one.gtin, one)
            for one in found.gone_out
        ),
        names,
    )
    yield from _part(
        "四、用掉、销毁、损耗 Used up, disposed of, lost",
        (
            (f"{names.where(one.place)} · {names.who(one.party)} · {_why(one)}", one.gtin, one)
            for one in found.used_or_lost
        ),
        names,
    )
    if found.foreign:
        yield ""
        yield f"五、进了外面的批次 Gone into foreign batches  {len(found.foreign):,}"
        yield from (f"  {name}" for name in found.foreign[:_MOST_BALANCES])
    yield from _sums(found, names)


def _halts(found: Recall, names: Names) -> Iterator[str]:
    for halt in found.halts:
        what = "召回 recall" if halt.kind == "recall" else "封存 hold"
        yield f"{what}  第 {halt.position:,} 条  {halt.batch}  {halt.reason}  {names.who(halt.by)}"
        if halt.instruction:
            yield f"  {halt.instruction}"


def _part(head: str, entries: Iterable[tuple[str, str, Any]], names: Names) -> Iterator[str]:
    rows = list(entries)
    yield ""
    yield f"{head}  {len(rows):,}"
    if not rows:
        yield "  没有 none"
    for where, gtin, one in rows:
        quantity = show(one.quantity, Unit(one.unit))
        yield f"  □ {names.products.get(gtin, gtin)} {quantity}  {where}"
        yield f"      {_lots(one.batches, one.unit)}"


def _lots(batches: Sequence[Some], unit: str) -> str:
    shown = "，".join(
        f"{one.batch[15:]}（{show(one.quantity, Unit(unit))}）" for one in batches[:_MOST_LOTS]
    )
    more = len(batches) - _MOST_LOTS
    return f"{shown} 等 {len(batches):,} 批" if more > 0 else shown


def _why(one: Ended) -> str:
    why = _PROCESSES.get(one.note or "", one.note) if one.kind == "used" else one.note
    return " · ".join(part for part in (_ENDS[one.kind], why) if part)


def _sums(found: Recall, names: Names) -> Iterator[str]:
    """Print that what was made is the sum of what became of it, batch by batch."""
    yield ""
    yield "核对：做出 = 在手 + 在途 + 卖出 + 用掉 + 销毁 + 损耗 / made, and what became of it"
    for one in found.balances[:_MOST_BALANCES]:
        yield f"  {_line(one, names)}"
    if len(found.balances) > _MOST_BALANCES:
        more = len(found.balances) - _MOST_BALANCES
        yield f"  …  其余 {more:,} 批见 --json / the rest in the data"
    for unit in dict.fromkeys(one.unit for one in found.balances):
        whole = Balance(batch="", unit=unit, made=0)
        for one in found.balances:
            if one.unit == unit:
                _add(whole, one)
        yield f"  合计 total  {_numbers(whole)}"
    if found.unbalanced:
        yield f"  对不上 does not add up: {', '.join(found.unbalanced[:_MOST_LOTS])}"
    else:
        yield f"  {len(found.balances):,} 批全部对得上，一克不差 / every batch adds up, to the gram"


def _line(one: Balance, names: Names) -> str:
    product = names.products.get(one.batch[:14], one.batch[:14])
    mark = "✓" if one.accounted == one.made else "✗"
    return f"{mark} {product} {one.batch[15:]}  {_numbers(one)}"


def _numbers(one: Balance) -> str:
    parts = (one.here, one.on_the_way, one.gone_out, one.used, one.disposed, one.lost)
    return f"{one.made:,} = {' + '.join(f'{part:,}' for part in parts)} {one.unit}"


def _add(whole: Balance, one: Balance) -> None:
    whole.made += one.made
    whole.here += one.here
    whole.on_the_way += one.on_the_way
    whole.gone_out += one.gone_out
    whole.used += one.used
    whole.disposed += one.disposed
    whole.lost += one.lost
