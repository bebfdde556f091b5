"""The witness's answers: the published requests of a sigsum log, and each refusal by its number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    NoteVerifier,
    key_id,
    sign_checkpoint,
    signature_line,
)
from ledger.did_key import ED25519, PublicKey
from ledger.hashing import EMPTY_ROOT, leaf_hash
from ledger.keys import Ed25519Key
from ledger.merkle import Tree, consistency_proof
from ledger.witness import (
    MAX_REQUEST,
    SIZE_TYPE,
    Accepted,
    LastSeen,
    Refused,
    add_checkpoint,
    request_body,
)

# Requests of the test suite of litewitness, of a log in sigsum's format.
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
SIGSUM_LOGS = {
    SIGSUM: [
        NoteVerifier(SIGSUM, key_id(SIGSUM, 1, SIGSUM_KEY), PublicKey.load(ED25519, SIGSUM_KEY))
    ]
}
FIRST = f"""\
old 0

{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
"""  # noqa: E501
THIRD = f"""\
old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
"""  # noqa: E501
FIFTH = f"""\
old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
"""  # noqa: E501

ORIGIN = "suyuan.example/445381"
LOG = NoteSigner(ORIGIN, Ed25519Key.from_seed(b"l" * 32))
LOGS = {ORIGIN: [LOG.verifier]}


class Remembering:
    """A witness whose memory is a dict."""

    def __init__(self, logs: dict[str, list[NoteVerifier]] = LOGS) -> None:
        self.logs = logs
        self.seen: dict[str, LastSeen] = {}

    def __call__(self, body: str | bytes) -> Accepted | Refused:
        raw = body.encode() if isinstance(body, str) else body
        answer = add_checkpoint(raw, self.logs, self.seen.get)
        if isinstance(answer, Accepted):
            self.seen[answer.seen.origin] = answer.seen
        return answer


def tree_of(size: int, salt: str = "") -> Tree:
    """Grow a tree whose window holds all of its nodes."""
    tree = Tree.empty()
    tree.append([leaf_hash(f"{salt}{n}".encode()) for n in range(size)])
    return tree


def note_of(tree: Tree, signer: NoteSigner = LOG, origin: str = ORIGIN) -> str:
    """Sign the tree's head."""
    return sign_checkpoint(Checkpoint(origin, tree.size, tree.root()), signer)


def request(old: int, tree: Tree, signer: NoteSigner = LOG) -> bytes:
    """Build the request of an honest log."""
    return request_body(old, consistency_proof(old, tree.size, tree.node), note_of(tree, signer))


def refused(answer: Accepted | Refused) -> Refused:
    """Expect a refusal."""
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.parametrize("later", [THIRD, FIFTH])
def test_published_requests_are_accepted_in_order(later: str) -> None:
    witness = Remembering(SIGSUM_LOGS)
    for body in (FIRST, later):
        answer = witness(body)
        assert isinstance(answer, Accepted), answer
        assert body.endswith(answer.text + "\n" + body.rpartition("\n\n")[2])


def test_a_published_race_ends_in_a_conflict_that_names_the_size() -> None:
    """The larger checkpoint came first: the smaller must not roll it back."""
    witness = Remembering(SIGSUM_LOGS)
    witness(FIRST)
    witness(FIFTH)
    answer = refused(witness(THIRD))
    assert (answer.status, answer.body, answer.content_type) == (409, "5\n", SIZE_TYPE)
    root = "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36"
    assert (witness.seen[SIGSUM].size, witness.seen[SIGSUM].root.hex()) == (5, root)


def test_more_than_63_proof_lines_are_no_request() -> None:
    line = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    body = FIRST.replace("old 0\n", "old 0\n" + 64 * line, 1)
    assert refused(Remembering(SIGSUM_LOGS)(body)).status == 400


def test_a_published_proof_with_one_hash_changed_proves_nothing() -> None:
    witness = Remembering(SIGSUM_LOGS)
    witness(FIRST)
    assert refused(witness(FIFTH.replace("KgQA", "KgUA"))).status == 422
    assert witness.seen[SIGSUM].size == 1


@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_an_honest_log_is_cosigned_at_whatever_sizes_it_grows(sizes: list[int]) -> None:
    witness, old = Remembering(), 0
    for size in sorted(sizes):
        answer = witness(request(old, tree_of(size)))
        assert isinstance(answer, Accepted), answer
        assert answer.seen == LastSeen(ORIGIN, size, tree_of(size).root())
        old = size


def test_an_unknown_log_is_not_found() -> None:
    assert refused(Remembering({})(request(0, tree_of(3)))).status == 404


def test_a_checkpoint_that_the_log_did_not_sign_is_forbidden() -> None:
    stranger = NoteSigner(ORIGIN, Ed25519Key.generate())
    assert refused(Remembering()(request(0, tree_of(3), stranger))).status == 403
    other_name = NoteSigner("another.example", Ed25519Key.from_seed(b"l" * 32))
    assert refused(Remembering()(request(0, tree_of(3), other_name))).status == 403


def test_a_forged_line_in_the_logs_name_is_forbidden() -> None:
    body = request(0, tree_of(3)).replace(note_of(tree_of(3)).encode()[-20:-10], b"AAAAAAAAAA")
    assert refused(Remembering()(body)).status == 403


def test_signatures_of_others_are_passed_over() -> None:
    tree = tree_of(3)
    checkpoint = Checkpoint(ORIGIN, 3, tree.root())
    stranger = NoteSigner(ORIGIN, Ed25519Key.generate())
    note = sign_checkpoint(checkpoint, stranger, LOG)
    assert isinstance(Remembering()(request_body(0, (), note)), Accepted)


def test_while_a_log_changes_its_key_either_is_trusted() -> None:
    new = NoteSigner(ORIGIN, Ed25519Key.from_seed(b"n" * 32))
    witness = Remembering({ORIGIN: [LOG.verifier, new.verifier]})
    for old, size, signer in ((0, 3, LOG), (3, 5, new)):
        assert isinstance(witness(request(old, tree_of(size), signer)), Accepted)


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request() -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    assert refused(witness(request_body(5, (), note_of(tree_of(3))))).status == 400


def test_a_wrong_old_size_is_a_conflict_that_names_the_right_one() -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    for old in (0, 3, 7):
        answer = refused(witness(request(old, tree_of(9))))
        assert (answer.status, answer.body, answer.content_type) == (409, "5\n", SIZE_TYPE)


def test_an_old_request_again_is_a_conflict_and_changes_nothing() -> None:
    witness = Remembering()
    first, second = request(0, tree_of(5)), request(5, tree_of(9))
    witness(first)
    witness(second)
    for body in (first, second):
        answer = refused(witness(body))
        assert (answer.status, answer.body) == (409, "9\n")
    assert witness.seen[ORIGIN].size == 9


def test_the_same_checkpoint_may_be_cosigned_again() -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    assert isinstance(witness(request(5, tree_of(5))), Accepted)


def test_a_split_view_of_the_same_size_is_refused_with_that_size() -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    answer = refused(witness(request_body(5, (), note_of(tree_of(5, "other")))))
    assert answer.status == 422
    assert "trees of 5 and 5" in answer.body
    assert witness.seen[ORIGIN].root == tree_of(5).root()


def test_sixteen_signatures_of_other_algorithms_are_no_hindrance() -> None:
    """A post-quantum signature has nearly 5 kB (signed-note)."""
    others = "".join(
        signature_line(f"witness.example/pq{n}", b"pqpq", bytes(4900)) for n in range(15)
    )
    answer = Remembering()(request_body(0, (), note_of(tree_of(5)) + others))
    assert isinstance(answer, Accepted)
    assert answer.log_lines == note_of(tree_of(5)).rpartition("\n\n")[2]


def test_of_the_logs_lines_only_the_verified_one_is_passed_on() -> None:
    note = note_of(tree_of(5))
    again = signature_line(ORIGIN, LOG.verifier.key_id, bytes(64))
    answer = Remembering()(request_body(0, (), note + again))
    assert isinstance(answer, Accepted)
    assert answer.log_lines == note.rpartition("\n\n")[2]


def test_a_rewritten_history_is_refused_whatever_proof_it_brings() -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    for size in (6, 9, 64):
        assert refused(witness(request(5, tree_of(size, "other")))).status == 422
    assert witness.seen[ORIGIN] == LastSeen(ORIGIN, 5, tree_of(5).root())


def test_a_proof_where_none_belongs_is_refused() -> None:
    node = leaf_hash(b"x")
    assert refused(Remembering()(request_body(0, (node,), note_of(tree_of(3))))).status == 422
    witness = Remembering()
    witness(request(0, tree_of(5)))
    assert refused(witness(request_body(5, (node,), note_of(tree_of(5))))).status == 422


def test_the_empty_tree_has_one_root() -> None:
    assert isinstance(Remembering()(request(0, tree_of(0))), Accepted)
    lying = sign_checkpoint(Checkpoint(ORIGIN, 0, leaf_hash(b"leaf")), LOG)
    assert refused(Remembering()(request_body(0, (), lying))).status == 422
    assert tree_of(0).root() == EMPTY_ROOT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"\xff\xfe",
        b"old 00\n\n" + note_of(tree_of(3)).encode(),
        b"old -1\n\n" + note_of(tree_of(3)).encode(),
        b"old  0\n\n" + note_of(tree_of(3)).encode(),
        b"size 0\n\n" + note_of(tree_of(3)).encode(),
        b"old 0\nnot base64\n\n" + note_of(tree_of(3)).encode(),
        b"old 0\nAAAA\n\n" + note_of(tree_of(3)).encode(),
        b"old 0\n\nno checkpoint\n",
        b"old 0\n\n" + note_of(tree_of(3)).encode()[:-1],
        b"old 0\n\n" + b"a" * MAX_REQUEST,
    ],
)
def test_what_is_no_request_is_a_bad_request(body: bytes) -> None:
    assert refused(Remembering()(body)).status == 400


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(body: bytes) -> None:
    assert refused(Remembering()(body)).status in {400, 403, 404}


@given(st.data())
def test_no_change_to_a_good_request_gets_another_tree_cosigned(data: st.DataObject) -> None:
    witness = Remembering()
    witness(request(0, tree_of(5)))
    body = bytearray(request(5, tree_of(9)))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    answer = witness(bytes(body))
    if isinstance(answer, Accepted):
        assert answer.seen.root in {tree_of(9).root(), tree_of(5).root()}
