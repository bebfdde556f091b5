"""A scan is one look-up by key, is cheap when repeated, and never hides a recall."""

import gzip
import re
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from api.demo.parties import AUTHORITY
from domain.events.holds import BatchRecalled, RecallClosed
from tests.api.pages_parts import County, common, demo_county

LIKE_A_PHONE = {"Accept": "text/html", "Accept-Language": "zh-CN"}


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("lookup"), "lookup") as served:
        yield served


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent to the database from now on by the scans' threads."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(self: psycopg.Cursor[Any], query: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        text = query if isinstance(query, str) else query.decode()
        if threading.current_thread().name.startswith("lookup"):
            sent.append(text)
        return execute(self, query, *args, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return sent


def test_a_scan_of_a_page_that_is_kept_is_one_look_up_by_primary_key(
    county: County, statements: list[str]
) -> None:
    county.get(county.showcase)
    for headers in (LIKE_A_PHONE, {"Accept": "application/json"}):
        statements.clear()
        assert county.client.get(county.showcase, headers=headers).status_code == 200
        assert len(statements) == 1
        assert "FROM passport.document d WHERE d.batch = %s" in statements[0]
    with county.services.connection() as conn:
        conn.execute("SET enable_seqscan = off")
        plan = conn.execute(
            "EXPLAIN SELECT body FROM passport.document d WHERE d.batch = 'x'"
        ).fetchall()
        conn.execute("RESET enable_seqscan")
    assert "Index Scan using document_pkey" in str(plan)


def test_who_has_the_page_is_told_that_it_still_holds(county: County) -> None:
    tags = set()
    for headers in (LIKE_A_PHONE, {"Accept": "application/json"}):
        first = county.client.get(county.showcase, headers=headers)
        again = county.client.get(
            county.showcase, headers={**headers, "If-None-Match": first.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        tags.add(first.headers["etag"])
    english = county.client.get(county.showcase, headers={**LIKE_A_PHONE, "Accept-Language": "en"})
    assert "This batch last changed" in english.text
    assert english.headers["etag"] not in tags


def test_a_recall_reaches_a_page_that_is_kept_and_so_does_its_end(county: County) -> None:
    batch = county.showcase.removeprefix("/01/").replace("/10/", "/")
    before = county.client.get(county.showcase, headers=LIKE_A_PHONE)
    age = re.search(r"max-age=(\d+)", before.headers["cache-control"])
    assert age is not None
    assert int(age[1]) + 4 <= 10
    recall = BatchRecalled(
        **common(AUTHORITY), batch=batch, hazard="<script>霉变</script>",
        instruction="不要吃，送回买的地方。", level=2,
    )  # fmt: skip
    county.record(recall)
    after = county.client.get(
        county.showcase, headers={**LIKE_A_PHONE, "If-None-Match": before.headers["etag"]}
    )
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert "正在召回" in after.text
    assert "<script>霉变" not in after.text
    assert after.text.index("正在召回") < after.text.index('class="seal')
    county.record(RecallClosed(**common(AUTHORITY), recall=recall.id, batch=batch, outcome="召完"))
    assert "正在召回" not in county.get(county.showcase)


def test_a_language_that_is_asked_for_is_nobody_elses_copy(county: County) -> None:
    chosen = county.client.get(f"{county.showcase}?lang=en&utm=<x>", headers=LIKE_A_PHONE)
    assert chosen.headers["cache-control"] == "private, no-cache"
    assert "lang=en" in chosen.headers["set-cookie"]
    assert "utm" not in chosen.text
    county.client.cookies.clear()


def test_text_is_sent_compressed_and_all_of_the_first_paint_is_small(county: County) -> None:
    page = county.client.get(county.showcase, headers=LIKE_A_PHONE)
    loaded = re.findall(r'<(?:link rel="stylesheet"|script)[^>]* (?:href|src)="([^"]+)"', page.text)
    assert len(loaded) >= 3
    whole = 0
    for path in (county.showcase, *loaded):
        with county.client.stream(
            "GET", path, headers={**LIKE_A_PHONE, "Accept-Encoding": "gzip"}
        ) as answer:
            raw = b"".join(answer.iter_raw())
            assert answer.headers["content-encoding"] == "gzip"
            assert "Accept-Encoding" in answer.headers["vary"]
        plain = county.client.get(path, headers={**LIKE_A_PHONE, "Accept-Encoding": "identity"})
        assert gzip.decompress(raw) == plain.content
        whole += len(raw)
    assert whole < 30_000


def test_a_static_file_that_did_not_change_is_not_sent_again(county: County) -> None:
    first = county.client.get("/static/css/pages.css", headers={"Accept-Encoding": "gzip"})
    again = county.client.get(
        "/static/css/pages.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]},
    )
    assert again.status_code == 304
    assert county.client.get("/static/css/none.css").status_code == 404
