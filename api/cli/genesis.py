"""Opening a ledger: the authority's key, made and kept here, and the first event."""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from api.authoring.new_event import common
from api.cli.workplace import record
from api.keyring import Keyring
from api.log_name import log_vkey
from domain.events.governance import LedgerOpened
from domain.ids import PartyId
from domain.produce import RULES_2026_1
from ledger.keys import Ed25519Key, P256Key
from ledger.outcome import Admission
from ledger.sequencer import Sequencer

LOCAL_COUNTY: Final = "000000"
"""No county of GB/T 2260: a ledger that somebody tries at home."""
LOCAL_NAME: Final = "本地台账"


class Opening(Struct, frozen=True):
    """A ledger that was opened just now."""

    event: LedgerOpened
    admission: Admission


def authority_of(county: str) -> PartyId:
    """Give the id of a county's authority: the first party."""
    return f"P{county}-000001"


def open_ledger(
    sequencer: Sequencer, keyring: Keyring, origin: str, county: str, name: str
) -> Opening:
    """Write the genesis, signed by the authority's key, which is kept in the keyring.

    Raises:
        Refused: where the ledger is open already, or a field can't be used.
        MalformedNote: where the origin has a space or a plus sign.
    """
    vkey = log_vkey(keyring, origin)
    authority = authority_of(county)
    key = kept_or_new(keyring, authority)
    event = LedgerOpened(
        **common(authority, datetime.now(UTC)), county=county, origin=origin,
        authority_name=name, authority_key=key.did, log_key=vkey, rules=RULES_2026_1.version,
    )  # fmt: skip
    return Opening(event, record(sequencer, event, key))


def kept_or_new(keyring: Keyring, party: PartyId) -> Ed25519Key | P256Key:
    """Give the key of a party that is kept here, made where there is none."""
    if keyring.party_path(party).exists():
        return keyring.party_key(party)
    key = Ed25519Key.generate()
    keyring.keep_party_key(party, key)
    return key
