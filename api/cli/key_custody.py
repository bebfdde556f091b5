"""`suyuan key keep`, `kept` and `forget`: keys that the server keeps for parties without a device.

`status` shows what the ledger says of a party's keys, where each is kept among it.
"""

from datetime import UTC, datetime
from typing import Final

from api.authoring.new_event import common
from api.cli.command import Arguments, add_json, party
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.key_arguments import Action, Actions, add_actor, add_did, add_expires
from api.cli.key_event import recorded
from api.cli.workplace import connected, keyring_of
from api.settings import Settings
from domain import tags
from domain.events.governance import Custody, KeyBound, LedgerOpened
from ledger.custody import forget_key, kept_keys
from ledger.errors import LedgerError
from ledger.standing import about, key_now


def add(group: Actions) -> None:
    """Add the actions."""
    keep = group.add_parser(
        "keep", help="由服务器代管一把密钥，并绑定 / have the server keep a key, and bind it"
    )
    keep.add_argument("party", type=party, metavar="PARTY", help="代谁保管 / for whom")
    add_expires(keep)
    add_actor(keep)
    kept = group.add_parser("kept", help="列出服务器代管的密钥 / list the keys the server keeps")
    forget = group.add_parser(
        "forget", help="销毁一把代管的密钥 / destroy a key that the server keeps"
    )
    add_did(forget)
    status = group.add_parser(
        "status", help="台账怎么说一个主体的密钥 / what the ledger says of a party's keys"
    )
    status.add_argument("party", type=party, metavar="PARTY", help="谁的 / whose")
    for parser in (keep, kept, forget, status):
        add_json(parser)


def _keep(arguments: Arguments, settings: Settings, console: Console) -> int:
    custody = keyring_of(settings).custody()
    with connected(settings) as conn:
        made = custody.make(conn, arguments.party)
    event = KeyBound(
        **common(arguments.actor, datetime.now(UTC)), party=arguments.party, key=made,
        custody=Custody.SERVER, expires=arguments.expires,
    )  # fmt: skip
    try:
        position = recorded(event, settings).receipt.position
    except (Refused, LedgerError):
        with connected(settings) as conn:
            if key_now(conn, made) is None:
                forget_key(conn, made)
        raise
    console.show(f"{made}  第 {position} 条")
    console.tell(
        f"这把密钥由服务器代 {arguments.party} 保管，它签的记录处处标明是代管。"
        " The server keeps this key, and whatever it signs says so."
    )
    console.answer({"party": arguments.party, "key": made, "position": position})
    return Exit.DONE


def _kept(_arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        keys = kept_keys(conn)
    if not keys:
        console.tell("服务器没有代管的密钥。The server keeps no key.")
    for key in keys:
        console.show(f"{key.party}  {key.did}  {key.kept_at:%Y-%m-%d}")
    console.answer(keys)
    return Exit.DONE


def _forget(arguments: Arguments, settings: Settings, console: Console) -> int:
    with connected(settings) as conn:
        if not forget_key(conn, arguments.did):
            raise Refused(
                "unknown-key", f"服务器没有代管 {arguments.did}。",
                f"The server does not keep {arguments.did}.",
            )  # fmt: skip
    console.show(f"已销毁 destroyed  {arguments.did}")
    console.tell("台账上它还有效，请再撤销：suyuan key revoke。Revoke it in the ledger too.")
    console.answer({"key": arguments.did})
    return Exit.DONE


def _status(arguments: Arguments, settings: Settings, console: Console) -> int:
    rows = []
    with connected(settings) as conn:
        for item in about(conn, tags.party(arguments.party)):
            event = item.event
            bound = event.authority_key if isinstance(event, LedgerOpened) else None
            bound = event.key if isinstance(event, KeyBound) else bound
            key = key_now(conn, bound) if bound else None
            if bound and key:
                rows.append({
                    "key": bound, "custody": key.custody.value, "since": item.position,
                    "expires": key.expires, "revoked": key.revoked_at,
                })  # fmt: skip
    if not rows:
        console.tell(f"台账里 {arguments.party} 没有密钥。The ledger knows no key of it.")
    for row in rows:
        revoked = f"，第 {row['revoked']} 条撤销 revoked" if row["revoked"] else ""
        expires = f"，{row['expires']:%Y-%m-%d} 到期 expires" if row["expires"] else ""
        custody = _CUSTODY[str(row["custody"])]
        console.show(f"{row['key']}  {custody}，第 {row['since']} 条起{expires}{revoked}")
    console.answer(rows)
    return Exit.DONE


_CUSTODY: Final = {
    "device": "本人设备 device", "server": "服务器代管 server", "hsm": "加密机 hsm"
}  # fmt: skip

ACTIONS: Final[dict[str, Action]] = {
    "keep": _keep, "kept": _kept, "forget": _forget, "status": _status,
}  # fmt: skip
