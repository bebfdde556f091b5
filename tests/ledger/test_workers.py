"""How the processes that check blocks begin."""

import subprocess
import sys

import pytest

_SCRIPT = """
from ledger import workers
print(workers._context().get_start_method())
large = b"x" * (200 << 20)
del large
print(workers._context().get_start_method())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_process_that_has_grown_forks_no_copies_of_itself() -> None:
    """What it gave back it fills anew, and a fork would keep the old pages."""
    told = subprocess.run(  # noqa: S603  fixed words
        [sys.executable, "-c", _SCRIPT], capture_output=True, check=True
    )
    assert told.stdout.split() == [b"fork", b"spawn"]
