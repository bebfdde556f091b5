"""The sequencer: admitted, refused, repeated, and side by side with another."""

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import msgspec
import pytest

from api.demo.season import Season
from domain.events.catalogue import decode, encode
from domain.events.governance import KeyBound, LedgerOpened, MembershipBegan
from domain.events.holds import BatchRecalled
from domain.refusals import Code, Refusal
from ledger import envelope, log, sequencer, waiting
from ledger.checkpoint import open_checkpoint, parse_vkey
from ledger.keys import Ed25519Key, P256Key
from ledger.outcome import Admission, Busy, WriteFailed
from ledger.receipt import verify_receipt
from ledger.verifier import Verified, verify
from tests.ledger.conftest import LOG_KEY, NOW, LedgerUnderTest


def _admitted(outcomes: list[Admission | Refusal]) -> list[Admission]:
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert refused == []
    return [outcome for outcome in outcomes if isinstance(outcome, Admission)]


def _sealed(payload: bytes, *keys: Ed25519Key | P256Key) -> bytes:
    return envelope.to_bytes(envelope.sign(payload, *keys))


def test_a_season_is_admitted_without_a_gap_and_every_receipt_verifies(
    ledger: LedgerUnderTest, told: Season
) -> None:
    admissions = _admitted(ledger.sequencer.submit(told.envelopes).result())
    assert [a.receipt.position for a in admissions] == list(range(1, len(told.envelopes) + 1))
    for admission, raw in zip(admissions, told.envelopes, strict=True):
        verify_receipt(admission.receipt, raw, ledger.vkey)


def test_events_handed_in_one_by_one_make_the_same_tree_as_all_at_once(
    ledger: LedgerUnderTest, told: Season
) -> None:
    for raw in told.envelopes[:300]:
        outcome = ledger.sequencer.admit(raw)
        assert isinstance(outcome, Admission)
        verify_receipt(outcome.receipt, raw, ledger.vkey)
    _admitted(ledger.another().submit(told.envelopes[300:]).result())
    assert isinstance(verify(ledger.export()), Verified)


def test_a_repeat_gets_the_very_receipt_it_got_at_first(
    ledger: LedgerUnderTest, told: Season
) -> None:
    first = _admitted(ledger.sequencer.submit(told.envelopes[:400]).result())
    again = _admitted(ledger.sequencer.submit(told.envelopes[:400]).result())
    assert all(a.already for a in again)
    assert [a.receipt for a in again] == [a.receipt for a in first]
    with ledger.connect() as conn:
        assert log.head(conn) == 400


def test_a_double_tap_within_one_group_is_recorded_once(
    ledger: LedgerUnderTest, told: Season
) -> None:
    outcomes = _admitted(ledger.sequencer.submit([told.envelopes[0]] * 3).result())
    assert [a.receipt.position for a in outcomes] == [1, 1, 1]
    assert [a.already for a in outcomes] == [False, True, True]


def test_the_same_payload_signed_again_is_the_same_event(
    ledger: LedgerUnderTest, told: Season
) -> None:
    """ECDSA signs differently each time; an honest retry must not become a refusal."""
    ledger.sequencer.submit(told.envelopes).result()
    party, key = next((p, k) for p, k in told.keys.items() if isinstance(k, P256Key))
    raw = next(
        raw
        for raw, event in zip(told.envelopes, told.events, strict=True)
        if event.actor == party and key.did.encode() in raw
    )
    signed_again = _sealed(envelope.parse(raw).payload, key)
    assert signed_again != raw
    outcome = ledger.sequencer.admit(signed_again)
    assert isinstance(outcome, Admission)
    assert outcome.already


def test_other_content_under_a_known_id_is_refused(ledger: LedgerUnderTest, told: Season) -> None:
    opening = told.events[0]
    assert isinstance(opening, LedgerOpened)
    ledger.sequencer.admit(told.envelopes[0])
    second = told.events[1]
    forged = msgspec.structs.replace(second, id=opening.id)
    key = told.keys[second.actor]
    assert isinstance(key, Ed25519Key)
    refusal = ledger.sequencer.admit(_sealed(encode(forged), key))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.position) == (Code.ID_REUSED, 1)


def test_a_poisoned_event_is_refused_alone(ledger: LedgerUnderTest, told: Season) -> None:
    poisoned = [told.envelopes[0], b"{", told.envelopes[1], b"\xff\xfe", told.envelopes[2]]
    outcomes = ledger.sequencer.submit(poisoned).result()
    assert [isinstance(o, Admission) for o in outcomes] == [True, False, True, False, True]


