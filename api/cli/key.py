"""`suyuan key`: the keys on this machine, and what the ledger says of keys."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Misused
from api.cli.workplace import (
    common,
    connected,
    database,
    keyring_of,
    opened,
    record,
    sequencing,
)
from api.keyring import Keyring
from api.settings import Settings
from domain.events.catalogue import AnyEvent
from domain.events.governance import Custody, KeyBound, KeyRevoked
from domain.ids import PartyId
from ledger.did_key import parse_did_key
from ledger.errors import MalformedKey
from ledger.keys import Ed25519Key, P256Key

_FILE: Final = re.compile(r"P[0-9]{6}-[0-9]{6,10}\Z")


def kept_parties(keyring: Keyring) -> list[PartyId]:
    """List the parties whose keys are kept on this machine."""
    folder = keyring.folder / "parties"
    return sorted(path.stem for path in folder.glob("P*.pem") if _FILE.match(path.stem))


def _did(text: str) -> str:
    try:
        return parse_did_key(text).did
    except MalformedKey as error:
        raise argparse.ArgumentTypeError(f"{text!r}：{error.detail}") from error


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    new = group.add_parser("new", help="新建一把密钥，存在本机 / make a key and keep it here")
    new.add_argument("party", type=party, metavar="PARTY")
    new.add_argument("--algorithm", choices=("ed25519", "p256"), default="ed25519")
    show = group.add_parser("show", help="看一个主体在本机的密钥 / show a party's key kept here")
    show.add_argument("party", type=party, metavar="PARTY")
    listing = group.add_parser("list", help="列出本机的密钥 / list the keys kept here")
    log = group.add_parser("log", help="台账日志的公钥，验证时要用 / the log's verifier key")
    bind = group.add_parser("bind", help="让一把密钥代表一个主体 / let a key speak for a party")
    bind.add_argument("party", type=party, metavar="PARTY")
    bind.add_argument("did", type=_did, metavar="DID", help="did:key:z…")
    bind.add_argument(
        "--custody", choices=[kind.value for kind in Custody], default="device",
        help="密钥放在哪里 / where the private key is kept",
    )  # fmt: skip
    bind.add_argument("--expires", type=_moment, help="到期时间，如 2027-12-31T00:00:00+08:00")
    revoke = group.add_parser("revoke", help="撤销一把密钥 / a key shall speak no more")
    revoke.add_argument("party", type=party, metavar="PARTY")
    revoke.add_argument("did", type=_did, metavar="DID")
    revoke.add_argument("--reason", required=True, help="为什么 / why")
    for sub in (bind, revoke):
        sub.add_argument(
            "--as", dest="actor", type=party, required=True, metavar="PARTY",
            help="谁来签这一条，密钥要在本机 / who signs this, with a key kept here",
        )  # fmt: skip
    for sub in (new, show, listing, log, bind, revoke):
        add_json(sub)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}：{error}") from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r}：要带时区，如 +08:00 / give its offset")
    return moment


def _new(arguments: Arguments, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    made = P256Key.generate() if arguments.algorithm == "p256" else Ed25519Key.generate()
    keyring.keep_party_key(arguments.party, made)
    _show_key(keyring, arguments.party, console)
    console.tell(
        "这把密钥要绑定之后才算数：suyuan key bind"
        f" {arguments.party} {made.did} --as 主管部门或合作社的编号"
    )
    return Exit.DONE


def _show(arguments: Arguments, settings: Settings, console: Console) -> int:
    _show_key(keyring_of(settings), arguments.party, console)
    return Exit.DONE


def _list(_arguments: Arguments, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    rows = [_described(keyring, name) for name in kept_parties(keyring)]
    if not rows:
        console.tell(f"{keyring.folder} 里还没有主体的密钥。No keys of parties are kept here.")
    for row in rows:
        console.show(f"{row['party']}  {row['algorithm']:<8}  {row['key']}")
    console.answer(rows)
    return Exit.DONE


def _log(_arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        event = opened(conn)
    console.show(event.log_key)
    console.answer({"origin": event.origin, "log_key": event.log_key})
    return Exit.DONE


def _bind(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = KeyBound(
        **common(arguments.actor, datetime.now(UTC)), party=arguments.party, key=arguments.did,
        custody=Custody(arguments.custody), expires=arguments.expires,
    )  # fmt: skip
    return _write(event, "已绑定 bound", settings, console)


def _revoke(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = KeyRevoked(
        **common(arguments.actor, datetime.now(UTC)), party=arguments.party, key=arguments.did,
        reason=arguments.reason,
    )  # fmt: skip
    return _write(event, "已撤销 revoked", settings, console)


def _write(event: AnyEvent, done: str, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    key = keyring.party_key(event.actor)
    with database(settings) as url, sequencing(url, keyring) as sequencer:
        receipt = record(sequencer, event, key).receipt
    console.show(f"{console.paint(done, Paint.GREEN)}  第 {receipt.position} 条  {event.id}")
    console.answer({"event": event.id, "position": receipt.position})
    return Exit.DONE


def _show_key(keyring: Keyring, name: PartyId, console: Console) -> None:
    row = _described(keyring, name)
    console.show(row["key"])
    console.tell(f"{name}  {row['algorithm']}  {row['key_file']}")
    console.answer(row)


def _described(keyring: Keyring, name: PartyId) -> dict[str, str]:
    key = keyring.party_key(name)
    path = str(keyring.party_path(name))
    return {"party": name, "key": key.did, "algorithm": key.algorithm, "key_file": path}


_ACTIONS: Final[dict[str, Callable[[Arguments, Settings, Console], int]]] = {
    "new": _new, "show": _show, "list": _list, "log": _log, "bind": _bind, "revoke": _revoke,
}  # fmt: skip


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    action = _ACTIONS.get(arguments.action)
    if action is None:
        raise Misused("usage", "没有这个动作。", f"There is no action {arguments.action!r}.")
    return action(arguments, settings, console)


COMMAND = Command(
    summary="keys",
    description="""\
管密钥。私钥只存在本机的 SUYUAN_DATA/keys/parties，每个主体一个 PEM 文件，只有
本人可读；设了SUYUAN_KEY_PASSWORD 就加密存放。一把新密钥要由主管部门或合作社绑
定以后，签的记录才收。撤销从撤销那一条起生效，以前签过、收下的照样有效。

Keeps keys. A private key stays in SUYUAN_DATA/keys/parties, a PEM file for
each party that only its owner may read, under SUYUAN_KEY_PASSWORD where that
is set. A new key counts once the authority or a cooperative has bound it; a
revoked one counts for what it signed before.""",
    examples="""\
  suyuan key new P445381-000201 --algorithm p256
  suyuan key bind P445381-000201 did:key:zDn… --as P445381-000001
  suyuan key revoke P445381-000201 did:key:zDn… --as P445381-000001 --reason 手机丢了
  suyuan key list --json
  suyuan key log""",
    add_arguments=_add_arguments,
    run=_run,
)
