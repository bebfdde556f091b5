"""The real `suyuan`, in processes of its own, beside a server."""

from pathlib import Path

import pytest

from ledger.checkpoint import NoteSigner, encode_vkey
from ledger.keys import Ed25519Key
from tests.acceptance.served import Served
from tests.api.shell import Shell

pytestmark = pytest.mark.slow


def test_the_county_is_shared_out_and_a_demand_matched_beside_a_server(served_shell: Shell) -> None:
    shared = served_shell("allocate", "--json").json()
    assert shared["proposals"]
    demand = shared["proposals"][0]["demand"]
    ranked = served_shell("match", demand, "--json").json()
    first = ranked["matches"][0]
    assert first["score"] == sum(p["value"] * p["weight"] for p in first["parts"]) // 100
    assert "分" in served_shell("match", demand).out
    assert "floor" in served_shell("allocate").out
    unknown = served_shell("match", "01a1f160-2b30-7c13-9a89-5d4f355dc86e")
    assert unknown.code == 1
    assert "There is no demand" in unknown.err


def test_serve_greets_with_addresses_that_all_open(demo_server: Served) -> None:
    said = demo_server.log.read_text()
    addresses = [word for word in said.split() if word.startswith("http")]
    assert len(addresses) >= 6
    for address in addresses:
        path = address.removeprefix(demo_server.url)
        assert demo_server.request("GET", path or "/", Accept="text/html")[0] == 200, address


def test_a_port_in_use_is_said_at_once(served_shell: Shell) -> None:
    said = served_shell("serve")
    assert said.code == 3
    assert served_shell.environment["PORT"] in said.err


def test_a_kept_state_spares_what_was_verified_and_says_so(
    served_shell: Shell, demo_server: Served, tmp_path: Path
) -> None:
    path, state = tmp_path / "served_shell.ndjson", tmp_path / "verified.state"
    served_shell("export", path)
    first = served_shell("verify", path, "--state", state)
    again = served_shell("verify", demo_server.url, "--state", state)
    assert (first.code, again.code) == (0, 0)
    assert "Going on after event" not in first.err
    assert "Going on after event" in again.err
    lines = path.read_bytes().splitlines(keepends=True)
    lines[300] = lines[300].replace(lines[300][200:203], b"AAA", 1)
    path.write_bytes(b"".join(lines))
    changed = served_shell("verify", path, "--state", state)
    assert (changed.code, "from the start" in changed.err) == (1, True)
    other = tmp_path / "letter.txt"
    other.write_text("Dear grandmother. " * 100, encoding="utf-8")
    assert served_shell("verify", path, "--state", other).code == 2
    assert other.read_text(encoding="utf-8").startswith("Dear")


def test_export_and_verify_agree_with_the_server(served_shell: Shell, demo_server: Served) -> None:
    path = served_shell.data.parent / "served_shell.ndjson"
    exported = served_shell("export", path, "--json").json()
    verified = served_shell("verify", path, "--json").json()
    assert verified["ok"] is True
    assert verified["events"] == exported["events"] >= 400
    assert {step["step"] for step in verified["steps"]} >= {"signatures", "leaves", "rules"}
    assert all(step["checked"] > 0 for step in verified["steps"])
    assert served_shell("verify", demo_server.url, "--json").json()["ok"] is True
    piped = served_shell("verify", "-", "--json", stdin=path.read_bytes()).json()
    assert piped["root"] == verified["root"]
    people = served_shell("verify", path)
    assert (people.code, people.err) == (0, "")
    assert "  1. " in people.out


def test_one_changed_byte_is_found_at_its_position(served_shell: Shell) -> None:
    path = served_shell.data.parent / "changed.ndjson"
    assert served_shell("export", path).code == 0
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines[300]) // 2
    letter = b"A" if lines[300][middle : middle + 1] != b"A" else b"B"
    lines[300] = lines[300][:middle] + letter + lines[300][middle + 1 :]
    path.write_bytes(b"".join(lines))
    said = served_shell("verify", path, "--json")
    assert said.code == 1
    assert said.json()["ok"] is False
    assert said.json()["position"] == 300
    assert set(said.json()) == {"ok", "position", "code", "detail"}
    path.write_bytes(b"".join(lines[:200]))
    assert served_shell("verify", path).code == 1


