"""The embedded PostgreSQL under what happens to it: sharing, kill -9, odd paths, stale files."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from api.embedded import database_url, embedded_server
from api.embedded_user import DatabaseUnavailable
from api.settings import Settings

REPOSITORY = Path(__file__).parents[2]

HOLDER = """
import sys
from pathlib import Path
from api.embedded import embedded_server
with embedded_server(Path(sys.argv[1]), durable=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process that uses the server until it is told to leave, or killed."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 — this very interpreter
            [sys.executable, "-c", HOLDER, str(folder)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """Wait until it is served."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        """Let it end by itself."""
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside pytest's own, which each pytest that starts closes to other users."""
    with tempfile.TemporaryDirectory(prefix="suyuan-test-") as name:
        yield Path(name)


def server_pid(folder: Path) -> int | None:
    pid_file = folder / "data" / "postmaster.pid"
    return int(pid_file.read_text().split("\n")[0]) if pid_file.exists() else None


def count_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (1)")


def test_a_fixture_database_is_empty_and_its_own(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert tables == (1,)


test_the_next_fixture_database_is_empty_too = test_a_fixture_database_is_empty_and_its_own


def test_a_database_url_is_used_as_it_is(folder: Path) -> None:
    settings = Settings.from_environment(
        {"DATABASE_URL": "postgresql://db/suyuan", "SUYUAN_DATA": str(folder)}
    )
    with database_url(settings) as url:
        assert url == "postgresql://db/suyuan"
    assert list(folder.iterdir()) == []


def test_it_starts_in_a_folder_with_spaces_and_stops_when_left(folder: Path) -> None:
    data = folder / '数据 folder, "quoted" \'n $HOME'
    settings = Settings.from_environment({"SUYUAN_DATA": str(data)})
    with database_url(settings) as url:
        write(url)
        with psycopg.connect(url) as connection:
            durable = connection.execute(
                "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
                " current_setting('listen_addresses'), current_setting('data_checksums')"
            ).fetchone()
        assert durable == ("on", "on", "", "on")
    assert server_pid(data / "postgres") is None
    with database_url(settings) as url:
        assert count_of(url) == 1


def test_a_path_too_long_for_a_socket_gets_a_private_short_one(folder: Path) -> None:
    with embedded_server(folder / ("long" * 25), durable=False) as url:
        write(url)
        short = Path(url.partition("host=")[2])
        assert len(str(short)) < 60
        assert short.stat().st_mode & 0o077 == 0
    assert not short.exists()


def test_a_socket_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    (folder / "run").mkdir()
    (folder / "run").chmod(0o755)
    with (
        pytest.raises(DatabaseUnavailable, match="only its owner may enter"),
        embedded_server(folder, durable=False),
    ):
        pass


@pytest.mark.slow
def test_two_folders_have_two_servers(folder: Path) -> None:
    with (
        embedded_server(folder / "a", durable=False) as first,
        embedded_server(folder / "b", durable=False) as second,
    ):
        write(first)
        with psycopg.connect(second) as connection:
            assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
        assert server_pid(folder / "a") != server_pid(folder / "b")


@pytest.mark.slow
def test_the_last_user_stops_the_server_and_no_one_before(folder: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(embedded_server(folder, durable=False))
        with embedded_server(folder, durable=False) as same:
            assert same == url
        other = Holder(folder)
        assert other.url() == url
        stack.close()
        assert server_pid(folder) is not None
        write(url)
        other.leave()
    assert server_pid(folder) is None


@pytest.mark.slow
def test_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    holders = [Holder(folder) for _ in range(3)]
    assert len({holder.url() for holder in holders}) == 1
    assert server_pid(folder) is not None
    for holder in holders:
        holder.leave()
    assert server_pid(folder) is None


def test_a_killed_user_is_not_waited_for(folder: Path) -> None:
    victim = Holder(folder)
    write(victim.url())
    victim.kill()
    orphan = server_pid(folder)
    with embedded_server(folder, durable=False) as url:
        assert server_pid(folder) == orphan
        assert count_of(url) == 1
    assert server_pid(folder) is None


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.05, 0.2, 0.35, 0.5, 0.65])
def test_a_start_killed_half_way_can_be_started_again(folder: Path, moment: float) -> None:
    victim = Holder(folder)
    time.sleep(moment)
    victim.kill()
    with embedded_server(folder, durable=False) as url:
        write(url)
    assert server_pid(folder) is None


@pytest.mark.slow
def test_a_killed_server_is_recovered_with_all_that_was_committed(folder: Path) -> None:
    with embedded_server(folder) as url:
        write(url)
        pid = server_pid(folder)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with embedded_server(folder) as again:
            assert again == url
            assert count_of(url) == 1
    assert server_pid(folder) is None


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="this system has no /proc")
def test_a_foreign_process_under_the_servers_old_number_does_no_harm(folder: Path) -> None:
    with embedded_server(folder, durable=False) as url:
        write(url)
    stale = folder / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'data'}\n1\n5432\n{folder / 'run'}\n\n1 1\n")
    (folder / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    with embedded_server(folder, durable=False) as url:
        assert count_of(url) == 1


def test_a_server_that_can_not_start_is_reported_with_what_it_said(folder: Path) -> None:
    with (
        pytest.raises(DatabaseUnavailable, match=r"(?s)pg_ctl failed .*end of .*shared_buffer"),
        embedded_server(folder, parameters={"shared_buffers": "none"}),
    ):
        pass


def test_a_folder_that_can_not_be_made_is_reported(folder: Path) -> None:
    (folder / "file").touch()
    with (
        pytest.raises(DatabaseUnavailable, match="can't be set up"),
        embedded_server(folder / "file" / "postgres"),
    ):
        pass
