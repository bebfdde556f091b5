"""Shoppers: units scanned, problems reported, and both answered by whom they concern."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image

from api.demo.parties import AUTHORITY, BUYER
from api.pages import report as report_page
from api.pages import unit_scan
from api.rate_limit import RateLimit
from api.reports import store
from api.reports.photo import LONGEST_SIDE, NotAPhoto, redrawn
from domain.authenticity import BUYERS_TIME, MOST_A_DAY
from domain.events.movements import BatchSold
from domain.events.papers import Numbers
from domain.measures import Unit
from projections.passport import document, documents
from tests.api.pages_parts import SCRIPT, County, common, demo_county
from tests.api.signing_in import sign_in

PHONE = "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0"


@pytest.fixture(scope="module")
def served(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("reports")
    with demo_county(database_server, folder, "reports", SUYUAN_REGION_HEADER="X-Region") as county:
        yield county


@pytest.fixture
def county(served: County) -> County:
    """The county to a shopper nobody knows, with nothing scanned or said before."""
    served.client.cookies.clear()
    unit_scan.LIMIT.forget()
    report_page.LIMIT.forget()
    with served.services.connection() as conn:
        conn.execute("TRUNCATE scan.unit, scan.sighting, scan.stray, scan.suspicion")
        conn.execute("TRUNCATE report.report CASCADE")
    return served


def scan(county: County, serial: str, region: str = "", agent: str = PHONE) -> str:
    """Scan a unit as another shopper."""
    county.client.cookies.clear()
    answer = county.client.get(
        f"{county.showcase}/21/{serial}",
        headers={"Accept": "text/html", "User-Agent": agent, "X-Region": region},
    )
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def batch_of(county: County) -> str:
    gtin, lot = county.showcase.removeprefix("/01/").split("/10/")
    return f"{gtin}/{lot}"


def owner_of(county: County) -> str:
    with county.services.connection() as conn:
        found = document(conn, batch_of(county))
    assert found is not None
    assert found.made is not None
    return found.made.actor.id


def send(county: County, *, photo: bytes | None = None, **fields: str) -> Response:
    """Report a problem as the form does."""
    data = {"batch": batch_of(county), "serial": "", "problem": "spoiled", "words": "", **fields}
    files = {"photo": ("x.jpg", photo, "image/jpeg")} if photo else {"photo": ("", b"", "")}
    answer: Response = county.client.post(
        "/report", data=data, files=files, headers={"Accept": "text/html"}
    )
    return answer


def as_party(county: County, party: str) -> None:
    county.client.cookies.clear()
    assert sign_in(county.client, party, county.keyring.party_key(party)).status_code == 201


def photo(size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    """A photo that says where and with what it was taken."""
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SomePhone"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, "olive").save(drawn, kind, exif=exif)
    return drawn.getvalue()


def test_the_first_scan_says_so_and_the_next_how_many_there_were(county: County) -> None:
    assert "头一回" in scan(county, "A1")
    second = scan(county, "A1")
    assert "扫过 2 次" in second
    assert "头一回是" in second
    assert "头一回有人扫" in scan(county, "A2")


def test_a_reload_a_robot_and_a_prefetch_do_not_count(county: County) -> None:
    scan(county, "B1")
    path = f"{county.showcase}/21/B1"
    county.client.cookies.clear()
    for headers in (
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": PHONE, "Sec-Purpose": "prefetch"},
        {"User-Agent": ""},
    ):
        county.client.get(path, headers={"Accept": "text/html", **headers})
        county.client.cookies.clear()
    county.client.head(path, headers={"Accept": "text/html", "User-Agent": PHONE})
    assert "扫过 2 次" in scan(county, "B1")
    again = county.client.get(path, headers={"Accept": "text/html", "User-Agent": PHONE})
    assert "扫过 2 次" in again.text, "the browser that has just counted is known by its cookie"


def test_a_machine_that_asks_for_data_is_no_scan(county: County) -> None:
    path = f"{county.showcase}/21/J1"
    county.client.get(path, headers={"Accept": "application/json", "User-Agent": PHONE})
    assert "头一回有人扫" in scan(county, "J1")


def test_nothing_of_who_scanned_is_kept(county: County) -> None:
    scan(county, "C1", region="440100")
    with county.services.connection() as conn:
        rows = conn.execute("SELECT at, region FROM scan.sighting").fetchall()
    assert [region for _, region in rows] == ["440100"]
    assert all((at.second, at.microsecond) == (0, 0) for at, _ in rows)


def test_two_far_places_within_an_hour_warn_the_shopper_and_open_a_case(county: County) -> None:
    scan(county, "D1", region="440100")
    page = scan(county, "D1", region="440800")
    assert 'role="alert"' in page
    assert "广州市" in page
    assert "湛江市" in page
    as_party(county, owner_of(county))
    assert "一小时内两地都有人扫" in county.get_signed("/inbox")


def sold(county: County, batch: str, serial: str, **more: Any) -> BatchSold:  # noqa: ANN401
    """Sell a unit of a batch where most of it is."""
    with county.services.connection() as conn:
        found = document(conn, batch)
    assert found is not None
    held = next(one for one in found.stock.holders if one.place.township == "440104")
    sale = BatchSold(
        **(common(held.party.id) | more), place=held.place.id, batch=batch, quantity=1,
        unit=Unit.PIECE, channel="门店零售", serials=(Numbers(serial, serial),),
    )  # fmt: skip
    county.record(sale)
    return sale


def test_a_unit_that_was_sold_says_so_and_is_the_buyer_s_to_scan(county: County) -> None:
    sold(county, batch_of(county), "701")
    page = scan(county, "701", region="440100")
    assert "已经卖出。是您买的就放心" in page
    assert 'role="alert"' not in page
    assert "已经卖出" not in scan(county, "702")
    with county.services.connection() as conn:
        assert conn.execute("SELECT count(*) FROM scan.suspicion").fetchone() == (0,)


def test_a_unit_just_sold_far_away_warns_the_shopper_and_opens_a_case(county: County) -> None:
    sold(county, batch_of(county), "703")
    page = scan(county, "703", region="440800")
    assert 'role="alert"' in page
    assert "才在广州市卖出，不会这么快到湛江市" in page
    as_party(county, owner_of(county))
    assert "卖出以后又有人扫" in county.get_signed("/inbox")


def test_a_unit_sold_long_ago_warns_whoever_is_only_buying_it_now(county: County) -> None:
    with county.services.connection() as conn:
        rows = conn.execute("SELECT batch FROM passport.document").fetchall()
        found = documents(conn, [row[0] for row in rows])
    before = datetime.now(UTC) - BUYERS_TIME - timedelta(days=1)
    old = next(
        name for name, one in found.items()
        if one.made and one.made.occurred_at < before and not one.halts
        and any(held.place.township == "440104" for held in one.stock.holders)
        and one.product and one.product.unit == "H87"
    )  # fmt: skip
    sold(county, old, "9", occurred_at=before)
    gtin, _, lot = old.partition("/")
    answer = county.client.get(
        f"/01/{gtin}/10/{lot}/21/9", headers={"Accept": "text/html", "User-Agent": PHONE}
    )
    assert 'role="alert"' in answer.text
    assert "要是您现在才买到，标签可能是翻印的" in answer.text
    with county.services.connection() as conn:
        kinds = conn.execute("SELECT kind, serial FROM scan.suspicion").fetchall()
    assert kinds == [("sold", "9")]


@pytest.mark.parametrize("region", ["", "999999", "abc", "440100; DROP"])
def test_a_region_that_is_none_counts_as_unknown(county: County, region: str) -> None:
    scan(county, "E1", region="440800")
    assert 'role="alert"' not in scan(county, "E1", region=region)


def test_too_many_scans_in_a_day_warn(county: County) -> None:
    pages = [scan(county, "F1") for _ in range(MOST_A_DAY)]
    assert 'role="alert"' not in pages[-1]
    assert 'role="alert"' in scan(county, "F1")


def test_who_tries_out_serials_one_after_another_has_to_wait(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    burst = unit_scan.LIMIT.burst
    monkeypatch.setattr(unit_scan, "LIMIT", RateLimit(60, burst, clock=lambda: 0.0))
    answers = [
        county.client.get(f"{county.showcase}/21/R{n}", headers={"User-Agent": PHONE})
        for n in range(burst + 1)
    ]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_two_taps_report_a_problem_and_the_answer_comes_back(county: County) -> None:
    form = county.get(f"/report?batch={batch_of(county)}&serial=G1")
    assert form.count('name="problem"') == len(store.Problem)
    sent = send(county, serial="G1", words="有股霉味", photo=photo())
    assert sent.status_code == 303
    secret = sent.headers["location"]
    assert "收到了" in county.get(secret)
    as_party(county, owner_of(county))
    inbox = county.get_signed("/inbox")
    assert "有股霉味" in inbox
    assert "G1" in inbox
    number = inbox.partition('action="/inbox/report/')[2].partition('"')[0]
    settled = county.client.post(f"/inbox/report/{number}", data={"text": "已换货，谢谢提醒"})
    assert settled.status_code == 303
    assert "已换货，谢谢提醒" in county.get(secret)


def test_the_photo_is_kept_without_what_the_phone_wrote_into_it(county: County) -> None:
    send(county, photo=photo())
    as_party(county, AUTHORITY)
    inbox = county.get_signed("/inbox")
    address = "/inbox/photo/" + inbox.partition('src="/inbox/photo/')[2].partition('"')[0]
    jpeg = county.client.get(address).content
    with Image.open(BytesIO(jpeg)) as shown:
        assert shown.size == (40, 30)
        assert not dict(shown.getexif())
    assert b"SomePhone" not in jpeg
    county.client.cookies.clear()
    assert county.client.get(address, headers={"Accept": "text/html"}).status_code == 401


def test_only_whom_it_concerns_sees_and_answers_a_report(county: County) -> None:
    send(county, words="只给生产者看")
    as_party(county, AUTHORITY)
    number = county.get_signed("/inbox").partition('action="/inbox/report/')[2].partition('"')[0]
    as_party(county, BUYER)
    assert "只给生产者看" not in county.get_signed("/inbox")
    refused = county.client.post(
        f"/inbox/report/{number}", data={"text": "不归我"}, headers={"Accept": "text/html"}
    )
    assert refused.status_code == 404
    county.client.cookies.clear()
    assert county.client.get("/inbox", headers={"Accept": "text/html"}).status_code == 401
    answer = county.client.post(f"/inbox/report/{number}", data={"text": "路人"})
    assert answer.status_code == 401


def test_script_in_a_report_is_shown_as_text(county: County) -> None:
    sent = send(county, words=SCRIPT, serial=SCRIPT)
    assert SCRIPT not in county.get(sent.headers["location"])
    as_party(county, AUTHORITY)
    inbox = county.get_signed("/inbox")
    assert SCRIPT not in inbox
    assert "&lt;script&gt;" in inbox


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"problem": ""}, 400),
        ({"problem": "other-thing"}, 400),
        ({"batch": "no such batch"}, 404),
        ({"batch": "\0"}, 400),
    ],
)
def test_a_report_of_nothing_is_refused_plainly(
    county: County,
    fields: Any,  # noqa: ANN401  any of the form's
    status: int,
) -> None:
    answer = send(county, **fields)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    with county.services.connection() as conn:
        assert conn.execute("SELECT count(*) FROM report.report").fetchone() == (0,)


@pytest.mark.parametrize("raw", [b"no photo", photo()[:200], b"GIF89a" + b"\0" * 50, b"\xff\xd8"])
def test_what_is_no_photo_is_said_and_nothing_is_kept(county: County, raw: bytes) -> None:
    answer = send(county, photo=raw)
    assert answer.status_code == 400
    assert "照片打不开" in answer.text
    with county.services.connection() as conn:
        assert conn.execute("SELECT count(*) FROM report.report").fetchone() == (0,)


def test_a_huge_upload_is_refused_before_it_is_read(county: County) -> None:
    answer = send(county, photo=b"\xff\xd8" + bytes(14 * 1024 * 1024))
    assert answer.status_code == 413


def test_a_robot_that_fills_in_everything_is_thanked_and_forgotten(county: County) -> None:
    assert send(county, website="http://spam.example").headers["location"] == "/"
    with county.services.connection() as conn:
        assert conn.execute("SELECT count(*) FROM report.report").fetchone() == (0,)


def test_reports_are_limited_by_address_and_by_batch(county: County) -> None:
    codes = [send(county).status_code for _ in range(report_page.LIMIT.burst + 1)]
    assert codes[-2:] == [303, 429]
    with county.services.connection() as conn:
        for _ in range(store.MOST_AN_HOUR):
            store.make(
                conn, store.Said(batch_of(county), None, None, store.Problem.OTHER, None, None)
            )
    report_page.LIMIT.forget()
    assert send(county).status_code == 429


def test_a_large_photo_is_made_small_and_upright() -> None:
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    Image.new("RGB", (3200, 1000), "green").save(drawn, "JPEG", exif=exif)
    with Image.open(BytesIO(redrawn(drawn.getvalue()))) as kept:
        assert kept.size == (LONGEST_SIDE * 1000 // 3200, LONGEST_SIDE)


def test_an_image_of_more_pixels_than_can_be_opened_is_no_photo() -> None:
    drawn = BytesIO()
    Image.new("1", (9000, 9000)).save(drawn, "PNG")
    with pytest.raises(NotAPhoto, match="too many"):
        redrawn(drawn.getvalue())
