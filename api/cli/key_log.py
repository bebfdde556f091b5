"""`suyuan key log` and `rotate-log`: the key that signs the log's checkpoints."""

from datetime import UTC, datetime
from typing import Final

from api.authoring.new_event import common
from api.cli.command import Arguments, add_json
from api.cli.console import Console, Paint
from api.cli.failures import Exit, Refused, Unreachable
from api.cli.key_arguments import Action, Actions, add_actor
from api.cli.key_event import recorded
from api.cli.workplace import connected, keyring_of, opened
from api.settings import Settings
from domain.events.governance import LogRotated
from domain.models.governance import Ledger
from ledger.checkpoint import NoteSigner, encode_vkey, parse_vkey
from ledger.errors import MalformedNote
from ledger.standing import ledger_now


def add(group: Actions) -> None:
    """Add the two actions."""
    log = group.add_parser("log", help="台账日志的公钥，验证时要用 / the log's verifier key")
    rotate = group.add_parser("rotate-log", help="给台账日志换一把密钥 / change the log's key")
    step = rotate.add_mutually_exclusive_group()
    step.add_argument(
        "--prepare",
        action="store_true",
        help="只生成新密钥，先交给见证人和别的服务器 / make the key only, to hand it round first",
    )
    step.add_argument(
        "--to", metavar="VKEY", help="换到先前备好的这一把 / go over to a key that was prepared"
    )
    rotate.add_argument("--reason", default="定期换钥", help="为什么 / why")
    add_actor(rotate, required=False)
    for parser in (log, rotate):
        add_json(parser)


def _log(_arguments: Arguments, settings: Settings, console: Console) -> int:
    ledger = _ledger(settings)
    *earlier, newest = ledger.log_keys
    console.show(newest.vkey)
    for key in earlier:
        console.tell(f"第 {key.since} 条起曾用 used from {key.since} on: {key.vkey}")
    console.answer({
        "origin": ledger.origin, "log_key": newest.vkey,
        "keys": [{"log_key": key.vkey, "since": key.since} for key in ledger.log_keys],
    })  # fmt: skip
    return Exit.DONE


def _rotate(arguments: Arguments, settings: Settings, console: Console) -> int:
    ledger = _ledger(settings)
    if arguments.prepare:
        vkey = _prepared(settings, ledger.origin)
        console.show(vkey)
        console.tell(
            "新密钥已备好，还没有启用。先把公钥加给见证人（--log-vkey），把 keys/log-….pem 拷给"
            "别的服务器，再换过去。The new key is not in use yet. Give its public half to the"
            " witnesses (--log-vkey), copy keys/log-….pem to the other servers, then go over:\n"
            f"  suyuan key rotate-log --to {vkey}"
        )
        console.answer({"log_key": vkey, "since": None})
        return Exit.DONE
    vkey = _checked(arguments.to, settings) if arguments.to else _prepared(settings, ledger.origin)
    event = LogRotated(
        **common(arguments.actor or ledger.authority, datetime.now(UTC)), log_key=vkey,
        reason=arguments.reason,
    )  # fmt: skip
    position = recorded(event, settings).receipt.position
    done = console.paint("已换钥 rotated", Paint.GREEN)
    console.show(f"{done}  第 {position} 条  {event.id}")
    console.show(f"  日志公钥 log key  {vkey}")
    console.tell(
        "请备份 keys 目录里新的 log-….pem；旧的私钥用不着了，确认各台服务器都写过新记录后可以销毁。"
        " Back up the new key. The old one signs nothing from here on; it may be destroyed once"
        " every server has written with the new one."
    )
    console.answer({"event": event.id, "position": position, "log_key": vkey})
    return Exit.DONE


def _ledger(settings: Settings) -> Ledger:
    with connected(settings) as conn:
        opened(conn)
        ledger = ledger_now(conn)
    assert ledger is not None  # noqa: S101  `opened` has seen its first event
    return ledger


def _prepared(settings: Settings, origin: str) -> str:
    key = keyring_of(settings).new_log_key()
    return encode_vkey(NoteSigner(origin, key).verifier)


def _checked(vkey: str, settings: Settings) -> str:
    try:
        public = parse_vkey(vkey).public
    except MalformedNote as error:
        raise Refused("log-key", f"{vkey[:80]} 不是日志公钥。", f"{error}.") from error
    if keyring_of(settings).find_log_key(public.raw) is None:
        raise Unreachable(
            "log-key", f"本机没有 {vkey} 的私钥。先备好：suyuan key rotate-log --prepare。",
            f"The private half of {vkey} is not here. Prepare one: suyuan key rotate-log "
            "--prepare.",
        )  # fmt: skip
    return vkey


ACTIONS: Final[dict[str, Action]] = {"log": _log, "rotate-log": _rotate}
