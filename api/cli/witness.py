"""`suyuan witness`: runs a witness, that cosigns what a log can't take back."""

import argparse
import re
import socket
import sys
from pathlib import Path
from typing import Final

from api.cli.command import Arguments, Command
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Refused, Terminated, Unreachable
from api.cli.web import Web, bind
from api.keyring import key_password
from api.settings import Settings
from api.witness.app import create_app
from api.witness.cosigning import Witness
from api.witness.memory import MemoryLost, WitnessMemory
from ledger.checkpoint import NoteVerifier, parse_vkey
from ledger.cosignature import Cosigner, encode_vkey
from ledger.cosignature import parse_vkey as parse_witness_vkey
from ledger.errors import KeyFileError, MalformedNote
from ledger.keys import Ed25519Key, load_key, save_key

_LISTEN: Final = re.compile(r"(?:(?P<host>[^\s/]+):)?(?P<port>[0-9]{1,5})")
_HIGHEST_PORT: Final = 65535
_LOOPBACK: Final = "127.0.0.1"


def _log(text: str) -> NoteVerifier:
    try:
        return parse_vkey(text)
    except MalformedNote as error:
        raise argparse.ArgumentTypeError(f"{text[:80]!r}：{error}") from error


def _listen(text: str) -> tuple[str, int]:
    match = _LISTEN.fullmatch(text)
    if match is None or not int(match["port"]) <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r}：写作 端口 或 地址:端口 / PORT or HOST:PORT")
    return (match["host"] or _LOOPBACK).strip("[]"), int(match["port"])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--log-vkey", type=_log, action="append", required=True, metavar="VKEY", dest="logs",
        help="要见证的日志的公钥，可写多个；换钥期间新旧都写上 / verifier key of a log to watch;"
        " again for another, and for the next key of one that changes it",
    )  # fmt: skip
    parser.add_argument(
        "--listen",
        type=_listen,
        required=True,
        metavar="[HOST:]PORT",
        help="在哪里接请求；只写端口就只对本机 / where to take requests; a port alone is local",
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="见证人自己的目录：密钥和见过的检查点，不能丢 / the witness's own folder",
    )
    parser.add_argument(
        "--name", metavar="NAME",
        help="见证人的名字，像不带 https:// 的网址；头一次定下就不再变 / its name, like an address"
        " without https://; set at the first start, for good",
    )  # fmt: skip


def _run(arguments: Arguments, _settings: Settings, console: Console) -> int:
    folder: Path = arguments.data
    memory = _memory(folder)
    try:
        cosigner = open_cosigner(folder, arguments.name)
        witness = Witness(cosigner, arguments.logs, memory)
        host, port = arguments.listen
        with bind(host, port, "suyuan witness --listen {} …") as listener:
            address = f"http://{host}:{listener.getsockname()[1]}"

            def on_ready() -> None:
                _greet(address, witness, arguments.logs, console)

            Web(create_app(witness), on_ready).run([listener])
    except (KeyboardInterrupt, Terminated):
        # Stopping is how watching ends.
        pass
    finally:
        memory.close()
    console.tell("已停止。Stopped.")
    return Exit.DONE


def _memory(folder: Path) -> WitnessMemory:
    try:
        return WitnessMemory(folder / "logs")
    except MemoryLost as error:
        raise Unreachable(
            "witness-folder",
            f"见证人的目录 {folder} 用不了：另一个见证人正用着，或者文件坏了。（{error}）",
            f"The witness's folder can't be used, and nothing is signed: {error}.",
        ) from error


def open_cosigner(folder: Path, name: str | None) -> Cosigner:
    """Give the witness's key under its name, both made at the first start.

    Raises:
        Refused: where the name is another than at the first start: its signatures would not count.
        KeyFileError: where the key can't be read or is of another kind.
    """
    vkey_file, path = folder / "witness.vkey", folder / "witness.pem"
    if not vkey_file.exists():
        if not path.exists():
            save_key(path, Ed25519Key.generate(), key_password())
        made = Cosigner(name or f"{socket.gethostname()}/witness", _key(path))
        draft = vkey_file.with_suffix(".new")
        draft.write_text(f"{encode_vkey(made.verifier)}\n", encoding="utf-8")
        draft.replace(vkey_file)
    known = parse_witness_vkey(vkey_file.read_text(encoding="utf-8").strip())
    if name not in {None, known.name}:
        raise Refused(
            "witness-name", f"这个见证人叫 {known.name}，不能改名：改了名，别人就认不出它的签名。",
            f"This witness is called {known.name}; under another name nobody knows its signature.",
        )  # fmt: skip
    cosigner = Cosigner(known.name, _key(path))
    if cosigner.verifier != known:
        raise KeyFileError(str(path), f"is not the key that {vkey_file.name} names")
    return cosigner


def _key(path: Path) -> Ed25519Key:
    key = load_key(path, key_password())
    if isinstance(key, Ed25519Key):
        return key
    raise KeyFileError(str(path), "a witness's key must be Ed25519")


def _greet(address: str, witness: Witness, logs: list[NoteVerifier], console: Console) -> None:
    console.show(console.paint("见证人 witness", Paint.BOLD, Paint.GREEN) + f"  {address}")
    for name in dict.fromkeys(log.name for log in logs):
        console.show(f"  见证 watching  {name}")
    vkey = encode_vkey(witness.cosigner.verifier)
    console.show(f"  公钥 vkey      {vkey}")
    console.show(f"  在台账那边 for the ledger:  SUYUAN_WITNESSES={vkey}@{address}")
    sys.stdout.flush()


COMMAND = Command(
    summary="run a witness",
    description="""\
跑一个见证人。台账每有新的检查点，就带着一致性证明送来；只有确实是在上次见过的那
棵树上接着长出来的，见证人才签。台账改写了历史，或者给不同的人看不同的账，就拿不
到这个签名。见证人要由台账以外的人、在另一台机器上跑，才有意义。见过什么先落盘、
后签名；目录丢了，它就不知道自己签过什么，请备份。

Runs a witness. A ledger sends each new checkpoint with a proof of consistency,
and the witness cosigns what grew out of the tree that it saw last, nothing
else: who rewrites history, or shows two people two ledgers, does not get its
signature. It means something where another one than the ledger's operator
runs it, on another machine. What it saw is on the disk before it signs; keep
a backup of its folder.""",
    examples="""\
  suyuan witness --log-vkey "$(suyuan key log)" --listen 8901 --data /srv/witness
  suyuan witness --log-vkey VKEY --log-vkey NEXT-VKEY --listen 0.0.0.0:8901 --data DIR""",
    add_arguments=_add_arguments,
    run=_run,
)
