"""An EPCIS document cut into its events, each kept to the letter."""

from typing import Final

import msgspec

from domain.epcis.faults import parse
from domain.epcis.problems import TOO_LARGE, Problem, from_broken, from_validation
from domain.epcis.wire import EVENT_TYPES

MAX_DOCUMENT: Final = 64 * 1024 * 1024
"""The largest document read, in bytes; a larger one is cut into several by its sender."""
MAX_EVENTS: Final = 100_000
MAX_CONTEXT: Final = 8 * 1024
"""The longest `@context` kept, in bytes as a JSON string."""
VERSION: Final = "2.0"

_BOM: Final = b"\xef\xbb\xbf"
_BODY: Final = "$.epcisBody.eventList"
_QUERY_BODY: Final = "$.epcisBody.queryResults.resultsBody.eventList"


class EventText(msgspec.Struct, frozen=True):
    """One event as it stands in the document, to the letter; `index` counts from 0."""

    index: int
    text: str


class Document(msgspec.Struct, frozen=True):
    """A document, cut: the events that can be read, and the problems of the others.

    A problem without an index is the whole document's, and then there are no events.
    `context_text` is the document's `@context`, to the letter; None where it has none, and for a
    single event, whose context is part of its own text.
    """

    context_text: str | None
    events: list[EventText]
    problems: list[Problem]


class _Outer(msgspec.Struct, frozen=True):
    type: str
    context: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw, name="@context")


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    event_list: list[msgspec.Raw]


class _Capture(msgspec.Struct, frozen=True, rename="camel"):
    schema_version: str
    epcis_body: _Body


class _Results(msgspec.Struct, frozen=True, rename="camel"):
    results_body: _Body


class _QueryBody(msgspec.Struct, frozen=True, rename="camel"):
    query_results: _Results


class _Query(msgspec.Struct, frozen=True, rename="camel"):
    epcis_body: _QueryBody
    schema_version: str = VERSION


def split(document: bytes) -> Document:
    """Cut an EPCISDocument, an EPCISQueryDocument or a single event (EPCIS 2.0, JSON-LD)."""
    problem = _unreadable(document)
    if problem is not None:
        return _refused(problem)
    content = document.removeprefix(_BOM)
    try:
        return _split(content)
    except msgspec.ValidationError as error:
        return _refused(from_validation(error, None, "$"))
    except (msgspec.DecodeError, RecursionError) as error:
        return _refused(from_broken(error, None, "$"))


def _refused(problem: Problem) -> Document:
    return Document(None, [], [problem])


def _unreadable(document: bytes) -> Problem | None:
    if len(document) > MAX_DOCUMENT:
        size, most = len(document) >> 20, MAX_DOCUMENT >> 20
        zh = f"文件太大：{size} MiB，最多 {most} MiB，请分成几个文件"
        en = f"the document has {size} MiB; at most {most} are read: send it in parts"
        return Problem(None, "$", zh, en, TOO_LARGE)
    start = document[:64].removeprefix(_BOM).lstrip()
    if not start:
        return Problem(None, "$", "文件是空的", "the file is empty")
    if start.startswith(b"<"):
        zh = "这是 XML。请让对方导出 EPCIS 2.0 的 JSON-LD"
        return Problem(None, "$", zh, "this is XML: ask for EPCIS 2.0 in JSON-LD")
    try:
        document.decode()
    except UnicodeDecodeError as error:
        zh = f"不是 UTF-8 编码（第 {error.start} 字节处），请另存为 UTF-8"
        return Problem(None, "$", zh, f"not UTF-8 (at byte {error.start}): save it as UTF-8")
    return None


def _split(content: bytes) -> Document:
    outer = msgspec.json.decode(content, type=_Outer)
    if outer.type in EVENT_TYPES:
        return _cut([content.strip()], None, "$")
    if outer.type == "EPCISDocument":
        capture = msgspec.json.decode(content, type=_Capture)
        version, texts, at = capture.schema_version, capture.epcis_body.event_list, _BODY
    elif outer.type == "EPCISQueryDocument":
        query = msgspec.json.decode(content, type=_Query)
        version, at = query.schema_version, _QUERY_BODY
        texts = query.epcis_body.query_results.results_body.event_list
    else:
        zh = f"不是 EPCIS 文件：type 为 {outer.type[:80]!r}"
        en = f"neither an EPCIS document nor an event: type is {outer.type[:80]!r}"
        return _refused(Problem(None, "$.type", zh, en))
    context = bytes(outer.context).decode() or None
    problem = _unfit(version, context, len(texts), at)
    return _refused(problem) if problem else _cut([bytes(t) for t in texts], context, at)


def _unfit(version: str, context: str | None, count: int, at: str) -> Problem | None:
    if version != VERSION:
        zh = f"只收 EPCIS 2.0，这个文件的 schemaVersion 是 {version[:20]!r}"
        en = f"only EPCIS 2.0 is read; schemaVersion is {version[:20]!r}"
        return Problem(None, "$.schemaVersion", zh, en)
    if context is not None and len(msgspec.json.encode(context)) > MAX_CONTEXT:
        zh, en = f"最多 {MAX_CONTEXT} 字节", f"at most {MAX_CONTEXT} bytes are kept"
        return Problem(None, "$['@context']", f"@context 太大，{zh}", en, TOO_LARGE)
    if count > MAX_EVENTS:
        zh = f"事件太多：{count} 个，最多 {MAX_EVENTS} 个，请分成几个文件"
        en = f"{count} events; at most {MAX_EVENTS} are read: send them in parts"
        return Problem(None, at, zh, en, TOO_LARGE)
    return None


def _cut(texts: list[bytes], context: str | None, at: str) -> Document:
    events: list[EventText] = []
    problems: list[Problem] = []
    for index, raw in enumerate(texts):
        text = raw.decode()
        found = parse(text, index, at if at == "$" else f"{at}[{index}]")
        if isinstance(found, list):
            problems += found
        else:
            events.append(EventText(index, text))
    return Document(context, events, problems)
