"""A label's content as a farmer in Luoding would give it, to be varied by each test."""

from collections.abc import Callable

import pytest
from msgspec import convert

from domain.events.papers import Basis, Commitment
from labels.content import CertificateWords, LabelContent
from labels.link import digital_link

Make = Callable[..., LabelContent]

GTIN = "06901234567892"
HOST = "https://suyuan.luoding.gov.cn"


@pytest.fixture
def make_content() -> Make:
    def make(**changes: object) -> LabelContent:
        words: dict[str, object] = {
            "product": "榃滨肉桂",
            "lot": "20250718-A1",
            "gtin": GTIN,
            "origin": "罗定市榃滨镇",
            "producer": "罗定市泗纶肉桂种植专业合作社",
            "date": "2025-07-18",
            "quantity": "500 克",
            "note": "置阴凉干燥处，开袋后请尽快食用。",
        }
        words.update(changes)
        words.setdefault("url", digital_link(HOST, str(words["gtin"]), str(words["lot"])))
        return convert(words, LabelContent)

    return make


@pytest.fixture
def make_certificate() -> Callable[[], CertificateWords]:
    def make() -> CertificateWords:
        return CertificateWords(
            quantity="120 公斤",
            issued="2025-07-19",
            issuer="罗定市泗纶肉桂种植专业合作社",
            contact="0766-3722345",
            basis=(Basis.QUALITY_CONTROL, Basis.OWN_TEST),
            commitments=tuple(Commitment),
        )

    return make
