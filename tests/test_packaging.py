"""The built wheel: all that is read at run time is inside, and it runs without the source tree."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = ROOT / ".uv" / "bin" / "uv"
PACKAGES = ("domain", "ledger", "projections", "labels", "api")
BUILD_ONLY = {"package.json", "package-lock.json", "vendor.mjs", ".npmrc", ".gitignore"}
VENDORED = {
    "api/web/static/vendor/react/react.production.min.js",
    "api/web/static/vendor/react-dom/react-dom.production.min.js",
    "api/web/static/vendor/graphiql/graphiql.min.js",
    "api/web/static/vendor/graphiql/graphiql.min.css",
    "api/web/static/vendor/graphiql/LICENSE",
}

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path, venv: Path) -> str:
    """Run a program outside the source tree; its output, or a failure that shows it."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "SUYUAN"))}
    outcome = subprocess.run(  # noqa: S603 — our own programs
        [str(word) for word in command],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**inherited, "VIRTUAL_ENV": str(venv)},
    )
    assert outcome.returncode == 0, f"{command}\n{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


def read_at_run_time() -> set[str]:
    """Every file of the packages but what Python or the build leaves there."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and path.name not in BUILD_ONLY
        and path.suffix not in {".pyc"}
        and not {"__pycache__", "node_modules", "vendor"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source tree as a release would be."""
    target = tmp_path_factory.mktemp("dist")
    command = (UV, "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", target)
    run(*command, folder=ROOT, venv=target / "none")
    (built,) = target.glob("suyuan-*.whl")
    return built


def test_the_wheel_holds_every_file_that_is_read_at_run_time(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert read_at_run_time() - inside == set()
    assert inside >= VENDORED, "run `make check` first: it fetches what pages take from npm"


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    folders = {name.partition("/")[0] for name in inside}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in inside if "node_modules" in name or "__pycache__" in name] == []


def test_the_wheel_runs_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv, folder=tmp_path, venv=venv)
    lock = ROOT / "requirements.lock"
    run(UV, "pip", "sync", "--quiet", "--require-hashes", lock, folder=tmp_path, venv=venv)
    run(UV, "pip", "install", "--quiet", "--no-deps", wheel, folder=tmp_path, venv=venv)
    program = venv / "bin" / "suyuan"
    shown = run(program, "--help", folder=tmp_path, venv=venv)
    for word in ("serve", "import", "verify", "SUYUAN_DATA"):
        assert word in shown
    script = "import api, ledger; print(api.__file__, ledger.__file__)"
    where = run(venv / "bin" / "python", "-c", script, folder=tmp_path, venv=venv)
    assert str(ROOT) not in where


def test_the_image_is_built_with_the_same_uv_as_the_environment() -> None:
    pinned = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"uv=={pinned[1]}\n" in (ROOT / "docker" / "Dockerfile").read_text()
