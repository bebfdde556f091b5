"""docker/roles.sql: the role that serves can add to the ledger, and change nothing in it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from api.embedded_user import owner_of_server, programs
from ledger import vault
from ledger.schema import install

ROLES = Path(__file__).parents[1] / "docker" / "roles.sql"


def run_roles(url: str) -> None:
    psql = programs(owner_of_server(Path("/nonexistent"))) / "psql"
    variables = ("ON_ERROR_STOP=1", "owner_password=o'o", "app_password=a'a")
    command = [str(psql), "--no-psqlrc", "--quiet", *(f"--set={v}" for v in variables)]
    subprocess.run([*command, f"--file={ROLES}", url], check=True, capture_output=True)  # noqa: S603


@pytest.fixture(params=["before the tables", "after the tables"])
def app_url(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """The application's URL for a ledger, with roles.sql run twice around its making."""
    order = [run_roles, make_ledger, run_roles]
    if request.param == "after the tables":
        order = [make_ledger, run_roles, run_roles]
    try:
        for step in order:
            step(database_url)
        yield database_url.replace("suyuan@", "suyuan_app@", 1)
    finally:
        with psycopg.connect(database_url, autocommit=True) as connection:
            for role in ("suyuan_app", "suyuan_owner"):
                connection.execute(f"DROP OWNED BY {role} CASCADE")
                connection.execute(f"DROP ROLE {role}")


def make_ledger(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        install(connection, vault.SQL)


def test_the_application_reads_appends_and_moves_the_head(app_url: str) -> None:
    assert urlsplit(app_url).username == "suyuan_app"
    with psycopg.connect(app_url) as connection:
        connection.execute("INSERT INTO ledger.event (position, type, data) VALUES (1, 't', 'd')")
        connection.execute("UPDATE ledger.head SET position = 1")
        assert connection.execute("SELECT count(*) FROM ledger.event").fetchone() == (1,)
        connection.execute("CREATE SCHEMA projection")


def test_the_application_can_serve_what_is_installed(app_url: str) -> None:
    with psycopg.connect(app_url, autocommit=True) as connection:
        install(connection, vault.SQL)
        vault.Vault(b"k" * 32).put(connection, "P445381-000101", vault.PersonCard("陈秀兰"))
        assert vault.Vault(b"k" * 32).erase(connection, "P445381-000101")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.event SET data = 'b'",
        "UPDATE ledger.checkpoint SET note = 'n'",
        "UPDATE ledger.tile SET root = 'r'",
        "DELETE FROM ledger.tag",
        "DELETE FROM ledger.event",
        "TRUNCATE ledger.event",
        "ALTER TABLE ledger.event DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON ledger.event",
        "DROP TABLE ledger.event",
        "DELETE FROM ledger.head",
        "CREATE TABLE ledger.mine (n integer)",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_can_not_change_an_event(app_url: str, statement: str) -> None:
    with psycopg.connect(app_url) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)
