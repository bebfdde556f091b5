"""The keys that live in the data folder, outside the database: the log's and the vault's."""

import os
from pathlib import Path
from typing import Final

from ledger.errors import KeyFileError
from ledger.keys import Ed25519Key, P256Key, load_key, save_key
from ledger.vault import Vault, load_or_make_master_key

PASSWORD_VARIABLE: Final = "SUYUAN_KEY_PASSWORD"  # noqa: S105  the variable's name


class Keyring:
    """`SUYUAN_DATA/keys`: `log.pem`, `vault.key`, and a `parties/` folder for the CLI's keys."""

    def __init__(self, data: Path) -> None:
        """Use, and make where it is not there, the keys folder of a data folder."""
        self.folder = data / "keys"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def log_key(self) -> Ed25519Key:
        """Give the key that signs checkpoints, made when first asked for.

        Raises:
            KeyFileError: where the file can't be read, or holds a key of another kind.
        """
        path = self.folder / "log.pem"
        if not path.exists():
            try:
                save_key(path, Ed25519Key.generate(), _password())
            except KeyFileError:
                if not path.exists():
                    raise
        key = load_key(path, _password())
        if isinstance(key, Ed25519Key):
            return key
        raise KeyFileError(str(path), "the log's key must be Ed25519")

    def vault(self) -> Vault:
        """Give the vault under its master key, made when first asked for."""
        return Vault(load_or_make_master_key(self.folder / "vault.key"))

    def party_path(self, party: str) -> Path:
        """Say where the key of a party is kept on this machine."""
        return self.folder / "parties" / f"{party}.pem"

    def party_key(self, party: str) -> Ed25519Key | P256Key:
        """Load the key of a party that is kept on this machine.

        Raises:
            KeyFileError: where there is none, or it can't be read.
        """
        return load_key(self.party_path(party), _password())

    def keep_party_key(self, party: str, key: Ed25519Key | P256Key) -> Path:
        """Keep a party's key on this machine; never in place of another.

        Raises:
            KeyFileError: where one is kept already.
        """
        path = self.party_path(party)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        save_key(path, key, _password())
        return path


def _password() -> bytes | None:
    text = os.environ.get(PASSWORD_VARIABLE, "")
    return text.encode() or None
