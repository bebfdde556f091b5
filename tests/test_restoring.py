"""The backup that docs/operations.md describes, taken and put back by its own two commands."""

import re
import shlex
import subprocess
from pathlib import Path

import psycopg
import pytest

from api.demo.parties import AUTHORITY, BUYER, CHENWU
from api.embedded_user import owner_of_server, programs
from api.keyring import Keyring
from api.services import running
from api.settings import Settings
from api.tables import prepare
from ledger import custody
from projections.registry import ALL
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in

MANUAL = Path(__file__).parents[1] / "docs" / "operations.md"


def documented(program: str) -> list[str]:
    """Give the one command of the manual that runs this program, as words."""
    text = MANUAL.read_text("utf-8").replace("\\\n", " ")
    [line] = re.findall(rf"^ *({program} .*)$", text, re.MULTILINE)
    return shlex.split(line)


def run(program: str, url: str, dump: Path) -> None:
    """Run the manual's command, with the server's own program, on a database and a file."""
    name, *words = documented(program)
    binary = programs(owner_of_server(Path("/nonexistent"))) / name
    words = [one.replace("$DATABASE_URL", url).replace("suyuan.dump", str(dump)) for one in words]
    subprocess.run([binary, *words], check=True, capture_output=True)  # noqa: S603


def restored_in(server_url: str, name: str) -> str:
    """Make an empty database; give its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
    return server_url.replace("/suyuan?", f"/{name}?")


def test_a_restored_server_has_all_but_the_read_models_and_builds_those(
    database_server: str, database_url: str, tmp_path: Path
) -> None:
    dump = tmp_path / "suyuan.dump"
    with demo_county(database_server, tmp_path / "data", "backed_up") as county:
        sign_in(county.client, BUYER, county.keyring.party_key(BUYER))
        made = county.client.post("/api/tokens", json={"name": "采购系统"}).json()
        gtin, lot = county.showcase.removeprefix("/01/").split("/10/")
        told = {"batch": f"{gtin}/{lot}", "problem": "spoiled", "words": "有霉味"}
        county.client.post("/report", data=told, files={"photo": ("", b"", "")})
        with county.services.connection() as conn:
            did = county.services.custody.make(conn, CHENWU)
        head = county.services.head()
        run("pg_dump", county.services.database_url, dump)
        keyring = county.keyring
    run("pg_restore", database_url, dump)
    with psycopg.connect(database_url) as connection:
        schemas = {row[0] for row in connection.execute("SELECT nspname FROM pg_namespace")}
    assert not schemas & {one.name for one in ALL}

    settings = Settings.from_environment({"SUYUAN_DATA": str(tmp_path / "data")})
    with running(settings, database_url) as services:
        assert head is not None
        assert services.head() == head
        assert services.wait_for(head, 60)
        again = County(services, Keyring(tmp_path / "data"))
        assert again.client.get("/health/ready").status_code == 200
        assert again.client.get(again.showcase).status_code == 200
        bearer = {"Authorization": f"Bearer {made['token']}"}
        assert again.client.get("/api/signin", headers=bearer).json()["party"] == BUYER
        assert sign_in(again.client, AUTHORITY, keyring.party_key(AUTHORITY)).status_code == 201
        assert "有霉味" in again.get_signed("/inbox")
        with services.connection() as conn:
            assert [one.did for one in custody.kept_keys(conn, CHENWU)] == [did]


def test_nothing_but_the_read_models_is_left_out() -> None:
    left_out = {
        word.partition("=")[2].removesuffix("*")
        for word in documented("pg_dump")
        if word.startswith("--exclude-schema=")
    }
    assert left_out == {one.name for one in ALL}
    assert not [word for word in documented("pg_dump") if word.startswith("--schema")]


@pytest.mark.parametrize("lost", ["signin", "custody", "proposals", "vault"])
def test_tables_that_a_partial_dump_left_behind_are_made_again(
    database_url: str, lost: str
) -> None:
    prepare(database_url)
    tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = %s ORDER BY 2"
    with psycopg.connect(database_url, autocommit=True) as connection:
        whole = connection.execute(tables, [lost]).fetchall()
        connection.execute(f"DROP SCHEMA {lost} CASCADE".encode())
        prepare(database_url)
        assert connection.execute(tables, [lost]).fetchall() == whole
        assert whole
