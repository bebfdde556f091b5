"""Orders as their two sides see them: who sees what, and files that an office can open."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from openpyxl import load_workbook

from api.demo.parties import AUTHORITY, BUYER, CHEN_XIULAN, CHENWU
from api.pages.deal_files import orders_csv, orders_xlsx
from api.pages.deal_view import OrderView
from api.pages.prices import HEIGHT, WIDTH, chart
from api.pages.reader import reader
from domain.measures import Unit
from labels.errors import MissingGlyphError
from labels.render.note import NoteLine, render_note
from projections.market_prices import Week
from projections.market_queries import OrderFilter, Page, orders
from tests.api.pages_parts import County, demo_county, first_link
from tests.api.signing_in import sign_in


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("deals"), "deals") as served:
        yield served


def as_party(county: County, party: str) -> None:
    county.client.cookies.clear()
    assert sign_in(county.client, party, county.keyring.party_key(party)).status_code == 201


def an_order(county: County) -> tuple[str, str, str]:
    """An order of the buyer's: its id, and both sides."""
    with county.services.connection() as conn:
        row = orders(conn, OrderFilter(party=BUYER), Page(1))[0]
    return row.id, row.buyer, row.seller


def test_the_public_sees_no_order_but_a_door(county: County) -> None:
    order, _, _ = an_order(county)
    county.client.cookies.clear()
    for path in ("", ".csv", ".xlsx", f"/{order}", f"/{order}/note.pdf"):
        answer = county.client.get(f"/market/orders{path}", headers={"Accept": "text/html"})
        assert answer.status_code == 401, path
        assert order not in answer.text.replace(f"/{order}", "")


def test_an_order_is_for_its_two_sides_and_the_county(county: County) -> None:
    order, buyer, seller = an_order(county)
    for party, status in (
        (buyer, 200), (seller, 200), (AUTHORITY, 200), (CHEN_XIULAN.party, 404),
    ):  # fmt: skip
        as_party(county, party)
        assert county.client.get(f"/market/orders/{order}").status_code == status, party
        note = county.client.get(f"/market/orders/{order}/note.pdf")
        assert note.status_code == status, party


def test_only_who_may_act_is_shown_the_button(county: County) -> None:
    as_party(county, BUYER)
    page = county.get_signed("/market/orders")
    assert 'data-act="cancel"' in page
    assert 'data-act="confirm"' not in page
    as_party(county, AUTHORITY)
    order, _, _ = an_order(county)
    assert "data-act" not in county.get_signed(f"/market/orders/{order}")


def _cards(page: str, section: str) -> list[str]:
    within = page.partition(f'id="{section}"')[2].partition("</section>")[0]
    return within.split('<li class="card deal"')[1:]


def test_what_waits_for_one_is_what_the_other_side_waits_for(county: County) -> None:
    as_party(county, BUYER)
    page = county.get_signed("/market/orders")
    waiting, others = _cards(page, "waiting"), _cards(page, "others")
    assert waiting
    assert all('href="/farm"' in one or 'data-act="resolve"' in one for one in waiting)
    assert any('data-act="cancel"' in one for one in others), "to cancel is no duty"
    for one in waiting + others:
        assert one.count('class="btn"') <= 1
        assert 'class="btn" type="button" data-act="cancel"' not in one
    halted = [one for one in others if "这批货在封存或召回" in one]
    assert halted
    assert all('data-act="cancel"' in one for one in halted), "it may be called off"


def test_who_disputed_an_order_may_end_it_and_the_other_side_may_not(county: County) -> None:
    with county.services.connection() as conn:
        [row] = orders(conn, OrderFilter(party=BUYER, states=["disputed"]), Page(5))
    as_party(county, BUYER)
    page = county.get_signed(f"/market/orders/{row.id}")
    assert 'data-act="resolve"' in page
    assert "结清" in page
    as_party(county, row.seller)
    assert "data-act" not in county.get_signed(f"/market/orders/{row.id}")


