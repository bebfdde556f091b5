"""Running `suyuan` in processes of its own, on a data folder and a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = str(Path(sys.executable).parent / "suyuan")


class Shell:
    """Runs `suyuan` on a data folder and a database."""

    def __init__(self, data: Path, database_url: str) -> None:
        self.data = data
        self.environment = {
            **os.environ, "SUYUAN_DATA": str(data), "DATABASE_URL": database_url,
        }  # fmt: skip

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command to its end, expect its exit code, and give what it said."""
        ended = subprocess.run(  # noqa: S603  our own command
            [PROGRAM, *words], capture_output=True, check=False, env=self.environment, timeout=120
        )
        said = ended.stdout.decode()
        assert ended.returncode == code, (words, said, ended.stderr.decode())
        assert "Traceback" not in said + ended.stderr.decode()
        return said

    def json(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401  JSON
        """Run a command and read its one document."""
        return json.loads(self(*words, "--json", code=code))
