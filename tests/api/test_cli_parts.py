"""The command line's parts, without a process: words, batches, files, trees, forgeries."""

import argparse
import importlib
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from typing_extensions import override

from api.authoring.new_event import common, signed
from api.cli import main as script
from api.cli.command import Command, batch, party, positive
from api.cli.console import Console, Paint, Progress
from api.cli.failures import Exit, Failure, Refused, failure_of
from api.cli.label import default_file
from api.cli.story.tampering import change_one_byte
from api.cli.trace_tree import Names, draw
from api.demo.produce import FRESH_BARK
from api.embedded_user import DatabaseUnavailable
from api.settings import SettingsError
from api.whole_file import write_whole
from domain.events.movements import BatchHarvested
from domain.measures import Unit
from labels.errors import UnknownSheetError
from ledger import export
from ledger.errors import HelperEnded, KeyFileError, LedgerError
from ledger.keys import Ed25519Key, load_key, save_key
from ledger.outcome import Busy, WriteFailed
from projections.trace import Edge, Node, Trace

COMMANDS = (
    "serve", "demo", "open", "key", "import", "trace", "certify", "label", "export", "verify",
    "rebuild", "bench",
)  # fmt: skip
MODULES = (
    "open_ledger", "key", "import_events", "trace", "certify", "label", "export", "verify",
    "rebuild",
)  # fmt: skip


def test_the_version_is_told_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        script.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"suyuan {version('suyuan')}\n"


@pytest.mark.parametrize("module", [*MODULES, "serve", "demo"])
def test_each_command_explains_itself_in_both_languages_with_examples(module: str) -> None:
    command: Command = importlib.import_module(f"api.cli.{module}").COMMAND
    chinese, english = command.description.split("\n\n")
    assert not chinese.isascii()
    assert english.isascii()
    assert "  suyuan " in f"  {command.examples.strip()}"
    assert all(line.startswith("  ") for line in command.examples.splitlines())


def test_the_help_names_every_command_variable_and_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        script.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    words = (*COMMANDS, "DATABASE_URL", "SUYUAN_DATA", "PORT", "SUYUAN_HOST", "SUYUAN_PUBLIC_URL")
    assert all(word in said for word in words)
    assert all(f"\n  {code}  " in said for code in (0, 1, 2, 3))


@pytest.mark.parametrize(
    "words",
    [
        [], ["nonsense"], ["trace"], ["trace", "no batch"], ["trace", "0204/L"], ["label", "x"],
        ["trace", "02044538101035/批号"], ["import"], ["import", "f", "--as", "somebody"],
        ["open", "--county", "4453", "--name", "x"], ["rebuild", "nothing"], ["key"],
        ["open", "--county", "445381", "--name", "x", "--origin", "a b"],
        ["key", "new", "../../etc/passwd"], ["key", "bind", "P445381-000001", "did:key:zzz"],
        ["label", "02044538101035/L", "--count", "0"],
        ["label", "02044538101035/L", "--sheet", "x"],
        ["trace", "02044538101035/L", "--direction", "sideways"],
    ],
)  # fmt: skip
def test_what_can_not_be_understood_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = script.main(words)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "usage: suyuan" in said.out + said.err


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("02044538101035/20261012-TB07-3", "02044538101035/20261012-TB07-3"),
        ("02044538101035/a/b", "02044538101035/a/b"),
        ("6901234567892/L1", "06901234567892/L1"),
        ("https://sy.example.cn/01/02044538101035/10/L%2F1", "02044538101035/L/1"),
        ("urn:epc:class:lgtin:0860009.099992.ABC", "00860009999923/ABC"),
        ("urn:example:thing", "urn:example:thing"),
    ],
)
def test_a_batch_is_named_by_gtin_and_lot_or_by_its_uri(written: str, read: str) -> None:
    assert batch(written) == read