def test_an_older_checkpoint_is_held_against_the_export(
    served_shell: Shell, demo_server: Served
) -> None:
    note = served_shell.data.parent / "checkpoint.txt"
    note.write_bytes(demo_server.request("GET", "/checkpoint")[1])
    assert served_shell("demo").code == 0
    said = served_shell("verify", demo_server.url, "--since", note, "--json").json()
    assert said["ok"] is True
    assert {"step": "checkpoints", "checked": 2} in said["steps"]
    note.write_text(note.read_text().replace("\n", "\n1", 1))
    assert served_shell("verify", demo_server.url, "--since", note).code == 1


def test_the_logs_key_tells_the_ledger_from_a_strangers(served_shell: Shell, showcase: str) -> None:
    path = served_shell.data.parent / "mine.ndjson"
    assert served_shell("export", path, "--batch", showcase).code == 0
    key = served_shell("key", "log").out.strip()
    said = served_shell("verify", path, "--log-key", key, "--json").json()
    assert said["log_key"] == key
    assert {"step": "log key", "checked": 1} in said["steps"]
    assert "--log-key" in served_shell("verify", path).out
    assert "--log-key" not in served_shell("verify", path, "--log-key", key).out
    name = key.partition("+")[0]
    other = encode_vkey(NoteSigner(name, Ed25519Key.from_seed(bytes(32))).verifier)
    refused = served_shell("verify", path, "--log-key", other)
    assert (refused.code, "other-log" in refused.out, "同名" in refused.out) == (1, True, True)
    assert served_shell("verify", path, "--log-key", key[:-1]).code == 2


def test_a_bundle_proves_one_batch_alone(served_shell: Shell, showcase: str) -> None:
    path = served_shell.data.parent / "batch.ndjson"
    assert served_shell("export", path, "--batch", showcase).code == 0
    said = served_shell("verify", path, "--json").json()
    assert (said["ok"], said["batch"]) == (True, showcase)
    unknown = served_shell(
        "export", served_shell.data.parent / "none", "--batch", "02044538101035/NOPE"
    )
    assert unknown.code == 1
    assert not (served_shell.data.parent / "none").exists()


def test_a_batch_is_traced_to_its_plot(served_shell: Shell, showcase: str) -> None:
    said = served_shell("trace", showcase, "--direction", "back", "--json").json()
    assert said["root"] == showcase
    assert len(said["nodes"]) == 3
    assert [edge["quantity"] for edge in said["edges"]] == [480_000, 212_000]
    assert set(said["edges"][0]) >= {"from", "to", "event", "quantity", "unit"}
    drawn = served_shell("trace", showcase)
    assert "480 公斤" in drawn.out
    assert "陈屋合作社" in drawn.out
    assert "\x1b" not in drawn.out
    unknown = served_shell("trace", "02044538101035/NOPE", "--json")
    assert unknown.code == 1
    assert unknown.json()["code"] == "unknown-batch"


def test_read_models_are_rebuilt_while_they_are_served(served_shell: Shell, showcase: str) -> None:
    before = served_shell("trace", showcase, "--json").json()["nodes"]
    said = served_shell("rebuild", "all", "--json").json()
    assert len(set(said.values())) == 1
    assert served_shell("trace", showcase, "--json").json()["nodes"] == before


def test_keys_are_made_bound_and_revoked(served_shell: Shell) -> None:
    made = served_shell("key", "new", "P445381-000104", "--json")
    assert made.code == 1, "the demo keeps one already, and a key is never overwritten"
    made = served_shell("key", "new", "P445381-000105", "--algorithm", "p256", "--json")
    did = made.json()["key"]
    assert served_shell("key", "show", "P445381-000105").out.strip() == did
    assert did in {row["key"] for row in served_shell("key", "list", "--json").json()}
    by = ("--as", "P445381-000002", "--json")
    bound = served_shell("key", "bind", "P445381-000105", did, *by)
    assert bound.code == 0, bound.err
    stranger = served_shell("key", "revoke", "P445381-000105", did, "--as", "P445381-000010",
                      "--reason", "x")  # fmt: skip
    assert stranger.code == 1
    revoked = served_shell("key", "revoke", "P445381-000105", did, "--reason", "手机丢了", *by)
    assert revoked.json()["position"] > bound.json()["position"]
