"""Recording a print run, signed with a key that is kept on this machine."""

from datetime import UTC, datetime

from api.authoring.new_event import common
from api.cli.failures import Refused
from api.cli.signer import Signer, choose_signer
from api.cli.workplace import keyring_of, record
from api.label_order import Order, Ordered, numbers_of
from api.settings import Settings
from domain.events.papers import LabelKind, LabelPrinted
from domain.ids import PartyId, PlaceId
from ledger.log import Connection
from ledger.outcome import Admission
from ledger.sequencer import sequencing
from projections import directory, holdings
from projections.passport import document


def recorded(url: str, settings: Settings, event: LabelPrinted, signer: Signer) -> Admission:
    """Record a run.

    Raises:
        Refused: where the ledger refuses it.
    """
    with sequencing(url, keyring_of(settings).log_keys()) as sequencer:
        return record(sequencer, event, signer.key)


def run_of(
    conn: Connection,
    settings: Settings,
    order: Order,
    what: Ordered,
    wanted: tuple[PartyId | None, PlaceId | None, str | None],
) -> tuple[LabelPrinted, Signer]:
    """Give the event of a run and who signs it.

    Args:
        conn: to the read models, caught up.
        settings: whose data folder keeps the keys.
        order: what was asked for.
        what: the job that it is.
        wanted: who shall sign, at which place, and which run is printed again; None: the one that
            this machine has the key of, where the batch lies, and no run.

    Raises:
        Unreachable, Refused: where no key is kept here, or no place is known.
    """
    signer = choose_signer(conn, keyring_of(settings), wanted[0])
    holder = holder_of(conn, order.batch, signer.party)
    numbers = numbers_of(what.job)
    event = LabelPrinted(
        **common(signer.party, datetime.now(UTC)),
        place=wanted[1] or place_of(conn, order.batch, holder), batch=order.batch,
        template=order.template, kind=order.kind, count=order.count,
        serials=numbers if order.kind is LabelKind.UNIT else None,
        ssccs=numbers if order.kind is LabelKind.CRATE else None,
        commitment=what.certificate, holder=None if holder == signer.party else holder,
        reprint_of=wanted[2],
    )  # fmt: skip
    return event, signer


def holder_of(conn: Connection, batch: str, signer: PartyId) -> PartyId:
    """Give for whom it is printed: the signer, or a member of its that has or made the batch."""
    found = document(conn, batch)
    had = [holding.party for holding in holdings.of_batch(conn, batch)]
    if found and found.made:
        had.append(found.made.actor.id)
    if signer in had:
        return signer
    members = {one.member for one in directory.members_of(conn, signer) if one.ended is None}
    return next((party for party in had if party in members), signer)


def place_of(conn: Connection, batch: str, holder: PartyId) -> PlaceId:
    """Give where the holder has the batch, or else has a place at all."""
    lying = [one.place for one in holdings.of_batch(conn, batch) if one.party == holder]
    places = lying or [place.id for place in directory.places_of(conn, holder)]
    if not places:
        raise Refused(
            "unknown-place", f"不知道 {holder} 在哪里打印。请用 --place 写明地点。",
            f"It is not known where {holder} prints. Name the place with --place.",
        )  # fmt: skip
    return places[0]
