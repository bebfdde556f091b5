"""An office's event, signed with the key that the server keeps for it, and recorded."""

from datetime import UTC, datetime
from http import HTTPStatus

from api.authoring.custodial import NoServerKey, signed_for
from api.errors import Problem, not_taken
from api.services import Services
from api.signin.viewer import Viewer
from domain.events.catalogue import AnyEvent, encode
from domain.refusals import Refusal
from ledger.outcome import Busy, WriteFailed


def recorded(services: Services, viewer: Viewer, event: AnyEvent) -> int:
    """Sign an event of who is signed in, and may write, and record it; give its position.

    Raises:
        Problem: 409 where the server keeps no key of the party's, 422 where a field is wrong or the
            ledger refuses, 503 where it can't write.
    """
    try:
        raw = signed_for(services, viewer.party, datetime.now(UTC), encode(event))
    except NoServerKey as error:
        raise Problem(
            HTTPStatus.CONFLICT, "no-server-key",
            "服务器没有代管贵单位的密钥。请在存有密钥的电脑上用 suyuan mark 办。",
            "The server keeps no key of yours. Use suyuan mark on the computer that has it.",
        ) from error  # fmt: skip
    if isinstance(raw, Refusal):
        raise _refused(raw)
    try:
        outcome = services.sequencer.submit([raw]).result()[0]
    except (Busy, WriteFailed) as error:
        raise not_taken(error) from error
    if isinstance(outcome, Refusal):
        raise _refused(outcome)
    return outcome.receipt.position


def _refused(refusal: Refusal) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, refusal.code.value, refusal.zh, refusal.en)
