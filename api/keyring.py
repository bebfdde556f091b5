"""The keys that live in the data folder, outside the database: the log's and the vault's."""

import hmac
import os
from pathlib import Path
from typing import Final

from ledger.custody import KeyCustody
from ledger.errors import KeyFileError
from ledger.keys import Ed25519Key, P256Key, load_key, save_key
from ledger.log_signer import FindLogKey
from ledger.vault import ReadableVault, Vault, load_or_make_master_key

PASSWORD_VARIABLE: Final = "SUYUAN_KEY_PASSWORD"  # noqa: S105  the variable's name


class Keyring:
    """`SUYUAN_DATA/keys`: `log*.pem`, `vault.key`, and a `parties/` folder for the CLI's keys."""

    def __init__(self, data: Path) -> None:
        """Use, and make where it is not there, the keys folder of a data folder."""
        self.folder = data / "keys"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def log_key(self) -> Ed25519Key:
        """Give the log's first key, made where this folder has no key of a log at all.

        Raises:
            KeyFileError: where the file can't be read, holds a key of another kind, or is gone
                while a later key is there: a log has one first key.
        """
        path = self.folder / "log.pem"
        if not path.exists():
            if self._log_files():
                raise KeyFileError(str(path), "is gone; the log has gone over to another key")
            try:
                save_key(path, Ed25519Key.generate(), key_password())
            except KeyFileError:
                if not path.exists():
                    raise
        return _ed25519(path)

    def new_log_key(self) -> Ed25519Key:
        """Make another key for the log, for it to go over to, and keep it beside the others.

        Raises:
            KeyFileError: where it can't be written.
        """
        key = Ed25519Key.generate()
        path = self.folder / f"log-{key.public.raw.hex()[:12]}.pem"
        save_key(path, key, key_password())
        return key

    def find_log_key(self, public: bytes) -> Ed25519Key | None:
        """Give the private half of one of the log's keys; None where it is not here.

        Raises:
            KeyFileError: where a file can't be read.
        """
        keys = map(_ed25519, self._log_files())
        return next((key for key in keys if key.public.raw == public), None)

    def log_keys(self) -> FindLogKey:
        """Give what finds the log's keys; the first is made where there is none yet."""
        if not self._log_files():
            self.log_key()
        return self.find_log_key

    def _log_files(self) -> list[Path]:
        return sorted([*self.folder.glob("log.pem"), *self.folder.glob("log-*.pem")])

    def vault(self) -> Vault:
        """Give the vault under its master key, made when first asked for."""
        return Vault(load_or_make_master_key(self.folder / "vault.key"))

    def readable_vault(self) -> ReadableVault:
        """Give the vault as a server uses it: names that can't be read are not shown."""
        return ReadableVault(load_or_make_master_key(self.folder / "vault.key"))

    def custody(self) -> KeyCustody:
        """Give the custody of parties' keys, under the same master key as the vault."""
        return KeyCustody(load_or_make_master_key(self.folder / "vault.key"))

    def secret(self, purpose: bytes) -> bytes:
        """Derive 32 secret bytes for one purpose from the vault's master key (HMAC-SHA-256).

        Servers that share that key share them, so that one knows what another has sealed.
        """
        return hmac.digest(load_or_make_master_key(self.folder / "vault.key"), purpose, "sha256")

    def party_path(self, party: str) -> Path:
        """Say where the key of a party is kept on this machine."""
        return self.folder / "parties" / f"{party}.pem"

    def party_key(self, party: str) -> Ed25519Key | P256Key:
        """Load the key of a party that is kept on this machine.

        Raises:
            KeyFileError: where there is none, or it can't be read.
        """
        return load_key(self.party_path(party), key_password())

    def keep_party_key(self, party: str, key: Ed25519Key | P256Key) -> Path:
        """Keep a party's key on this machine; never in place of another.

        Raises:
            KeyFileError: where one is kept already.
        """
        path = self.party_path(party)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        save_key(path, key, key_password())
        return path


def key_password() -> bytes | None:
    """Give the password of the key files; None where there is none."""
    text = os.environ.get(PASSWORD_VARIABLE, "")
    return text.encode() or None


def _ed25519(path: Path) -> Ed25519Key:
    key = load_key(path, key_password())
    if isinstance(key, Ed25519Key):
        return key
    raise KeyFileError(str(path), "the log's key must be Ed25519")
