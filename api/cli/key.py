"""`suyuan key`: the keys on this machine, and what the ledger says of keys."""

import argparse
import re
from datetime import UTC, datetime
from typing import Final

from api.authoring.new_event import common
from api.cli import key_custody, key_log, key_members
from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console
from api.cli.failures import Exit, Misused
from api.cli.key_arguments import Action, add_actor, add_did, add_expires
from api.cli.key_event import write
from api.cli.workplace import keyring_of
from api.keyring import Keyring
from api.settings import Settings
from domain.events.governance import Custody, KeyBound, KeyRevoked
from domain.ids import PartyId
from ledger.keys import Ed25519Key, P256Key

_WHOSE: Final = "谁的，如 P445381-000201 / whose"
_FILE: Final = re.compile(r"P[0-9]{6}-[0-9]{6,10}\Z")


def kept_parties(keyring: Keyring) -> list[PartyId]:
    """List the parties whose keys are kept on this machine."""
    folder = keyring.folder / "parties"
    return sorted(path.stem for path in folder.glob("P*.pem") if _FILE.match(path.stem))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    new = group.add_parser("new", help="新建一把密钥，存在本机 / make a key and keep it here")
    new.add_argument("party", type=party, metavar="PARTY", help=_WHOSE)
    new.add_argument(
        "--algorithm", choices=("ed25519", "p256"), default="ed25519",
        help="算法；老手机的浏览器只有 p256 / the algorithm; older phones' browsers have p256 only"
        " [ed25519]",
    )  # fmt: skip
    show = group.add_parser("show", help="看一个主体在本机的密钥 / show a party's key kept here")
    show.add_argument("party", type=party, metavar="PARTY", help=_WHOSE)
    listing = group.add_parser("list", help="列出本机的密钥 / list the keys kept here")
    bind = group.add_parser("bind", help="让一把密钥代表一个主体 / let a key speak for a party")
    bind.add_argument("party", type=party, metavar="PARTY", help=_WHOSE)
    add_did(bind)
    bind.add_argument(
        "--custody", choices=[kind.value for kind in Custody], default="device",
        help="私钥放在哪里：本人设备、服务器、加密机 / where the private key is kept [device]",
    )  # fmt: skip
    add_expires(bind)
    revoke = group.add_parser("revoke", help="撤销一把密钥 / a key shall speak no more")
    revoke.add_argument("party", type=party, metavar="PARTY", help=_WHOSE)
    add_did(revoke)
    revoke.add_argument("--reason", required=True, help="为什么 / why")
    for sub in (bind, revoke):
        add_actor(sub)
    for sub in (new, show, listing, bind, revoke):
        add_json(sub)
    for others in (key_custody, key_members, key_log):
        others.add(group)


def _new(arguments: Arguments, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    made = P256Key.generate() if arguments.algorithm == "p256" else Ed25519Key.generate()
    keyring.keep_party_key(arguments.party, made)
    _show_key(keyring, arguments.party, console)
    console.tell(
        "这把密钥要由主管部门或合作社绑定之后才算数。It counts once the authority or a cooperative"
        f" binds it:\n  suyuan key bind {arguments.party} {made.did} --as P……"
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


def _bind(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = KeyBound(
        **common(arguments.actor, datetime.now(UTC)), party=arguments.party, key=arguments.did,
        custody=Custody(arguments.custody), expires=arguments.expires,
    )  # fmt: skip
    return write(event, "已绑定 bound", settings, console)


def _revoke(arguments: Arguments, settings: Settings, console: Console) -> int:
    event = KeyRevoked(
        **common(arguments.actor, datetime.now(UTC)), party=arguments.party, key=arguments.did,
        reason=arguments.reason,
    )  # fmt: skip
    return write(event, "已撤销 revoked", settings, console)


def _show_key(keyring: Keyring, name: PartyId, console: Console) -> None:
    row = _described(keyring, name)
    console.show(row["key"])
    console.tell(f"{name}  {row['algorithm']}  {row['key_file']}")
    console.answer(row)


def _described(keyring: Keyring, name: PartyId) -> dict[str, str]:
    key = keyring.party_key(name)
    path = str(keyring.party_path(name))
    return {"party": name, "key": key.did, "algorithm": key.algorithm, "key_file": path}


_ACTIONS: Final[dict[str, Action]] = {
    "new": _new, "show": _show, "list": _list, "bind": _bind, "revoke": _revoke,
    **key_custody.ACTIONS, **key_members.ACTIONS, **key_log.ACTIONS,
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
本人可读；设了 SUYUAN_KEY_PASSWORD 就加密存放。一把新密钥要由主管部门或合作社绑
定以后，签的记录才收。撤销从撤销那一条起生效，以前签过、收下的照样有效。没有手机
的人，可以由服务器代管密钥（keep），加密存放，签的记录处处标明；或者由合作社代签
（mandate）。台账日志自己的密钥用 rotate-log 换。

Keeps keys. A private key stays in SUYUAN_DATA/keys/parties, a PEM file for
each party that only its owner may read, under SUYUAN_KEY_PASSWORD where that
is set. A new key counts once the authority or a cooperative has bound it; a
revoked one counts for what it signed before. For who has no device the server
keeps a key (keep), encrypted and shown as such, or a cooperative signs
(mandate). rotate-log changes the log's own key.""",
    examples="""\
  suyuan key new P445381-000201 --algorithm p256
  suyuan key bind P445381-000201 did:key:zDn… --as P445381-000001
  suyuan key revoke P445381-000201 did:key:zDn… --as P445381-000001 --reason 手机丢了
  suyuan key list --json
  suyuan key keep P445381-000204 --as P445381-000002
  suyuan key status P445381-000204
  suyuan key mandate P445381-000204 --may-sign --as P445381-000002
  suyuan key log
  suyuan key rotate-log --reason 管理员交接""",
    add_arguments=_add_arguments,
    run=_run,
)
