"""A ledger's founding and any number of independent harvests: what many callers write at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any, Final

from domain.events.base import Event
from domain.events.catalogue import AnyEvent, encode
from domain.events.governance import (
    Custody,
    KeyBound,
    LedgerOpened,
    PartyAdmitted,
    PartyKind,
    Role,
)
from domain.events.movements import BatchHarvested
from domain.events.registry import Names, PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import batch_id, gtin_check_digit, uuid7
from domain.measures import Unit
from ledger import envelope
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key

ORIGIN: Final = "suyuan.bench/445381"
FARMERS: Final = 64
_AUTHORITY: Final = "P445381-000001"
_GTIN: Final = "0204453810000" + gtin_check_digit("0204453810000")


class Harvests:
    """Signs events for a throw-away ledger; the same seed gives the same bytes."""

    def __init__(self, log_key: Ed25519Key, seed: int = 1) -> None:
        """Prepare keys for the authority and the farmers."""
        self._log_key = log_key
        self._random = Random(seed)  # noqa: S311  a seeded workload
        self._start = datetime(2026, 3, 1, tzinfo=UTC)
        self._authority = _key("authority")
        self._keys = [_key(f"farmer {n}") for n in range(FARMERS)]
        self._made = 0

    def founding(self) -> list[bytes]:
        """Open the ledger: the authority, the farmers with key and plot, one product."""
        vkey = encode_vkey(NoteSigner(ORIGIN, self._log_key).verifier)
        opened = LedgerOpened(
            **self._common(_AUTHORITY), county="445381", origin=ORIGIN, authority_name="Bench",
            authority_key=self._authority.did, log_key=vkey, rules="2026.1",
        )  # fmt: skip
        product = ProductRegistered(
            **self._common(_AUTHORITY), gtin=_GTIN, names=Names("稻谷", "paddy"),
            category="rice", unit=Unit.GRAM,
        )  # fmt: skip
        events: list[AnyEvent] = [opened, product]
        for number, key in enumerate(self._keys):
            events += self._farmer(number, key)
        return [_seal(event, self._authority) for event in events]

    def make(self, count: int) -> list[bytes]:
        """Sign so many harvests, each of a batch of its own."""
        return [self._harvest() for _ in range(count)]

    def _harvest(self) -> bytes:
        number = self._made % FARMERS
        self._made += 1
        event = BatchHarvested(
            **self._common(_party(number)), place=_place(number), plot=_place(number),
            batch=batch_id(_GTIN, f"H{self._made}"), quantity=self._random.randint(1, 10**6),
            unit=Unit.GRAM,
        )  # fmt: skip
        return _seal(event, self._keys[number])

    def _farmer(self, number: int, key: Ed25519Key) -> Iterator[AnyEvent]:
        party = _party(number)
        yield PartyAdmitted(
            **self._common(_AUTHORITY), party=party, kind=PartyKind.PERSON,
            roles=(Role.FARMER,), township="445381111",
        )  # fmt: skip
        yield KeyBound(**self._common(_AUTHORITY), party=party, key=key.did, custody=Custody.DEVICE)
        yield PlaceRegistered(
            **self._common(_AUTHORITY), place=_place(number), holder=party,
            kind=PlaceKind.PLOT, township="445381111", name=f"{number + 1} 号田",
        )  # fmt: skip

    def _common(self, actor: str) -> dict[str, Any]:
        stamp = int(self._start.timestamp() * 1000) + self._made
        event_id = uuid7(stamp, self._random.randbytes(10))
        nonce = self._random.randbytes(16)
        return {"id": event_id, "occurred_at": self._start, "actor": actor, "nonce": nonce}


def _seal(event: Event, key: Ed25519Key) -> bytes:
    return envelope.to_bytes(envelope.sign(encode(event), key))  # type: ignore[arg-type]


def _key(name: str) -> Ed25519Key:
    return Ed25519Key.from_seed(sha256(f"suyuan bench {name}".encode()).digest())


def _party(number: int) -> str:
    return f"P445381-{number + 2:06d}"


def _place(number: int) -> str:
    return f"L445381-{number + 1:06d}"
