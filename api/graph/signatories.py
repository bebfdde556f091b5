"""Who signed an event: which keys, and who keeps them."""

from collections.abc import Sequence

import strawberry

from api.graph.context import Info
from domain.events.governance import Custody
from ledger.log import Connection
from projections import directory

strawberry.enum(
    Custody, description="Who keeps a private key: the party's device, the server, or an HSM."
)


@strawberry.type(description="A key that signed an event.")
class Signatory:
    """A key and its custody."""

    key: str = strawberry.field(description="The public key, e.g. did:key:z6Mk….")
    custody: Custody = strawberry.field(description="Who keeps it, e.g. DEVICE or SERVER.")


async def signatories(info: Info, keyids: Sequence[str]) -> list[Signatory]:
    """Give the keys of an admitted event."""

    def find(conn: Connection) -> list[Signatory]:
        found = [directory.key(conn, did) for did in dict.fromkeys(keyids)]
        return [Signatory(key=key.did, custody=Custody(key.custody)) for key in found if key]

    return await info.context.read(find)
