"""One PostgreSQL server in one folder: made, started, stopped, and recovered from what befell it.

Its methods are called under the lock that `api.embedded` holds: nobody else starts or stops it.
"""

import contextlib
import logging
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from api.embedded_user import DatabaseUnavailable, Owner, owner_of_server, programs

_LOG: Final = logging.getLogger(__name__)

ROLE: Final = "suyuan"
DATABASE: Final = "suyuan"
_PORT: Final = 5432  # no more than a part of the socket's name
_START_SECONDS: Final = 600  # recovery after a crash replays up to max_wal_size
_STOP_SECONDS: Final = 120
_ORPHAN_SECONDS: Final = 20
_LOG_BYTES: Final = 4 * 1024 * 1024
_LOG_TAIL_LINES: Final = 15
# "/.s.PGSQL.5432" and a zero byte must fit behind it: sun_path is 108 bytes on Linux, 104 on macOS.
_SOCKET_FOLDER_BYTES: Final = 88


class Server:
    """One PostgreSQL in one folder."""

    def __init__(self, folder: Path, parameters: Mapping[str, str]) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.parameters = parameters
        self.data = self.folder / "data"
        self.owner: Owner = owner_of_server(self.data)
        self.programs = programs(self.owner)
        self.run = self.folder / "run"
        self.owner.own(self.run)
        self.sockets = self._socket_folder()

    def url(self, database: str) -> str:
        """The address of one of its databases, for libpq."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def start(self, *, durable: bool) -> None:
        """Make it if it is new, and have it answer.

        Raises:
            DatabaseUnavailable: it can't.
        """
        if not self.answers():
            self._initialise(durable=durable)
            self._await_others()
        if not self.answers():
            self._launch()
        self._ensure_database()

    def stop(self) -> None:
        """Stop it; a server that does not stop is left, with a warning."""
        # By signal, not by pg_ctl: that would have to reach the folder, whose parents may have
        # been closed to the server's user since.
        number = self._process()
        if number is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGINT)  # PostgreSQL's "fast shutdown"
        deadline = time.monotonic() + _STOP_SECONDS
        while self._process() is not None:
            if time.monotonic() > deadline:
                _LOG.warning("PostgreSQL in %s does not stop\n%s", self.folder, self._log_tail())
                return
            time.sleep(0.01)
        if self.sockets != self.run:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def answers(self) -> bool:
        """Whether a server takes connections at the socket."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _socket_folder(self) -> Path:
        """The run folder; one in /tmp where its path is too long, or a list to libpq."""
        if len(os.fsencode(self.run)) <= _SOCKET_FOLDER_BYTES and "," not in str(self.run):
            return self.run
        status = self.run.stat()
        # Found again by its name, which every process makes from the folder's own identity.
        short = Path(f"/tmp/suyuan-{status.st_dev:x}-{status.st_ino:x}")  # noqa: S108
        self.owner.own(short)
        return short

    def _initialise(self, *, durable: bool) -> None:
        """Make a new data folder beside its place and move it there whole."""
        if (self.data / "PG_VERSION").exists():
            return
        for left_over in self.run.glob("new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        # A name of its own: an initdb whose starter was killed may still be writing to the last.
        unfinished = self.run / f"new-{secrets.token_hex(8)}"
        _LOG.info("creating a PostgreSQL database in %s", self.data)
        self._command(
            str(self.programs / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={ROLE}",
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            # The same order of text on every machine, whatever its C library.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if durable else ["--no-sync"]),
        )
        unfinished.rename(self.data)
        _sync(self.folder)

    def _await_others(self) -> None:
        """Wait for a start or stop to end whose author was killed half-way."""
        deadline = time.monotonic() + _START_SECONDS
        while self._process() is not None and not self.answers():
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"PostgreSQL does not answer.\n{self._log_tail()}")
            time.sleep(0.05)

    def _launch(self) -> None:
        self.owner.own(self.sockets)  # the last to leave removes one in /tmp
        log = self.run / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while True:
            try:
                self._command(
                    str(self.programs / "pg_ctl"),
                    *("start", "--wait", f"--timeout={_START_SECONDS}", "--log=server.log"),
                    *("--options", self._options()),
                )
            except DatabaseUnavailable as error:
                # The children of a server that was killed end soon, but not at once.
                if "shared memory block" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
            else:
                return

    def _options(self) -> str:
        """The server's parameters for pg_ctl, which hands them to a shell."""
        sockets = str(self.sockets).replace('"', '""')
        parameters = {**self.parameters, "unix_socket_directories": f'"{sockets}"'}
        return shlex.join(
            word for name, value in parameters.items() for word in ("-c", f"{name}={value}")
        )

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _process(self) -> int | None:
        """The number of this server's process, as postmaster.pid names it, if that lives.

        Since a crash or a reboot a foreign process may bear that number. PostgreSQL can't tell
        and would refuse to start; `/proc` can, and the file is removed. PostgreSQL's own check of
        shared memory still keeps a second server off the data.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            first_line = pid_file.read_text().partition("\n")[0].strip()
        except FileNotFoundError:
            return None
        number = int(first_line) if first_line.isdecimal() else 0  # empty, if a crash left it so
        if number and not _lives(number):
            return None
        if number and _works_in(number, self.data, self.owner.uid):
            return number
        _LOG.info("removing %s: process %s is not its server", pid_file, number)
        pid_file.unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
        return None

    def _command(self, *command: str) -> None:
        """Run a program as the server's owner, its output to a file, raising what it said.

        Not to a pipe: the server inherits it from pg_ctl, so that the pipe would never close.
        """
        self.owner.let_through(self.folder)
        output = self.folder / "command.log"
        with output.open("wb") as file:
            outcome = subprocess.run(  # noqa: S603 — our own programs, no shell
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.run,
                env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(self.data)},
                **self.owner.identity(),
            )
        if outcome.returncode != 0:
            said = output.read_text(errors="replace").strip()
            raise DatabaseUnavailable(
                f"{Path(command[0]).name} failed (exit {outcome.returncode}) for {self.data}:\n"
                f"{said}\n{self._log_tail()}"
            )

    def _log_tail(self) -> str:
        log = self.run / "server.log"
        if not log.exists():
            return ""
        lines = log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        return "\n".join([f"the end of {log}:", *lines])


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True


def _works_in(number: int, folder: Path, uid: int) -> bool:
    """Whether a living process has `folder` as its own; yes where that can't be known."""
    process = Path(f"/proc/{number}")
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        return (process / "cwd").readlink() == folder.resolve()
    except FileNotFoundError:  # it has ended, be it that nobody has taken note (a zombie)
        return False
    except PermissionError:  # another user's, or a container's root without the right to look
        return process.stat().st_uid == uid


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
