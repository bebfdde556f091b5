"""What the documents claim is looked up: commands, paths, make targets, settings, links, names."""

import contextlib
import io
import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from starlette.routing import Match

from api.app import create_app
from api.cli.failures import Exit
from api.cli.main import main
from api.services import Services
from api.settings import VARIABLES, Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "ledger", "projections", "labels", "api")
FOLDERS = (*PACKAGES, "docker", "docs", "tests")
WRITTEN = [path for path in (ROOT / "docs").rglob("*.md") if "node_modules" not in path.parts]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *WRITTEN])
MANUALS = [ROOT / "README.md", ROOT / "docs/operations.md", ROOT / "docs/architecture.md"]

# In two parts each, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"), ("npmjs", "com"),
        ("registry.yarnpkg", "com"), ("crates", "io"), ("proxy.golang", "org"),
        ("npmmirror", "com"), ("tuna.tsinghua", "edu.cn"), ("mirrors.aliyun", "com"),
    )
]  # fmt: skip
HOMES = ["/" + name + "/" for name in ("root", "home", "Users", "work")]
MACHINE_PATH = re.compile(rf"(?<![\w.~$}}/-])(?:{'|'.join(HOMES)})\w")


def identity(path: Path) -> str:
    """Name a document for pytest."""
    return path.relative_to(ROOT).as_posix()


def code_of(document: Path) -> list[str]:
    """Give what a document sets as code: each line of its blocks, and each span."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^[ ]*```\w*\n(.*?)^[ ]*```$", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return lines + spans_of(document)


def spans_of(document: Path) -> list[str]:
    """Give a document's code spans."""
    text = re.sub(r"^[ ]*```.*?^[ ]*```$", "", document.read_text("utf-8"), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", text)


@cache
def help_of(*words: str) -> str:
    """Give what `suyuan … --help` prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == Exit.DONE
    return out.getvalue()


@cache
def choices_of(*words: str) -> frozenset[str]:
    """Give the commands, or actions of one, that its help lists."""
    return frozenset(re.findall(r"^ {4}(\w+) ", help_of(*words), re.MULTILINE))


def commands_in(document: Path) -> Iterator[list[str]]:
    """Give each `suyuan …` command that a document sets as code, as words."""
    for line in code_of(document):
        for part in re.split(r"&&|[|;]", line.partition(" #")[0]):
            words = part.replace("`", "").split()
            at = next((n for n, word in enumerate(words) if Path(word).name == "suyuan"), None)
            if at is not None and len(words) > at + 1 and is_called(words[:at]):
                yield words[at + 1 :]


def is_called(before: list[str]) -> bool:
    """Tell whether what stands before a word leaves it the program: settings, or compose."""
    return before[:2] == ["docker", "compose"] or all("=" in word for word in before)


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    for name, *rest in commands_in(document):
        if name.startswith("-"):
            assert name in help_of(), f"suyuan {name}"
            continue
        assert name in choices_of(), f"suyuan {name}"
        words: tuple[str, ...] = (name,)
        actions = choices_of(name)
        if actions and rest and rest[0].isalpha() and rest[0].islower():
            assert rest[0] in actions, f"suyuan {name} {rest[0]}"
            words = (name, rest[0])
        for option in (word for word in rest if word.startswith("--")):
            assert option in help_of(*words), f"suyuan {' '.join(words)} {option}"


def test_the_readme_names_every_command() -> None:
    named = {words[0] for words in commands_in(ROOT / "README.md")}
    assert choices_of() - named == set()


def targets() -> set[str]:
    """Give the targets of the Makefile that one can type."""
    return set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = {match[1] for line in code_of(document) for match in re.finditer(r"\bmake (\w+)", line)}
    assert named - targets() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_path_that_is_named_exists(document: Path) -> None:
    wanted = [span.rstrip("/") for span in spans_of(document)]
    paths = [s for s in wanted if re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./-]+", s)]
    paths += [s for s in wanted if re.fullmatch(r"requirements[\w.-]+|[A-Z]+\.md|Makefile", s)]
    assert [path for path in paths if not (ROOT / path).exists() and not is_ignored(path)] == []


def is_ignored(path: str) -> bool:
    """Tell whether git is told to leave a path alone: it is made when needed."""
    found = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)  # noqa: S603, S607
    return found.returncode == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_module_and_name_that_is_named_exists(document: Path) -> None:
    dotted = rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+"
    named = [span for span in spans_of(document) if re.fullmatch(dotted, span)]
    named = [name for name in named if not re.search(r"\.v\d+$", name)]  # those are event types
    unknown = [name for name in named if not is_file(name) and not is_defined(name)]
    assert unknown == []


@cache
def names_of_tests() -> frozenset[str]:
    """Give the names of all tests."""
    files = [path for folder in PACKAGES for path in (ROOT / "tests" / folder).glob("test_*.py")]
    texts = [path.read_text("utf-8") for path in files]
    return frozenset(name for text in texts for name in re.findall(r"def (test_\w+)\(", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_test_that_is_named_exists(document: Path) -> None:
    named = {span for span in spans_of(document) if re.fullmatch(r"test_\w+", span)}
    assert named - names_of_tests() == set()


def is_file(name: str) -> bool:
    """Tell whether a name is a file of a package with its ending: `ledger.sql` is none."""
    return (ROOT / "ledger" / name).exists()


def is_defined(name: str) -> bool:
    """Tell whether a dotted name is a module, a name that stands in one, or a table."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ROOT.joinpath(*parts[:length])
        for source in (module.with_suffix(".py"), module / "__init__.py"):
            if source.exists():
                text = source.read_text("utf-8")
                return is_table(name) or all(word in text for word in parts[length:])
    return False


def is_table(name: str) -> bool:
    """Tell whether a name is one of the ledger's tables."""
    return f"CREATE TABLE IF NOT EXISTS {name} (" in (ROOT / "ledger/ledger.sql").read_text()


def test_every_module_of_the_domain_and_the_ledger_is_on_the_map() -> None:
    architecture = (ROOT / "docs/architecture.md").read_text("utf-8")
    modules = [
        f"{package}.{path.stem}"
        for package in ("domain", "ledger")
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem[0] != "_"
    ]
    assert [name for name in modules if f"`{name}`" not in architecture] == []


def test_the_environment_table_is_that_of_the_settings() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    configure = text.partition("\n## Configure\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", configure, re.MULTILINE)
    expected = [(v.name, f"`{v.default}`" if v.default else "—", v.description) for v in VARIABLES]
    assert rows == expected


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("Exit codes"))
    assert [int(number) for number in re.findall(r"\b(\d) \w", line)] == [
        Exit.DONE, Exit.REFUSED, Exit.USAGE, Exit.UNREACHABLE,
    ]  # fmt: skip


