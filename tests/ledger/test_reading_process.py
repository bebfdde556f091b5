"""Envelopes read in a process of its own: the same answers, and no harm where it ends."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.demo.season import Season
from ledger.candidate import read_candidate
from ledger.intake import Intake
from ledger.parcel import Parcel
from ledger.reading_process import ReadingProcess


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    until = time.monotonic() + 30
    while not process.ready():
        assert time.monotonic() < until, "the process did not begin"
        time.sleep(0.01)
    yield process
    process.close()


def _mixed(told: Season) -> list[bytes]:
    """Good envelopes, one with white space, and bad ones of several kinds."""
    good = told.envelopes[:40]
    loose = good[3].replace(b'","', b'" ,"')
    forged = good[4].replace(b'"sig":"', b'"sig":"AA')
    tampered = good[5].replace(good[5][14:18], b"AAAA", 1)
    return [*good, loose, forged, tampered, b"{", b"", b"\xff", b"A" * 200_000, *good]


def test_a_process_answers_as_the_reader_here_does(process: ReadingProcess, told: Season) -> None:
    raws = _mixed(told)
    assert process.read(raws) == [read_candidate(raw) for raw in raws]


def test_a_process_takes_more_than_a_pipe_holds(process: ReadingProcess, told: Season) -> None:
    raws = told.envelopes * 12
    assert len(b"".join(raws)) > 2**22
    assert len(process.read(raws)) == len(raws)


def test_a_process_that_was_ended_is_noticed(process: ReadingProcess, told: Season) -> None:
    process.read(told.envelopes[:10])
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match=r"pipe|gone"):
        process.read(told.envelopes)


def test_what_an_ended_process_was_asked_is_read_all_the_same(told: Season) -> None:
    read: list[Parcel] = []
    all_read = threading.Event()
    wanted = 30

    def give(parcels: list[Parcel]) -> None:
        read.extend(parcels)
        if len(read) == wanted:
            all_read.set()

    intake = Intake(1, give)
    intake.start()
    for number in range(wanted):
        intake.put(Parcel(told.envelopes[:200], lambda _: None), alone=False)
        if number == wanted // 2:
            _end_children()
    assert all_read.wait(60)
    intake.close()
    expected = [read_candidate(raw) for raw in told.envelopes[:200]]
    assert all(parcel.candidates == expected for parcel in read)
    assert intake.unread == 0


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


def test_a_lone_envelope_is_given_on_unread_and_a_crowd_is_read(told: Season) -> None:
    given: list[Parcel] = []
    arrived = threading.Semaphore(0)

    def give(parcels: list[Parcel]) -> None:
        given.extend(parcels)
        for _ in parcels:
            arrived.release()

    intake = Intake(1, give)
    intake.start()
    intake.put(Parcel(told.envelopes[:1], lambda _: None), alone=True)
    assert given[0].candidates == []
    intake.put(Parcel(told.envelopes[:40], lambda _: None), alone=True)
    intake.put(Parcel((), lambda _: None), alone=False)
    for _ in range(3):
        assert arrived.acquire(timeout=30)
    assert sorted(len(parcel.candidates) for parcel in given) == [0, 0, 40]
    intake.close()
