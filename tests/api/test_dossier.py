"""A batch to take along: one page and a picture, each with a symbol that leads to the page."""

import io
from collections.abc import Iterator

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image

from tests.api.pages_parts import GTIN, SCRIPT, County, demo_county, record_trouble

TROUBLE = f"/passports/01/{GTIN}/10/A%2FB%26C%3F"


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("dossier"), "dossier") as served:
        record_trouble(served)
        yield served


def fetched(county: County, path: str, language: str = "zh") -> bytes:
    answer = county.client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    again = county.client.get(
        path, headers={"Accept-Language": language, "If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    return answer.content


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(np.array(image.convert("L")))]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_page_says_what_the_passport_says_and_its_symbol_leads_there(
    county: County, language: str
) -> None:
    pdf = pypdfium2.PdfDocument(fetched(county, f"/passports{county.showcase}.pdf", language))
    assert len(pdf) == 1
    text = pdf[0].get_textpage().get_text_range()
    said = ("陈秀兰", "12") if language == "zh" else ("Harvest", "Fingerprint")
    assert all(one in text for one in said), text
    image = pdf[0].render(scale=3).to_pil()
    assert read(image) == [county.services.settings.public_url + county.showcase]
    pdf.close()


def test_a_picture_of_the_size_that_chats_show_has_a_symbol_that_can_be_read(
    county: County,
) -> None:
    image = Image.open(io.BytesIO(fetched(county, f"/passports{county.showcase}.png")))
    assert image.size == (1200, 630)
    assert read(image) == [county.services.settings.public_url + county.showcase]
    page = county.get(county.showcase)
    public = county.services.settings.public_url
    assert f'<meta property="og:image" content="{public}/passports{county.showcase}.png">' in page
    assert '<meta property="og:title" content="榃滨桂皮 500 克' in page


def test_script_in_every_text_is_text_on_paper_too(county: County) -> None:
    pdf = pypdfium2.PdfDocument(fetched(county, f"{TROUBLE}.pdf"))
    text = pdf[0].get_textpage().get_text_range()
    assert SCRIPT.split("(")[0] in text
    pdf.close()
    assert fetched(county, f"{TROUBLE}.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_an_unknown_batch_has_none(county: County, ending: str) -> None:
    answer = county.client.get(f"/passports/01/02044538101035/10/NONE.{ending}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
