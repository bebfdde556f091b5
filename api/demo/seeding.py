"""The demo county brought to life: a season written into an empty ledger, as timely as in life.

`SUYUAN_DATA/demo.json` remembers the moment that the season was made up for, so that what a killed
process left half written is finished by the next: the same moment gives the same events.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import msgspec
from msgspec import Struct

from api.demo.demo_keys import unsafe_demo_key
from api.demo.parties import AUTHORITY
from api.demo.season import Season, season
from api.keyring import Keyring
from api.log_name import default_origin, log_vkey
from api.settings import Settings
from api.whole_file import write_whole
from domain.events.catalogue import AnyEvent
from domain.ids import BatchId, EventId
from domain.refusals import Refusal
from domain.townships import LUODING
from ledger import log
from ledger.keys import Ed25519Key, P256Key
from ledger.log import Connection
from ledger.schema import reaching
from ledger.sequencer import sequencing
from ledger.vault import PersonCard

SEED: Final = 2026
_DELAY: Final = timedelta(minutes=2)
"""From an event to its admission, for a phone that has a signal."""

Progress = Callable[[int, int], None]
"""Called with (events written, events to write) after each."""


class SeasonRefused(Exception):
    """An event of the season that the ledger refuses: the season is wrong."""

    def __init__(self, event_id: EventId, refusal: Refusal) -> None:
        """Say which, and why."""
        super().__init__(f"{event_id}: {refusal.en}")
        self.event_id = event_id
        self.refusal = refusal


class Marker(Struct, frozen=True):
    """What is remembered of a demo county: when `now` was, its showpiece, its genesis."""

    now: datetime
    origin: str
    showcase: BatchId
    genesis: str


def is_demo(conn: Connection) -> bool:
    """Tell whether the ledger is a demo county: its authority's key is the demo's, known to all."""
    event = log.opening(conn)
    return event is not None and event.authority_key == unsafe_demo_key(SEED, AUTHORITY).did


def seed_if_empty(
    url: str, settings: Settings, keyring: Keyring, progress: Progress | None = None
) -> bool:
    """Write the season where the ledger is empty, or what is missing of it; tells whether it did.

    Raises:
        SeasonRefused: where an event of the season is refused.
    """
    with _alone(settings.data), reaching(url) as conn:
        marker = read_marker(settings)
        head = log.head(conn)
        if head and (marker is None or not _is_of(conn, marker)):
            return False
        if not head or marker is None:
            origin = default_origin(settings, LUODING)
            marker = Marker(datetime.now(UTC), origin, "", "")
        told = season(marker.now, marker.origin, log_vkey(keyring, marker.origin), SEED)
        missing = _missing(conn, told, head)
        if not missing:
            return False
        marker = Marker(marker.now, marker.origin, told.showcase, told.events[0].id)
        write_whole(_marker_path(settings), [msgspec.json.encode(marker)])
        _keep_keys(keyring, told)
        _fill_vault(conn, keyring, told)
        _write(url, keyring, told.events[-missing:], told.envelopes[-missing:], progress)
    return True


def read_marker(settings: Settings) -> Marker | None:
    """Give what is remembered of the demo county in this data folder."""
    path = _marker_path(settings)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Marker)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _marker_path(settings: Settings) -> Path:
    return settings.data / "demo.json"


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold other processes on this data folder off while one seeds."""
    with (data / "demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_of(conn: Connection, marker: Marker) -> bool:
    event = log.opening(conn)
    return event is not None and event.id == marker.genesis


def _missing(conn: Connection, told: Season, head: int) -> int:
    """Count the events of the season's end that were not written; 0 where others have written."""
    if head >= len(told.events):
        return 0
    last = log.read(conn, head - 1, 1) if head else []
    if last and last[0].event.id != told.events[head - 1].id:
        return 0
    return len(told.events) - head


def _keep_keys(keyring: Keyring, told: Season) -> None:
    for party, key in told.keys.items():
        if not keyring.party_path(party).exists():
            keyring.keep_party_key(party, cast("Ed25519Key | P256Key", key))


def _fill_vault(conn: Connection, keyring: Keyring, told: Season) -> None:
    vault = keyring.vault()
    for person in told.people:
        vault.put(conn, person.party, PersonCard(person.name, person.phone, person.consent))


class _Clock:
    """The ledger's clock during the season: a little after each event."""

    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def _write(
    url: str, keyring: Keyring, events: list[AnyEvent], envelopes: list[bytes],
    progress: Progress | None,
) -> None:  # fmt: skip
    clock = _Clock()
    with sequencing(url, keyring.log_keys(), clock) as sequencer:
        for number, (event, raw) in enumerate(zip(events, envelopes, strict=True), 1):
            clock.now = event.occurred_at + _DELAY
            outcome = sequencer.admit(raw)
            if isinstance(outcome, Refusal):
                raise SeasonRefused(event.id, outcome)
            if progress:
                progress(number, len(events))
