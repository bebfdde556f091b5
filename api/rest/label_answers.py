"""What the label interface answers about stock and about what was printed, as data."""

from typing import Any

from domain.events.papers import LabelKind
from labels.errors import KIND_NAMES
from labels.job import MOST_LABELS
from labels.outputs import DOTS_PER_MM, Output, outputs_of
from labels.sheets import SHEETS, Sheet
from projections.papers import Certificate, PrintRun


def templates() -> dict[str, Any]:
    """Give all stock with its measures, what can be printed on it, and the limits of a job."""
    return {
        "templates": [_template(stock) for stock in SHEETS.values()],
        "kinds": [{"name": kind.value, "zh": KIND_NAMES[kind.value]} for kind in LabelKind],
        "outputs": [output.value for output in Output],
        "dpi": list(DOTS_PER_MM),
        "most_labels": MOST_LABELS,
    }


def papers(
    certificates: list[Certificate], lineage: list[Certificate], runs: list[PrintRun]
) -> dict[str, Any]:
    """Give what was issued and printed of a batch, and the serial to go on with."""
    used = [run.last for run in runs if run.kind == "unit" and run.last and not run.reprint_of]
    highest = max(used, key=int, default=None)
    following = f"{int(highest) + 1:0{len(highest)}d}" if highest else None
    return {
        "certificates": [{**_fields(one), "state": one.state} for one in certificates],
        "lineage": [{**_fields(one), "state": one.state} for one in lineage],
        "runs": [_fields(run) for run in runs],
        "next_serial": following,
    }


def _fields(row: Certificate | PrintRun) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in row.__struct_fields__}
    return {name: value for name, value in found.items() if value is not None}


def _template(stock: Sheet) -> dict[str, Any]:
    face = stock.face
    return {
        "name": stock.name,
        "title": {"zh": stock.title_zh, "en": stock.title_en},
        "makers": stock.makers,
        "roll": stock.is_roll,
        "page_mm": {"width": stock.page_width, "height": stock.page_height},
        "label_mm": {"width": face.width, "height": face.height, "corner": stock.corner},
        "margins_mm": {
            "left": stock.margin_left, "top": stock.margin_top,
            "right": round(stock.margin_right, 3), "bottom": round(stock.margin_bottom, 3),
        },
        "gaps_mm": {"across": stock.gap_x, "down": stock.gap_y},
        "columns": stock.columns,
        "rows": stock.rows,
        "per_page": stock.per_page,
        "kinds": [kind.value for kind in stock.kinds],
        "outputs": [output.value for output in outputs_of(stock)],
        "least_module_mm": face.min_module,
    }  # fmt: skip
