"""The log's key changes: signed by both where it does, followed by whoever knew only the first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from domain.events.governance import LedgerOpened, LogRotated
from domain.refusals import Code, Refusal
from ledger import log
from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    encode_vkey,
    open_checkpoint,
    open_note,
    parse_vkey,
    sign_checkpoint,
)
from ledger.errors import ReceiptRefuted, UnverifiedNote, WrongLogKey
from ledger.export import Header, Line, Trailer, read_header, read_line, write
from ledger.exporter import export_batch
from ledger.hashing import leaf_hash
from ledger.keys import Ed25519Key
from ledger.log_keys import LogKeys, follow
from ledger.log_signer import FindLogKey
from ledger.merkle import Tree
from ledger.outcome import Admission, WriteFailed
from ledger.receipt import verify_receipt
from ledger.sequencer import Sequencer
from ledger.verifier import Failed, Step, Verified, verify
from tests.county import AUTHORITY, COOP, PADDY, key_of, lot
from tests.ledger.conftest import LedgerUnderTest
from tests.worlds import World, sealed

ORIGIN = "suyuan.example/luoding"
OLD, NEW, LAST = (Ed25519Key.from_seed(bytes([n]) * 32) for n in (1, 2, 3))


def vkey_of(key: Ed25519Key, origin: str = ORIGIN) -> str:
    """Write a log key's verifier key."""
    return encode_vkey(NoteSigner(origin, key).verifier)


def keyring(*keys: Ed25519Key) -> FindLogKey:
    """Find these keys."""
    return lambda public: next((key for key in keys if key.public.raw == public), None)


class Writing:
    """A world's ledger over a real sequencer: what it submits is signed and sequenced."""

    def __init__(self, under_test: LedgerUnderTest, find: FindLogKey) -> None:
        self.under_test = under_test
        self.find = find
        self.world = World(seed=7)
        self.sequencer = self.another()
        self.given: list[tuple[bytes, Admission]] = []

    def another(self, find: FindLogKey | None = None) -> Sequencer:
        """A second process, with keys of its own where these are given."""
        made = Sequencer(self.under_test.url, find or self.find, lambda: self.world.now).start()
        self.under_test.sequencers.append(made)
        return made

    def open(self) -> None:
        """Found the county."""
        for event, signers in self.world.founding():
            if isinstance(event, LedgerOpened):
                event = msgspec.structs.replace(event, origin=ORIGIN, log_key=vkey_of(OLD))  # noqa: PLW2901
            self.write(event, *signers)

    def write(self, event: object, *signers: str, by: Sequencer | None = None) -> Admission:
        """Write an event and expect it admitted."""
        raw = self.sealed(event, *signers)
        outcome = (by or self.sequencer).admit(raw)
        assert isinstance(outcome, Admission), outcome
        self.given.append((raw, outcome))
        self.world.later(minutes=1)
        return outcome

    def sealed(self, event: object, *signers: str) -> bytes:
        """Sign an event as the world does."""
        return sealed(event, self.world.keys(event, *signers))  # type: ignore[arg-type]

    def rotation(self, key: Ed25519Key, by: str = AUTHORITY) -> LogRotated:
        """Name the next log key."""
        return LogRotated(**self.world.common(by), log_key=vkey_of(key), reason="定期换钥")

    def harvest(self, by: Sequencer | None = None) -> Admission:
        """Write anything."""
        number = len(self.given)
        return self.write(self.world.harvest(batch=lot(PADDY, f"R{number}"), quantity=100), by=by)

    def notes(self) -> dict[int, str]:
        """Give every checkpoint by its size."""
        with self.under_test.connect() as conn:
            rows = conn.execute("SELECT size, note FROM ledger.checkpoint").fetchall()
        return {int(str(size)): str(note) for size, note in rows}


@pytest.fixture
def writing(ledger: LedgerUnderTest) -> Writing:
    made = Writing(ledger, keyring(OLD, NEW, LAST))
    made.open()
    return made


def test_the_first_checkpoint_with_the_rotation_is_signed_by_both_later_ones_by_the_new(
    writing: Writing,
) -> None:
    before = writing.harvest().receipt
    at = writing.write(writing.rotation(NEW)).receipt
    after = writing.harvest().receipt
    old, new = parse_vkey(vkey_of(OLD)), parse_vkey(vkey_of(NEW))
    assert open_checkpoint(before.checkpoint, old).size == before.position
    assert open_note(at.checkpoint, [old, new])[1] == [ORIGIN, ORIGIN]
    assert open_checkpoint(after.checkpoint, new).size == after.position
    with pytest.raises(UnverifiedNote):
        open_checkpoint(before.checkpoint, new)
    with pytest.raises(UnverifiedNote):
        open_checkpoint(after.checkpoint, old)


