"""Who signs on this machine: a party whose key is kept here and holds in the ledger."""

from msgspec import Struct

from api.cli.failures import Refused, Unreachable
from api.cli.key import kept_parties
from api.keyring import Keyring
from domain import tags
from domain.events.catalogue import AnyEvent
from domain.events.governance import KeyBound, KeyRevoked, LedgerOpened, PartyAdmitted, Role
from domain.ids import DidKey, PartyId
from ledger import log
from ledger.keys import Ed25519Key, P256Key
from ledger.log import Connection


class Signer(Struct, frozen=True):
    """A party with its key; `name` is what the ledger calls it, where that is public."""

    party: PartyId
    name: str
    key: Ed25519Key | P256Key


class _Standing(Struct):
    """What the ledger says of a party: its roles and keys in force."""

    roles: set[Role]
    keys: set[DidKey]
    name: str = ""


def choose_signer(conn: Connection, keyring: Keyring, wanted: PartyId | None) -> Signer:
    """Give the party that shall sign: the wanted one, else a cooperative, else the authority.

    Raises:
        Unreachable: where no fitting key is kept here.
        KeyFileError: where its file can't be read.
    """
    kept = kept_parties(keyring)
    if wanted is not None and wanted not in kept:
        raise Unreachable(
            "no-key", f"本机没有 {wanted} 的密钥，应在 {keyring.party_path(wanted)}。",
            f"The key of {wanted} is not on this machine. `suyuan key list` shows which are.",
        )  # fmt: skip
    standings = _standings(conn, kept)
    if wanted is not None:
        return _signer(keyring, wanted, standings)
    able = [name for name in kept if keyring.party_key(name).did in standings[name].keys]
    if not able:
        raise Refused(
            "no-key", f"{keyring.folder} 里没有能在这本台账上签字的密钥。",
            "No key on this machine may sign in this ledger. See `suyuan key --help`.",
        )  # fmt: skip
    return _signer(keyring, min(able, key=lambda name: _order(standings[name])), standings)


def _signer(keyring: Keyring, name: PartyId, standings: dict[PartyId, _Standing]) -> Signer:
    return Signer(name, standings[name].name, keyring.party_key(name))


def _order(standing: _Standing) -> int:
    for rank, role in enumerate((Role.COOPERATIVE, Role.AUTHORITY)):
        if role in standing.roles:
            return rank
    return 2


def _standings(conn: Connection, names: list[PartyId]) -> dict[PartyId, _Standing]:
    head = log.head(conn)
    by_tag = log.numbered_by_tags(conn, [tags.party(name) for name in names], head)
    found: dict[PartyId, _Standing] = {}
    for name in names:
        standing = found[name] = _Standing(set(), set())
        for numbered in by_tag[tags.party(name)]:
            _apply(standing, numbered.event)
    return found


def _apply(standing: _Standing, event: AnyEvent) -> None:
    match event:
        case LedgerOpened():
            standing.roles.add(Role.AUTHORITY)
            standing.keys.add(event.authority_key)
            standing.name = event.authority_name
        case PartyAdmitted():
            standing.roles.update(event.roles)
            standing.name = event.name or ""
        case KeyBound():
            standing.keys.add(event.key)
        case KeyRevoked():
            standing.keys.discard(event.key)
        case _:
            pass
