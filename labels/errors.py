"""What can go wrong between a batch and its printed label, each in Chinese and English.

LabelError
├── LinkError                 the address in the QR code
│   ├── GtinError             not a GTIN, or its check digit is wrong
│   ├── SsccError             not an SSCC, or its check digit is wrong
│   ├── LotError              a lot or serial that GS1 does not allow, or no path can carry
│   ├── AddressError          a base URL or a Digital Link that can't be read
│   └── LinkMismatchError     the QR would say something else than the text beside it
├── JobError                  what was asked of the printer
│   ├── CountError            no labels, or more than one job may hold
│   ├── StartError            a first position that the sheet does not have
│   ├── SerialsError          serials that repeat, or are not as many as the labels
│   ├── UnknownSheetError     a sheet name that is not in the table
│   ├── KindError             a kind of label that the sheet has no room for
│   └── OutputError           a file that the sheet can't be printed from, or of another density
└── ContentError              what should stand on the label
    ├── MissingTextError      a field that must not be empty
    ├── MissingGlyphError     a character that the font can't draw
    ├── TextTooLongError      text that does not fit at the smallest legible size
    └── SymbolTooDenseError   a QR code too long for any version, or its modules too small
"""

from collections.abc import Sequence
from typing import ClassVar

FIELD_NAMES = {
    "product": "品名",
    "lot": "批次",
    "gtin": "商品条码",
    "url": "网址",
    "origin": "产地",
    "producer": "生产者",
    "date": "日期",
    "quantity": "净含量",
    "serial": "编号",
    "note": "备注",
    "gtin-hri": "商品条码",
    "hri": "商品条码和批次",
    "sscc": "箱码",
    "certified": "数量",
    "issued": "开具时间",
    "issuer": "承诺主体",
    "contact": "联系方式",
    "basis": "承诺依据",
    "promise": "承诺内容",
}


KIND_NAMES = {
    "batch": "批次标签",
    "unit": "单件标签",
    "crate": "箱标",
    "certificate": "合格证",
}


def field_name(field: str) -> str:
    """The Chinese name of a field of the label; the field itself where there is none."""
    return FIELD_NAMES.get(field, field)


class LabelError(Exception):
    """A label that can't be made: what is wrong, where, and what to do about it.

    Attributes:
        code: stable name of the kind of error.
        zh: one or two sentences in Chinese, for the person at the printer.
        en: the same in English.
    """

    code: ClassVar[str] = "label"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class LinkError(LabelError):
    """The address in the QR code can't be written or read."""

    code = "label-link"


class GtinError(LinkError):
    """Not fourteen digits, or the check digit is wrong (GS1 General Specifications §7.9)."""

    code = "label-gtin"

    def __init__(self, gtin: str, expected_check_digit: str | None = None) -> None:
        self.gtin = gtin
        self.expected_check_digit = expected_check_digit
        if expected_check_digit is None:
            zh, en = "应为 14 位数字", "14 digits are needed"
        else:
            zh = f"末位校验码应为 {expected_check_digit}"
            en = f"its check digit should be {expected_check_digit}"
        super().__init__(
            f"商品条码「{gtin}」有误：{zh}。请核对后重试。",
            f"GTIN {gtin!r} is wrong: {en}. Check it and try again.",
        )


class SsccError(LinkError):
    """Not eighteen digits, or the check digit is wrong (GS1 General Specifications §7.9)."""

    code = "label-sscc"

    def __init__(self, sscc: str, expected_check_digit: str | None = None) -> None:
        self.sscc = sscc
        if expected_check_digit is None:
            zh, en = "应为 18 位数字", "18 digits are needed"
        else:
            zh = f"末位校验码应为 {expected_check_digit}"
            en = f"its check digit should be {expected_check_digit}"
        super().__init__(
            f"箱码「{sscc}」有误：{zh}。请核对后重试。",
            f"SSCC {sscc!r} is wrong: {en}. Check it and try again.",
        )


class LotError(LinkError):
    """A lot or serial outside 1–20 characters of GS1 character set 82, or a dot segment."""

    code = "label-lot"

    def __init__(self, field: str, value: str, zh_reason: str, en_reason: str) -> None:
        self.field = field
        self.value = value
        super().__init__(
            f"{field_name(field)}「{value}」不能印成标签：{zh_reason}。",
            f"{field} {value!r} can't go on a label: {en_reason}.",
        )


class AddressError(LinkError):
    """A base URL or a GS1 Digital Link URI that can't be read."""

    code = "label-address"

    def __init__(self, address: str, zh_reason: str, en_reason: str) -> None:
        self.address = address
        super().__init__(
            f"网址「{address}」有误：{zh_reason}。", f"Address {address!r} is wrong: {en_reason}."
        )