def test_a_key_bound_in_a_group_may_sign_later_in_that_group(
    ledger: LedgerUnderTest, told: Season
) -> None:
    kinds = {type(event) for event in told.events}
    assert {KeyBound, MembershipBegan} <= kinds
    _admitted(ledger.sequencer.submit(told.envelopes).result())


def test_an_event_before_its_cause_is_refused_and_taken_later(
    ledger: LedgerUnderTest, told: Season
) -> None:
    with_refs = next(i for i, event in enumerate(told.events) if event.refs)
    cause = next(i for i, e in enumerate(told.events) if e.id in told.events[with_refs].refs)
    before = [raw for i, raw in enumerate(told.envelopes[:with_refs]) if i != cause]
    ledger.sequencer.submit(before).result()
    refusal = ledger.sequencer.admit(told.envelopes[with_refs])
    assert isinstance(refusal, Refusal)
    late = ledger.sequencer.submit([told.envelopes[cause], told.envelopes[with_refs]]).result()
    _admitted(late)


def test_nothing_is_recorded_before_the_ledger_is_opened(
    ledger: LedgerUnderTest, told: Season
) -> None:
    refusal = ledger.sequencer.admit(told.envelopes[1])
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.LEDGER_NOT_OPEN
    with ledger.connect() as conn:
        assert log.head(conn) == 0


def test_an_opening_that_names_another_log_key_is_refused(
    ledger: LedgerUnderTest, told: Season
) -> None:
    other = LedgerUnderTest(ledger.url, Ed25519Key.generate())
    refusal = other.sequencer.admit(told.envelopes[0])
    other.sequencer.stop()
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.WRONG_LOG_KEY


def test_a_tampered_payload_is_refused(ledger: LedgerUnderTest, told: Season) -> None:
    ledger.sequencer.admit(told.envelopes[0])
    parsed = json.loads(told.envelopes[1])
    payload = base64.b64decode(parsed["payload"])
    parsed["payload"] = base64.b64encode(payload.replace(b"organisation", b"person")).decode()
    refusal = ledger.sequencer.admit(json.dumps(parsed).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.BAD_SIGNATURE


def test_a_payload_with_white_space_is_not_canonical(ledger: LedgerUnderTest, told: Season) -> None:
    key = told.keys[told.events[0].actor]
    assert isinstance(key, Ed25519Key)
    loose = json.dumps(json.loads(encode(told.events[0]))).encode()
    refusal = ledger.sequencer.admit(_sealed(loose, key))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == (Code.MALFORMED, "$.payload")


@pytest.mark.parametrize(
    ("payload", "code", "path"),
    [
        (b'{"type":"batch.teleported.v1"}', Code.UNKNOWN_TYPE, "$.type"),
        (b'{"type":"batch.sold.v1"}', Code.MALFORMED, "$"),
        (b"[]", Code.MALFORMED, "$"),
        (b"", Code.MALFORMED, "$.payload"),
        (b'{"type":"batch.sold.v1","id":7}', Code.MALFORMED, "$.id"),
    ],
)
def test_an_unreadable_payload_says_where(
    ledger: LedgerUnderTest, payload: bytes, code: Code, path: str
) -> None:
    refusal = ledger.sequencer.admit(_sealed(payload, LOG_KEY))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == (code, path)


def test_an_oversized_envelope_is_refused_as_such(ledger: LedgerUnderTest) -> None:
    refusal = ledger.sequencer.admit(b'{"payload":"' + b"A" * 200_000)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.TOO_LARGE


def test_two_sequencers_on_one_database_write_side_by_side(
    ledger: LedgerUnderTest, told: Season
) -> None:
    """Each sends what the other has not, in slices, and waits for causes to arrive.

    A recall would forbid what has not arrived yet: it and what follows wait for the rest.
    """
    writers = [ledger.sequencer, ledger.another()]
    recall = next(i for i, event in enumerate(told.events) if isinstance(event, BatchRecalled))
    waiting = list(told.envelopes[:recall])
    lock = threading.Lock()
    last = time.monotonic() + 30

    def send(number: int) -> None:
        while True:
            with lock:
                if not waiting:
                    return
                part, waiting[:7] = waiting[:7], []
            for raw in part:
                outcome = writers[number].admit(raw)
                while isinstance(outcome, Refusal):
                    assert time.monotonic() < last, outcome
                    outcome = writers[number].admit(raw)
                verify_receipt(outcome.receipt, raw, ledger.vkey)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(send, [0, 1, 0, 1]))
    _admitted(ledger.sequencer.submit(told.envelopes[recall:]).result())
    verified = verify(ledger.export())
    assert isinstance(verified, Verified), verified
    assert verified.events == len(told.envelopes)


