"""`suyuan key` in processes of its own: the log's key, keys in custody, mandates."""

from pathlib import Path

import pytest

from api.keyring import Keyring
from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.errors import KeyFileError
from ledger.keys import Ed25519Key
from tests.api.shell import Shell

pytestmark = pytest.mark.slow

AUTHORITY = "P445381-000001"


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Shell:
    shell = Shell(tmp_path / "data", DATABASE_URL=database_url)
    shell.text("open", "--county", "445381", "--name", "罗定市", "--origin", "sy.example/445381")
    return shell


def test_the_logs_key_changes_at_once_or_in_two_steps(run: Shell, tmp_path: Path) -> None:
    first = run.text("key", "log").strip()
    rotated = run.json("key", "rotate-log", "--reason", "管理员交接")
    second = run.text("key", "log").strip()
    assert rotated["log_key"] == second != first
    prepared = run.json("key", "rotate-log", "--prepare")["log_key"]
    assert run.text("key", "log").strip() == second
    assert run.json("key", "rotate-log", "--to", prepared)["position"] == 3
    assert run.json("key", "log") == {
        "origin": "sy.example/445381", "log_key": prepared,
        "keys": [
            {"log_key": first, "since": 1}, {"log_key": second, "since": 2},
            {"log_key": prepared, "since": 3},
        ],
    }  # fmt: skip
    # The old private keys may go; nothing is made in their place.
    keys = run.data / "keys"
    newest = max(keys.glob("log-*.pem"), key=lambda path: path.stat().st_mtime_ns)
    for path in keys.glob("log*.pem"):
        if path != newest:
            path.unlink()
    run.json("key", "keep", AUTHORITY, "--as", AUTHORITY)
    assert list(keys.glob("log*.pem")) == [newest]
    export = tmp_path / "export.ndjson"
    run.text("export", str(export))
    assert run.json("verify", str(export))["ok"]
    with pytest.raises(KeyFileError, match="gone over"):
        Keyring(run.data).log_key()


def test_a_key_that_is_not_here_or_no_key_is_not_gone_over_to(run: Shell) -> None:
    vkey = encode_vkey(NoteSigner("sy.example/445381", Ed25519Key.generate()).verifier)
    assert run.json("key", "rotate-log", "--to", "x", code=1)["code"] == "log-key"
    assert run.json("key", "rotate-log", "--to", vkey, code=3)["code"] == "log-key"
    log = run.text("key", "log").strip()
    assert run.json("key", "rotate-log", "--to", log, code=1)["code"] == "exists"


def test_without_the_key_in_force_nothing_is_served_or_written(run: Shell) -> None:
    (run.data / "keys" / "log.pem").rename(run.data / "keys" / "elsewhere.pem")
    assert run.json("key", "rotate-log", code=3)["code"] == "not-written"
    run.text("serve", code=3)


def test_the_server_keeps_a_key_shows_it_as_such_and_destroys_it(run: Shell) -> None:
    made = run.json("key", "keep", AUTHORITY, "--as", AUTHORITY)
    assert [row["did"] for row in run.json("key", "kept")] == [made["key"]]
    status = {row["key"]: row for row in run.json("key", "status", AUTHORITY)}
    assert status[made["key"]]["custody"] == "server"
    assert {row["custody"] for row in status.values()} == {"device", "server"}
    run.text("key", "revoke", AUTHORITY, made["key"], "--as", AUTHORITY, "--reason", "不再代管")
    revoked = next(row for row in run.json("key", "status", AUTHORITY) if row["key"] == made["key"])
    assert revoked["revoked"] == 3
    run.text("key", "forget", made["key"])
    assert run.json("key", "kept") == []
    assert run.json("key", "forget", made["key"], code=1)["code"] == "unknown-key"


def test_a_key_whose_binding_is_refused_is_not_kept(run: Shell) -> None:
    refusal = run.json("key", "keep", "P445381-000777", "--as", AUTHORITY, code=1)
    assert refusal["code"] == "unknown-party"
    assert run.json("key", "kept") == []


def test_only_a_cooperative_takes_members(run: Shell) -> None:
    for words in (
        ("mandate", "P445381-000777", "--may-sign"),
        ("dismiss", "P445381-000777", "--reason", "搬走"),
    ):  # fmt: skip
        refusal = run.json("key", *words, "--as", AUTHORITY, code=1)
        assert refusal["code"] == "not-authorised"
