"""What each refusal means, in both languages: the page that a problem's `type` leads to."""

import re
from http import HTTPStatus
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import not_found, status_of
from api.pages import render
from api.pages.catalogue import marked
from api.pages.failure import failure
from api.pages.reader import reader
from api.pages.standing import standing
from api.rest.context import Use
from domain.refusals import Code, Refusal
from domain.sentences import SENTENCES

router = APIRouter(include_in_schema=False)

_BLANK: Final = re.compile(r"\{(\w+)\}")

OTHERS: Final[dict[str, tuple[HTTPStatus, str]]] = {
    "not-found": (
        HTTPStatus.NOT_FOUND, marked("没有这一页、这个批次或这条记录。请核对网址或编号。"),
    ),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, marked("台账正忙，这一条没有记下。过几秒原样再送。")),
    "unavailable": (
        HTTPStatus.SERVICE_UNAVAILABLE, marked("台账暂时写不了，这一条没有记下。稍后原样再送。"),
    ),
    "behind": (HTTPStatus.SERVICE_UNAVAILABLE, marked("刚记的还没整理到这一页，过一会儿再看。")),
    "label-gtin": (
        HTTPStatus.BAD_REQUEST, marked("商品条码不对：应是 14 位数字，最后一位是校验位。"),
    ),
    "label-lot": (
        HTTPStatus.BAD_REQUEST,
        marked("批号不对：1 到 20 个字符，只用字母、数字和 GS1 允许的符号。"),
    ),
    "label-address": (HTTPStatus.BAD_REQUEST, marked("网址不是一个 GS1 数字链接。请重新扫码。")),
    "label-sheet": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("没有这种标签纸。")),
    "label-count": (
        HTTPStatus.UNPROCESSABLE_ENTITY, marked("标签张数不对：最少一张，也不能太多。"),
    ),
    "label-start": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("起始格不在这张标签纸上。")),
    "label-missing": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("标签上必须有的内容还缺一项。")),
    "label-glyph": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("有个字字库里没有，印不出来。")),
    "label-too-long": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("内容太长，这种标签印不下。")),
    "label-sscc": (
        HTTPStatus.UNPROCESSABLE_ENTITY, marked("箱码不对：应是 18 位数字，最后一位是校验位。"),
    ),
    "label-serials": (
        HTTPStatus.UNPROCESSABLE_ENTITY, marked("标签的编号不对：要写第一个编号，位数要够。"),
    ),
    "label-kind": (HTTPStatus.UNPROCESSABLE_ENTITY, marked("这种纸印不下这种标签。请换一种纸。")),
    "label-output": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        marked("这种纸不能这样打：卷纸用 ZPL 或 TSPL，A4 纸用 PDF，图片只有一页。"),
    ),
    "label-run": (
        HTTPStatus.UNPROCESSABLE_ENTITY, marked("打印记录与要打的标签不一致，没有打印也没有记录。"),
    ),
    "label-unrecorded": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        marked("单件标签和箱标的编号只用一次，要连同签过名的打印记录一起送来。"),
    ),
    "label-too-dense": (
        HTTPStatus.UNPROCESSABLE_ENTITY, marked("二维码太密，手机扫不出。请换大一号的标签。"),
    ),
}  # fmt: skip
"""Problems that are no refusal of an event, by code: the status, and what to do."""


class Explained(NamedTuple):
    """A refusal's code, its HTTP status, and its sentence with the facts left open."""

    code: str
    status: int
    zh: str
    en: str


def explained(code: Code) -> Explained:
    """Explain a refusal; `…` stands for each fact that the real one names."""
    zh, en = (_BLANK.sub("…", text) for text in SENTENCES[code.value])
    return Explained(code.value, int(status_of(Refusal(code, zh, en))), zh, en)


def explained_otherwise(code: str) -> Explained:
    """Explain a problem that is no refusal."""
    status, sentence = OTHERS[code]
    return Explained(code, int(status), reader("zh").say(sentence), reader("en").say(sentence))


EXPLAINED: Final = {
    **{code.value: explained(code) for code in Code},
    **{code: explained_otherwise(code) for code in OTHERS},
}
"""Every code that a problem of ours may have."""


@router.get("/problems")
@router.head("/problems")
def problems(request: Request, services: Use) -> Response:
    """List every reason for which the ledger refuses a record."""
    with services.connection() as conn:
        now = standing(conn)
    return render.page(
        request, "problems.html", standing=now, problems=EXPLAINED.values(), one=None
    )


@router.get("/problems/{code}")
@router.head("/problems/{code}")
def problem(code: str, request: Request, services: Use) -> Response:
    """Explain one reason."""
    one = EXPLAINED.get(code)
    if one is None:
        missing = not_found(f"没有“{code}”这个编号。", f'There is no code "{code}".')
        return failure(request, services, missing)
    with services.connection() as conn:
        now = standing(conn)
    return render.page(request, "problems.html", standing=now, problems=(), one=one)
