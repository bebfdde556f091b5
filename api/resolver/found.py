"""What the ledger knows under an identifier, as links: of a product, a batch or a crate."""

from http import HTTPStatus
from typing import Final

from api.errors import Problem, not_found
from api.pages.passport_page import withdrawn
from api.resolver.offered import Offered, of_batch, of_crate, of_product
from labels.digital_link import DigitalLink
from ledger.log import Connection
from projections import directory, papers
from projections.links import links_of
from projections.passport import document, is_withdrawn

GTIN: Final = "01"
SSCC: Final = "00"
SERVED: Final = (GTIN, SSCC)
"""The primary keys under which something is found here."""


def offered(conn: Connection, base: str, link: DigitalLink) -> Offered:
    """Give the links of what an address identifies.

    Raises:
        Problem: 404 where nothing is known of it, 410 where it was recorded in error.
    """
    ai, value = link.key
    if ai == SSCC:
        return of_crate(base, link, offered(conn, base, _inside(conn, value)))
    if ai != GTIN:
        raise not_found(
            f"这里只查商品、批次和箱子（应用标识符 01、00），查不了 ({ai}) {value}。",
            f"Products, batches and crates (AIs 01, 00) are found here, not ({ai}) {value}.",
        )
    lot = link.qualifier("10")
    return _batch(conn, base, link, f"{value}/{lot}") if lot else _product(conn, base, link)


def _product(conn: Connection, base: str, link: DigitalLink) -> Offered:
    gtin = link.key[1]
    product = directory.products(conn, [gtin]).get(gtin)
    if product is None:
        raise not_found(
            f"没有登记过商品 {gtin}。请核对条码。",
            f"No product {gtin} is registered. Check the code.",
        )
    return of_product(base, link, product, links_of(conn, [gtin]))


def _batch(conn: Connection, base: str, link: DigitalLink, batch: str) -> Offered:
    gtin = link.key[1]
    found = document(conn, batch)
    if found is None:
        raise not_found(f"台账里没有批次 {batch}。", f"The ledger has no batch {batch}.")
    if is_withdrawn(found):
        raise withdrawn(batch)
    product = directory.products(conn, [gtin]).get(gtin)
    return of_batch(base, link, found, product, links_of(conn, [gtin, batch]))


def _inside(conn: Connection, sscc: str) -> DigitalLink:
    """Give the address of the batch that a crate's label was printed for."""
    batch = papers.batch_of_crate(conn, sscc)
    if batch is not None:
        gtin, _, lot = batch.partition("/")
        return DigitalLink(key=(GTIN, gtin), qualifiers=(("10", lot),))
    if papers.crate_was_withdrawn(conn, sscc):
        raise Problem(
            HTTPStatus.GONE, "gone", f"箱码 {sscc} 的标签印错了，已经作废。",
            f"The label with the SSCC {sscc} was printed in error and has been withdrawn.",
        )  # fmt: skip
    raise not_found(
        f"没有印过箱码 {sscc} 的标签。请核对箱子上的号码。",
        f"No label with the SSCC {sscc} was printed. Check the number on the crate.",
    )
