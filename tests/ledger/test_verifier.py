"""The verifier: passes what is right, and names the first position that is not."""

import base64
from datetime import timedelta

import msgspec
import pytest

from api.demo.season import Season
from domain.events.catalogue import decode, encode
from ledger import envelope, exporter
from ledger.checkpoint import Checkpoint, NoteSigner, open_checkpoint, parse_vkey, sign_checkpoint
from ledger.export import FORMAT, Header, Line, Trailer, read_line, write
from ledger.keys import Ed25519Key
from ledger.merkle import Tree, leaf_hash
from ledger.verifier import Failed, Step, Verified, verify
from tests.ledger.conftest import LOG_KEY, ORIGIN, VKEY, LedgerUnderTest

Lines = list[bytes]


@pytest.fixture(scope="session")
def whole(told: Season) -> Lines:
    """A whole export, made without a database, as anyone could."""
    return exported([_line(i, raw, told) for i, raw in enumerate(told.envelopes)])


def _line(index: int, raw: bytes, told: Season) -> Line:
    return Line(index + 1, told.events[index].occurred_at + timedelta(days=400), raw)


def exported(lines: list[Line], signer: Ed25519Key = LOG_KEY, vkey: str = VKEY) -> Lines:
    """Sign a log over these lines, whatever they say."""
    latest = lines[0].admitted_at
    kept = []
    for line in lines:
        latest = max(latest, line.admitted_at)
        kept.append(msgspec.structs.replace(line, admitted_at=latest))
    tree = Tree.empty()
    tree.append([leaf_hash(envelope.leaf_entry(line.envelope)) for line in kept])
    checkpoint = Checkpoint(ORIGIN, tree.size, tree.root())
    note = sign_checkpoint(checkpoint, NoteSigner(ORIGIN, signer))
    return list(write(Header(FORMAT, ORIGIN, vkey, tree.size), kept, note))


def events_of(whole: Lines) -> list[Line]:
    """Read the event lines back."""
    items = [read_line(raw, number) for number, raw in enumerate(whole[1:], 2)]
    return [item for item in items if isinstance(item, Line)]


def note_of(whole: Lines) -> str:
    """Give the checkpoint of an export."""
    trailer = read_line(whole[-1], 0)
    assert isinstance(trailer, Trailer)
    return trailer.checkpoint


def failure(lines: Lines, since: str | None = None) -> Failed:
    """Verify and expect a failure."""
    result = verify(lines, since)
    assert isinstance(result, Failed), result
    return result


def test_a_whole_export_verifies_step_by_step(whole: Lines, told: Season) -> None:
    n = len(told.envelopes)
    result = verify(whole)
    assert isinstance(result, Verified), result
    assert result.events == n
    names = [step.step for step in result.steps]
    assert names == ["envelopes", "signatures", "leaves", "rules", "checkpoints"]
    assert Step("rules", n) in result.steps


def test_an_export_of_the_database_is_the_same_ledger(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes).result()
    result = verify(ledger.export())
    assert isinstance(result, Verified), result
    assert result.ok


def test_progress_is_told_up_to_the_last_event(whole: Lines) -> None:
    seen: list[tuple[int, int]] = []
    verify(whole, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] == len(whole) - 2


