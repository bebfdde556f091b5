"""Refusals: a stable code, the facts on both sides, the event it collides with, and what to do."""

from enum import Enum

from msgspec import Struct

from domain.sentences import SENTENCES


class Code(Enum):
    """Why an event is refused; the names never change (`docs/event-format.md` lists them)."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown-type"
    TOO_LARGE = "too-large"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEY = "unknown-key"
    KEY_REVOKED = "key-revoked"
    KEY_EXPIRED = "key-expired"
    NOT_AUTHORISED = "not-authorised"
    MEMBER_MUST_SIGN = "member-must-sign"
    LEDGER_NOT_OPEN = "ledger-not-open"
    LEDGER_OPEN = "ledger-open"
    WRONG_LOG_KEY = "wrong-log-key"
    UNKNOWN_RULES = "unknown-rules"
    PERSONAL_DATA = "personal-data"
    ID_REUSED = "id-reused"
    REF_MISSING = "ref-missing"
    TIME_AHEAD = "time-ahead"
    TIME_BEFORE_CAUSE = "time-before-cause"
    EXISTS = "exists"
    UNKNOWN_PARTY = "unknown-party"
    UNKNOWN_PLACE = "unknown-place"
    UNKNOWN_PRODUCT = "unknown-product"
    UNKNOWN_BATCH = "unknown-batch"
    BATCH_EXISTS = "batch-exists"
    UNIT_MISMATCH = "unit-mismatch"
    NOT_A_PLOT = "not-a-plot"
    NOT_HELD = "not-held"
    SHIPMENT_NOT_OPEN = "shipment-not-open"
    NOT_ADDRESSEE = "not-addressee"
    DIFFERENCE_UNEXPLAINED = "difference-unexplained"
    MASS_BALANCE = "mass-balance"
    WRONG_OUTPUT = "wrong-output"
    ON_HOLD = "on-hold"
    RECALLED = "recalled"
    HOLD_NOT_OPEN = "hold-not-open"
    RECALL_NOT_OPEN = "recall-not-open"
    INTERVAL_NOT_ELAPSED = "interval-not-elapsed"
    NOT_CORRECTABLE = "not-correctable"
    CORRECTION_COLLIDES = "correction-collides"
    OFFER_EXCEEDS_HOLDING = "offer-exceeds-holding"
    OFFER_NOT_OPEN = "offer-not-open"
    OFFER_MISMATCH = "offer-mismatch"
    TERMS_INCONSISTENT = "terms-inconsistent"
    DEMAND_NOT_OPEN = "demand-not-open"
    ORDER_NOT_OPEN = "order-not-open"
    ORDER_MISMATCH = "order-mismatch"
    TOO_LATE_TO_CANCEL = "too-late-to-cancel"
    PRICE_MISMATCH = "price-mismatch"
    BELOW_LEAST = "below-least"
    COMMITMENT_INCOMPLETE = "commitment-incomplete"
    CERTIFICATE_NOT_OPEN = "certificate-not-open"
    CERTIFIED_EXCEEDS_MADE = "certified-exceeds-made"
    NUMBERS_PRINTED = "numbers-printed"
    SERIAL_NOT_PRINTED = "serial-not-printed"
    SERIAL_SOLD = "serial-sold"
    REPRINT_MISMATCH = "reprint-mismatch"
    UNKNOWN_LINK_TYPE = "unknown-link-type"
    LINK_NOT_SET = "link-not-set"
    TOO_MANY_LINKS = "too-many-links"
    MARK_NOT_AUTHORISED = "mark-not-authorised"
    MARK_QUOTA = "mark-quota"


class Refusal(Struct, frozen=True, omit_defaults=True):
    """A refusal as a value: `zh` and `en` say the same sentence, with what to do.

    `cause` and `position` name the admitted event that it collides with; `path` the field.
    """

    code: Code
    zh: str
    en: str
    cause: str | None = None
    position: int | None = None
    path: str | None = None


def refuse(
    code: Code,
    *,
    cause: str | None = None,
    position: int | None = None,
    path: str | None = None,
    **facts: str | int,
) -> Refusal:
    """Make a refusal; facts named `x_zh` and `x_en` fill `{x}` in their own language."""
    zh, en = SENTENCES[code.value]
    if position:
        facts["position"] = position
    return Refusal(
        code, _fill(zh, facts, "_zh"), _fill(en, facts, "_en"),
        cause or None, position or None, path,
    )  # fmt: skip


def _fill(template: str, facts: dict[str, str | int], suffix: str) -> str:
    values = {name.removesuffix(suffix): value for name, value in facts.items()}
    return template.format(**values)
