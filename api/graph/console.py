"""The page on which developers try queries: GraphiQL from our own files, with ready examples."""

import json
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from starlette.responses import HTMLResponse, Response

_FOLDER: Final = files("api.graph")
_ORDER: Final = ("offers", "passports", "demands", "orders", "place_order", "checkpoint")
_VARIABLES: Final = {
    "orders": {"party": "P445381-000001"},
    "place_order": {"envelope": '{"payload": "…", "payloadType": "…", "signatures": []}'},
}


@cache
def examples() -> tuple[dict[str, str], ...]:
    """Give the ready examples, each a `query` with its `variables` as JSON text."""
    return tuple(
        {
            "query": _FOLDER.joinpath("examples", f"{name}.graphql").read_text("utf-8"),
            "variables": json.dumps(_VARIABLES.get(name, {}), ensure_ascii=False, indent=2),
        }
        for name in _ORDER
    )


def page(script: str) -> HTMLResponse:
    """Give the page; `script` is the path of its script."""
    # `<` could end the element that the examples stand in.
    embedded = json.dumps(examples(), ensure_ascii=False).replace("<", "\\u003c")
    template = Template(_FOLDER.joinpath("console.html").read_text("utf-8"))
    return HTMLResponse(template.substitute(examples=embedded, script=script))


def script() -> Response:
    """Give the page's script."""
    return Response(_FOLDER.joinpath("console.js").read_bytes(), media_type="text/javascript")
