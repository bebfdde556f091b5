"""Running `suyuan` in processes of its own, on a data folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

PROGRAM: Final = str(Path(sys.executable).parent / "suyuan")
_SETTINGS: Final = ("DATABASE_URL", "SUYUAN_PUBLIC_URL", "SUYUAN_HOST", "SUYUAN_DEV")


class Said(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401  JSON
        """Read standard output as the one document that it must be."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


class Shell:
    """Runs `suyuan` on a data folder, with variables such as PORT or DATABASE_URL."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        mine = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
        self.environment = {**mine, "SUYUAN_DATA": str(data), **variables}

    def __call__(self, *words: str | Path, stdin: bytes = b"", **variables: str) -> Said:
        """Run a command to its end, beside the data folder: what it writes is thrown away too."""
        ended = subprocess.run(  # noqa: S603  our own command
            [PROGRAM, *map(str, words)], input=stdin, capture_output=True, check=False,
            env={**self.environment, **variables}, timeout=120, cwd=self.data.parent,
        )  # fmt: skip
        said = Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        assert "Traceback" not in said.out + said.err, said.err
        return said

    def text(self, *words: str | Path, code: int = 0) -> str:
        """Run a command, expect its exit code, and give what it said."""
        said = self(*words)
        assert said.code == code, (words, said)
        return said.out

    def json(self, *words: str | Path, code: int = 0) -> Any:  # noqa: ANN401  JSON
        """Run a command, expect its exit code, and read its one document."""
        return json.loads(self.text(*words, "--json", code=code))
