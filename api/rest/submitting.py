"""Handing envelopes to the ledger from a request; that it takes none in is a problem."""

from collections.abc import Sequence

from api.errors import not_taken
from api.services import Services
from ledger.outcome import Busy, Outcome, WriteFailed


async def submitted(services: Services, raws: Sequence[bytes]) -> list[Outcome]:
    """Submit envelopes; give an outcome for each.

    Raises:
        Problem: 503 where too many wait already, or where nothing could be written.
    """
    try:
        return await services.submit(raws)
    except (Busy, WriteFailed) as error:
        raise not_taken(error) from error
