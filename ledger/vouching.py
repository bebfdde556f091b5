"""Who vouches that an export is of the log one means: its key, an older checkpoint, witnesses."""

from ledger import export
from ledger.checkpoint import Checkpoint, parse_checkpoint, parse_vkey, split_note
from ledger.errors import LedgerError
from ledger.fingerprint import fingerprint
from ledger.log_keys import LogKeys
from ledger.policy import Policy
from ledger.policy import check as check_policy
from ledger.verdict import Stop


class Older:
    """An older checkpoint; who must have signed it is told by the events up to its size."""

    def __init__(self, note: str) -> None:
        """Read what it claims.

        Raises:
            MalformedNote: where it is none.
        """
        self.claimed = parse_checkpoint(split_note(note)[0])
        self._note = note

    def open(self, keys: LogKeys) -> Checkpoint:
        """Check it by the key in force at its size."""
        try:
            return keys.open(self._note)
        except LedgerError as error:
            raise Stop(0, "since-not-the-logs", f"the older checkpoint: {error}") from error


def older(header: export.Header, keys: LogKeys, since: str | None) -> Older | None:
    """Take an older checkpoint, where one is given, for a whole export of the same log."""
    log = keys.first
    if log.name != header.origin:
        raise Stop(0, "wrong-origin", f"the key is of {log.name}, the log is {header.origin}")
    if since is None:
        return None
    if header.batch:
        raise Stop(0, "since-needs-whole", "an older checkpoint is checked on a whole export")
    try:
        return Older(since)
    except LedgerError as error:
        raise Stop(0, "since-not-the-logs", f"the older checkpoint: {error}") from error


def newest(header: export.Header, keys: LogKeys, note: str) -> Checkpoint:
    """Check the export's own checkpoint by the key in force at its size."""
    try:
        checkpoint = keys.open(note)
    except LedgerError as error:
        raise Stop(header.size, "bad-checkpoint", str(error)) from error
    if checkpoint.size != header.size:
        raise Stop(
            header.size, "bad-checkpoint",
            f"the checkpoint is of {checkpoint.size} events, the file of {header.size}",
        )  # fmt: skip
    return checkpoint


def signed_by(log_key: str, keys: LogKeys, *sizes: int) -> None:
    """Hold a key that is known from elsewhere to have signed one of the checkpoints checked.

    That the events name it is not enough: anybody can open a ledger that names another's public
    key, and change to one of his own in its second event.

    Raises:
        MalformedNote: where it is no verifier key.
    """
    parse_vkey(log_key)
    if any(keys.vkey_in_force(size) == log_key for size in sizes):
        return
    detail = (
        f"the checkpoint is signed with the key {fingerprint(keys.vkey_in_force(max(sizes)))},"
        f" not with the one given, {fingerprint(log_key)}"
    )
    if keys.names(log_key):
        detail += (
            "; the events name that one for another size of the log: give a checkpoint that it"
            " signed too (--since), or the newer key"
        )
    raise Stop(max(sizes), "other-log", detail)


def witnesses(policy: Policy | None, note: str, checkpoint: Checkpoint) -> int:
    """Count the witnesses that cosigned, who must be enough."""
    if policy is None:
        return 0
    try:
        return len(check_policy(policy, note))
    except LedgerError as error:
        raise Stop(checkpoint.size, "not-witnessed", str(error)) from error