def test_a_process_takes_up_a_ledger_while_another_writes(
    ledger: LedgerUnderTest, told: Season
) -> None:
    """Head, tree and checkpoint are of one moment, whatever is written in between."""
    ledger.sequencer.submit(told.envelopes[:20]).result()
    done = threading.Event()

    def write() -> None:
        for raw in told.envelopes[20:300]:
            assert isinstance(ledger.sequencer.admit(raw), Admission)
        done.set()

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        joined = 0
        while not done.is_set() or joined < 3:
            again = ledger.another().admit(told.envelopes[0])
            assert isinstance(again, Admission)
            assert again.already
            joined += 1
        writing.result()


def test_a_failed_write_is_reported_to_every_caller_and_can_be_sent_again(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:10]).result()
    with ledger.connect() as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(WriteFailed):
        ledger.sequencer.submit(told.envelopes[10:20]).result()
    _admitted(ledger.sequencer.submit(told.envelopes[10:20]).result())
    assert isinstance(verify(ledger.export()), Verified)


@pytest.mark.parametrize(("bound", "most"), [("MAX_EVENTS", 300), ("MAX_BYTES", 200_000)])
def test_more_than_may_wait_is_turned_away_at_once(
    ledger: LedgerUnderTest,
    told: Season,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    most: int,
) -> None:
    monkeypatch.setattr(waiting, bound, most)
    with ledger.connect() as conn, conn.transaction():
        conn.execute("SELECT FROM ledger.head FOR UPDATE")
        first = ledger.sequencer.submit(told.envelopes[:250])
        with pytest.raises(Busy) as busy:
            ledger.sequencer.submit(told.envelopes[250:350])
    assert busy.value.retry_after >= 1
    _admitted(first.result())
    # What was answered waits no longer.
    _admitted(ledger.sequencer.submit(told.envelopes[250:350]).result())


def test_the_ledgers_clock_never_goes_back(ledger: LedgerUnderTest, told: Season) -> None:
    ledger.sequencer.submit(told.envelopes[:5]).result()
    times = iter([datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)])
    behind = sequencer.Sequencer(ledger.url, ledger.log_key, clock=lambda: next(times)).start()
    ledger.sequencers.append(behind)
    first, second = (behind.admit(raw) for raw in told.envelopes[5:7])
    assert isinstance(first, Admission)
    assert isinstance(second, Admission)
    assert second.receipt.admitted_at == first.receipt.admitted_at > NOW


def test_every_group_leaves_a_checkpoint_of_the_logs(ledger: LedgerUnderTest, told: Season) -> None:
    for at in range(0, 40, 10):
        ledger.sequencer.submit(told.envelopes[at : at + 10]).result()
    with ledger.connect() as conn:
        notes = conn.execute("SELECT size, note FROM ledger.checkpoint ORDER BY size").fetchall()
    assert [size for size, _ in notes] == [10, 20, 30, 40]
    for size, note in notes:
        assert open_checkpoint(str(note), parse_vkey(ledger.vkey)).size == size


def test_stored_envelopes_are_the_signed_bytes(ledger: LedgerUnderTest, told: Season) -> None:
    ledger.sequencer.submit(told.envelopes[:20]).result()
    with ledger.connect() as conn:
        stored = log.read_stored(conn, 0, 100)
    assert [row.data for row in stored] == told.envelopes[:20]
    assert [decode(envelope.parse(row.data).payload) for row in stored] == told.events[:20]


def test_the_database_holds_no_half_written_group(ledger: LedgerUnderTest, told: Season) -> None:
    """A group fails in its very statement: nothing of it is there, and the head has not moved."""
    ledger.sequencer.submit(told.envelopes[:10]).result()
    with ledger.connect() as conn:
        conn.execute("ALTER TABLE ledger.checkpoint ADD CONSTRAINT full_disk CHECK (size < 15)")
    with pytest.raises(WriteFailed):
        ledger.sequencer.submit(told.envelopes[10:30]).result()
    with ledger.connect() as conn:
        counts = conn.execute(
            "SELECT (SELECT count(*) FROM ledger.event), (SELECT max(position) FROM ledger.tag),"
            " (SELECT position FROM ledger.head)"
        ).fetchone()
        conn.execute("ALTER TABLE ledger.checkpoint DROP CONSTRAINT full_disk")
    assert counts == (10, 10, 10)
    _admitted(ledger.sequencer.submit(told.envelopes[10:30]).result())
