import inspect
import re
from collections.abc import Callable

import pytest

from labels import errors
from labels.content import LabelContent, checked_content
from labels.errors import LabelError, LinkMismatchError, MissingTextError

Make = Callable[..., LabelContent]

KINDS = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, LabelError)]


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = re.findall(r"\b([A-Z]\w+Error)\b", inspect.getdoc(errors) or "")
    assert sorted(drawn) == sorted(kind.__name__ for kind in KINDS)


def test_each_kind_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("field", ["product", "origin", "producer", "date"])
def test_an_empty_field_is_refused(make_content: Make, field: str) -> None:
    with pytest.raises(MissingTextError) as caught:
        checked_content(make_content(**{field: "  "}))
    assert caught.value.field == field


@pytest.mark.parametrize(
    "url",
    [
        "https://h/01/06901234567892/10/OTHER",
        "https://h/01/09521234543213/10/20250718-A1",
        "https://h/01/06901234567892",
        "https://h/01/06901234567892/10/20250718-A1/21/7",
        "https://h/01/06901234567892/10/20250718-A1?x=1",
    ],
)
def test_a_label_whose_code_says_something_else_is_refused(make_content: Make, url: str) -> None:
    with pytest.raises(LinkMismatchError):
        checked_content(make_content(url=url))
