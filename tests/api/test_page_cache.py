"""Pages that are kept: as long as their document stays, and for a few seconds only."""

import gzip

from starlette.datastructures import Headers

from api.page_cache import FRESH_S, PageCache, answered, packed, takes_gzip, version_of

BODY = b"<p>" + b"x" * 2000


def request(**headers: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in headers.items()})


def test_a_page_is_kept_while_its_document_and_the_clock_allow_it() -> None:
    now = 0.0
    cache = PageCache(lambda: now)
    one, other = version_of(b"one"), version_of(b"other")
    kept = cache.put(("batch", "zh"), one, BODY)
    assert cache.get(("batch", "zh"), one) is kept
    assert cache.get(("batch", "en"), one) is None
    assert cache.get(("batch", "zh"), other) is None
    now = FRESH_S
    assert cache.get(("batch", "zh"), one) is None


def test_the_page_that_was_not_asked_for_longest_makes_room() -> None:
    cache = PageCache(lambda: 0.0)
    version = version_of(b"")
    for number in range(513):
        cache.put((str(number),), version, b"x")
        cache.get(("0",), version)
    assert cache.get(("0",), version) is not None
    assert cache.get(("1",), version) is None


def test_who_has_the_page_gets_no_body_and_who_takes_gzip_a_small_one() -> None:
    kept = packed(BODY)
    plain = answered(request(), kept, "text/html", {})
    assert (plain.status_code, plain.body) == (200, BODY)
    small = answered(request(accept_encoding="br;q=1, gzip;q=0.5"), kept, "text/html", {})
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(small.body)) == BODY
    assert small.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in small.headers["vary"]
    for asked in (kept.tag, kept.tag.removeprefix("W/"), f'"other", {kept.tag}', "*"):
        again = answered(request(if_none_match=asked), kept, "text/html", {})
        assert (again.status_code, again.body) == (304, b"")
        assert again.headers["etag"] == kept.tag
    other = answered(request(if_none_match='W/"other"'), kept, "text/html", {})
    assert other.status_code == 200


def test_gzip_is_sent_only_where_it_is_taken() -> None:
    assert takes_gzip("gzip, deflate, br")
    assert takes_gzip("*")
    assert not takes_gzip("gzip;q=0, br")
    assert not takes_gzip("gzip; q=0.0")
    assert not takes_gzip("")
    assert packed(b"short").packed is None