def test_who_knows_only_the_first_key_follows_through_two_changes(writing: Writing) -> None:
    first = writing.write(writing.rotation(NEW))
    raw_first = writing.given[-1][0]
    writing.harvest()
    second = writing.write(writing.rotation(LAST))
    raw_second = writing.given[-1][0]
    last = writing.harvest()
    vkey = follow(vkey_of(OLD), raw_first, first.receipt)
    assert vkey == vkey_of(NEW)
    assert follow(vkey, raw_second, second.receipt) == vkey_of(LAST)
    verify_receipt(last.receipt, writing.given[-1][0], vkey_of(LAST))
    # One step can't be left out, and nothing but a rotation leads on.
    with pytest.raises(ReceiptRefuted):
        follow(vkey_of(OLD), raw_second, second.receipt)
    with pytest.raises(ReceiptRefuted, match="not a change"):
        follow(vkey_of(LAST), writing.given[-1][0], last.receipt)


def test_every_receipt_verifies_by_the_key_in_force_at_its_size(writing: Writing) -> None:
    for key in (NEW, LAST):
        writing.harvest()
        writing.write(writing.rotation(key))
    writing.harvest()
    keys = LogKeys(vkey_of(OLD))
    with writing.under_test.connect() as conn:
        for recorded in log.read(conn, 0):
            keys.take(recorded.event, recorded.position)
    for raw, admission in writing.given:
        keys.verify_receipt(admission.receipt, raw)
    assert keys.vkey_in_force(1) == vkey_of(OLD)
    assert keys.vkey_in_force(10**6) == vkey_of(LAST)


def test_the_verifier_follows_the_keys_and_checks_older_checkpoints_by_theirs(
    writing: Writing,
) -> None:
    writing.harvest()
    rotated = writing.write(writing.rotation(NEW)).receipt.position
    writing.harvest()
    writing.write(writing.rotation(LAST))
    writing.harvest()
    export = writing.under_test.export()
    result = verify(export)
    assert isinstance(result, Verified), result
    for size, note in writing.notes().items():
        older = verify(export, note)
        assert isinstance(older, Verified), (size, older)
        assert Step("checkpoints", 2) in older.steps
    # The old key, stolen afterwards, signs nothing that counts from the rotation on.
    tree = Tree.empty()
    tree.append([leaf_hash(b"%d" % n) for n in range(rotated + 1)])
    checkpoint = Checkpoint(ORIGIN, tree.size, tree.root())
    stolen = verify(export, sign_checkpoint(checkpoint, NoteSigner(ORIGIN, OLD)))
    assert isinstance(stolen, Failed)
    assert stolen.code == "since-not-the-logs"


@pytest.mark.parametrize("key", [OLD, NEW])
def test_an_export_whose_checkpoint_is_signed_by_a_key_no_longer_in_force_is_refused(
    writing: Writing, key: Ed25519Key
) -> None:
    writing.write(writing.rotation(NEW))
    writing.write(writing.rotation(LAST))
    writing.harvest()
    *lines, last = writing.under_test.export()
    trailer = read_line(last, 0)
    assert isinstance(trailer, Trailer)
    checkpoint = open_checkpoint(trailer.checkpoint, parse_vkey(vkey_of(LAST)))
    forged = msgspec.json.encode(Trailer(sign_checkpoint(checkpoint, NoteSigner(ORIGIN, key))))
    result = verify([*lines, forged])
    assert isinstance(result, Failed)
    assert result.code == "bad-checkpoint"


def test_an_export_that_names_another_first_key_than_the_opening_is_refused(
    writing: Writing,
) -> None:
    """A liar's header: the key is its own, and so is the signature; the events are another's."""
    head, *rest = writing.under_test.export()
    header = read_header(head)
    liar = Ed25519Key.generate()
    items = [read_line(raw, 0) for raw in rest]
    trailer = items[-1]
    assert isinstance(trailer, Trailer)
    checkpoint = open_checkpoint(trailer.checkpoint, parse_vkey(header.log_key))
    forged = write(
        Header(header.format, ORIGIN, vkey_of(liar), header.size),
        [item for item in items if isinstance(item, Line)],
        sign_checkpoint(checkpoint, NoteSigner(ORIGIN, liar)),
    )
    result = verify(list(forged))
    assert isinstance(result, Failed)
    assert (result.position, result.code) == (1, "wrong-log-key")


def test_one_batchs_bundle_carries_the_changes_of_the_key(writing: Writing) -> None:
    writing.write(writing.rotation(NEW))
    batch = lot(PADDY, "bundle")
    writing.write(writing.world.harvest(batch=batch, quantity=100))
    writing.write(writing.rotation(LAST))
    writing.harvest()
    with writing.under_test.connect() as conn:
        bundle = list(export_batch(conn, [batch]))
    result = verify(bundle)
    assert isinstance(result, Verified), result
    assert result.batch == batch


def test_only_the_authority_changes_the_key(writing: Writing) -> None:
    refusal = writing.sequencer.admit(writing.sealed(writing.rotation(NEW, by=COOP)))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.NOT_AUTHORISED


