"""Documents: parsed and validated once, and those that are trusted, by their SHA-256.

What is trusted is what lies in a folder of `.graphql` files, the ready examples, and what our pages
ask. A client names one by its hash, as `documentId` (GraphQL over HTTP: `sha256:…`) or as
`extensions.persistedQuery` (`{"version": 1, "sha256Hash": …}`), and saves sending it. Where only
these are allowed, nothing else is run: no query of a stranger's ever reaches the database.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension
from typing_extensions import override

from api.graph.errors import Mistaken
from api.graph.limits import too_much

OF_PAGES: Final = ("subscription { orders { cursor } }", "subscription { offers { cursor } }")
"""What our own pages watch (static/js/market), always trusted."""

KEPT: Final = 512
_LONGEST: Final = 20_000
_HASH: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})\Z")


class Cache:
    """Documents that were found good, the least used thrown out first."""

    def __init__(self) -> None:
        """Begin empty."""
        self._good: OrderedDict[str, DocumentNode] = OrderedDict()

    def find(self, text: str) -> DocumentNode | None:
        """Give a document that was found good before."""
        document = self._good.get(text)
        if document is not None:
            self._good.move_to_end(text)
        return document

    def keep(self, text: str, document: DocumentNode) -> None:
        """Keep a good one."""
        if len(text) > _LONGEST:
            return
        self._good[text] = document
        if len(self._good) > KEPT:
            self._good.popitem(last=False)


class Documents(SchemaExtension):
    """Takes a good document from the cache; a new one is bounded before other rules walk it."""

    def __init__(self, cache: Cache) -> None:
        """Use a cache, which all requests share."""
        self._cache = cache

    @override
    def on_parse(self) -> Iterator[None]:
        """Look it up, or bound what was read."""
        context = self.execution_context
        known = self._cache.find(context.query or "")
        if known is not None:
            context.graphql_document = known
        yield
        if known is not None:
            context.pre_execution_errors = []
        elif context.graphql_document is not None:
            error = too_much(context.graphql_document)
            if error:
                context.pre_execution_errors = [error]

    @override
    def on_validate(self) -> Iterator[None]:
        """Keep it where nothing was wrong with it."""
        yield
        context = self.execution_context
        if context.query and context.graphql_document and not context.pre_execution_errors:
            self._cache.keep(context.query, context.graphql_document)


class Trusted:
    """Documents by their hash; with `only`, no others are run."""

    def __init__(self, texts: Mapping[str, str], *, only: bool) -> None:
        """Trust these texts, by their SHA-256 in hexadecimal."""
        self._texts = dict(texts)
        self._all = frozenset(self._texts.values())
        self._only = only

    @classmethod
    def read(cls, folder: Path | None, *, only: bool) -> "Trusted":
        """Trust what our pages ask, the ready examples, and the `.graphql` files of a folder."""
        paths = [*files("api.graph").joinpath("examples").iterdir()]
        texts = [path.read_text("utf-8") for path in paths if path.name.endswith(".graphql")]
        if folder is not None:
            texts += [path.read_text("utf-8") for path in sorted(folder.glob("*.graphql"))]
        return cls({hash_of(text): text for text in (*texts, *OF_PAGES)}, only=only)

    def text(self, query: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """Give the text to run, of a request's text or of the hash that it names.

        Raises:
            Mistaken: where the hash is unknown or not the text's, or the text is not trusted.
        """
        named = _named(extensions)
        found = query if named is None else self._texts.get(named)
        if named is not None and (found is None or (query is not None and query != found)):
            raise Mistaken(
                "unknown-document", "没有这个哈希的查询文档；哈希是全文的 SHA-256。",
                "No document of this hash; it is the SHA-256 of the whole text.",
            )  # fmt: skip
        if self._only and found is not None and found not in self._all:
            raise Mistaken(
                "untrusted-document", "这里只运行登记过的查询文档。",
                "Only trusted documents are run here.",
            )  # fmt: skip
        return found


def hash_of(text: str) -> str:
    """Give a document's SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _named(extensions: Mapping[str, Any] | None) -> str | None:
    persisted = (extensions or {}).get("persistedQuery")
    text = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if text is None:
        return None
    match = _HASH.match(text) if isinstance(text, str) else None
    return match[1] if match else "?"
