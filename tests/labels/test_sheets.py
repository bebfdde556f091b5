import pytest

from labels.content import LabelContent
from labels.design import Box
from labels.errors import UnknownSheetError
from labels.sheets import SHEETS, Sheet, sheet

stocks = pytest.mark.parametrize("stock", SHEETS.values(), ids=list(SHEETS))


@stocks
def test_the_labels_lie_on_the_page_and_apart(stock: Sheet) -> None:
    page = Box(0, 0, stock.page_width, stock.page_height)
    cells = [stock.position(index) for index in range(stock.per_page)]
    assert all(page.holds(cell) for cell in cells)
    assert len({(cell.x, cell.y) for cell in cells}) == stock.per_page
    assert stock.margin_left == pytest.approx(stock.margin_right)
    assert stock.margin_top == pytest.approx(stock.margin_bottom)


@stocks
def test_the_fields_lie_on_the_label_and_are_known(stock: Sheet) -> None:
    face = stock.face
    label = Box(0, 0, face.width, face.height)
    for box in (face.qr, face.table.box, *(slot.box for slot in face.slots)):
        assert label.holds(box)
    known = set(LabelContent.__struct_fields__) | {"caption", "serial", "gtin-hri", "hri"}
    assert {slot.field for slot in face.slots} | {f.name for f in face.table.fields} <= known


def test_a_sheet_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownSheetError, match="a4-24"):
        sheet("a4-25")


def test_what_others_rely_on_is_there() -> None:
    assert {"a4-24", "a4-21", "a4-65", "roll-40x30", "roll-60x40", "roll-100x150"} <= set(SHEETS)
    assert sheet("a4-24").per_page == 24