def test_a_key_that_signed_before_does_not_come_back(writing: Writing) -> None:
    writing.write(writing.rotation(NEW))
    for key in (OLD, NEW):
        refusal = writing.sequencer.admit(writing.sealed(writing.rotation(key)))
        assert isinstance(refusal, Refusal)
        assert refusal.code is Code.EXISTS


@pytest.mark.parametrize(
    "vkey",
    [vkey_of(Ed25519Key.generate()), vkey_of(NEW, "another.example"), "no key at all"],
    ids=["of nobody", "of another log", "no key"],
)
def test_a_key_that_is_not_here_or_of_another_log_is_refused(writing: Writing, vkey: str) -> None:
    event = msgspec.structs.replace(writing.rotation(NEW), log_key=vkey)
    refusal = writing.sequencer.admit(writing.sealed(event))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.WRONG_LOG_KEY
    assert vkey in refusal.zh
    writing.harvest()


def test_two_changes_and_other_events_in_one_group_are_signed_by_all_three(
    writing: Writing,
) -> None:
    world = writing.world
    events = [
        world.harvest(batch=lot(PADDY, "G1"), quantity=100), writing.rotation(NEW),
        world.harvest(batch=lot(PADDY, "G2"), quantity=100), writing.rotation(LAST),
        world.harvest(batch=lot(PADDY, "G3"), quantity=100),
    ]  # fmt: skip
    outcomes = writing.sequencer.submit([writing.sealed(event) for event in events]).result()
    receipts = [each.receipt for each in outcomes if isinstance(each, Admission)]
    assert len({receipt.checkpoint for receipt in receipts}) == 1
    all_keys = [parse_vkey(vkey_of(key)) for key in (OLD, NEW, LAST)]
    assert len(open_note(receipts[0].checkpoint, all_keys)[1]) == 3
    assert isinstance(verify(writing.under_test.export()), Verified)


def test_another_process_learns_of_the_change_and_signs_with_the_new_key(
    writing: Writing,
) -> None:
    """It finds the new key's file only after the change, as a running server does."""
    at_hand: list[Ed25519Key] = [OLD]

    def find(public: bytes) -> Ed25519Key | None:
        return keyring(*at_hand)(public)

    server = writing.another(find)
    writing.harvest(by=server)
    writing.write(writing.rotation(NEW))
    raw = writing.sealed(writing.world.harvest(batch=lot(PADDY, "later"), quantity=100))
    with pytest.raises(WriteFailed, match="is not in this data folder"):
        server.admit(raw)
    at_hand.append(NEW)
    outcome = server.admit(raw)
    assert isinstance(outcome, Admission)
    verify_receipt(outcome.receipt, raw, vkey_of(NEW))
    assert isinstance(verify(writing.under_test.export()), Verified)


def test_a_process_without_the_key_in_force_writes_nothing_and_says_which(
    writing: Writing,
) -> None:
    writing.write(writing.rotation(NEW))
    size = max(writing.notes())
    stale = writing.another(keyring(OLD))
    with pytest.raises(WriteFailed) as failed:
        stale.admit(writing.sealed(writing.world.harvest(batch=lot(PADDY, "S"), quantity=100)))
    assert isinstance(failed.value.__cause__, WrongLogKey)
    assert vkey_of(NEW) in str(failed.value)
    assert max(writing.notes()) == size


def test_two_processes_that_write_while_the_key_changes_leave_a_ledger_that_verifies(
    writing: Writing,
) -> None:
    others: list[Callable[[bytes], object]] = [writing.sequencer.admit, writing.another().admit]
    raws = [
        writing.sealed(writing.world.harvest(batch=lot(PADDY, f"C{n}"), quantity=100))
        for n in range(60)
    ]
    rotations = [writing.sealed(writing.rotation(key)) for key in (NEW, LAST)]
    started = threading.Barrier(3)

    def harvest(number: int) -> None:
        started.wait()
        for raw in raws[number::2]:
            assert isinstance(others[number](raw), Admission)

    def rotate() -> None:
        started.wait()
        for raw in rotations:
            assert isinstance(others[0](raw), Admission)

    with ThreadPoolExecutor(3) as threads:
        harvests = [threads.submit(harvest, number) for number in (0, 1)]
        for done in [*harvests, threads.submit(rotate)]:
            done.result()
    result = verify(writing.under_test.export())
    assert isinstance(result, Verified), result
    for note in writing.notes().values():
        assert isinstance(verify(writing.under_test.export(), note), Verified)


def test_keys_of_the_county_do_not_sign_for_the_log(writing: Writing) -> None:
    """The authority's own key is no log key, whoever holds both."""
    event = msgspec.structs.replace(writing.rotation(NEW), log_key=vkey_of(key_of(AUTHORITY)))
    refusal = writing.sequencer.admit(writing.sealed(event))
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.WRONG_LOG_KEY
