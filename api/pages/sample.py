"""A batch worth showing to somebody who has none at hand: the fullest story that has a grower."""

from collections.abc import Iterable
from typing import Final

from ledger.log import Connection
from ledger.vault import Vault
from projections import batches
from projections.passport import Passport, documents

_LOOKED_AT: Final = 40


def sample(conn: Connection, vault: Vault) -> Passport | None:
    """Choose among the packed batches made last; None where there is none."""
    found = list(documents(conn, batches.packed(conn, _LOOKED_AT)).values())
    holders = {o.holder.id for one in found for o in one.origins if o.holder}
    named = {party for party, card in vault.names(conn, holders).items() if card.consent}
    return max(found, key=lambda one: _worth(one, named), default=None)


def _worth(passport: Passport, named: Iterable[str]) -> tuple[int, int]:
    """Count what there is to see; of equals the newest."""
    kinds = {step.kind for step in passport.timeline}
    grower = passport.origins[0].holder if len(passport.origins) == 1 else None
    good = [
        "inspected" in kinds, passport.stock.sold > 0, passport.stock.held > 0,
        grower is not None, grower is not None and grower.id in named, not passport.withdrawn,
    ]  # fmt: skip
    return sum(good), passport.position
