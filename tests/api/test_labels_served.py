"""Labels over HTTP: templates, previews, files, and runs that are recorded with them."""

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from httpx2 import Response
from msgspec.structs import replace
from PIL import Image

from api.demo.parties import CARRIER, CHEN_XIULAN, CHENWU
from domain.events import papers as p
from domain.events.catalogue import encode
from domain.events.correction import EventCorrected
from domain.events.holds import BatchHeld, BatchRecalled, RecallClosed
from domain.events.movements import BatchHarvested
from domain.ids import gtin_check_digit, uuid7
from domain.link_types import NAMESPACE
from domain.measures import Unit
from labels.sheets import SHEETS
from ledger import envelope, log
from projections import papers
from tests.api.pages_parts import PLOT, County, common, demo_county
from tests.labels.printers import tsc, zebra

SSCC: Final = "36901234567890123" + gtin_check_digit("36901234567890123")
GROWER: Final = CHEN_XIULAN.party
_LOTS: Final = iter(range(1, 1000))


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("labels"), "labels") as county:
        yield county


@pytest.fixture
def harvest(county: County) -> BatchHarvested:
    """A new batch of the grower's, 100 kg."""
    with county.services.connection() as conn:
        known = next(
            one.event for one in log.read(conn, 0, 5000)
            if isinstance(one.event, BatchHarvested) and one.event.actor == GROWER
        )  # fmt: skip
    event = BatchHarvested(
        **common(GROWER), place=known.place, batch=f"{known.batch[:14]}/LB-{next(_LOTS)}",
        plot=PLOT, quantity=100_000, unit=Unit.GRAM,
    )  # fmt: skip
    county.record(event)
    return event


@pytest.fixture
def certificate(county: County, harvest: BatchHarvested) -> p.CommitmentIssued:
    """A certificate for 60 kg of it."""
    event = p.CommitmentIssued(
        **common(GROWER), place=harvest.place, batch=harvest.batch, quantity=60_000,
        unit=Unit.GRAM, basis=(p.Basis.COMMISSIONED_TEST,), commitments=tuple(p.Commitment),
    )  # fmt: skip
    county.record(event)
    return event


