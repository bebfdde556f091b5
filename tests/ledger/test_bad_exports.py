"""The golden set of bad exports: each is named by its fault, and refused for exactly that."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec
import pytest

from domain.events.catalogue import encode
from domain.events.governance import KeyBound, MembershipBegan, PartyAdmitted
from domain.events.movements import Process
from ledger import envelope
from ledger.checkpoint import Checkpoint, NoteSigner, sign_checkpoint
from ledger.export import MAX_LINE
from ledger.keys import Ed25519Key
from ledger.verifier import Failed, Verified, verify
from ledger.workers import Workers
from tests import county as c
from tests.ledger.forgeries import (
    LOG_KEY,
    ORIGIN,
    Forge,
    Lines,
    bundle,
    exported,
    note_of,
    resealed,
    with_payload,
)

GOVERNING: Final = (KeyBound, PartyAdmitted, MembershipBegan)
STRANGER: Final = Ed25519Key.from_seed(b"nobody that the ledger knows....")


class Bad(NamedTuple):
    """A bad export, with the older checkpoint it is held against, and where and why it fails."""

    lines: Lines
    position: int
    code: str
    since: str | None = None


def _tampered_payload(forge: Forge) -> Bad:
    at = forge.position_of(forge.world.admit(forge.world.harvest()))
    lines = forge.lines
    payload = envelope.parse(lines[at - 1].envelope).payload
    lines[at - 1] = with_payload(lines[at - 1], payload.replace(b'"quantity":1', b'"quantity":9'))
    return Bad(exported(lines), at, "bad-signature")


def _foreign_signature(forge: Forge) -> Bad:
    """Signed by a stranger, in the name of the farmer's key."""
    event = forge.world.admit(forge.world.harvest())
    lines = forge.lines
    lines[-1] = resealed(lines[-1], encode(event), c.key_of(c.FARMER).did, STRANGER)
    return Bad(exported(lines), len(lines), "bad-signature")


def _unknown_signer(forge: Forge) -> Bad:
    event = forge.world.admit(forge.world.harvest())
    lines = forge.lines
    lines[-1] = resealed(lines[-1], encode(event), STRANGER.did, STRANGER)
    return Bad(exported(lines), len(lines), "unknown-key")


def _not_canonical(forge: Forge) -> Bad:
    """The payload is signed as it stands, but it could be written in two ways."""
    event = forge.world.admit(forge.world.harvest())
    lines = forge.lines
    loose = encode(event).replace(b'{"actor"', b'{ "actor"')
    key = c.key_of(c.FARMER)
    lines[-1] = resealed(lines[-1], loose, key.did, key)
    return Bad(exported(lines), len(lines), "malformed")


def _gap(forge: Forge) -> Bad:
    lines = forge.lines
    return Bad(exported([*lines[:9], *lines[10:]]), 10, "gap")


def _swapped(forge: Forge) -> Bad:
    lines = forge.lines
    lines[9], lines[10] = lines[10], lines[9]
    return Bad(exported(lines), 10, "gap")


def _cut_off_before_the_checkpoint(forge: Forge) -> Bad:
    return Bad(exported(forge.lines)[:-1], 0, "cut-off")


def _events_missing_at_the_end(forge: Forge) -> Bad:
    lines = forge.lines
    cut = exported(lines[:-3], note_of(lines), size=len(lines))
    return Bad(cut, len(lines) - 2, "cut-off")


def _something_after_the_checkpoint(forge: Forge) -> Bad:
    lines = exported(forge.lines)
    return Bad([*lines, lines[1]], 0, "malformed")


def _line_without_end(forge: Forge) -> Bad:
    lines = exported(forge.lines)
    return Bad([*lines[:5], b'{"admitted_at":"' + b"9" * (2 * MAX_LINE)], 0, "malformed")


def _altered(lines: Lines, index: int, **members: object) -> Lines:
    changed = {**msgspec.json.decode(lines[index]), **members}
    return [*lines[:index], msgspec.json.encode(changed) + b"\n", *lines[index + 1 :]]


