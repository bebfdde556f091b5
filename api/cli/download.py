"""What a server gives, read to its end: one that breaks off is not taken for one that has ended."""

import io
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPResponse, IncompleteRead
from typing import IO, Final, cast

from typing_extensions import Buffer, override

from api.cli.failures import Unreachable

_TIMEOUT_S: Final = 30
_WITHHELD: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def download(url: str) -> IO[bytes]:
    """Open an http(s) address; the file raises `IncompleteRead` where the server breaks off.

    Raises:
        Unreachable: where it does not answer, or with anything but a success.
    """
    try:
        answer = urllib.request.urlopen(url, timeout=_TIMEOUT_S)  # noqa: S310  http(s) only
    except urllib.error.HTTPError as error:
        error.close()
        withheld = error.code in _WITHHELD
        zh = "导出只给登录的县里单位，请向运营的人要一份。" if withheld else ""
        en = " It is for the county's office alone: ask the operator for one." if withheld else ""
        raise Unreachable(
            "unreachable", f"{url} 答复 {error.code}，没有给出导出。{zh}",
            f"{url} answered {error.code}, no export.{en}",
        ) from error  # fmt: skip
    except urllib.error.URLError as error:
        raise Unreachable(
            "unreachable", f"连不上 {url}：{error.reason}。", f"Can't reach {url}: {error.reason}."
        ) from error
    return io.BufferedReader(_Body(cast("HTTPResponse", answer)))


class _Body(io.RawIOBase):
    """An answer's body; `http.client` reads lines past an end that came too early."""

    def __init__(self, answer: HTTPResponse) -> None:
        super().__init__()
        self._answer = answer

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        data = self._answer.read(len(view))
        if not data and self._answer.length:
            raise IncompleteRead(b"", self._answer.length)
        view[: len(data)] = data
        return len(data)

    @override
    def close(self) -> None:
        self._answer.close()
        super().close()
