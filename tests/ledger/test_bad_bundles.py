"""A bundle proves who may sign and use a mark, even to who does not trust the log's operator."""

from collections.abc import Callable

import pytest

from ledger.verifier import Failed, Verified, verify
from tests.ledger.bundle_forgeries import FORGED, Forged, name_of


@pytest.mark.parametrize("forged", FORGED, ids=name_of)
def test_what_nobody_may_say_is_refused_though_the_log_has_it(forged: Callable[[], Forged]) -> None:
    made = forged()
    result = verify(made.lines)
    if made.code is None:
        assert isinstance(result, Verified), result
        assert "marks" in [step.step for step in result.steps]
        return
    assert isinstance(result, Failed), result
    assert (result.position, result.code) == (made.position, made.code), result.detail