@pytest.mark.parametrize("position", [1, 17, 300, 570])
def test_one_changed_byte_is_named_by_its_position(whole: Lines, position: int) -> None:
    line = events_of(whole)[position - 1]
    parsed = envelope.parse(line.envelope)
    for at in (len(parsed.payload) // 2, len(parsed.payload) - 2):
        payload = bytearray(parsed.payload)
        payload[at] ^= 1
        forged = envelope.Envelope(bytes(payload), parsed.payloadType, parsed.signatures)
        changed = msgspec.structs.replace(line, envelope=envelope.to_bytes(forged))
        lines = list(whole)
        lines[position] = msgspec.json.encode(changed)
        result = failure(lines)
        assert result.position == position
        assert result.code in {"bad-signature", "malformed"}


def test_a_changed_signature_is_named(whole: Lines) -> None:
    line = events_of(whole)[99]
    parsed = envelope.parse(line.envelope)
    first = parsed.signatures[0]
    bad = msgspec.structs.replace(first, sig=first.sig[:-1] + bytes([first.sig[-1] ^ 1]))
    forged = msgspec.structs.replace(parsed, signatures=(bad, *parsed.signatures[1:]))
    lines = list(whole)
    lines[100] = msgspec.json.encode(
        msgspec.structs.replace(line, envelope=envelope.to_bytes(forged))
    )
    assert failure(lines).position == 100


def test_an_event_left_out_is_a_gap(whole: Lines) -> None:
    lines = whole[:50] + whole[51:]
    assert (failure(lines).position, failure(lines).code) == (50, "gap")


def test_two_events_swapped_are_a_gap(whole: Lines) -> None:
    lines = list(whole)
    lines[50], lines[51] = lines[51], lines[50]
    assert (failure(lines).position, failure(lines).code) == (50, "gap")


def test_a_file_cut_off_has_no_checkpoint(whole: Lines) -> None:
    assert failure(whole[:-1]).code == "cut-off"
    assert failure(whole[:40] + whole[-1:]).code == "cut-off"


def test_what_is_no_export_is_said_to_be_none(whole: Lines) -> None:
    assert failure([]).code == "malformed"
    assert failure([b"{}\n"]).code == "malformed"
    assert failure([b"PK\x03\x04"]).code == "malformed"
    other = whole[0].replace(FORMAT.encode(), b"suyuan-export/9")
    assert "suyuan-export/9" in failure([other, *whole[1:]]).detail
    assert "line 3" in failure([*whole[:2], b"{\n", *whole[3:]]).detail
    assert "follows" in failure([*whole, whole[1]]).detail


def test_an_old_event_replaced_by_a_valid_one_breaks_the_root(whole: Lines, told: Season) -> None:
    """The forger holds the party's key, but not the log's."""
    at = next(i for i, e in enumerate(told.events) if type(e).__name__ == "BatchInspected")
    event = msgspec.structs.replace(told.events[at], nonce=b"another 16 bytes")
    key = told.keys[event.actor]
    assert isinstance(key, Ed25519Key)
    forged = envelope.to_bytes(envelope.sign(encode(event), key))
    line = msgspec.structs.replace(events_of(whole)[at], envelope=forged)
    lines = list(whole)
    lines[at + 1] = msgspec.json.encode(line)
    assert failure(lines).code == "wrong-root"


def test_a_rewritten_history_is_found_by_an_older_checkpoint(whole: Lines, told: Season) -> None:
    """The operator itself signs a new log: only a checkpoint that somebody kept tells."""
    old = note_of(exported(events_of(whole)[:200]))
    at = next(i for i, e in enumerate(told.events) if type(e).__name__ == "BatchInspected")
    assert at < 200
    event = msgspec.structs.replace(told.events[at], nonce=b"another 16 bytes")
    key = told.keys[event.actor]
    assert isinstance(key, Ed25519Key)
    forged = envelope.to_bytes(envelope.sign(encode(event), key))
    events = events_of(whole)
    events[at] = msgspec.structs.replace(events[at], envelope=forged)
    rewritten = exported(events)
    assert isinstance(verify(rewritten), Verified)
    result = failure(rewritten, since=old)
    assert (result.position, result.code) == (200, "rewritten")


def test_a_ledger_continues_its_older_checkpoint(whole: Lines) -> None:
    result = verify(whole, since=note_of(exported(events_of(whole)[:200])))
    assert isinstance(result, Verified)
    assert Step("checkpoints", 2) in result.steps


def test_a_ledger_rolled_back_is_found(whole: Lines) -> None:
    shorter = exported(events_of(whole)[:200])
    assert failure(shorter, since=note_of(whole)).code == "rolled-back"


def test_another_logs_checkpoint_says_nothing_of_this_one(whole: Lines) -> None:
    foreign = exported(events_of(whole)[:10], signer=Ed25519Key.generate())
    assert failure(whole, since=note_of(foreign)).code == "since-not-the-logs"


def test_a_checkpoint_of_another_signer_is_refused(whole: Lines) -> None:
    foreign = exported(events_of(whole), signer=Ed25519Key.generate())
    assert failure(foreign).code == "bad-checkpoint"


def test_a_checkpoint_of_another_size_is_refused(whole: Lines) -> None:
    shorter = exported(events_of(whole)[:200])
    assert failure([*whole[:-1], shorter[-1]]).code == "bad-checkpoint"


def test_an_origin_that_is_not_the_keys_is_refused(whole: Lines) -> None:
    header = whole[0].replace(b'"origin":"suyuan', b'"origin":"xuyuan')
    assert failure([header, *whole[1:]]).code == "wrong-origin"


def test_an_event_against_the_rules_is_found_though_the_log_signed_it(
    whole: Lines, told: Season
) -> None:
    """An operator that admits what the rules refuse is found out."""
    events = events_of(whole)
    twice = [*events[:300], msgspec.structs.replace(events[299], position=301)]
    result = failure(exported(twice))
    assert (result.position, result.code) == (301, "id-reused")


def test_a_signer_that_may_not_speak_for_the_actor_is_found(whole: Lines, told: Season) -> None:
    events = events_of(whole)
    at = next(i for i, e in enumerate(told.events) if type(e).__name__ == "BatchHarvested")
    payload = envelope.parse(events[at].envelope).payload
    stranger = Ed25519Key.generate()
    forged = envelope.to_bytes(envelope.sign(payload, stranger))
    events[at] = msgspec.structs.replace(events[at], envelope=forged)
    result = failure(exported(events))
    assert (result.position, result.code) == (at + 1, "unknown-key")


def test_an_envelope_that_is_not_in_its_stored_form_is_refused(whole: Lines) -> None:
    events = events_of(whole)
    loose = events[4].envelope.replace(b'{"payload"', b'{ "payload"')
    events[4] = msgspec.structs.replace(events[4], envelope=loose)
    assert failure(exported(events)).position == 5


class TestBundle:
    """The bundle of one batch, which leaves out the events between."""

    @pytest.fixture
    def bundle(self, ledger: LedgerUnderTest, told: Season) -> Lines:
        """The showcase's bundle; its ancestors are the bark and the dried bark."""
        ledger.sequencer.submit(told.envelopes).result()
        lot = told.showcase[15:]
        batches = {tag for e in told.events for tag in _batches_named(e) if tag.endswith("/" + lot)}
        ordered = [told.showcase, *sorted(batches - {told.showcase})]
        with ledger.connect() as conn:
            return list(exporter.export_batch(conn, ordered))

    def test_verifies_alone(self, bundle: Lines, told: Season) -> None:
        result = verify(bundle)
        assert isinstance(result, Verified), result
        assert result.batch == told.showcase
        assert result.events < 60
        assert [s.step for s in result.steps][2:4] == ["inclusion proofs", "keys"]

    def test_with_one_byte_changed_is_refused(self, bundle: Lines) -> None:
        line = read_line(bundle[-2], 0)
        assert isinstance(line, Line)
        parsed = envelope.parse(line.envelope)
        event = decode(parsed.payload)
        forged = parsed.payload.replace(event.id[-4:].encode(), b"0000")
        changed = envelope.Envelope(forged, parsed.payloadType, parsed.signatures)
        new = msgspec.structs.replace(line, envelope=envelope.to_bytes(changed))
        assert failure([*bundle[:-2], msgspec.json.encode(new), bundle[-1]]).code == (
            "bad-signature"
        )

    def test_with_a_proof_of_another_event_is_refused(self, bundle: Lines) -> None:
        one, two = read_line(bundle[-2], 0), read_line(bundle[-3], 0)
        assert isinstance(one, Line)
        assert isinstance(two, Line)
        swapped = msgspec.structs.replace(one, proof=two.proof)
        result = failure([*bundle[:-2], msgspec.json.encode(swapped), bundle[-1]])
        assert (result.position, result.code) == (one.position, "not-included")

    def test_without_a_proof_is_refused(self, bundle: Lines) -> None:
        line = read_line(bundle[-2], 0)
        assert isinstance(line, Line)
        bare = msgspec.structs.replace(line, proof=None)
        assert failure([*bundle[:-2], msgspec.json.encode(bare), bundle[-1]]).code == "no-proof"

    def test_without_the_signers_key_is_refused(self, bundle: Lines) -> None:
        kept = [
            raw
            for raw in bundle
            if not (isinstance(item := read_line_or_none(raw), Line) and _binds_a_key(item))
        ]
        assert failure(kept).code == "unknown-key"

    def test_out_of_order_is_refused(self, bundle: Lines) -> None:
        bundle[-3], bundle[-2] = bundle[-2], bundle[-3]
        assert failure(bundle).code == "out-of-order"

    def test_has_nothing_to_say_of_an_older_checkpoint(self, bundle: Lines) -> None:
        assert failure(bundle, since=note_of(bundle)).code == "since-needs-whole"

    def test_of_an_unknown_batch_is_not_made(self, ledger: LedgerUnderTest, told: Season) -> None:
        with ledger.connect() as conn:
            with pytest.raises(exporter.NothingToExport):
                exporter.export_ledger(conn)
            ledger.sequencer.submit(told.envelopes[:5]).result()
            with pytest.raises(exporter.NothingToExport):
                exporter.export_batch(conn, ["00000000000000/none"])


def read_line_or_none(raw: bytes) -> Line | Trailer | None:
    """Read a line that may be the header."""
    return None if b'"format"' in raw[:200] and b'"log_key"' in raw else read_line(raw, 0)


def _binds_a_key(line: Line) -> bool:
    return b"key.bound" in base64.b64decode(msgspec.json.decode(line.envelope)["payload"])


def _batches_named(event: object) -> list[str]:
    named = [getattr(event, "batch", "")]
    for items in ("items", "inputs", "outputs"):
        named += [item.batch for item in getattr(event, items, ())]
    return [name for name in named if name]


def test_the_checkpoint_of_an_export_is_the_databases(
    ledger: LedgerUnderTest, told: Season
) -> None:
    ledger.sequencer.submit(told.envelopes[:100]).result()
    note = note_of(ledger.export())
    assert open_checkpoint(note, parse_vkey(VKEY)).size == 100
