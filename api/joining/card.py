"""What somebody who joins says of themselves; it goes into the vault, never into the ledger."""

from typing import Annotated

from msgspec import Meta, Struct

from ledger.vault import PersonCard


class Card(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A name, a phone if there is one, and whether labels and passports may show the name."""

    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]
    phone: Annotated[str, Meta(max_length=20, pattern=r"^[0-9+ -]*\Z")] = ""
    consent: bool = False

    def kept(self) -> PersonCard:
        """Give the card as the vault keeps it."""
        return PersonCard(self.name.strip(), self.phone or None, self.consent)
