"""Which witnesses must have cosigned a checkpoint before it is believed: k of n.

Source: the idea of C2SP tlog-policy, with one group of witnesses and no file: whoever verifies
names the witnesses, by verifier key, and how many of them must have signed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.cosignature import Cosignature, WitnessVerifier, cosignatures, parse_vkey
from ledger.errors import LedgerError, MalformedNote


class Policy(msgspec.Struct, frozen=True):
    """At least `quorum` of these witnesses, no two with one key; 0 asks for none."""

    witnesses: tuple[WitnessVerifier, ...]
    quorum: int


class Unwitnessed(LedgerError):
    """A checkpoint that fewer witnesses cosigned than the policy asks for."""

    def __init__(self, size: str, found: Sequence[str], policy: Policy) -> None:
        """Say of which size it is, who cosigned it, and how many of whom should have."""
        names = ", ".join(witness.name for witness in policy.witnesses)
        have = f"{len(found)} of them ({', '.join(found)})" if found else "none of them"
        super().__init__(
            f"the checkpoint of {size} events needs {policy.quorum} of the witnesses {names};"
            f" {have} cosigned it"
        )


def make_policy(vkeys: Sequence[str], quorum: int | None = None) -> Policy:
    """Make a policy of witnesses' verifier keys; without `quorum` all of them must have signed.

    Raises:
        MalformedNote: where a key can't be read or comes twice, or the quorum is out of reach.
    """
    witnesses = tuple(parse_vkey(vkey) for vkey in vkeys)
    seen: set[bytes] = set()
    for witness in witnesses:
        # Two names over one key are one witness (tlog-policy, "duplicate").
        if witness.public.raw in seen:
            raise MalformedNote("policy", f"the key of {witness.name} comes twice")
        seen.add(witness.public.raw)
    needed = len(witnesses) if quorum is None else quorum
    if not 0 <= needed <= len(witnesses):
        detail = f"{needed} of {len(witnesses)} witnesses can't be had"
        raise MalformedNote("policy", detail)
    return Policy(witnesses, needed)


def check(policy: Policy, note: str) -> list[Cosignature]:
    """Check that enough witnesses cosigned a note, and give their cosignatures.

    That the log signed it is for the caller to check (`ledger.checkpoint.open_checkpoint`).

    Raises:
        Unwitnessed: where too few did.
        MalformedNote, UnverifiedNote: where it is no note, or a witness's line is forged.
    """
    found = cosignatures(note, policy.witnesses)
    if len(found) < policy.quorum:
        size = note.split("\n", 2)[1] if note.count("\n") > 1 else "?"
        raise Unwitnessed(size[:30], [each.witness for each in found], policy)
    return found
