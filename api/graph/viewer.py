"""Who is signed in, as a program that asks about itself sees it."""

from typing import Self

import strawberry

from api.graph.context import Info
from api.graph.errors import sign_in_first
from api.graph.fields import resolved
from api.graph.master import Party, party
from api.signin import viewer
from domain.events.governance import Role


@strawberry.type(description="Who is signed in, by which means, and what that may be used for.")
class Viewer:
    """A party that is signed in."""

    party_id: strawberry.Private[str]
    roles: list[Role] = strawberry.field(description="Its roles in the trade, e.g. [BUYER].")
    means: str = strawberry.field(description="signature, passkey or token.")
    scopes: list[str] = strawberry.field(description="What may be done, e.g. [read, write].")

    @classmethod
    def of(cls, found: viewer.Viewer) -> Self:
        """Make it of who was found."""
        roles = [role for role in Role if role.value in found.roles]
        return cls(
            party_id=found.party, roles=roles, means=found.means, scopes=sorted(found.scopes)
        )

    @resolved("The party itself, e.g. P445381-000008.")
    def party(self, info: Info) -> Party | None:
        """Load the party."""
        return party(info, self.party_id)


async def me(info: Info) -> Viewer:
    """Say who is signed in.

    Raises:
        Mistaken: where nobody is.
    """
    found = await info.context.viewer()
    if found is None:
        raise sign_in_first()
    return Viewer.of(found)
