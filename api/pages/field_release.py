"""Which files a phone keeps of the field page, and what tells one release of them from another."""

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from api.pages.catalogue import LOCALE
from api.pages.field_words import FIELD_WORDS
from api.pages.render import TEMPLATES

STATIC: Final = Path(__file__).parents[1] / "web" / "static"
WORKER: Final = STATIC / "js" / "farm" / "worker.js"
_ENTRY: Final = "main.js"
"""What /farm begins with; desk, joining and printing begin elsewhere."""


def files() -> list[Path]:
    """Give the static files that the field page needs to open, in a fixed order."""
    scripts = [*STATIC.glob("js/farm/*.js"), *STATIC.glob("js/signing/*.js")]
    styles = [STATIC / "css" / "pages.css", STATIC / "css" / "field.css"]
    return [*sorted(one for one in scripts if one != WORKER), *styles]


def addresses() -> list[str]:
    """Give the paths at which those files are served."""
    return [f"/static/{one.relative_to(STATIC).as_posix()}" for one in files()]


def preloads() -> list[str]:
    """Give the modules that the page's first script leads to, for the browser to fetch at once."""
    found: list[Path] = []
    waiting = [STATIC / "js" / "farm" / _ENTRY]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.append(one)
        waiting += _imports(one)
    return [f"/static/{one.relative_to(STATIC).as_posix()}" for one in found[1:]]


def _imports(module: Path) -> Iterator[Path]:
    for line in module.read_text("utf-8").splitlines():
        if line.startswith(("import ", "} from ")):
            yield (module.parent / line.split('"')[1]).resolve()


def release(public_url: str) -> str:
    """Give a digest of all that the kept page is made of: files, templates, words, address."""
    digest = blake2b(digest_size=12)
    made_of = [*files(), WORKER, *TEMPLATES.rglob("*.html"), *LOCALE.rglob("*.po")]
    for one in sorted(made_of):
        digest.update(one.name.encode() + b"\0" + one.read_bytes())
    digest.update(json.dumps([public_url, FIELD_WORDS]).encode())
    return digest.hexdigest()


def worker(public_url: str) -> str:
    """Write the service worker of this release."""
    named = f"const RELEASE = {json.dumps(release(public_url))};\n"
    kept = f"const FILES = {json.dumps(addresses())};\n"
    return named + kept + WORKER.read_text("utf-8")
