"""`suyuan register` and `erase`: a county's own parties, places and products, from nothing."""

from pathlib import Path

import pytest

from api.keyring import Keyring
from ledger.schema import reaching
from projections import directory
from projections.registry import ALL
from projections.runner import Runner
from tests.api.shell import Shell

pytestmark = pytest.mark.slow

TOWN = ("--township", "榃滨镇")


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Shell:
    shell = Shell(tmp_path / "data", DATABASE_URL=database_url)
    shell.text("open", "--county", "445381", "--name", "罗定市", "--origin", "sy.example/445381")
    return shell


def test_a_cooperative_its_yard_and_its_product_are_registered(
    run: Shell, database_url: str
) -> None:
    party = run.json("register", "party", "榃滨桂皮社", "--role", "cooperative", *TOWN)["id"]
    place = run.json("register", "place", party, "屋背田", "--kind", "plot", "--mu", "3", *TOWN)
    run.text(
        "register", "product", "6901234567892", "罗定桂皮", "Cinnamon", "--category", "cinnamon"
    )
    Runner(database_url, ALL).catch_up()
    with reaching(database_url) as conn:
        known = directory.party(conn, party)
        plot = directory.place(conn, place["id"])
        products = directory.products(conn)
    assert known is not None
    assert (known.name, known.township, known.roles) == ("榃滨桂皮社", "445381111", ["cooperative"])
    assert plot is not None
    assert (plot.holder, plot.area_m2) == (party, 2000)
    assert products["06901234567892"].name_zh == "罗定桂皮"


def test_a_mark_is_granted_listed_and_taken_back(run: Shell) -> None:
    party = run.json("register", "party", "榃滨桂皮社", "--role", "cooperative", *TOWN)["id"]
    named = ("--zh", "罗定肉桂", "--en", "Luoding cinnamon", "--category", "cinnamon", *TOWN)
    made = run.json("mark", "grant", "luoding-cinnamon", party, *named, "--quota", "120000kg")
    [listed] = run.json("mark", "list")
    assert (listed["id"], listed["quota"], listed["used"]) == (made["event"], 120_000_000, 0)
    run.text("mark", "revoke", made["event"], "--reason", "抽检不合格")
    assert "抽检不合格" in run.text("mark", "list")
    assert run.json("mark", "revoke", made["event"], "--reason", "x", code=1)["code"]
    assert run.json("mark", "revoke", "nothing", "--reason", "x", code=1)["code"] == "no-grant"


def test_a_persons_name_goes_to_the_vault_and_is_erased_from_it(
    run: Shell, database_url: str, tmp_path: Path
) -> None:
    kept = ("--person", "--phone", "13800000000")
    party = run.json("register", "party", "黎大叔", "--role", "farmer", *kept, *TOWN)["id"]
    exported = tmp_path / "county.ndjson"
    run.text("export", str(exported))
    assert "黎大叔" not in exported.read_text("utf-8")
    vault = Keyring(run.data).vault()
    with reaching(database_url) as conn:
        assert vault.names(conn, [party])[party].phone == "13800000000"
        run.text("erase", party)
        assert not vault.names(conn, [party])
    assert run.json("erase", party, code=1)["code"] == "no-person"


@pytest.mark.parametrize(
    "words",
    [
        ("product", "6901234567893", "桂皮", "Cinnamon", "--category", "cinnamon"),
        ("party", "社", "--role", "cooperative", "--township", "没有这个镇"),
        ("party", "社", "--role", "authority", *TOWN),
        ("place", "P1", "仓", "--kind", "warehouse", *TOWN),
    ],
)
def test_what_can_not_be_read_is_said_before_anything_is_written(
    run: Shell, words: tuple[str, ...]
) -> None:
    run.text("register", *words, code=2)


def test_what_the_ledger_refuses_leaves_no_name_behind(run: Shell, database_url: str) -> None:
    run.text(
        "register", "party", "黎大叔", "--person", "--role", "farmer", "--gln", "1", *TOWN, code=1
    )
    with reaching(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM vault.person").fetchone() == (0,)
