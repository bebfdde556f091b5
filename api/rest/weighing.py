"""A weighing list handed in to be read: columns, deliveries and errors; nothing is recorded."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import BaseModel

from api.errors import Problem
from api.rest.context import Use
from api.signin.viewer import MayRead, forbidden
from api.weighing import columns, table
from api.weighing.cells import GRAMS, text
from api.weighing.columns import REQUIRED, Columns, Field
from api.weighing.deliveries import Delivery, Reading, read_deliveries
from api.weighing.known import known_to
from domain.events.governance import Role
from domain.moments import CST

router = APIRouter(prefix="/api/weighing", tags=["weighing"])

_SAMPLE: Final = 5


class Sent(BaseModel):
    """A file; `heading`, `columns` and `unit` where the clerk knows better than the guess.

    `columns` is JSON: a field's name to its column from 0, such as `{"member": 1, "weight": 3}`.
    """

    file: UploadFile
    heading: int | None = None
    columns: str = ""
    unit: str = ""


@router.post("")
def read(sent: Annotated[Sent, Form()], services: Use, viewer: MayRead) -> Response:
    """Read a weighing list (XLSX, or CSV in UTF-8, UTF-16 or GBK) of the cooperative's members.

    The answer has the columns as they were taken, the first rows to compare, the deliveries, and
    each error with its row and column. Nothing is recorded.
    """
    if not viewer.has(Role.COOPERATIVE):
        raise forbidden()
    try:
        sheet = table.read(sent.file.file.read(table.MAX_BYTES + 1))
    except table.NotATable as error:
        raise _wrong(error.zh, error.en) from error
    taken = _columns(sent, sheet)
    reading = Reading([], [])
    if not taken.missing:
        today = datetime.now(UTC).astimezone(CST).date()
        with services.connection() as conn:
            known = known_to(conn, services.vault, viewer.party)
        reading = read_deliveries(sheet, taken, known, today)
    return Response(
        msgspec.json.encode(_answer(sheet, taken, reading)), media_type="application/json"
    )


def _columns(sent: Sent, sheet: table.Table) -> Columns:
    guessed = columns.guess(sheet)
    width = max(len(row.cells) for row in sheet.rows)
    try:
        chosen = msgspec.json.decode(sent.columns, type=dict[str, int]) if sent.columns else None
        of = {Field(name): at for name, at in chosen.items()} if chosen is not None else guessed.of
    except (msgspec.DecodeError, ValueError) as error:
        raise _wrong("列的对应看不懂。", f"The columns can't be read: {error}.") from error
    if any(not 0 <= column < width for column in of.values()):
        raise _wrong(f"表里只有 {width} 列。", f"The table has {width} columns.")
    unit = sent.unit or guessed.unit
    if unit not in GRAMS:
        raise _wrong(f"没有「{unit}」这个重量单位。", f"{unit!r} is no unit of weight.")
    return Columns(sent.heading or guessed.heading, of, unit)


def _answer(sheet: table.Table, taken: Columns, reading: Reading) -> dict[str, Any]:
    heading = next((row.cells for row in sheet.rows if row.number == taken.heading), ())
    below = [row for row in sheet.rows if row.number > taken.heading]
    return {
        "heading": taken.heading,
        "headings": [text(cell) for cell in heading],
        "columns": {field.value: column for field, column in taken.of.items()},
        "required": [field.value for field in REQUIRED],
        "missing": [field.value for field in taken.missing],
        "unit": taken.unit,
        "units": list(GRAMS),
        "sample": [
            {"row": row.number, "cells": [text(cell) for cell in row.cells]}
            for row in below[:_SAMPLE]
        ],
        "rows": len(below),
        "deliveries": [_told(one) for one in reading.deliveries],
        "errors": [one._asdict() for one in reading.errors],
    }


def _told(one: Delivery) -> dict[str, Any]:
    return {**one._asdict(), "mark": one.mark._asdict() if one.mark else None}


def _wrong(zh: str, en: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", zh, en)
