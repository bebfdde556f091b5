"""What ends a command before it is done: exit codes, and one sentence for each known error.

Failure
├── Refused       1: the ledger, or what was asked, does not allow it
├── Misused       2: the command line or a setting can't be used
└── Unreachable   3: a database, server or file that is needed can't be had
"""

import errno
from collections.abc import Callable
from enum import IntEnum
from http.client import HTTPException
from typing import Any, ClassVar, Final

from api.embedded_user import DatabaseUnavailable
from api.settings import SettingsError
from domain.refusals import Refusal
from labels.errors import LabelError
from ledger.errors import HelperEnded, KeyFileError, LedgerError
from ledger.exporter import NothingToExport
from ledger.outcome import Busy, WriteFailed
from ledger.schema import DatabaseUnreachable
from ledger.vault import Sealed


class Exit(IntEnum):
    """How a command ends, as a shell sees it."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERRUPTED = 130
    """Ctrl-C: 128 and the signal's number, as shells count."""
    READER_GONE = 141
    """Whoever read our output went away, as `head` does: 128 and SIGPIPE's number."""
    TERMINATED = 143


class Failure(Exception):
    """A command that can't go on: a code for programs, a sentence in each language."""

    exit: ClassVar[Exit] = Exit.REFUSED

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Say what, where, and what to do."""
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en


class Refused(Failure):
    """The ledger, or what was asked, does not allow it."""


class Misused(Failure):
    """A setting or an argument that can't be used."""

    exit = Exit.USAGE


class Unreachable(Failure):
    """Something that is needed can't be had."""

    exit = Exit.UNREACHABLE


class Terminated(BaseException):
    """SIGTERM or SIGHUP: all that is open is closed on the way out."""


def refused(refusal: Refusal) -> Refused:
    """Turn the ledger's refusal into the command's end."""
    return Refused(refusal.code.value, refusal.zh, refusal.en)


def _database(error: Exception) -> Failure:
    said = " ".join(str(error).split()) or type(error).__name__
    return Unreachable(
        "database-unreachable",
        f"数据库用不了。请检查 DATABASE_URL；不设它，就用数据目录里自带的。（{said}）",
        f"The database can't be used: {said}. Check DATABASE_URL, or unset it to use the embedded "
        "one.",
    )


def _settings(error: SettingsError) -> Failure:
    return Misused("setting", f"环境变量 {error.variable} 不能用。", f"{error}.")


_KEY_FILES_ZH: Final = {
    "exists already": "已经有了，密钥从不覆盖；真要换，先把它移到别处",
    "can't be read: No such file": "没有这个文件；私钥不在这台机器上，新建用 suyuan key new",
    "can't be read": "读不了，请看看文件的权限",
    "can't be written": "写不进去，请看看目录的权限、磁盘还有没有地方",
    "is under a password": "有密码保护，请设环境变量 SUYUAN_KEY_PASSWORD",
    "the password is wrong": "密码不对，或者文件坏了",
    "not a key in PEM": "不是 PEM 格式的密钥",
    "is gone; the log": "不在了，台账早已换用别的密钥；请从备份放回",
}
"""What is wrong with a key file, by how its English begins; the first that fits counts."""


def _key_file(error: KeyFileError) -> Failure:
    said = (zh for begins, zh in _KEY_FILES_ZH.items() if error.detail.startswith(begins))
    zh = f"密钥文件 {error.path} {next(said, '不能用')}。"
    kept = error.detail.startswith("exists already")
    hint = "; suyuan key new makes one" if "No such file" in error.detail else ""
    hint = "; set SUYUAN_KEY_PASSWORD" if "under a password" in error.detail else hint
    return (Refused if kept else Unreachable)("key-file", zh, f"{error}{hint}.")


def _label(error: LabelError) -> Failure:
    return Refused(error.code, error.zh, error.en)


def _busy(error: Busy) -> Failure:
    return Unreachable("busy", f"台账正忙，请 {error.retry_after} 秒后再试。", f"{error}.")


def _not_written(error: WriteFailed) -> Failure:
    return Unreachable("not-written", "台账没有写成，可以原样重试。", f"{error}. Try again.")


def _nothing(error: NothingToExport) -> Failure:
    return Refused("nothing-to-export", "台账里没有可以导出的内容。", f"{error}.")


def _sealed(error: Sealed) -> Failure:
    return Unreachable("sealed", "资料库的主密钥不对，姓名打不开。", f"{error}.")


_REASONS_ZH: Final = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个目录，要一个文件",
    errno.ENOTDIR: "路径中间有一段不是目录",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "这里只能读，不能写",
}


def _ended(_error: HelperEnded) -> Failure:
    return Unreachable(
        "ended",
        "一个帮着算的进程被系统结束了，多半是内存不够。请腾出内存再来一遍；验到一半的大文件会接着验。",
        "A process that was helping was ended by the system, most likely for want of memory. Free "
        "some and run it again; a large file that is being verified is gone on with.",
    )


def _file(error: OSError) -> Failure:
    named = f"{error.filename}：" if error.filename is not None else ""
    reason = error.strerror or str(error)
    zh = _REASONS_ZH.get(error.errno or 0, reason)
    en = named.replace("：", ": ")
    return Unreachable("unreachable", f"{named}{zh}。", f"{en}{reason}.")


def _server(error: HTTPException) -> Failure:
    said = str(error) or type(error).__name__
    return Unreachable(
        "unreachable", f"对方答到一半断了（{said}），请再来一遍。",
        f"The server broke off: {said}. Try again.",
    )  # fmt: skip


def _timeout(_error: TimeoutError) -> Failure:
    return Unreachable(
        "unreachable", "等了太久，对方没有答复；请再来一遍。",
        "The other side did not answer in time. Try again.",
    )  # fmt: skip


def _ledger(error: LedgerError) -> Failure:
    return Refused("ledger", f"台账不接受：{error}", f"{error}.")


_TABLE: Final[tuple[tuple[type[Exception], Callable[[Any], Failure]], ...]] = (
    (SettingsError, _settings),
    (DatabaseUnavailable, _database),
    (DatabaseUnreachable, _database),
    (KeyFileError, _key_file),
    (LabelError, _label),
    (Busy, _busy),
    (WriteFailed, _not_written),
    (NothingToExport, _nothing),
    (Sealed, _sealed),
    (LedgerError, _ledger),
    (HelperEnded, _ended),
    (TimeoutError, _timeout),
    (OSError, _file),
    (HTTPException, _server),
)
"""The first line that fits counts."""


def failure_of(error: Exception) -> Failure | None:
    """Give the sentence for a known error; None for one that nobody foresaw."""
    if isinstance(error, Failure):
        return error
    for kind, word in _TABLE:
        if isinstance(error, kind):
            return word(error)
    if _is_of("psycopg", error):
        return _database(error)
    return _scratch(error) if _is_of("sqlite3", error) else None


def _scratch(error: Exception) -> Failure:
    return Unreachable(
        "scratch",
        f"验到哪里的进度存不下来（{error}）。请腾出磁盘，或用 --state 换个地方存，再来一遍。",
        f"How far the verification came can't be kept: {error}. Free some disk, or name another "
        "place with --state, and run it again.",
    )


def _is_of(package: str, error: Exception) -> bool:
    """Tell an error by its package's name: its types have their gate elsewhere."""
    return any(kind.__module__.partition(".")[0] == package for kind in type(error).__mro__)
