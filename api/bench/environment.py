"""On what a measurement is made: the machine, the versions of what does the work, the commit."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from api.bench.measure import Environment

_PACKAGES: Final = ("suyuan", "msgspec", "pynacl", "cryptography", "psycopg", "eventsourcing")
_MIB: Final = 2**20


def here() -> Environment:
    """Describe this machine and this program."""
    return Environment(machine(), versions(), commit())


def machine() -> dict[str, str | int]:
    """Give the processor, how many of it this process may use, the memory and the system."""
    return {
        "cpu": _processor(),
        "cpus": usable_cpus(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def usable_cpus() -> int:
    """Give how many processors this process may use: not always all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Give the versions of Python and of the packages that every measurement rests on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """Give the commit that runs, `+` after it where files were changed; else `unknown`."""
    head = _git("rev-parse", "HEAD")
    if not head:
        return "unknown"
    return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*words: str) -> str:
    folder = Path(__file__).parents[2]
    if not (folder / ".git").exists():  # installed: the folder may lie in another's repository
        return ""
    try:
        done = subprocess.run(  # noqa: S603  fixed words
            ["git", "-C", str(folder), *words],  # noqa: S607  the user's own git
            capture_output=True, text=True, check=False, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
