"""Signing for who is signed in, with the key that the server keeps: marked as such for ever.

The event's own fields come from outside; id, type, time, actor and nonce are put in here, so that
nobody signs in another's name.
"""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool

from api.authoring.custodial import NoServerKey, signed_for
from api.authoring.new_event import common
from api.graph.access import scope_missing
from api.graph.context import Info
from api.graph.errors import Mistaken, sign_in_first
from api.graph.services import Services
from api.signin.viewer import Viewer
from domain.events.base import Event
from domain.events.catalogue import wire_name
from domain.refusals import Code, Refusal, refuse

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_OURS: Final = ("id", "type", "occurred_at", "actor", "nonce")


async def signed(info: Info, fields: dict[str, Any], wanted: type[Event]) -> bytes | Refusal:
    """Give the envelope of an event of a type, signed for who is signed in.

    Raises:
        Mistaken: where nobody is, the token may not, or the server keeps no key of the party.
    """
    viewer = await info.context.viewer()
    if viewer is None:
        raise sign_in_first()
    if "write" not in viewer.scopes:
        raise scope_missing("write")
    given = [name for name in _OURS if name in fields]
    if given:
        return _malformed(f"$.{given[0]}", "由服务器填写", "is filled in by the server")
    return await run_in_threadpool(_sign, info.context.services, viewer, fields, wanted)


def _sign(
    services: Services, viewer: Viewer, fields: dict[str, Any], wanted: type[Event]
) -> bytes | Refusal:
    now = datetime.now(UTC)
    whole = {**common(viewer.party, now), **fields, "type": wire_name(wanted)}
    try:
        payload = _ENCODER.encode(whole)
    except (ValueError, OverflowError, TypeError, RecursionError) as error:
        return _malformed("$", "内容没法写成 JSON", str(error))
    try:
        return signed_for(services, viewer.party, now, payload)
    except NoServerKey as error:
        raise Mistaken(
            "no-server-key", "服务器没有代管这个主体的密钥，请在自己的设备上签名。",
            "The server keeps no key of this party; sign on a device of its own.",
        ) from error  # fmt: skip


def _malformed(path: str, zh: str, en: str) -> Refusal:
    return refuse(Code.MALFORMED, path=path, detail_zh=zh, detail_en=en)
