"""A unit's label was scanned: how often before, and what a shopper should know of that."""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import quote

from fastapi import Request

from api.pages.reader import Reader
from api.rate_limit import RateLimit
from api.scans import sightings, suspected
from api.scans.sightings import UnitScans
from api.scans.suspected import Evidence, Unit
from api.services import Services
from domain.authenticity import Scanned, Sighting, Suspicion, sold_elsewhere, suspicions
from domain.moments import CST
from domain.townships import distance_between, seat
from ledger.log import Connection
from projections import directory, papers
from projections.passport import Passport

LIMIT: Final = RateLimit(per_minute=60, burst=60)
"""Unit pages for one address: a shop behind one address passes, who tries numbers out does not."""

_COOKIE: Final = "seen"
_COOKIE_S: Final = 3600
_ROBOT: Final = re.compile(r"bot|crawl|spider|slurp|preview|curl|wget|python|httpx", re.IGNORECASE)


class UnitView(NamedTuple):
    """What the page says of a unit: warnings, then a line on its scans, and that it was sold.

    `gone`: its label was withdrawn.
    """

    warnings: tuple[str, ...]
    line: str
    first: bool
    sold: str = ""
    gone: bool = False


class Told(NamedTuple):
    """What the ledger tells of a serial: whether it was printed; when and where it was sold.

    `withdrawn`: the run that printed it was declared in error, and none that stands has it.
    """

    printed: bool | None
    sold: Sighting | None
    withdrawn: bool = False


def told_of(conn: Connection, batch: str, serial: str) -> Told:
    """Look up what the ledger tells of a serial."""
    sale = papers.sale_of(conn, batch, serial)
    sold = None
    if sale:
        place = directory.place(conn, sale.place)
        sold = Sighting(sale.at, place.township if place else None)
    printed = papers.was_printed(conn, batch, serial)
    withdrawn = not printed and papers.was_withdrawn(conn, batch, serial)
    return Told(printed, sold, withdrawn)


def looked_at(
    request: Request, services: Services, conn: Connection, found: Passport, serial: str,
    told: Told, reader: Reader,
) -> UnitView:  # fmt: skip
    """Count a shopper's scan of a unit once, and say what its scans come to.

    Raises:
        Problem: 429 for who looks up one unit after another.
    """
    LIMIT.check(request)
    now = datetime.now(UTC)
    if told.withdrawn:
        warning = reader.say("这个编号的标签印错了，已经作废，不该再贴在货上。")
        return UnitView((warning,), "", first=False, gone=True)
    region = _region(request, services)
    if not _counts(request, found.key, serial):
        scans = sightings.read(conn, found.key, serial, now)
        unit = Scanned(now=Sighting(now, region), printed=told.printed, sold=told.sold)
        return _view(scans, unit, reader)
    if told.printed is False:
        sightings.record_stray(conn, found.key, serial, now)
        unit = Scanned(now=Sighting(now, region), printed=False)
        _note(conn, found, serial, unit)
        return _view(None, unit, reader)
    scans = sightings.record(conn, found.key, serial, now, region)
    unit = Scanned(
        now=Sighting(now, region), before=scans.before, count=scans.scans, today=scans.today,
        printed=told.printed, sold=told.sold,
    )  # fmt: skip
    _note(conn, found, serial, unit)
    return _view(scans, unit, reader)


def remembered(request: Request, key: str, serial: str) -> dict[str, str]:
    """Give the header that keeps a reload from counting: an hour, this unit's page, no identity."""
    secure = "; Secure" if request.url.scheme == "https" else ""
    path = quote(request.url.path, safe="/%")
    mark = f"{_COOKIE}={_mark(key, serial)}; Max-Age={_COOKIE_S}; Path={path}"
    return {"Set-Cookie": f"{mark}; SameSite=Lax; HttpOnly{secure}"}