def _position_beyond_what_json_can_say(forge: Forge) -> Bad:
    lines = exported(forge.lines)
    return Bad([*lines[:5], lines[5].replace(b'"position":5', b'"position":%d' % 2**70)], 0,
               "malformed")  # fmt: skip


def _admitted_at_the_end_of_the_calendar(forge: Forge) -> Bad:
    """A moment that is none at another offset."""
    lines = exported(forge.lines)
    return Bad(_altered(lines, 5, admitted_at="0001-01-01T00:00:00+23:59"), 0, "malformed")


def _admitted_before_the_one_before(forge: Forge) -> Bad:
    """The operator dates an event back, so that the key that signed it had not expired yet."""
    lines = exported(forge.lines)
    early = forge.lines[9].admitted_at - timedelta(days=1)
    return Bad(_altered(lines, 10, admitted_at=early), 10, "clock-back")


def _nothing_in_it(_forge: Forge) -> Bad:
    return Bad(exported([]), 0, "empty")


def _older_checkpoint_of_nothing_with_a_root(forge: Forge) -> Bad:
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), NoteSigner(ORIGIN, LOG_KEY))
    return Bad(exported(forge.lines), 0, "rewritten", since=note)


def _compressed(forge: Forge) -> Bad:
    return Bad([gzip.compress(b"".join(exported(forge.lines)))], 0, "malformed")


def _event_told_twice(forge: Forge) -> Bad:
    """The very same envelope, at the next position too."""
    lines = forge.lines
    again = msgspec.structs.replace(lines[-1], position=len(lines) + 1)
    return Bad(exported([*lines, again]), len(lines) + 1, "id-reused")


def _wrong_root(forge: Forge) -> Bad:
    """One event replaced by another valid one of the same actor, the checkpoint left as it was."""
    event = forge.world.admit(forge.world.harvest())
    lines = forge.lines
    note = note_of(lines)
    other = msgspec.structs.replace(event, nonce=b"another 16 bytes")
    key = c.key_of(c.FARMER)
    lines[-1] = resealed(lines[-1], encode(other), key.did, key)
    return Bad(exported(lines, note), len(lines), "wrong-root")


def _rewritten_history(forge: Forge) -> Bad:
    """The operator signs a new history, sound in itself; somebody kept the old checkpoint."""
    event = forge.world.admit(forge.world.harvest())
    at = forge.position_of(event)
    old = note_of(forge.lines)
    forge.world.admit(forge.world.treat())
    lines = forge.lines
    other = msgspec.structs.replace(event, nonce=b"another 16 bytes")
    key = c.key_of(c.FARMER)
    lines[at - 1] = resealed(lines[at - 1], encode(other), key.did, key)
    assert isinstance(verify(exported(lines)), Verified)
    return Bad(exported(lines), at, "rewritten", since=old)


def _rolled_back(forge: Forge) -> Bad:
    lines = forge.lines
    return Bad(exported(lines[:-2]), len(lines) - 2, "rolled-back", since=note_of(lines))


def _forged_checkpoint(forge: Forge) -> Bad:
    lines = forge.lines
    return Bad(exported(lines, note_of(lines, STRANGER)), len(lines), "bad-checkpoint")


def _checkpoint_of_another_size(forge: Forge) -> Bad:
    lines = forge.lines
    return Bad(exported(lines, note_of(lines[:-1])), len(lines), "bad-checkpoint")


def _wrong_origin(forge: Forge) -> Bad:
    return Bad(exported(forge.lines, origin=ORIGIN + "-2"), 0, "wrong-origin")


def _revoked_key(forge: Forge) -> Bad:
    forge.world.admit(forge.world.revoke_key(c.FARMER))
    lines = forge.slip_in(forge.world.harvest())
    return Bad(exported(lines), len(lines), "key-revoked")


def _expired_key(forge: Forge) -> Bad:
    world = forge.world
    until = world.now + timedelta(days=30)
    world.admit(world.bind_key(c.FARMER, "second phone", expires=until))
    world.later(days=31)
    lines = forge.slip_in(world.harvest(), "second phone")
    return Bad(exported(lines), len(lines), "key-expired")


