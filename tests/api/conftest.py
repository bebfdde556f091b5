"""What tests of the command line share: a demo county that is being served, and a folder alone."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.served import Served, free_port
from tests.api.shell import Shell


@pytest.fixture(scope="module")
def demo_server() -> Iterator[Served]:
    """A demo county that is being served."""
    with tempfile.TemporaryDirectory(prefix="suyuan-cli-") as name:
        served = Served(Path(name) / "county", "--demo")
        yield served
        served.stop()


@pytest.fixture(scope="module")
def served_shell(demo_server: Served) -> Shell:
    """A shell on the data folder of the county that is being served."""
    return Shell(demo_server.data, PORT=str(demo_server.port))


@pytest.fixture
def showcase(demo_server: Served) -> str:
    """The batch of the demo county that has most to show, as GTIN/LOT."""
    return str(json.loads((demo_server.data / "demo.json").read_bytes())["showcase"])


@pytest.fixture
def lone_shell() -> Iterator[Shell]:
    """A shell on a fresh folder, with no server."""
    with tempfile.TemporaryDirectory(prefix="suyuan-cli-") as name:
        yield Shell(Path(name) / "data", PORT=str(free_port()))
