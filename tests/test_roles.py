"""docker/roles.sql: the role that serves can add to the ledger, and change nothing in it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from api.demo.parties import AUTHORITY, CHENWU
from api.demo.seeding import seed_if_empty
from api.embedded_user import owner_of_server, programs
from api.keyring import Keyring
from api.services import running
from api.settings import Settings
from api.tables import prepare
from domain.events.registry import PlaceKind, PlaceRegistered
from ledger import log
from ledger.custody import forget_key
from ledger.schema import DatabaseUnreachable
from projections.registry import ALL
from projections.runner import Runner
from tests.api.pages_parts import County, common
from tests.api.signing_in import sign_in

ROLES = Path(__file__).parents[1] / "docker" / "roles.sql"


def run_roles(url: str, *variables: str) -> None:
    """Run the script, with a password for the owner too unless other variables are given."""
    psql = programs(owner_of_server(Path("/nonexistent"))) / "psql"
    variables = ("ON_ERROR_STOP=1", "app_password=a'a", *(variables or ("owner_password=o'o",)))
    command = [str(psql), "--no-psqlrc", "--quiet", *(f"--set={v}" for v in variables)]
    subprocess.run([*command, f"--file={ROLES}", url], check=True, capture_output=True)  # noqa: S603


@pytest.fixture(params=["before the tables", "after the tables", "after a season of serving"])
def app_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The application's URL for a ledger, with roles.sql run twice around its making."""
    order: dict[str, list[Callable[[str], None]]] = {
        "before the tables": [run_roles, prepare_as_owner, run_roles],
        "after the tables": [prepare, run_roles, run_roles],
        "after a season of serving": [prepare, lambda url: season_in(url, tmp_path), run_roles],
    }
    try:
        for step in order[request.param]:
            step(database_url)
        yield as_role("suyuan_app", database_url)
    finally:
        drop_roles(database_url)


def drop_roles(url: str) -> None:
    """Drop the roles, which all databases of a server share, and what is theirs."""
    with psycopg.connect(url, autocommit=True) as connection:
        for role in ("suyuan_app", "suyuan_owner"):
            connection.execute(f"DROP OWNED BY {role} CASCADE")
            connection.execute(f"DROP ROLE {role}")


def as_role(role: str, url: str) -> str:
    """Give the same database's URL for another role."""
    return url.replace("suyuan@", f"{role}@", 1)


def prepare_as_owner(url: str) -> None:
    """Make the tables as the role that is to own them."""
    prepare(as_role("suyuan_owner", url))


def settings_in(folder: Path) -> Settings:
    """Give the settings of a server with this data folder."""
    return Settings.from_environment({"SUYUAN_DATA": str(folder)})


def season_in(url: str, folder: Path) -> None:
    """Fill an empty ledger with the demo season, and its read models with that."""
    seed_if_empty(url, settings_in(folder), Keyring(folder))
    Runner(url, ALL).catch_up()


def test_the_application_reads_appends_and_moves_the_head(app_url: str) -> None:
    assert urlsplit(app_url).username == "suyuan_app"
    with psycopg.connect(app_url) as connection:
        head = log.head(connection)
        connection.execute(
            "INSERT INTO ledger.event (position, type, data) VALUES (%s, 't', 'd')", [head + 1]
        )
        connection.execute("UPDATE ledger.head SET position = position + 1")
        assert log.head(connection) == head + 1


def test_the_application_serves_records_signs_in_and_rebuilds(app_url: str, tmp_path: Path) -> None:
    season_in(app_url, tmp_path)
    keyring = Keyring(tmp_path)
    with running(settings_in(tmp_path), app_url) as services:
        county = County(services, keyring)
        head = services.head()
        assert head is not None
        assert services.wait_for(head, 20)
        at = county.record(
            PlaceRegistered(
                **common(AUTHORITY), place="L445381-009001", holder=AUTHORITY,
                kind=PlaceKind.YARD, township="445381111", name="晒场",
            )
        )  # fmt: skip
        assert at == head + 1
        assert sign_in(county.client, CHENWU, keyring.party_key(CHENWU)).status_code == 201
        assert county.client.get("/api/farm").status_code == 200
        made = county.client.post("/api/tokens", json={"name": "采购系统"})
        assert made.status_code == 201
        assert county.client.post("/api/joining", json={}).status_code == 201
        taken_in = county.client.post("/api/coop/members", json={"name": "陈秀兰"})
        assert taken_in.status_code == 201
        with services.connection() as conn:
            assert services.vault.erase(conn, taken_in.json()["party"])
            assert forget_key(conn, services.custody.make(conn, CHENWU))
        assert [services.runner.rebuild(one.name) for one in ALL] == [at] * len(ALL)
        assert county.client.get(county.showcase).status_code == 200


def test_who_owns_what_is_as_it_is_meant(app_url: str) -> None:
    owned = "SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole"
    with psycopg.connect(app_url) as connection:
        Runner(app_url, ALL).catch_up()
        owners = {row[0] for row in connection.execute(owned, ["suyuan_owner"])}
        models = {row[0] for row in connection.execute(owned, ["suyuan_app"])}
        tables = "SELECT DISTINCT schemaname FROM pg_tables WHERE tableowner = 'suyuan_owner'"
        assert {row[0] for row in connection.execute(tables)} == owners
        stray = (
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN"
            " ('pg_catalog', 'information_schema') AND NOT tableowner LIKE 'suyuan\\_%'"
        )
        assert connection.execute(stray).fetchall() == []
    assert models == {one.name for one in ALL}
    assert owners >= {"ledger", "vault", "custody", "signin"}


def test_what_the_application_may_not_make_is_said(database_url: str) -> None:
    run_roles(database_url, "as=compose")
    with pytest.raises(DatabaseUnreachable, match="suyuan prepare"):
        prepare(as_role("suyuan_app", database_url))
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(as_role("suyuan_owner", database_url))
    drop_roles(database_url)


FORBIDDEN = (
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
)


def test_the_application_can_not_change_an_event(app_url: str) -> None:
    for statement in FORBIDDEN:
        with psycopg.connect(app_url) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


def test_compose_serves_as_the_application_once_the_script_has_run() -> None:
    text = (ROLES.parent / "compose.yaml").read_text("utf-8")
    app = text.partition("\n  app:\n")[2].partition("\nvolumes:")[0]
    assert re.findall(r"postgresql://(\w+):", app) == ["suyuan_app"]
    assert "roles:\n        condition: service_completed_successfully" in app
    assert set(re.findall(r"--set=(\w+)=", text)) == {"ON_ERROR_STOP", "app_password"}
