"""A thermal printer on the network: raw bytes to its TCP port, 9100 as a rule."""

import argparse
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct
from typing_extensions import override

from api.cli.failures import Unreachable

PORT: Final = 9100
_TIMEOUT_S: Final = 10.0
_SLOWEST_S: Final = 120.0
"""A printer that is printing takes no more until its buffer has room."""


class Address(Struct, frozen=True):
    """Where a printer listens."""

    host: str
    port: int

    @override
    def __str__(self) -> str:
        """Write it as it is given."""
        return f"{self.host}:{self.port}"


def address(text: str) -> Address:
    """Read HOST or HOST:PORT for argparse."""
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, str(PORT)
    if not host or not (port.isascii() and port.isdecimal() and 0 < int(port) < 1 << 16):
        raise argparse.ArgumentTypeError(
            f"{text!r}：打印机写作 192.168.1.50 或 192.168.1.50:9100 / HOST or HOST:PORT"
        )
    return Address(host.strip("[]"), int(port))


@contextmanager
def connected(printer: Address) -> Iterator[socket.socket]:
    """Give a connection to a printer, which is there before anything is recorded.

    Raises:
        Unreachable: where it does not answer.
    """
    try:
        connection = socket.create_connection((printer.host, printer.port), _TIMEOUT_S)
    except OSError as error:
        raise Unreachable(
            "printer", f"连不上打印机 {printer}：{error}。请看它开机没有、地址对不对。",
            f"The printer {printer} can't be reached: {error}. Is it on, is the address right?",
        ) from error  # fmt: skip
    with connection:
        connection.settimeout(_SLOWEST_S)
        yield connection


def send(connection: socket.socket, parts: Iterable[bytes], printer: Address) -> int:
    """Send a job, and give its size in bytes.

    Raises:
        Unreachable: where the printer breaks off; some labels may have come out.
    """
    size = 0
    try:
        for part in parts:
            connection.sendall(part)
            size += len(part)
        connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise Unreachable(
            "printer",
            f"打印机 {printer} 中断了：{error}。已送出 {size} 字节，可能印出了一部分。"
            "请数一数，缺的用 --reprint 补印。",
            f"The printer {printer} broke off: {error}. {size} bytes were sent and part of the"
            " labels may be out. Count them, and print the rest with --reprint.",
        ) from error
    return size
