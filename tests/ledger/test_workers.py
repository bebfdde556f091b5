"""How the processes that check blocks begin, work and end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger import source as source_module
from ledger.source import open_source
from ledger.workers import Workers
from tests.ledger.forgeries import Forge, exported

_SCRIPT = """
from ledger import workers
print(workers._context().get_start_method())
large = b"x" * (200 << 20)
del large
print(workers._context().get_start_method())
"""


_LEFT = """
import multiprocessing, os, signal, sys
from ledger import blocks, workers
from ledger.source import open_source

blocks.check_packed = lambda path, block: bytes(50_000_000)
with open(sys.argv[1], "rb") as file:
    source = open_source(file)
    source.header()
    checking = workers.Workers(2, alone=0).check(source)
    workers.blocks.unpack = lambda packed: packed
    next(checking)
    print(*(one.pid for one in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""

_ENDED = """
import os, signal, sys, threading, time
from ledger import blocks, workers
from ledger.source import open_source

def ended(*_):
    raise BaseException("not for a process that was forked")

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def check_packed(path, block):
    if sys.argv[2] == "at work":
        kill()
    threading.Timer(0.3, kill).start()
    return bytes(50_000_000)  # more than the connection holds

signal.signal(signal.SIGTERM, ended)
blocks.check_packed = check_packed
with open(sys.argv[1], "rb") as file:
    source = open_source(file)
    source.header()
    blocks_of = source.blocks

    def slowly():
        for block in blocks_of():
            time.sleep(0.2)
            yield block

    source.blocks = slowly
    try:
        list(workers.Workers(2, alone=0).check(source))
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize("processes", [0, 1, 3])
def test_blocks_come_whole_and_in_order_however_many_check_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr(source_module, "BLOCK", 1)
    lines = exported(Forge().lines)
    path = tmp_path / "export"
    path.write_bytes(b"".join(lines))
    with path.open("rb") as file:
        source = open_source(file)
        source.header()
        parts = [part for _, part in Workers(processes, alone=0).check(source)]
        source.close()
    events = len(lines) - 2
    assert events > 20, "more than may be asked of all ahead"
    assert [item.position for part in parts for item in part.items] == [*range(1, events + 1)]
    assert parts[-1].checkpoint


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
@pytest.mark.parametrize("when", ["at work", "in the middle of an answer"])
def test_a_process_that_is_killed_ends_the_run_and_the_others_in_silence(
    tmp_path: Path, when: str
) -> None:
    path = _export(tmp_path)
    told = subprocess.run(  # noqa: S603  fixed words
        [sys.executable, "-c", _ENDED, path, when], capture_output=True, check=True, timeout=60
    )
    assert (told.stdout, told.stderr) == (b"HelperEnded\n", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_process_that_has_grown_forks_no_copies_of_itself() -> None:
    """What it gave back it fills anew, and a fork would keep the old pages."""
    told = subprocess.run(  # noqa: S603  fixed words
        [sys.executable, "-c", _SCRIPT], capture_output=True, check=True
    )
    assert told.stdout.split() == [b"fork", b"spawn"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_run_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    path = _export(tmp_path)
    told = subprocess.run(  # noqa: S603  fixed words
        [sys.executable, "-c", _LEFT, path], capture_output=True, check=False, timeout=60
    )
    pids = [int(pid) for pid in told.stdout.split()]
    assert len(pids) == 2, told.stderr
    until = time.monotonic() + 20
    while any(map(_runs, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_runs, pids))


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"  # nobody may be there to take it in


def _export(folder: Path) -> Path:
    path = folder / "export"
    path.write_bytes(b"{}\n" + (b"x" * 1000 + b"\n") * 4000)
    return path