def _signed_by_another(forge: Forge) -> Bad:
    lines = forge.slip_in(forge.world.harvest(), c.MILL)
    return Bad(exported(lines), len(lines), "not-authorised")


def _over_sold(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest(quantity=c.kg(100)))
    world.admit(world.sell(c.FARMER, c.YARD, c.of(crop.batch, c.kg(60))))
    lines = forge.slip_in(world.sell(c.FARMER, c.YARD, c.of(crop.batch, c.kg(60))))
    return Bad(exported(lines), len(lines), "not-held")


def _received_twice(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest(quantity=c.kg(100)))
    item = c.of(crop.batch, c.kg(100))
    sent = world.admit(world.ship(c.FARMER, c.YARD, [item]))
    world.admit(world.receive(c.MILL, c.WORKSHOP, sent.id, [item]))
    lines = forge.slip_in(world.receive(c.MILL, c.WORKSHOP, sent.id, [item]))
    return Bad(exported(lines), len(lines), "shipment-not-open")


def _more_rice_than_paddy(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest(quantity=c.kg(100)))
    rice = c.of(c.lot(c.RICE, "R1"), c.kg(90))
    milled = world.transform(
        c.FARMER, c.YARD, Process.MILLED, [c.of(crop.batch, c.kg(100))], [rice]
    )
    lines = forge.slip_in(milled)
    return Bad(exported(lines), len(lines), "mass-balance")


def _harvest_under_interval(forge: Forge) -> Bad:
    world = forge.world
    world.admit(world.treat(days=7))
    world.later(days=3)
    lines = forge.slip_in(world.harvest())
    return Bad(exported(lines), len(lines), "interval-not-elapsed")


def _lot_used_twice(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest())
    lines = forge.slip_in(world.harvest(batch=crop.batch))
    return Bad(exported(lines), len(lines), "batch-exists")


def _id_used_twice(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest())
    lines = forge.slip_in(msgspec.structs.replace(world.harvest(), id=crop.id))
    return Bad(exported(lines), len(lines), "id-reused")


def _before_its_cause(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest(quantity=c.kg(100)))
    sale = world.sell(c.FARMER, c.YARD, c.of(crop.batch, c.kg(1)))
    early = msgspec.structs.replace(sale, occurred_at=crop.occurred_at - timedelta(hours=1))
    lines = forge.slip_in(early)
    return Bad(exported(lines), len(lines), "time-before-cause")


def _correction_that_others_lean_on(forge: Forge) -> Bad:
    world = forge.world
    crop = world.admit(world.harvest(quantity=c.kg(100)))
    world.admit(world.sell(c.FARMER, c.YARD, c.of(crop.batch, c.kg(80))))
    less = msgspec.structs.replace(crop, quantity=c.kg(50))
    lines = forge.slip_in(world.correct(crop, less))
    return Bad(exported(lines), len(lines), "correction-collides")


def _first_of_two_faults(forge: Forge) -> Bad:
    """What breaks the rules comes before what is badly signed: it is the one named."""
    world = forge.world
    crop = world.admit(world.harvest())
    lines = forge.slip_in(world.harvest(batch=crop.batch))
    last = msgspec.structs.replace(lines[-1], position=len(lines) + 1)
    payload = encode(crop).replace(b'"quantity":1', b'"quantity":9')
    return Bad(exported([*lines, with_payload(last, payload)]), len(lines), "batch-exists")


def _bundle(forge: Forge) -> tuple[Lines, int]:
    crop = forge.world.admit(forge.world.harvest())
    at = forge.position_of(crop)
    events = enumerate(forge.chronicle.events, 1)
    needed = [number for number, item in events if isinstance(item.event, GOVERNING)]
    lines = bundle(forge.lines, [1, *needed, at], crop.batch)
    assert isinstance(verify(lines), Verified)
    return lines, at