def served_paths(document: Path) -> list[str]:
    """Give the HTTP paths that a document names, without host and query."""
    spans = [span.removeprefix("GET ").removeprefix("POST ") for span in spans_of(document)]
    spans = [re.sub(r"^https?://[\w.:]+", "", span).partition("?")[0] for span in spans]
    # `/tile/…` stands for what is below it.
    return [s.replace("…", "0/000") for s in spans if re.fullmatch(r"/[\w/{}.…-]*", s)]


@pytest.mark.parametrize("document", MANUALS, ids=identity)
def test_every_address_that_is_named_is_served(document: Path, tmp_path: Path) -> None:
    settings = Settings.from_environment({"SUYUAN_DATA": str(tmp_path), "SUYUAN_DEV": "1"})
    app = create_app(Services(settings, "postgresql://never.used/"))
    missing = []
    for path in served_paths(document):
        scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        if all(route.matches(scope)[0] is Match.NONE for route in app.routes):
            missing.append(path)
    assert missing == []


def anchors_of(document: Path) -> set[str]:
    """Give the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_no_relative_link_is_broken(document: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]+`", "", document.read_text("utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_decisions_are_numbered_without_a_gap_and_say_what_they_must() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path
        assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == [
            "Context", "Decision", "Measured", "Cost",
        ], path  # fmt: skip


def text_files() -> Iterator[tuple[str, str]]:
    """Give every text file that git holds or would add, by name."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of what is tracked")
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    for name in sorted(set(os.fsdecode(found.stdout).split("\0")) - {""}):
        path = ROOT / name
        # Somebody may be removing it, and a binary file is no text.
        if path.is_file() and b"\0" not in (raw := path.read_bytes()):
            yield name, raw.decode("utf-8", "replace")


def test_no_file_names_a_package_registry_or_a_path_of_some_machine() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if any(host in line for host in REGISTRIES) or MACHINE_PATH.search(line)
    ]
    assert found == []
