"""What is wrong with a foreign document, where, in both languages."""

import re
from typing import Final, NamedTuple

import msgspec

MALFORMED: Final = "malformed"
UNKNOWN_TYPE: Final = "unknown-type"
TOO_LARGE: Final = "too-large"


class Problem(msgspec.Struct, frozen=True):
    """A fault in a document (`index` None) or in its event number `index`, counted from 0.

    `path` is a JSON path within the document, such as
    `$.epcisBody.eventList[3].quantityList[0].quantity`; `code` is `malformed`, `unknown-type` or
    `too-large`.
    """

    index: int | None
    path: str
    zh: str
    en: str
    code: str = MALFORMED


class _Wording(NamedTuple):
    """How a message of msgspec reads; `{0}`, `{1}` are what the pattern caught."""

    pattern: re.Pattern[str]
    zh: str
    en: str


_WORDINGS: Final = (
    _Wording(
        re.compile(r"Object missing required field `(.+?)`"),
        "缺少必填字段 {0}",
        "the required field {0} is missing",
    ),
    _Wording(
        re.compile(r"Invalid enum value (.+)"),
        "{0} 不可用，只能是 ADD、OBSERVE 或 DELETE",
        "{0} is not one of ADD, OBSERVE and DELETE",
    ),
    _Wording(
        re.compile(r"Invalid value (.+)"),
        "不认识事件类型 {0}，只收 EPCIS 2.0 的五种事件",
        "{0} is none of the five event types of EPCIS 2.0",
    ),
    _Wording(
        re.compile(r"Invalid RFC3339 encoded datetime"),
        "不是有效的时间，应写成 2026-04-17T09:26:42+08:00 的样子",
        "not a time such as 2026-04-17T09:26:42+08:00",
    ),
    _Wording(
        re.compile(r"Expected `datetime` with a timezone component"),
        "时间没有写时区，应写成 2026-04-17T09:26:42+08:00 的样子",
        "the time has no offset; write it as 2026-04-17T09:26:42+08:00",
    ),
    _Wording(
        re.compile(r"Expected `array` of length >= (\d+)"),
        "列表至少要有 {0} 项",
        "the list needs at least {0} item",
    ),
    _Wording(
        re.compile(r"Expected `(.+?)`, got `(.+?)`"),
        "应为{0}，实为{1}",
        "expected {0}, got {1}",
    ),
    _Wording(re.compile(r"Expected `(.+?)`"), "应为{0}", "expected {0}"),
)

_PATTERNS: Final = {
    "eventTimeZoneOffset": (
        "时区偏移应写成 +08:00 的样子",
        "an offset is written as +08:00",
    ),
    "uom": (
        "计量单位应为联合国欧经会第 20 号建议书的代码，如 KGM",
        "a unit is a code of UN/ECE Recommendation 20, such as KGM",
    ),
    "schemaVersion": (
        '只收 EPCIS 2.0（schemaVersion 应为 "2.0"）',
        'only EPCIS 2.0 is read (schemaVersion "2.0")',
    ),
}
_TERMS: Final = frozenset({"bizStep", "disposition", "type"})
_TERM: Final = (
    "应为 CBV 的词（如 shipping）或 URI，不能为空、不能有空格",
    "expected a word of the CBV, such as shipping, or a URI: not empty, no space",
)
_URI: Final = (
    "标识应为完整的 URI，如 urn:epc:… 或 https://…",
    "an identifier is a whole URI, such as urn:epc:… or https://…",
)

_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)")

_TYPE_NAMES: Final = {
    "str": ("文本", "text"),
    "int": ("整数", "a whole number"),
    "float": ("数", "a number"),
    "bool": ("真假值", "true or false"),
    "null": ("空值", "null"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
    "datetime": ("时间", "a time"),
}


def from_validation(error: msgspec.ValidationError, index: int | None, at: str) -> Problem:
    """Word what msgspec found; `at` is the path of the value that it read."""
    detail, separator, where = str(error).rpartition(" - at `")
    if not separator:
        detail, where = str(error), "$"
    where = where.rstrip("`")
    code = UNKNOWN_TYPE if where == "$.type" and "Invalid value" in detail else MALFORMED
    zh, en = _word(detail, where)
    return Problem(index, at + where[1:], zh, en, code)


def from_broken(error: Exception, index: int | None, at: str) -> Problem:
    """Word JSON that can't be parsed: cut off, malformed, or nested without end."""
    detail = str(error)
    if isinstance(error, RecursionError):
        return Problem(index, at, "嵌套层数太多，无法读取", "nested too deeply to be read")
    if "truncated" in detail:
        zh = "JSON 不完整，文件可能没有传完，请重新导出或下载"
        return Problem(index, at, zh, "the JSON is cut off; export or download the file again")
    detail = detail.removeprefix("JSON is malformed: ")
    byte = _AT_BYTE.search(detail)
    zh = f"不是有效的 JSON：第 {byte[1]} 字节处有误" if byte else "不是有效的 JSON"
    return Problem(index, at, zh, f"not valid JSON: {detail}")


def _word(detail: str, where: str) -> tuple[str, str]:
    if "matching regex" in detail:
        field = where.rpartition(".")[2]
        return _TERM if field in _TERMS else _PATTERNS.get(field, _URI)
    for wording in _WORDINGS:
        if caught := wording.pattern.match(detail):
            zh = [_type_name(group, 0) for group in caught.groups()]
            en = [_type_name(group, 1) for group in caught.groups()]
            return wording.zh.format(*zh), wording.en.format(*en)
    return detail, detail


def _type_name(name: str, language: int) -> str:
    joints = ("或", " or ")
    parts = name.split(" | ")
    return joints[language].join(_TYPE_NAMES.get(part, (part, part))[language] for part in parts)