def _bundle_of_another_batch(forge: Forge) -> Bad:
    lines, _ = _bundle(forge)
    header = msgspec.json.decode(lines[0])
    header["batch"] = header["batch"][:-1] + "9"
    return Bad([msgspec.json.encode(header), *lines[1:]], 0, "wrong-batch")


def _bundle_without_the_mandate(forge: Forge) -> Bad:
    """A key in force that belongs to somebody else speaks for nobody."""
    crop = forge.world.harvest()
    lines = forge.slip_in(crop, c.MILL)
    at = len(lines)
    needed = [
        number
        for number, item in enumerate(forge.chronicle.events, 1)
        if isinstance(item.event, KeyBound | PartyAdmitted)
    ]
    return Bad(bundle(lines, [1, *needed, at], crop.batch), at, "not-authorised")


def _bundle_without_proof(forge: Forge) -> Bad:
    lines, at = _bundle(forge)
    last = msgspec.json.decode(lines[-2])
    del last["proof"]
    return Bad([*lines[:-2], msgspec.json.encode(last), lines[-1]], at, "no-proof")


def _bundle_with_anothers_proof(forge: Forge) -> Bad:
    lines, at = _bundle(forge)
    last, other = msgspec.json.decode(lines[-2]), msgspec.json.decode(lines[-3])
    last["proof"] = other["proof"]
    return Bad([*lines[:-2], msgspec.json.encode(last), lines[-1]], at, "not-included")


def _bundle_without_the_signers_key(forge: Forge) -> Bad:
    crop = forge.world.admit(forge.world.harvest())
    at = forge.position_of(crop)
    return Bad(bundle(forge.lines, [1, at], crop.batch), at, "unknown-key")


FAULTS: Final[tuple[Callable[[Forge], Bad], ...]] = (
    _tampered_payload, _foreign_signature, _unknown_signer, _not_canonical, _gap, _swapped,
    _cut_off_before_the_checkpoint, _events_missing_at_the_end, _something_after_the_checkpoint,
    _line_without_end, _position_beyond_what_json_can_say, _admitted_at_the_end_of_the_calendar,
    _admitted_before_the_one_before, _nothing_in_it, _older_checkpoint_of_nothing_with_a_root,
    _compressed, _event_told_twice, _wrong_root, _rewritten_history, _rolled_back,
    _forged_checkpoint,
    _checkpoint_of_another_size, _wrong_origin, _revoked_key, _expired_key, _signed_by_another,
    _over_sold, _received_twice, _more_rice_than_paddy, _harvest_under_interval, _lot_used_twice,
    _id_used_twice, _before_its_cause, _correction_that_others_lean_on, _first_of_two_faults,
    _bundle_of_another_batch, _bundle_without_the_mandate,
    _bundle_without_proof, _bundle_with_anothers_proof, _bundle_without_the_signers_key,
)  # fmt: skip


def _name(fault: Callable[[Forge], Bad]) -> str:
    return fault.__name__.strip("_").replace("_", "-")


@pytest.mark.parametrize("fault", FAULTS, ids=_name)
def test_a_bad_export_is_refused_for_its_fault_at_its_place(fault: Callable[[Forge], Bad]) -> None:
    bad = fault(Forge())
    result = verify(bad.lines, bad.since)
    assert isinstance(result, Failed), result
    assert (result.position, result.code) == (bad.position, bad.code), result.detail


@pytest.mark.parametrize(
    "fault",
    [
        _tampered_payload, _over_sold, _gap, _wrong_root, _position_beyond_what_json_can_say,
        _admitted_at_the_end_of_the_calendar,
    ],
    ids=_name,
)  # fmt: skip
def test_processes_find_the_same_fault(fault: Callable[[Forge], Bad]) -> None:
    bad = fault(Forge())
    result = verify(bad.lines, bad.since, workers=Workers(2, alone=0))
    assert isinstance(result, Failed), result
    assert (result.position, result.code) == (bad.position, bad.code), result.detail


def test_without_a_fault_it_verifies() -> None:
    assert isinstance(verify(exported(Forge().lines)), Verified)
