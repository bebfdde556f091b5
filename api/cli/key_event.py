"""Writing one event about keys, signed with keys that are kept on this machine."""

from collections.abc import Sequence

from api.cli.command import Arguments
from api.cli.console import Console, Paint
from api.cli.failures import Exit
from api.cli.workplace import connected, database, keyring_of, opened, record
from api.settings import Settings
from domain.events.catalogue import AnyEvent
from domain.ids import PartyId
from ledger.outcome import Admission
from ledger.sequencer import sequencing


def actor_of(arguments: Arguments, settings: Settings) -> PartyId:
    """Give who signs: `--as`, else the authority.

    Raises:
        Refused: where the ledger is not open yet.
    """
    with connected(settings) as conn:
        named: PartyId | None = arguments.actor
        return named or opened(conn).actor


def recorded(event: AnyEvent, settings: Settings, co_signers: Sequence[PartyId] = ()) -> Admission:
    """Record an event, signed by its actor and further parties.

    Raises:
        KeyFileError: where a key is not kept here.
        Refused: where the ledger refuses it.
    """
    keyring = keyring_of(settings)
    keys = [keyring.party_key(name) for name in dict.fromkeys((event.actor, *co_signers))]
    with database(settings) as url, sequencing(url, keyring.log_keys()) as sequencer:
        return record(sequencer, event, *keys)


def write(
    event: AnyEvent,
    done: str,
    settings: Settings,
    console: Console,
    co_signers: Sequence[PartyId] = (),
) -> int:
    """Record an event and say so."""
    receipt = recorded(event, settings, co_signers).receipt
    console.show(f"{console.paint(done, Paint.GREEN)}  第 {receipt.position} 条  {event.id}")
    console.answer({"event": event.id, "position": receipt.position})
    return Exit.DONE