@pytest.mark.parametrize("written", ["", "/", "02044538101035", "02044538101035/", "x/y"])
def test_what_names_no_batch_is_said_so(written: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        batch(written)


def test_a_party_and_a_count_are_read_strictly() -> None:
    assert party("P445381-000001") == "P445381-000001"
    assert positive("24") == 24
    for text in ("P445381-1", "P445381-000001/..", "P445381-000001\n"):
        with pytest.raises(argparse.ArgumentTypeError):
            party(text)
    for text in ("0", "-1", "1.5", "", "²"):
        with pytest.raises(argparse.ArgumentTypeError):
            positive(text)


def test_what_is_wrong_with_a_key_file_is_said_in_chinese_too(tmp_path: Path) -> None:
    """The sentences are found by how the English begins, so these are the real errors."""
    key = Ed25519Key.generate()
    path, locked = tmp_path / "key.pem", tmp_path / "locked.pem"
    save_key(path, key)
    save_key(locked, key, b"secret")
    other = tmp_path / "other.pem"
    other.write_bytes(b"no key")
    tries: list[tuple[Callable[[], object], str]] = [
        (lambda: save_key(path, key), "从不覆盖"),
        (lambda: save_key(tmp_path / "none" / "key.pem", key), "写不进去"),
        (lambda: load_key(tmp_path / "none.pem"), "suyuan key new"),
        (lambda: load_key(tmp_path), "读不了"),
        (lambda: load_key(locked), "SUYUAN_KEY_PASSWORD"),
        (lambda: load_key(locked, b"wrong"), "密码不对"),
        (lambda: load_key(other), "不是 PEM"),
    ]
    for attempt, words in tries:
        with pytest.raises(KeyFileError) as raised:
            attempt()
        failure = failure_of(raised.value)
        assert failure
        assert words in failure.zh


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("x", "不行。", "No."), Exit.REFUSED),
        (SettingsError("PORT", "x", "give a number"), Exit.USAGE),
        (DatabaseUnavailable("gone"), Exit.UNREACHABLE),
        (KeyFileError("log.pem", "is under a password; give it"), Exit.UNREACHABLE),
        (KeyFileError("P.pem", "exists already; a key is never overwritten"), Exit.REFUSED),
        (Busy(3), Exit.UNREACHABLE),
        (WriteFailed("no room"), Exit.UNREACHABLE),
        (HelperEnded(), Exit.UNREACHABLE),
        (sqlite3.OperationalError("database or disk is full"), Exit.UNREACHABLE),
        (psycopg.OperationalError("gone"), Exit.UNREACHABLE),
        (LedgerError("x"), Exit.REFUSED),
        (UnknownSheetError("a5", ["a4-24"]), Exit.REFUSED),
        (FileNotFoundError(2, "No such file or directory", "x"), Exit.UNREACHABLE),
        (ConnectionResetError("reset"), Exit.UNREACHABLE),
    ],
)
def test_every_known_error_is_a_sentence_in_each_language(error: Exception, code: Exit) -> None:
    failure = failure_of(error)
    assert isinstance(failure, Failure)
    assert failure.exit == code
    assert not failure.zh.isascii()
    assert failure.en.isascii()
    assert failure.en.endswith(".")


def test_an_error_that_nobody_foresaw_is_not_taken_for_another() -> None:
    assert failure_of(ZeroDivisionError()) is None


def test_json_is_one_document_and_nothing_else(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    console = Console(as_json=True)
    console.show("a line for people")
    console.answer({"名": 1})
    console.answer({"twice": 2})
    assert capsysbinary.readouterr().out == '{"名":1}\n'.encode()


def test_colours_stay_away_from_a_pipe() -> None:
    assert Console().paint("溯源") == "溯源"


def test_progress_is_silent_for_what_is_quick_and_no_terminal() -> None:
    stream = io.StringIO()
    with Progress("doing", stream) as progress:
        for number in range(1000):
            progress(number, 1000)
    assert stream.getvalue() == ""


class Terminal(io.StringIO):
    """A stream that says it is one."""

    @override
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_line_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress("正在导出", stream) as progress:
        progress(1200, 5000)
    assert stream.getvalue() == "\r正在导出 1,200/5,000\x1b[K\r\x1b[K"


def test_no_color_is_obeyed_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal())
    console = Console()
    monkeypatch.setenv("NO_COLOR", "")
    painted = console.paint("x", Paint.BOLD)
    monkeypatch.setenv("NO_COLOR", "1")
    assert (painted, console.paint("x", Paint.BOLD)) == ("\x1b[1mx\x1b[0m", "x")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    assert write_whole(path, [b"old"]) == 3

    def broken() -> object:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, broken())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["x.ndjson"]
    with pytest.raises(FileNotFoundError) as raised:
        write_whole(tmp_path / "no" / "x", [b""])
    assert raised.value.filename == str(tmp_path / "no" / "x")


