"""What the ledger says when bytes, keys or proofs are not what they should be.

A refusal of the trade's rules is a value, not one of these. An error here means that something
could not be read, or does not prove what it claims::

    LedgerError
    ├── Malformed                 can't be read: `path` says where, `detail` what is wrong
    │   ├── MalformedEnvelope     a DSSE envelope; `path` is a JSON path: `$.signatures[0].sig`
    │   │   └── EnvelopeTooLarge  more bytes than are read, or than a payload may have
    │   ├── NotCanonical          a value outside the subset of RFC 8785 that payloads may use
    │   ├── MalformedKey          a did:key, or the bytes of a key
    │   ├── MalformedTile         a tile's or entry bundle's path, or its bytes
    │   ├── MalformedNote         a signed note, a checkpoint or a verifier key
    │   └── MalformedReceipt      a receipt's JSON
    ├── KeyFileError              a key file that can't be read or written; `path` is the file
    ├── BadSignature              a signature that its key didn't make; `keyid` names the key
    ├── UnverifiedNote            a signed note without a good signature of a known key
    ├── ProofError                an inclusion or consistency proof that proves nothing
    ├── OutOfWindow               a node that the tree in memory no longer (or not yet) holds
    ├── TreeDamaged               the database holds another tree than the log signed
    ├── WrongLogKey               this process holds another key than the log's
    └── ReceiptRefuted            a receipt that doesn't prove what it says, and the `reason`

Names say what is wrong; an `Error` at the end of each would say nothing more.
"""

from __future__ import annotations


class LedgerError(Exception):
    """Anything that the ledger's primitives raise on purpose."""


class Malformed(LedgerError):
    """Bytes or text that can't be read as what they should be."""

    def __init__(self, path: str, detail: str) -> None:
        """Say where (`path`) and what (`detail`, with what was expected)."""
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class MalformedEnvelope(Malformed):
    """Not a DSSE envelope of ours."""


class EnvelopeTooLarge(MalformedEnvelope):
    """An envelope, or the payload in it, above the limit."""


class NotCanonical(Malformed):
    """A value that canonical JSON, as payloads use it, can't hold."""


class MalformedKey(Malformed):
    """Not a `did:key` or key that the ledger admits."""


class MalformedTile(Malformed):
    """Not a path or content of C2SP tlog-tiles."""


class MalformedNote(Malformed):
    """Not a C2SP signed note, checkpoint or verifier key."""


class MalformedReceipt(Malformed):
    """Not the JSON of a receipt."""


class KeyFileError(LedgerError):
    """A key file that could not be read or written."""

    def __init__(self, path: str, detail: str) -> None:
        """Say which file (`path`) and what to do about it (`detail`)."""
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class BadSignature(LedgerError):
    """A signature that its key did not make over these bytes."""

    def __init__(self, keyid: str) -> None:
        """Name the key whose signature failed."""
        super().__init__(f"the signature of {keyid} does not match the signed bytes")
        self.keyid = keyid


class UnverifiedNote(LedgerError):
    """A signed note that no known key signed, or that one signed wrongly."""


class ProofError(LedgerError):
    """A Merkle proof that does not lead to the root."""


class OutOfWindow(LedgerError):
    """A node that the tree in memory does not hold."""


class TreeDamaged(LedgerError):
    """What the database holds is not the tree of the checkpoint that the log signed last."""


class WrongLogKey(LedgerError):
    """The key at hand is not the one that signs this log."""


class ReceiptRefuted(LedgerError):
    """A receipt that does not prove the admission it claims."""

    def __init__(self, reason: str) -> None:
        """Give the reason as one sentence."""
        super().__init__(reason)
        self.reason = reason


class HelperEnded(Exception):
    """A process that helped was ended from outside, most likely because memory ran out.

    Not an error of what was being checked: that is neither good nor bad so far.
    """
