"""Installing what a database lacks, the tables that are no read model's among it.

Their text is read here, not in the modules that use the tables: a short command installs them
too, and must not wait for what a passkey or the county's sharing needs.
"""

from importlib.resources import files
from typing import Final

from ledger import custody, vault
from ledger.schema import install, reaching

_FILES: Final = (
    ("api.signin", "signin.sql"),
    ("api.signin", "tokens.sql"),
    ("api.signin", "passkeys.sql"),
    ("api.scans", "scans.sql"),
    ("api.reports", "reports.sql"),
    ("api.joining", "joining.sql"),
    ("api.proposals", "proposals.sql"),
)


def prepare(database_url: str) -> None:
    """Install what a database lacks.

    Raises:
        DatabaseUnreachable: where it does not answer.
    """
    texts = [files(package).joinpath(name).read_text("utf-8") for package, name in _FILES]
    with reaching(database_url) as conn:
        install(conn, vault.SQL, custody.SQL, *texts)