def _counts(request: Request, key: str, serial: str) -> bool:
    headers = request.headers
    purpose = headers.get("sec-purpose", "") + headers.get("purpose", "")
    agent = headers.get("user-agent", "")
    return (
        request.method == "GET"
        and "prefetch" not in purpose
        and bool(agent)
        and not _ROBOT.search(agent)
        and request.cookies.get(_COOKIE) != _mark(key, serial)
    )


def _mark(key: str, serial: str) -> str:
    return quote(f"{key}/{serial}", safe="")


def _region(request: Request, services: Services) -> str | None:
    """Give the prefecture that the operator's proxy tells; None where none is told or known."""
    name = services.settings.region_header
    told = request.headers.get(name, "") if name else ""
    found = seat(told) if told.isascii() and told.isdigit() else None
    return found.code if found else None


def _note(conn: Connection, found: Passport, serial: str, unit: Scanned) -> None:
    kinds = suspicions(unit)
    if not kinds:
        return
    owner = found.made.actor.id if found.made else None
    if unit.printed is False:
        # One case a batch for whatever was made up: a robot would fill the table.
        serial = ""
    before = unit.before.region if unit.before else None
    evidence = Evidence(unit.count, unit.today, before, unit.now.region)
    suspected.note(conn, Unit(found.key, owner, serial), kinds, evidence)


def _view(scans: UnitScans | None, unit: Scanned, reader: Reader) -> UnitView:
    warnings = tuple(_warning(kind, unit, reader) for kind in suspicions(unit))
    if scans is None:
        return UnitView(warnings, "", first=False)
    first = scans.scans == 1
    line = reader.say("这一件是头一回有人扫。")
    if not first:
        line = reader.say(
            "这一件扫过 %(n)s 次，头一回是 %(when)s。",
            n=reader.number(scans.scans), when=reader.moment(scans.first_at.astimezone(CST)),
        )  # fmt: skip
    return UnitView(warnings, line, first, _sold(unit, reader))


def _sold(unit: Scanned, reader: Reader) -> str:
    """Say plainly that it was sold: whoever bought it then has nothing to fear."""
    if unit.sold is None or Suspicion.SOLD in suspicions(unit):
        return ""
    return reader.say(
        "这一件 %(when)s 已经卖出。是您买的就放心；要是现在才在店里看到它，标签可能是翻印的。",
        when=reader.day(unit.sold.at.astimezone(CST)),
    )


def _warning(kind: Suspicion, unit: Scanned, reader: Reader) -> str:
    match kind:
        case Suspicion.NEVER_PRINTED:
            return reader.say("这个编号从来没有印过，标签可能是仿的。先别吃，告诉我们一声。")
        case Suspicion.FAR_APART:
            return _far(unit, reader)
        case Suspicion.TOO_MANY:
            return reader.say(
                "这一件已经扫了 %(n)s 次，不像只有一件：标签可能被人翻印了。",
                n=reader.number(unit.count),
            )
        case Suspicion.SOLD:
            return _sold_before(unit, reader)


def _sold_before(unit: Scanned, reader: Reader) -> str:
    sold = unit.sold or unit.now
    if sold_elsewhere(unit):
        return reader.say(
            "这一件不到一小时前才在%(there)s卖出，不会这么快到%(here)s：标签可能被人翻印了。",
            there=reader.place(sold.region or ""), here=reader.place(unit.now.region or ""),
        )  # fmt: skip
    return reader.say(
        "这一件 %(when)s 已经卖出。要是您现在才买到，标签可能是翻印的。",
        when=reader.day(sold.at.astimezone(CST)),
    )


def _far(unit: Scanned, reader: Reader) -> str:
    there = (unit.before.region if unit.before else None) or ""
    here = unit.now.region or ""
    return reader.say(
        "不到一小时，%(there)s和%(here)s都有人扫过这一件，相隔 %(km)s 公里：标签可能被人翻印了。",
        there=reader.place(there), here=reader.place(here),
        km=reader.number((distance_between(there, here) or 0) // 1000),
    )  # fmt: skip