def test_a_label_file_is_named_after_the_lot_and_stays_in_its_folder() -> None:
    assert default_file("02044538101035/20261012-TB07-3") == "20261012-TB07-3.pdf"
    assert default_file("02044538101035/../../x") == "_.._x.pdf"


def _node(name: str, quantity: int | str, unit: str) -> Node:
    return Node(
        id=name, key=name, kind="own", gtin=name[:14], lot=name[15:], quantity=quantity, unit=unit,
        basis="made", party="P445381-000002", place=None, plot=None, event="e", position=7,
        occurred_at=datetime(2026, 10, 22, tzinfo=UTC),
    )  # fmt: skip


def _edge(source: str, target: str, quantity: int, unit: str) -> Edge:
    return Edge(
        source=source, target=target, event="e", position=7, quantity=quantity, unit=unit,
        kind="dried",
    )  # fmt: skip


def test_a_tree_tells_each_batch_once_even_around_a_ring() -> None:
    a, b, c = (f"0204453810101{n}/L" for n in (1, 2, 3))
    found = Trace(
        root=a, position=9,
        nodes=(_node(a, 423, "H87"), _node(b, 212_000, "GRM"), _node(c, "200.5", "LBR")),
        edges=(_edge(b, a, 212_000, "GRM"), _edge(c, b, 5, "LBR"), _edge(a, c, 1, "H87")),
    )  # fmt: skip
    names = Names({a[:14]: "榃滨桂皮"}, {"P445381-000002": "陈屋合作社"})
    lines = list(draw(found, "back", names, lambda text, *_: str(text)))
    assert lines[0].startswith(f"榃滨桂皮 {a}  产出 423 件  陈屋合作社  2026-10-22")
    assert "└─ 212 公斤 晾晒烘干" in lines[2]
    assert "5 磅" in lines[3]
    assert "200.5 磅" in lines[3]
    assert "同上" in lines[4]
    assert len(lines) == 6


def test_a_genealogy_deeper_than_the_interpreter_is_drawn() -> None:
    names = [f"02044538101011/{number}" for number in range(3000)]
    found = Trace(
        root=names[0], position=1, nodes=tuple(_node(name, 1, "H87") for name in names),
        edges=tuple(_edge(b, a, 1, "H87") for a, b in pairwise(names)),
    )  # fmt: skip
    assert len(list(draw(found, "back", Names({}, {}), lambda text, *_: str(text)))) == 3002


def test_a_forger_changes_one_byte_and_the_weight() -> None:
    key = Ed25519Key.generate()
    now = datetime.now(UTC)
    event = BatchHarvested(
        **common("P445381-000101", now), place="L445381-000101", plot="L445381-000101",
        batch=FRESH_BARK.goods("L1", 1).batch, quantity=120_000, unit=Unit.GRAM,
    )  # fmt: skip
    header = export.Header(export.FORMAT, "x", "y", 1)
    lines = list(export.write(header, [export.Line(1, now, signed(event, key))], "note"))
    changed = change_one_byte(lines[1])
    assert sum(a != b for a, b in zip(lines[1], changed.line, strict=True)) == 1
    assert json.loads(changed.line)["position"] == 1
    assert "120 公斤改成" in changed.zh
