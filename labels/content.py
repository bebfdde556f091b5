"""What one batch's label says, before anybody has thought about where it stands."""

from typing import Final

import msgspec

from domain.events.papers import Basis, Commitment, LabelKind
from labels.errors import LinkMismatchError, MissingTextError
from labels.link import checked_gtin, checked_lot, parse, sscc_link, with_serial

CAPTION: Final = "扫码看溯源"
CERTIFICATE: Final = "承诺达标合格证"
REPRINT: Final = "补打"

# The words of 农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号) for what is promised.
PROMISES: Final = {
    Commitment.NO_BANNED_SUBSTANCES: "未使用禁用农药、兽药及其他化合物",
    Commitment.RESIDUES_WITHIN_LIMITS: "使用的常规农药、兽药残留不超标",
}
BASES: Final = {
    Basis.QUALITY_CONTROL: "质量安全控制",
    Basis.OWN_TEST: "自行检测合格",
    Basis.COMMISSIONED_TEST: "委托检测合格",
}

_NEEDED: Final = {
    LabelKind.BATCH: ("product", "lot", "gtin", "url", "origin", "producer", "date"),
    LabelKind.UNIT: ("product", "lot", "gtin", "url", "origin", "producer", "date"),
    LabelKind.CRATE: ("product", "lot", "gtin", "url", "origin", "producer"),
    LabelKind.CERTIFICATE: (
        "product", "lot", "gtin", "url", "certified", "origin", "issued", "issuer", "contact",
        "basis", "promise",
    ),
}  # fmt: skip


class CertificateWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate of commitment says beside the batch.

    Attributes:
        quantity: 数量, with its unit.
        issued: 开具时间.
        issuer: 承诺主体.
        contact: 联系方式.
        basis: 承诺依据.
        commitments: 承诺内容.
    """

    quantity: str
    issued: str
    issuer: str
    contact: str
    basis: tuple[Basis, ...]
    commitments: tuple[Commitment, ...]


class LabelContent(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a label.

    Attributes:
        product: its name, as sold.
        lot: 1–20 characters of GS1 character set 82.
        gtin: fourteen digits.
        url: the batch's Digital Link; the QR code holds it, with the serial on a unit label, and
            the SSCC in its stead on a crate's.
        origin: 产地.
        producer: 生产者.
        date: as it should stand there, say `2025-07-18`.
        quantity: net content with its unit; `None` where the label does not say it.
        note: one short sentence, say on keeping; only the large label has room for it.
        date_label: what `date` is: 采收日期, 生产日期 or 包装日期.
        certificate: what a certificate's label needs.
        reprint: whether the label says that it was printed again.
    """

    product: str
    lot: str
    gtin: str
    url: str
    origin: str
    producer: str
    date: str
    quantity: str | None = None
    note: str | None = None
    date_label: str = "采收日期"
    certificate: CertificateWords | None = None
    reprint: bool = False

    def text_of(self, field: str, number: str | None = None) -> str | None:
        """The text of a field as a template names it; `None` where there is nothing to say."""
        derived = {
            "caption": self._marked(CAPTION),
            "certificate-title": self._marked(CERTIFICATE),
            "certificate-caption": CERTIFICATE,
            "reprint": REPRINT if self.reprint else None,
            "serial": number,
            "sscc": f"(00){number}" if number else None,
            "gtin-hri": f"(01){self.gtin}",
            "hri": f"(01){self.gtin} (10){self.lot}",
        }
        if field in derived:
            text = derived[field]
        else:
            text = self._of_certificate(field) or getattr(self, field, None)
        return text.strip() if isinstance(text, str) and text.strip() else None

    def link(self, kind: LabelKind, number: str | None) -> str:
        """What the QR code of a label of a kind holds."""
        if kind is LabelKind.UNIT and number:
            return with_serial(self.url, number)
        if kind is LabelKind.CRATE and number:
            return sscc_link(parse(self.url).base_url, number)
        return self.url

    def _marked(self, text: str) -> str:
        return f"{text}（{REPRINT}）" if self.reprint else text

    def _of_certificate(self, field: str) -> str | None:
        words = self.certificate
        if words is None:
            return None
        promises = "；".join(PROMISES[one] for one in words.commitments)
        return {
            "certified": words.quantity,
            "issued": words.issued,
            "issuer": words.issuer,
            "contact": words.contact,
            "basis": "、".join(BASES[one] for one in words.basis),
            "promise": f"我承诺销售的产品{promises}。" if promises else None,
        }.get(field)


def checked_content(content: LabelContent, kind: LabelKind = LabelKind.BATCH) -> LabelContent:
    """`content` itself if nothing is missing and the QR code says what the text says.

    Raises:
        MissingTextError: a field that a label of this kind must have is empty.
        GtinError, LotError, AddressError: see `labels.link`.
        LinkMismatchError: the address names another batch, a unit, or carries a query.
    """
    for field in _NEEDED[kind]:
        if not content.text_of(field):
            raise MissingTextError(field)
    link = parse(content.url)
    pairs = {
        "gtin": (checked_gtin(content.gtin), link.gtin),
        "lot": (checked_lot(content.lot), link.lot),
        "serial": ("", link.serial or ""),
        "url": ("", link.query),
    }
    for field, (printed, linked) in pairs.items():
        if printed != linked:
            raise LinkMismatchError(field, printed, linked)
    return content
