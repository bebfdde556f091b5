"""A verification that was cut off goes on; what was changed meanwhile is begun anew."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from api.demo.season import Season
from ledger import bookmark as bookmark_module
from ledger.bookmark import Bookmark, BookmarkError
from ledger.exporter import export_ledger
from ledger.verifier import Failed, Verified, verify
from ledger.workers import Workers
from tests.ledger.conftest import LedgerUnderTest


class _CutError(Exception):
    """Ends a verification from outside."""


@pytest.fixture
def exports(ledger: LedgerUnderTest, told: Season) -> tuple[list[bytes], list[bytes], str]:
    """Two exports of one ledger, the later one longer, and the checkpoint of the first."""
    found = []
    for part in (told.envelopes[:400], told.envelopes[400:]):
        ledger.sequencer.submit(part).result()
        with ledger.connect() as conn:
            found.append(list(export_ledger(conn)))
    verified = verify(found[0])
    assert isinstance(verified, Verified)
    return found[0], found[1], verified.checkpoint


class _Heard(list[int]):
    """What a bookmark told: after how many events it went on."""

    def verify(
        self, path: Path, lines: Iterable[bytes], since: str | None = None
    ) -> Verified | Failed:
        bookmark = Bookmark(path, self.append, pause_s=0)
        try:
            return verify(lines, bookmark=bookmark, workers=Workers(1), since=since)
        finally:
            bookmark.close()


def _cut_after_first_mark(path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch) -> int:
    """Verify in small blocks until the second is read; give how many events were marked."""
    monkeypatch.setattr("ledger.source.BLOCK", 60_000)
    bookmark = Bookmark(path, pause_s=0)
    seen: list[int] = []

    def progress(done: int, _of: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise _CutError

    with pytest.raises(_CutError):
        verify(lines, progress=progress, bookmark=bookmark, workers=Workers(1))
    bookmark.close()
    return seen[-2]


def test_what_was_cut_off_goes_on_and_comes_to_the_same(
    tmp_path: Path, exports: tuple[list[bytes], list[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lines, _ = exports
    state, heard = tmp_path / "state", _Heard()
    marked = _cut_after_first_mark(state, lines, monkeypatch)
    assert heard.verify(state, lines) == verify(lines)
    assert heard == [marked]
    assert 0 < marked < len(lines) - 2


def test_only_what_is_new_is_checked_of_a_longer_export(
    tmp_path: Path, exports: tuple[list[bytes], list[bytes], str]
) -> None:
    """The new events are checked on models folded from the old ones, by their kept places."""
    first, second, _ = exports
    state, heard = tmp_path / "state", _Heard()
    assert isinstance(heard.verify(state, first), Verified)
    assert heard.verify(state, second) == verify(second)
    assert heard.verify(state, second) == verify(second)
    assert heard == [400, len(second) - 2]


def test_a_file_that_was_changed_is_verified_from_the_start_and_fails(
    tmp_path: Path, exports: tuple[list[bytes], list[bytes], str]
) -> None:
    first, second, _ = exports
    state, heard = tmp_path / "state", _Heard()
    assert isinstance(heard.verify(state, first), Verified)
    forged = [*second]
    forged[100] = forged[100].replace(forged[100][120:124], b"AAAA", 1)
    failed = heard.verify(state, forged)
    assert isinstance(failed, Failed)
    assert failed.position == 100
    assert heard == [0]
    # The state is of the good one no more: that too is begun anew, and found good.
    assert isinstance(heard.verify(state, second), Verified)


def test_a_bad_event_after_the_mark_is_named(
    tmp_path: Path, exports: tuple[list[bytes], list[bytes], str]
) -> None:
    first, second, _ = exports
    state, heard = tmp_path / "state", _Heard()
    heard.verify(state, first)
    left_out = [*second[:450], *second[451:]]
    failed = heard.verify(state, left_out)
    assert isinstance(failed, Failed)
    assert (failed.code, failed.position) == ("gap", 450)
    assert heard == [400]


def test_another_question_is_answered_from_the_start(
    tmp_path: Path, exports: tuple[list[bytes], list[bytes], str]
) -> None:
    first, second, checkpoint = exports
    state, heard = tmp_path / "state", _Heard()
    heard.verify(state, first)
    assert isinstance(heard.verify(state, second, since=checkpoint), Verified)
    assert isinstance(heard.verify(state, second, since=checkpoint), Verified)
    assert heard == [0, len(second) - 2]


def test_an_older_format_is_begun_anew(
    tmp_path: Path,
    exports: tuple[list[bytes], list[bytes], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _, _ = exports
    state, heard = tmp_path / "state", _Heard()
    heard.verify(state, first)
    monkeypatch.setattr(bookmark_module, "FORMAT", "another")
    assert isinstance(heard.verify(state, first), Verified)
    assert heard == [0]


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear grandmother, this is no database. " * 100, encoding="utf-8")
    with pytest.raises(BookmarkError, match="not a database"):
        Bookmark(text)
    assert text.read_text(encoding="utf-8").startswith("Dear grandmother")
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE note (content text)")
    db.close()
    with pytest.raises(BookmarkError, match="something else"):
        Bookmark(foreign)


def test_one_state_is_for_one_run_at_a_time(tmp_path: Path) -> None:
    first = Bookmark(tmp_path / "state")
    with pytest.raises(BookmarkError, match="locked"):
        Bookmark(tmp_path / "state")
    first.close()
    Bookmark(tmp_path / "state").close()
