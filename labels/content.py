"""What one batch's label says, before anybody has thought about where it stands."""

import msgspec

from labels.errors import LinkMismatchError, MissingTextError
from labels.link import checked_gtin, checked_lot, parse

CAPTION = "扫码看溯源"


class LabelContent(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a label.

    Attributes:
        product: its name, as sold.
        lot: 1–20 characters of GS1 character set 82.
        gtin: fourteen digits.
        url: the batch's Digital Link; the QR code holds it, with the serial on a unit label.
        origin: 产地.
        producer: 生产者.
        date: as it should stand there, say `2025-07-18`.
        quantity: net content with its unit; `None` where the label does not say it.
        note: one short sentence, say on keeping; only the large label has room for it.
        date_label: what `date` is: 采收日期, 生产日期 or 包装日期.
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

    def text_of(self, field: str, serial: str | None = None) -> str | None:
        """The text of a field as a template names it; `None` where there is nothing to say."""
        derived = {
            "caption": CAPTION,
            "serial": serial,
            "gtin-hri": f"(01){self.gtin}",
            "hri": f"(01){self.gtin} (10){self.lot}",
        }
        text = derived[field] if field in derived else getattr(self, field)
        return text.strip() if isinstance(text, str) and text.strip() else None


def checked_content(content: LabelContent) -> LabelContent:
    """`content` itself if nothing is missing and the QR code says what the text says.

    Raises:
        MissingTextError: a required field is empty.
        GtinError, LotError, AddressError: see `labels.link`.
        LinkMismatchError: the address names another batch, a unit, or carries a query.
    """
    for field in ("product", "lot", "gtin", "url", "origin", "producer", "date"):
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
