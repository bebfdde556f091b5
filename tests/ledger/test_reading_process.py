"""Envelopes read in a process of its own: the same answers, and no harm where it ends."""

import os
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.demo.season import Season
from domain.refusals import Code, Refusal
from ledger.candidate import Candidate, read_candidate
from ledger.intake import Intake
from ledger.parcel import Parcel
from ledger.reading_process import ReadingProcess


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    assert process.answer() == []
    yield process
    process.close()


def _read(process: ReadingProcess, raws: list[bytes]) -> list[Candidate | Refusal]:
    process.ask(raws)
    return process.answer()


def _mixed(told: Season) -> list[bytes]:
    """Good envelopes, one with white space, and bad ones of several kinds."""
    good = told.envelopes[:40]
    loose = good[3].replace(b'","', b'" ,"')
    forged = good[4].replace(b'"sig":"', b'"sig":"AA')
    tampered = good[5].replace(good[5][14:18], b"AAAA", 1)
    return [*good, loose, forged, tampered, b"{", b"", b"\xff", b"A" * 200_000, *good]


def test_a_process_answers_as_the_reader_here_does(process: ReadingProcess, told: Season) -> None:
    raws = _mixed(told)
    assert _read(process, raws) == [read_candidate(raw) for raw in raws]


def test_a_process_takes_more_than_a_pipe_holds(process: ReadingProcess, told: Season) -> None:
    raws = told.envelopes * 12
    assert len(b"".join(raws)) > 2**22
    assert len(_read(process, raws)) == len(raws)


def test_a_process_that_was_ended_is_noticed(process: ReadingProcess, told: Season) -> None:
    _read(process, told.envelopes[:10])
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match=r"pipe|gone"):
        _read(process, told.envelopes)


class _Watched(set[int]):
    """What an intake wants to be woken for."""

    watch = set.add
    unwatch = set.remove


def _run(intake: Intake, watched: _Watched) -> list[Parcel]:
    """Read on as the writer's thread does, a little of it here and the rest by processes."""
    intake.hand_out()
    readable, _, _ = select.select(watched, [], [], 0.002)
    return intake.answers(readable) or intake.read_here()


def test_what_an_ended_process_was_asked_is_read_all_the_same(told: Season) -> None:
    watched = _Watched()
    intake = Intake(2, watched)
    wanted = 30
    read: list[Parcel] = []
    ended = False
    for _ in range(wanted):
        intake.put(Parcel(told.envelopes[:200], lambda _: None))
    while intake.unread:
        read += _run(intake, watched)
        if watched and not ended and len(read) > wanted // 2:
            _end_children()
            ended = True
    assert ended
    expected = [read_candidate(raw) for raw in told.envelopes[:200]]
    assert len(read) == wanted
    assert all(parcel.candidates == expected for parcel in read)
    intake.close()
    assert not watched


def _end_children() -> None:
    """End the reading processes of this process, once there are any."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for children in Path("/proc/self/task").glob("*/children"):
            for pid in map(int, children.read_text(encoding="ascii").split()):
                if b"ledger.reading_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.005)
    pytest.fail("no reading process was begun")


def test_an_idle_process_that_was_ended_is_let_go(told: Season) -> None:
    watched = _Watched()
    intake = Intake(1, watched)
    for _ in range(6):
        intake.put(Parcel(told.envelopes[:200], lambda _: None))
    while intake.unread:
        _run(intake, watched)
    assert watched
    _end_children()
    readable, _, _ = select.select(watched, [], [], 30)
    assert intake.answers(readable) == []
    assert not watched


def test_a_lone_envelope_needs_no_process_and_an_empty_parcel_is_read_at_once(
    told: Season,
) -> None:
    watched = _Watched()
    intake = Intake(1, watched)
    for size in (1, 0):
        intake.put(Parcel(told.envelopes[:size], lambda _: None))
        intake.hand_out()
        (parcel,) = intake.read_here()
        assert len(parcel.candidates) == size
    assert not watched
    assert not intake.waits()


def test_what_breaks_the_reader_itself_is_refused_alone(
    told: Season, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(raw: bytes) -> Candidate | Refusal:
        if raw == b"breaks":
            raise ZeroDivisionError
        return read_candidate(raw)

    monkeypatch.setattr("ledger.intake.read_candidate", breaks)
    watched = _Watched()
    intake = Intake(0, watched)
    intake.put(Parcel([told.envelopes[0], b"breaks", told.envelopes[1]], lambda _: None))
    (parcel,) = intake.read_here()
    first, broken, last = parcel.candidates
    assert isinstance(broken, Refusal)
    assert broken.code is Code.MALFORMED
    assert "ZeroDivisionError" in broken.en
    assert "ZeroDivisionError" in caplog.text
    assert [first, last] == [read_candidate(raw) for raw in told.envelopes[:2]]
