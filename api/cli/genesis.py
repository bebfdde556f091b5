"""Opening a ledger: the authority's key, made and kept here, and the first event."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from api.cli.workplace import common, record
from api.keyring import Keyring
from api.settings import Settings
from domain.events.governance import LedgerOpened
from domain.ids import PartyId
from domain.produce import RULES_2026_1
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key, P256Key
from ledger.outcome import Admission
from ledger.sequencer import Sequencer

LOCAL_COUNTY: Final = "000000"
"""No county of GB/T 2260: a ledger that somebody tries at home."""
LOCAL_NAME: Final = "本地台账"
_LOOPBACKS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_ORIGIN: Final = 120


class Opening(Struct, frozen=True):
    """A ledger that was opened just now."""

    event: LedgerOpened
    admission: Admission


def authority_of(county: str) -> PartyId:
    """Give the id of a county's authority: the first party."""
    return f"P{county}-000001"


def default_origin(settings: Settings, county: str) -> str:
    """Name the log after the host that serves it; a county that is not on the net yet is local."""
    host = urlsplit(settings.public_url).hostname or ""
    if host in _LOOPBACKS:
        host = "suyuan.local"
    plain = "".join(letter for letter in host if letter.isprintable() and letter not in " +/")
    return f"{plain or 'suyuan'}/{county}"[:_LONGEST_ORIGIN]


def log_vkey(keyring: Keyring, origin: str) -> str:
    """Give the verifier key of this machine's log under an origin (C2SP signed-note)."""
    return encode_vkey(NoteSigner(origin, keyring.log_key()).verifier)


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
