"""`docs/event-format.md` is normative: its tables are held to the code, word for word."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import inspect

from domain import ids, measures
from domain.decide import RULES
from domain.events import base, foreign, market, marks, movements, papers, registry
from domain.events.catalogue import TYPES
from domain.events.correction import Correctable
from domain.events.governance import LedgerOpened
from domain.refusals import Code
from domain.rules.role import ANYONE, GROWERS, HOLDERS, MAY, OFFICE
from domain.sentences import SENTENCES
from ledger import envelope

DOCUMENT = Path(__file__).parents[2] / "docs" / "event-format.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
COMMON = {field.encode_name for field in inspect.type_info(base.Event).fields}  # type: ignore[attr-defined]

WORDS = {
    get_args(kind)[1].pattern: word
    for kind, word in (
        (ids.EventId, "event id"), (ids.PartyId, "party id"), (ids.PlaceId, "place id"),
        (ids.Gtin, "GTIN"), (ids.BatchId, "batch id"), (ids.Gln, "GLN"), (ids.DidKey, "did:key"),
        (ids.County, "county code"), (ids.Division, "division code"), (ids.Sha256Hex, "digest"),
        (ids.Digits, "digits"), (ids.MarkCode, "mark"), (base.Text, "text"),
    )
}  # fmt: skip
PARTS: dict[str, Any] = {
    "batch quantity": measures.BatchQuantity,
    "content": measures.Content,
    "price": measures.Price,
    "difference": movements.Difference,
    "names": registry.Names,
    "numbers": papers.Numbers,
    "mark claim": marks.MarkClaim,
    "quota": marks.Quota,
    "money": measures.Money,
    "tier": market.Tier,
    "window": market.Window,
    "reservation": market.Reservation,
}
GROUPS = {ANYONE: "anyone", HOLDERS: "holder", GROWERS: "grower", OFFICE: "office"}


def word_for(info: Any) -> str:  # noqa: ANN401  a node of msgspec.inspect
    """Say in the document's words what a field holds."""
    match info:
        case inspect.Metadata(type=inner):
            return word_for(inner)
        case inspect.UnionType(types=types):
            held = [each for each in types if not isinstance(each, inspect.NoneType)]
            return word_for(held[0]) if len(held) == 1 else "a movement, paper or offer"
        case inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            return f"list of {least or 0} to {most}: {word_for(item)}"
        case inspect.StructType(cls=kind):
            return next(name for name, part in PARTS.items() if part is kind)
        case inspect.EnumType(cls=kind):
            return ", ".join(f"`{member.value}`" for member in kind)
        case _:
            return _word_for_scalar(info)


def _word_for_scalar(info: Any) -> str:  # noqa: ANN401
    match info:
        case inspect.StrType(pattern=pattern, max_length=most):
            limit = f", at most {most}" if most else ""
            return WORDS.get(pattern) or (f"`{pattern}`{limit}" if pattern else f"text{limit}")
        case inspect.IntType(ge=1, le=measures.MAX_AMOUNT):
            return "amount"
        case inspect.IntType(ge=least, le=most):
            return f"integer {least} to {most}"
        case inspect.DateTimeType():
            return "moment"
        case inspect.BytesType(min_length=size):
            return f"base64 of {size} bytes"
        case inspect.BoolType():
            return "true or false"
        case _:
            raise AssertionError(f"no word for {info}")


def who_may(name: str) -> str:
    """Say in the document's words who may record a type."""
    kind = TYPES[name]
    if kind is LedgerOpened:
        return "authority"
    allowed = MAY[kind]
    return GROUPS.get(allowed) or ", ".join(sorted(role.value for role in allowed))


def _section(title: str) -> str:
    """Give the text below a heading, up to the next of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"{DOCUMENT.name} has no section {title!r}"
    return found.group(1)


def _rows(section: str) -> list[list[str]]:
    """Give the cells of a section's first table, its head left out."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def _fields(kind: Any, without: set[str]) -> list[list[str]]:  # noqa: ANN401  a struct
    fields = inspect.type_info(kind).fields  # type: ignore[attr-defined]
    return [
        [f"`{field.encode_name}`", word_for(field.type), "yes" if field.required else "no"]
        for field in fields if field.encode_name not in without
    ]  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_told_with_its_fields(name: str) -> None:
    told = _rows(_section(f"`{name}`"))
    assert [row[:3] for row in told] == _fields(TYPES[name], COMMON)
    assert all(len(row[3]) > 2 for row in told)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_told_with_its_rules_in_order(name: str) -> None:
    told = re.search(r"^Rules: (.*)\.$", _section(f"`{name}`"), re.MULTILINE)
    rules = [rule.__name__ for rule in RULES.get(TYPES[name], ())]
    assert re.findall(r"`(\w+)`", told.group(1) if told else "") == rules


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_told_with_its_fields(name: str) -> None:
    told = [row[:3] for row in _rows(_section(name.capitalize()))]
    assert told == _fields(PARTS[name], set())


def test_the_common_fields_are_told() -> None:
    told = [row[:3] for row in _rows(_section("Common fields"))]
    assert told == [["`type`", "text", "yes"], *_fields(base.Event, set())]


def test_the_list_of_types_is_whole_and_says_who_may_and_what_may_be_corrected() -> None:
    correctable = set(get_args(Correctable))
    told = [
        [re.sub(r"\[(.*)\]\(.*\)", r"\1", row[0]), *row[1:3]] for row in _rows(_section("Types"))
    ]
    expected = [
        [f"`{name}`", who_may(name), "yes" if kind in correctable else "no"]
        for name, kind in TYPES.items()
    ]
    assert told == expected


def test_every_group_of_roles_is_told() -> None:
    told = {row[0]: row[1] for row in _rows(_section("Who may record"))}
    for roles, name in GROUPS.items():
        names = ", ".join(sorted(role.value for role in roles))
        assert told[f"`{name}`"] == (names if name != "anyone" else "any party")


def test_every_code_is_told_with_its_sentences() -> None:
    told = [tuple(row) for row in _rows(_section("Refusals"))]
    assert told == [(f"`{code}`", zh, en) for code, (zh, en) in SENTENCES.items()]


def test_every_rule_is_told_with_its_codes() -> None:
    rules = dict.fromkeys(rule.__name__ for chain in RULES.values() for rule in chain)
    told = {row[0].strip("`"): row[1] for row in _rows(_section("Rules"))}
    assert list(told) == list(rules)
    codes = {code.value for code in Code}
    for cell in told.values():
        named = set(re.findall(r"`([a-z-]+)`", cell))
        assert named
        assert named <= codes


def test_limits_are_told() -> None:
    for limit in (
        envelope.MAX_PAYLOAD, envelope.MAX_ENVELOPE, envelope.MAX_SIGNATURES, base.MAX_REFS,
        base.MAX_ITEMS, foreign.MAX_FOREIGN, measures.MAX_AMOUNT, papers.MAX_PRINTED,
    ):  # fmt: skip
        assert re.search(rf"(?<!\d){limit}(?!\d)", TEXT), limit
    assert envelope.PAYLOAD_TYPE in TEXT