def test_who_is_not_signed_in_is_led_from_an_offer_to_the_door_and_back(county: County) -> None:
    county.client.cookies.clear()
    link = first_link(county, "/market", "/market/offers/")
    assert 'href="?sign=in"' in county.get(link)
    door = county.client.get(f"{link}?sign=in", headers={"Accept": "text/html"})
    assert door.status_code == 401
    assert f'data-page="{link}"' in door.text
    as_party(county, BUYER)
    assert 'href="?sign=in"' not in county.get_signed(f"{link}?sign=in")


@pytest.mark.parametrize(("words", "found"), [
    ("rougui", True), ("guipi", True), ("玉桂", True), ("cassia", True), ("没有这样东西", False),
])  # fmt: skip
def test_the_market_is_searched_by_what_produce_is_called(
    county: County, words: str, *, found: bool
) -> None:
    page = county.get(f"/market?q={quote(words)}")
    assert ("桂皮" in page.partition('id="offers"')[2]) is found
    assert ("没有合适的供应" in page) is not found
    if found:
        assert "豆豉" not in page.partition('id="demands"')[2], "demands are narrowed too"


def test_an_unknown_order_is_not_told_from_another_s(county: County) -> None:
    as_party(county, CHENWU)
    missing = county.client.get("/market/orders/01a1f160-2b30-7c13-9a89-5d4f355dc86e")
    assert missing.status_code == 404


def test_the_note_s_code_leads_to_the_batch(county: County) -> None:
    order, buyer, _ = an_order(county)
    as_party(county, buyer)
    pdf = county.client.get(f"/market/orders/{order}/note.pdf")
    page = pypdfium2.PdfDocument(pdf.content)[0]
    (found,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert found.text.startswith(f"{county.services.settings.public_url}/01/")
    assert "送货单" in page.get_textpage().get_text_bounded()


def test_a_note_whose_text_can_not_be_drawn_is_refused() -> None:
    with pytest.raises(MissingGlyphError):
        render_note("送货单", [NoteLine("产品", "\U0001f600")], "https://x.example/1", ("收货人",))


def a_view(product: str) -> OrderView:
    return OrderView(
        id="o", product=product, lot="L", passport="/01/x", state="placed", state_name="已下单",
        buyer="甲", seller="乙", mine="seller", quantity="1 件", price="¥1", total="¥1",
        deliver_to="丙", when="今天", stages=(), acts=(), data={}, halted=False, address="/o",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_a_file_is_taken_for_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(orders_csv([a_view(name)]).decode("utf-8-sig"))))
    assert rows[1][3] == f"'{name}"
    sheet = load_workbook(io.BytesIO(orders_xlsx([a_view(name)]))).active
    assert sheet is not None
    assert sheet["D2"].data_type == "s"


def test_the_files_hold_every_order(county: County) -> None:
    as_party(county, BUYER)
    with county.services.connection() as conn:
        mine = {row.id for row in orders(conn, OrderFilter(party=BUYER), Page(1000))}
    text = county.client.get("/market/orders.csv").content.decode("utf-8-sig")
    assert {row[0] for row in csv.reader(io.StringIO(text))} - {"订单"} == mine
    raw = county.client.get("/market/orders.xlsx").content
    sheet = load_workbook(io.BytesIO(raw)).active
    assert sheet is not None
    assert {str(row[0].value) for row in sheet.iter_rows(min_row=2)} == mine


def test_the_price_history_of_a_category_opens_and_of_none_is_told(county: County) -> None:
    assert "<svg" in county.get("/market/prices/cinnamon")
    answer = county.client.get("/market/prices/gold", headers={"Accept": "text/html"})
    assert answer.status_code == 404


def test_a_chart_stays_within_its_picture() -> None:
    weeks = [
        Week(date(2026, 9, 7), 3.0, 3.5, 4.0, 2, 5_000),
        Week(date(2026, 10, 5), 2.0, 2.2, 9.0, 0, 0),
    ]
    for some in (weeks, weeks[:1]):
        drawn = chart(some, Unit.GRAM, reader("zh"))
        assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for point in drawn.points)
        assert len(drawn.points) == len(some)