class LinkMismatchError(LinkError):
    """The QR's address names another batch than the text on the label."""

    code = "label-link-mismatch"

    def __init__(self, field: str, printed: str, linked: str | None) -> None:
        self.field = field
        super().__init__(
            f"二维码里的{field_name(field)}是「{linked or '无'}」，标签上却写着「{printed}」，"
            "不能付印。",
            f"The QR code's {field} is {linked!r} but the label says {printed!r}; "
            "a label must not contradict itself.",
        )


class JobError(LabelError):
    """The printing job asks for something that can't be done."""

    code = "label-job"


class CountError(JobError):
    """Fewer than one label, or more than a job may hold."""

    code = "label-count"

    def __init__(self, count: int, most: int) -> None:
        self.count = count
        self.most = most
        super().__init__(
            f"一次可打印 1 到 {most} 张标签，您要了 {count} 张。请分几次打印。",
            f"A job prints 1 to {most} labels; {count} were asked for. Split it into several.",
        )


class StartError(JobError):
    """A first position that the sheet does not have."""

    code = "label-start"

    def __init__(self, start: int, per_sheet: int) -> None:
        self.start = start
        self.per_sheet = per_sheet
        super().__init__(
            f"这种纸每页 {per_sheet} 张，不能从第 {start} 张开始。请填 1 到 {per_sheet}。",
            f"This sheet has {per_sheet} labels, so there is no position {start}. "
            f"Give 1 to {per_sheet}.",
        )


class SerialsError(JobError):
    """Serials that repeat, or are not as many as the labels."""

    code = "label-serials"

    def __init__(self, zh_reason: str, en_reason: str) -> None:
        super().__init__(f"标签编号有误：{zh_reason}。", f"The serials are wrong: {en_reason}.")


class UnknownSheetError(JobError):
    """A sheet name that is not in the table."""

    code = "label-sheet"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"没有名为「{name}」的标签纸。可选：{'、'.join(known)}。",
            f"There is no label sheet {name!r}. Choose one of: {', '.join(known)}.",
        )


class KindError(JobError):
    """A kind of label that the sheet has no room for."""

    code = "label-kind"

    def __init__(self, kind: str, sheet: str, fitting: Sequence[str]) -> None:
        self.kind = kind
        self.fitting = tuple(fitting)
        name = KIND_NAMES.get(kind, kind)
        super().__init__(
            f"「{sheet}」印不下{name}。可选：{'、'.join(fitting)}。",
            f"A {kind} label does not fit {sheet}. Choose one of: {', '.join(fitting)}.",
        )


class OutputError(JobError):
    """A file that the sheet can't be printed from, or a density that no such printer has."""

    code = "label-output"


class ContentError(LabelError):
    """What should stand on the label can't be set."""

    code = "label-content"


class MissingTextError(ContentError):
    """A field that must not be empty."""

    code = "label-missing"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(
            f"标签上缺少{field_name(field)}，请填写。", f"The label has no {field}; fill it in."
        )


class MissingGlyphError(ContentError):
    """A character that the font can't draw, so that it would print as an empty box."""

    code = "label-glyph"

    def __init__(self, field: str, text: str, character: str) -> None:
        self.field = field
        self.character = character
        shown = character if character.isprintable() else "（控制符）"
        codepoint = f"U+{ord(character):04X}"
        super().__init__(
            f"{field_name(field)}「{text}」里的「{shown}」（{codepoint}）字库没有，印不出来。"
            "请换一个写法。",
            f"{field} {text!r} has a character that the label font lacks: {shown} ({codepoint}). "
            "Write it another way.",
        )


class TextTooLongError(ContentError):
    """Text that does not fit its place at the smallest size that can be read."""

    code = "label-too-long"

    def __init__(self, field: str, text: str, sheet: str) -> None:
        self.field = field
        self.text = text
        self.sheet = sheet
        super().__init__(
            f"{field_name(field)}「{text}」在「{sheet}」标签上放不下，再缩小就看不清了。"
            "请写短些，或换大一号的标签。",
            f"{field} {text!r} does not fit a {sheet} label at a legible size. "
            "Shorten it, or take a larger label.",
        )


class SymbolTooDenseError(ContentError):
    """A QR code whose modules would be smaller than the label's least module."""

    code = "label-too-dense"

    def __init__(self, url: str, sheet: str, needed_mm: float, room_mm: float) -> None:
        self.url = url
        self.needed_mm = needed_mm
        self.room_mm = room_mm
        super().__init__(
            f"二维码内容太长（{len(url)} 个字符），至少要 {needed_mm:.1f} 毫米见方，"
            f"「{sheet}」标签只有 {room_mm:.1f} 毫米。请换大一号的标签，或用短些的批次和网址。",
            f"The QR code ({len(url)} characters) needs {needed_mm:.1f} mm a side, the {sheet} "
            f"label has {room_mm:.1f} mm. Take a larger label, or a shorter lot or address.",
        )