def run(harvest: BatchHarvested, count: int = 5, **more: Any) -> p.LabelPrinted:  # noqa: ANN401
    """The record of unit labels from 0001 on, unless told otherwise."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "id": uuid7(int(now.timestamp() * 1000), os.urandom(10)), "occurred_at": now,
        "actor": GROWER, "nonce": os.urandom(16), "place": harvest.place, "batch": harvest.batch,
        "template": "roll-60x40", "kind": p.LabelKind.UNIT, "count": count,
        "serials": p.Numbers("0001", f"{count:04d}"),
    }  # fmt: skip
    return p.LabelPrinted(**{**fields, **more})


def signed(county: County, event: p.LabelPrinted, by: str | None = None) -> Any:  # noqa: ANN401
    key = county.keyring.party_key(by or event.actor)
    return json.loads(envelope.to_bytes(envelope.sign(encode(event), key)))


def ask(county: County, harvest: BatchHarvested, **fields: Any) -> Response:  # noqa: ANN401
    body = {"batch": harvest.batch, "template": "roll-60x40", **fields}
    answer: Response = county.client.post("/api/labels", json=body)
    return answer


UNITS: Final = {"kind": "unit", "first": "0001", "count": 5}


def link(county: County, harvest: BatchHarvested) -> str:
    gtin, _, lot = harvest.batch.partition("/")
    return f"{county.services.settings.public_url}/01/{gtin}/10/{lot}"


def read_png(data: bytes) -> list[str]:
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.pad(np.array(image.convert("L")), 40, constant_values=255)
    return [one.text for one in zxingcpp.read_barcodes(pixels.repeat(2, 0).repeat(2, 1))]


def read_dots(dots: Any) -> list[str]:  # noqa: ANN401
    light = np.pad(~dots, 40, constant_values=True).astype(np.uint8) * 255
    return [one.text for one in zxingcpp.read_barcodes(light.repeat(2, 0).repeat(2, 1))]


def test_each_template_is_told_with_its_measures(county: County) -> None:
    said: Any = county.client.get("/api/labels/templates").json()
    assert [one["name"] for one in said["templates"]] == list(SHEETS)
    a4_24 = said["templates"][0]
    assert (a4_24["page_mm"], a4_24["label_mm"]["width"], a4_24["per_page"]) == (
        {"width": 210, "height": 297}, 70, 24,
    )  # fmt: skip
    assert a4_24["margins_mm"] == {"left": 0, "top": 0.5, "right": 0, "bottom": 0.5}
    assert a4_24["outputs"] == ["pdf", "png"]
    small = next(one for one in said["templates"] if one["name"] == "roll-40x30")
    assert (small["roll"], small["kinds"]) == (True, ["batch", "unit", "crate"])
    assert said["most_labels"] == 10_000


def test_a_preview_shows_the_label_and_records_nothing(
    county: County, harvest: BatchHarvested, certificate: p.CommitmentIssued
) -> None:
    with county.services.connection() as conn:
        head = log.head(conn)
    url = link(county, harvest)
    host = county.services.settings.public_url
    for fields, shown in (
        ({}, url), ({"kind": "unit", "first": "07"}, f"{url}/21/07"),
        ({"kind": "crate", "first": SSCC}, f"{host}/00/{SSCC}"),
        ({"kind": "certificate", "contact": "0766-3722345"}, url),
        ({"reprint": "true", "dpi": "300"}, url),
    ):  # fmt: skip
        wanted = {"batch": harvest.batch, "template": "roll-60x40", **fields}
        answer = county.client.get("/api/labels/preview", params=wanted)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/png"
        assert read_png(answer.content) == [shown]
    assert certificate.batch == harvest.batch
    with county.services.connection() as conn:
        assert log.head(conn) == head


@pytest.mark.parametrize("output", ["pdf", "png", "zpl", "tspl"])
def test_a_batchs_label_comes_in_every_file(
    county: County, harvest: BatchHarvested, output: str
) -> None:
    answer = ask(county, harvest, output=output)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'inline; filename="labels.{output}"'
    if output == "pdf":
        page = pypdfium2.PdfDocument(answer.content)[0].render(scale=300 / 72, grayscale=True)
        found = [one.text for one in zxingcpp.read_barcodes(np.array(page.to_numpy()).squeeze())]
    elif output == "png":
        found = read_png(answer.content)
    else:
        printed = zebra(answer.content) if output == "zpl" else tsc(answer.content, 8)
        found = read_dots(printed[0][0])
    assert found == [link(county, harvest)]


def test_unit_labels_are_recorded_with_their_printing(
    county: County, harvest: BatchHarvested
) -> None:
    event = run(harvest)
    answer = ask(county, harvest, **UNITS, output="zpl", envelope=signed(county, event))
    assert answer.status_code == 200, answer.text
    assert answer.headers["suyuan-event"] == event.id
    papers_ = [read_dots(dots) for dots, _ in zebra(answer.content)]
    assert papers_ == [[f"{link(county, harvest)}/21/000{n}"] for n in range(1, 6)]
    again = ask(county, harvest, **UNITS, output="zpl", envelope=signed(county, event))
    assert again.content == answer.content
    assert again.headers["suyuan-position"] == answer.headers["suyuan-position"]
    position = int(answer.headers["suyuan-position"])
    said: Any = county.client.get(f"/api/labels/{harvest.batch}?at={position}").json()
    assert [(one["id"], one["first"], one["last"]) for one in said["runs"]] == [
        (event.id, "0001", "0005")
    ]
    assert said["next_serial"] == "0006"


def test_the_same_serials_come_again_only_as_a_reprint(
    county: County, harvest: BatchHarvested
) -> None:
    first = run(harvest)
    assert ask(county, harvest, **UNITS, envelope=signed(county, first)).status_code == 200
    refused = ask(county, harvest, **UNITS, envelope=signed(county, run(harvest)))
    assert refused.status_code == 409
    assert refused.json()["code"] == "numbers-printed"
    assert refused.json()["cause"] == first.id
    again = run(harvest, reprint_of=first.id)
    unmarked = ask(county, harvest, **UNITS, envelope=signed(county, again))
    assert (unmarked.status_code, unmarked.json()["code"]) == (422, "label-run")
    marked = ask(county, harvest, **UNITS, reprint=True, envelope=signed(county, again))
    assert marked.status_code == 200
    text = pypdfium2.PdfDocument(marked.content)[0].get_textpage().get_text_range()
    assert "补打" in text


def test_numbered_labels_without_a_record_are_refused(
    county: County, harvest: BatchHarvested
) -> None:
    for fields in (UNITS, {"kind": "crate", "first": SSCC}):
        answer = ask(county, harvest, **fields)
        assert (answer.status_code, answer.json()["code"]) == (422, "label-unrecorded")


def test_a_record_of_something_else_prints_and_records_nothing(
    county: County, harvest: BatchHarvested
) -> None:
    with county.services.connection() as conn:
        head = log.head(conn)
    good = run(harvest)
    plain: dict[str, Any] = {"kind": p.LabelKind.BATCH, "serials": None}
    for wrong in (
        replace(good, template="a4-24"),
        run(harvest, 4),
        replace(good, serials=p.Numbers("0002", "0006")),
        replace(good, **plain),
        replace(good, batch=harvest.batch + "x"),
    ):
        answer = ask(county, harvest, **UNITS, envelope=signed(county, wrong))
        assert (answer.status_code, answer.json()["code"]) == (422, "label-run")
    stranger = replace(good, actor=CARRIER)
    answer = ask(county, harvest, **UNITS, envelope=signed(county, stranger))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-authorised")
    forged = signed(county, good)
    forged["signatures"][0]["sig"] = "AAAA" + forged["signatures"][0]["sig"][4:]
    answer = ask(county, harvest, **UNITS, envelope=forged)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-signature")
    answer = ask(county, harvest, **UNITS, envelope={"payload": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    with county.services.connection() as conn:
        assert log.head(conn) == head


def test_a_cooperative_prints_for_its_member(county: County, harvest: BatchHarvested) -> None:
    event = run(harvest, actor=CHENWU, holder=GROWER)
    answer = ask(county, harvest, **UNITS, envelope=signed(county, event))
    assert answer.status_code == 200, answer.text


def test_a_certificate_is_printed_with_what_the_law_asks(
    county: County, harvest: BatchHarvested, certificate: p.CommitmentIssued
) -> None:
    wanted = {"kind": "certificate", "contact": "0766-3722345"}
    event = run(harvest, 1, kind=p.LabelKind.CERTIFICATE, serials=None, commitment=certificate.id)
    answer = ask(county, harvest, **wanted, envelope=signed(county, event))
    assert answer.status_code == 200, answer.text
    words = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()
    for part in ("承诺达标合格证", "60 公斤", CHEN_XIULAN.name, "0766-3722345", "委托检测合格"):
        assert part in words
    without = ask(county, harvest, kind="certificate")
    assert (without.status_code, without.json()["code"]) == (422, "label-missing")
    assert "联系方式" in without.json()["detail"]


def test_a_certificate_that_is_not_in_force_is_not_printed(
    county: County, harvest: BatchHarvested
) -> None:
    answer = ask(county, harvest, kind="certificate", contact="1")
    assert (answer.status_code, answer.json()["code"]) == (409, "certificate-not-open")


def test_of_what_is_recalled_no_label_is_made_anywhere_and_the_reason_is_told(
    county: County, harvest: BatchHarvested
) -> None:
    gtin, _, lot = harvest.batch.partition("/")
    hold = BatchHeld(**common(GROWER), batch=harvest.batch, reason="待检")
    county.record(hold)
    assert ask(county, harvest).status_code == 200
    recall = BatchRecalled(
        **common(GROWER), batch=harvest.batch, hazard="农残超标", instruction="退回", level=2
    )
    at = county.record(recall)
    answer = ask(county, harvest)
    said: Any = answer.json()
    assert (answer.status_code, said["code"]) == (409, "recalled")
    assert f"第 {at} 条" in said["detail"]
    unit = run(harvest, 3)
    wanted = {"kind": "unit", "first": "0001", "count": 3}
    assert ask(county, harvest, **wanted, envelope=signed(county, unit)).status_code == 409
    with county.services.connection() as conn:
        assert log.find(conn, unit.id) is None
    preview = county.client.get("/api/labels/preview", params={"batch": harvest.batch})
    assert preview.status_code == 409
    assert county.client.get(f"/labels/01/{gtin}/10/{lot}.pdf").status_code == 409
    page = county.client.get(f"/print/01/{gtin}/10/{lot}", headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert "正在召回" in page.text
    county.record(RecallClosed(
        **common(GROWER), recall=recall.id, batch=harvest.batch, outcome="已处理"
    ))  # fmt: skip
    assert ask(county, harvest).status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"count": 0}, "label-count"),
        ({"count": 1_000_000}, "label-count"),
        ({"kind": "unit", "first": "1", "count": 10**15}, "label-count"),
        ({"template": "a5-1"}, "label-sheet"),
        ({"template": "a4-24", "start": 25}, "label-start"),
        ({"template": "a4-24", "output": "zpl"}, "label-output"),
        ({"template": "roll-40x30", "kind": "certificate", "contact": "1"}, "label-kind"),
        ({"dpi": 600, "output": "tspl"}, "label-output"),
        ({"kind": "unit"}, "label-serials"),
        ({"first": "1"}, "label-serials"),
        ({"kind": "unit", "first": "批1"}, "label-lot"),
        ({"kind": "unit", "first": "98", "count": 5}, "label-serials"),
        ({"kind": "crate", "first": "1"}, "label-sscc"),
        ({"count": "many"}, "malformed"),
        ({"kind": "poster"}, "malformed"),
        ({"output": "docx"}, "malformed"),
    ],
)
def test_what_can_not_be_printed_is_a_problem_in_both_languages(
    county: County, harvest: BatchHarvested, fields: dict[str, Any], code: str
) -> None:
    if code == "label-kind":
        issued = p.CommitmentIssued(
            **common(GROWER), place=harvest.place, batch=harvest.batch, quantity=1,
            unit=Unit.GRAM, basis=(p.Basis.OWN_TEST,), commitments=tuple(p.Commitment),
        )  # fmt: skip
        county.record(issued)
    answer = ask(county, harvest, **fields)
    said: Any = answer.json()
    assert (answer.status_code, said["code"]) == (422, code), said
    assert said["message"]["zh"].endswith("。")
    assert said["message"]["en"]


def test_a_batch_that_is_not_there_has_no_labels(county: County, harvest: BatchHarvested) -> None:
    ghost = replace(harvest, batch=harvest.batch[:14] + "/GHOST")
    assert ask(county, ghost).status_code == 404
    assert county.client.get(f"/api/labels/{ghost.batch}").status_code == 404
    wanted = {"batch": ghost.batch}
    assert county.client.get("/api/labels/preview", params=wanted).status_code == 404


def hold_crate_to_the_resolvers_manners(county: County, path: str, batch: str) -> None:
    """Hold a crate's address to what the resolver gives under a product's."""
    own = county.services.settings.public_url + path
    for query, accept in (("?linkType=linkset", "*/*"), ("", "application/linkset+json")):
        answer = county.client.get(path + query, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/linkset+json"
        crate, *inside = answer.json()["linkset"]
        assert crate["anchor"] == own
        assert [one["href"] for one in crate[f"{NAMESPACE}defaultLink"]] == [batch]
        assert [one["anchor"] for one in inside] == [batch, batch.partition("/10/")[0]]
    told = county.client.get(f"{path}?linkType=gs1:traceability&x=1")
    assert told.status_code == 307
    assert told.headers["location"].endswith("/trace?linkType=gs1:traceability&x=1")
    assert county.client.get(f"{path}?linkType=gs1:pip").headers["location"].startswith(batch)
    assert county.client.get(f"{path}?linkType=gs1:recipeInfo").status_code == 404
    assert county.client.head(f"{path}/").status_code == 307
    assert county.client.options(path).headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_crates_code_opens_its_batch(county: County, harvest: BatchHarvested) -> None:
    body = f"369012345{next(_LOTS):08d}"
    sscc = body + gtin_check_digit(body)
    wanted = {"kind": "crate", "first": sscc, "count": 1}
    event = run(harvest, 1, kind=p.LabelKind.CRATE, serials=None, ssccs=p.Numbers(sscc, sscc))
    answer = ask(county, harvest, **wanted, output="tspl", envelope=signed(county, event))
    ((dots, _),) = tsc(answer.content, 8)
    (code,) = read_dots(dots)
    path = code.removeprefix(county.services.settings.public_url)
    assert path == f"/00/{sscc}"
    at = answer.headers["suyuan-position"]
    opened = county.client.get(f"{path}?at={at}")
    assert opened.status_code == 307
    gtin, _, lot = harvest.batch.partition("/")
    own = county.services.settings.public_url
    batch = f"{own}/01/{gtin}/10/{lot}"
    assert opened.headers["location"] == f"{batch}?at={at}"
    assert (
        f"<{county.services.settings.public_url}{path}?linkType=linkset>" in opened.headers["link"]
    )
    assert county.client.get(f"/01/{gtin}/10/{lot}").status_code == 200
    hold_crate_to_the_resolvers_manners(county, path, batch)
    assert county.client.get(f"/00/{SSCC}").status_code == 404
    county.record(EventCorrected(**common(GROWER), event=event.id, reason="印错了"))
    gone = county.client.get(path, headers={"Accept": "text/html"})
    assert gone.status_code == 410
    assert "已经作废" in gone.text
    assert gone.headers["access-control-allow-origin"] == "*"
    wrong = county.client.get("/00/376104250021234560", headers={"Accept": "application/json"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "label-sscc")


def test_the_calibration_page_is_a_pdf_of_the_stock(county: County) -> None:
    answer = county.client.get("/api/labels/calibration?template=a4-8")
    page = pypdfium2.PdfDocument(answer.content)[0]
    assert [round(side / 72 * 25.4) for side in page.get_size()] == [210, 297]
    assert county.client.get("/api/labels/calibration?template=a5").status_code == 422


def test_lineage_and_runs_are_told_by_batch(
    county: County, harvest: BatchHarvested, certificate: p.CommitmentIssued
) -> None:
    said: Any = county.client.get(f"/api/labels/{harvest.batch}").json()
    assert [(one["id"], one["state"]) for one in said["certificates"]] == [
        (certificate.id, "in_force")
    ]
    assert (said["runs"], said["lineage"], said["next_serial"]) == ([], [], None)
    with county.services.connection() as conn:
        assert papers.certificate(conn, certificate.id) is not None
    passport: Any = county.client.get(f"/api/batches/{harvest.batch}").json()
    assert [one["event"] for one in passport["certificates"]] == [certificate.id]
