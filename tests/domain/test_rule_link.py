"""Links are set by whom the product or batch belongs to, on https, and can be taken back."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent, decode, encode
from domain.events.links import LinkSet, MediaType
from domain.events.movements import BatchHarvested
from domain.link_types import LINK_TYPES, is_link_type
from domain.refusals import Code
from domain.rules.link import MOST_LINKS
from tests.county import AUTHORITY, COOP, ELDER, FARMER, INSPECTOR, PADDY, kg
from tests.worlds import World


@pytest.fixture
def world() -> World:
    return World.open()


@pytest.fixture
def harvest(world: World) -> BatchHarvested:
    return world.admit(world.harvest(quantity=kg(100)))


def refused(world: World, event: AnyEvent, code: Code) -> None:
    """Expect a refusal by this code."""
    assert world.refuse(event).code is code


def test_the_batch_s_first_recorder_sets_replaces_and_takes_back_its_links(
    world: World, harvest: BatchHarvested
) -> None:
    first = world.admit(world.link(FARMER, harvest.batch))
    second = world.admit(world.link(FARMER, harvest.batch, target="https://b.example.cn"))
    english = world.admit(world.link(FARMER, harvest.batch, language="en"))
    refused(world, world.unlink(first), Code.LINK_NOT_SET)
    world.admit(world.unlink(second))
    refused(world, world.unlink(second), Code.LINK_NOT_SET)
    world.admit(world.unlink(english, by=AUTHORITY))


def test_a_product_s_links_are_its_registrant_s(world: World, harvest: BatchHarvested) -> None:
    world.admit(world.link(AUTHORITY, PADDY))
    for who in (COOP, FARMER):
        refused(world, world.link(who, PADDY, "gs1:support"), Code.NOT_AUTHORISED)
    for who in (ELDER, COOP, AUTHORITY):
        refused(world, world.link(who, harvest.batch), Code.NOT_AUTHORISED)
    refused(world, world.link(INSPECTOR, harvest.batch), Code.NOT_AUTHORISED)


def test_another_s_link_is_taken_back_by_the_authority_alone(
    world: World, harvest: BatchHarvested
) -> None:
    link = world.admit(world.link(FARMER, harvest.batch))
    refused(world, world.unlink(link, by=ELDER), Code.NOT_AUTHORISED)
    world.admit(world.unlink(link, by=AUTHORITY))


def test_what_is_not_there_has_no_links(world: World) -> None:
    refused(world, world.link(FARMER, f"{PADDY}/NONE"), Code.UNKNOWN_BATCH)
    refused(world, world.link(AUTHORITY, "09506000134352"), Code.UNKNOWN_PRODUCT)


@pytest.mark.parametrize("kind", ["gs1:defaultLink", "gs1:handledBy", "gs1:nothing", "gs1:PIP"])
def test_a_type_that_the_vocabulary_lacks_or_the_resolver_keeps_is_refused(
    world: World, harvest: BatchHarvested, kind: str
) -> None:
    refused(world, world.link(FARMER, harvest.batch, kind), Code.UNKNOWN_LINK_TYPE)


def test_an_identifier_has_at_most_fifty_links(world: World, harvest: BatchHarvested) -> None:
    kinds = sorted(LINK_TYPES)
    set_now = [
        world.admit(world.link(FARMER, harvest.batch, f"gs1:{kind}")) for kind in kinds[:MOST_LINKS]
    ]
    last = set_now[-1]
    refused(world, world.link(FARMER, harvest.batch, f"gs1:{kinds[-1]}"), Code.TOO_MANY_LINKS)
    world.admit(world.link(FARMER, harvest.batch, last.link_type, target="https://b.example"))
    world.admit(world.unlink(world.admit(world.link(FARMER, harvest.batch, last.link_type))))
    world.admit(world.link(FARMER, harvest.batch, f"gs1:{kinds[-1]}"))


def test_a_link_is_not_older_than_its_batch_nor_taken_back_before_it_was_set(
    world: World, harvest: BatchHarvested
) -> None:
    early = harvest.occurred_at - timedelta(hours=1)
    link = world.link(FARMER, harvest.batch)
    refused(world, replace(link, occurred_at=early), Code.TIME_BEFORE_CAUSE)
    world.admit(link)
    refused(world, replace(world.unlink(link), occurred_at=early), Code.TIME_BEFORE_CAUSE)


@pytest.mark.parametrize(
    "target",
    [
        "http://shop.example.cn/", "https://", "https://localhost/", "https://a@evil.example/",
        "https://Shop.example.cn/", "https://[::1]/", "https://shop.example.cn/ a", "javascript:1",
        "https://shop.example.cn/批", "https://shop.example.cn/\n", "https://shop.example.cn\\@e.cn",
        'https://shop.example.cn/"', "https://-a.cn/", "https://a..cn/", "//shop.example.cn",
        "https://shop.example.cn/" + "a" * 1000, "https://shop.example.cn/<script>",
    ],
)  # fmt: skip
def test_a_target_is_https_at_a_plain_host(
    world: World, harvest: BatchHarvested, target: str
) -> None:
    link = replace(world.link(FARMER, harvest.batch), target=target)
    with pytest.raises(msgspec.ValidationError, match=r"\$\.target"):
        decode(encode(link))


@pytest.mark.parametrize(
    "target",
    [
        "https://shop.example.cn", "https://shop.example.cn:8443/a/b?c=d&e=%E6%89%B9#f",
        "https://xn--fiqs8s.cn/", "https://a.cn?x", "https://1.example.cn/~a/(b);c=1,2",
    ],
)  # fmt: skip
def test_such_a_target_reads_back(world: World, harvest: BatchHarvested, target: str) -> None:
    link = world.link(FARMER, harvest.batch, target=target, media_type=MediaType.PDF, context="CN")
    assert decode(encode(link)) == link


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("identifier", "123"), ("identifier", PADDY + "/"), ("identifier", PADDY + "/批"),
        ("language", "ZH"), ("language", "zh-cn"), ("language", "chinese"), ("title", ""),
        ("title", "a\nb"), ("link_type", "pip"), ("link_type", "gs1:a-b"), ("context", "cn"),
    ],
)  # fmt: skip
def test_other_fields_are_held_to_their_form(
    world: World, harvest: BatchHarvested, field: str, value: str
) -> None:
    link: LinkSet = replace(world.link(FARMER, harvest.batch), **{field: value})
    with pytest.raises(msgspec.ValidationError, match=rf"\$\.{field}"):
        decode(encode(link))


def test_the_resolver_s_own_types_are_none_that_one_sets() -> None:
    assert is_link_type("gs1:pip")
    assert not is_link_type("gs1:defaultLinkMulti")
    assert not is_link_type("pip")
