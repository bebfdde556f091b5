"""Who there is: the authority, two cooperatives, firms, and thirty farmers; all of them made up."""

from typing import Final, NamedTuple

from api.demo.almanac import OfficeHours
from api.demo.builder import Builder
from api.demo.demo_keys import unsafe_demo_key
from domain.events.governance import (
    Custody,
    KeyBound,
    LedgerOpened,
    MembershipBegan,
    PartyAdmitted,
    PartyKind,
    Role,
)
from domain.ids import Division, PartyId
from domain.townships import LUODING
from ledger.keys import SigningKey

AUTHORITY: Final = "P445381-000001"
CHENWU: Final = "P445381-000002"
LIANXING: Final = "P445381-000003"
MILL: Final = "P445381-000004"
DOUCHI_WORKSHOP: Final = "P445381-000005"
DRYING_HOUSE: Final = "P445381-000006"
POULTRY_HOUSE: Final = "P445381-000007"
CARRIER: Final = "P445381-000008"
INSPECTOR: Final = "P445381-000009"
BUYER: Final = "P445381-000010"
RETAILER: Final = "P445381-000011"

GUANGZHOU_YUEXIU: Final[Division] = "440104"

_AUTHORITY_NAME: Final = "罗定市农业农村局（演示）"
_RULES: Final = "2026.1"


class Organisation(NamedTuple):
    """A firm or body: its name is public."""

    party: PartyId
    name: str
    roles: tuple[Role, ...]
    township: Division
    custody: Custody = Custody.DEVICE


class Farmer(NamedTuple):
    """A farmer; the name goes to the vault alone. `phone`: how the key is kept, if there is one."""

    number: int
    name: str
    cooperative: PartyId
    township: Division
    phone: str = ""
    consent: bool = False

    @property
    def party(self) -> PartyId:
        """The farmer's id, in the ledger all that is known of him or her."""
        return f"P445381-{self.number:06d}"


class Person(NamedTuple):
    """What the vault keeps of a person; `consent`: the name may be shown to a shopper."""

    party: PartyId
    name: str
    phone: str
    consent: bool


ORGANISATIONS: Final = (
    Organisation(CHENWU, "陈屋合作社", (Role.COOPERATIVE,), "445381111"),
    Organisation(LIANXING, "泗纶镇联兴社", (Role.COOPERATIVE,), "445381116"),
    Organisation(MILL, "谷满仓米厂", (Role.PROCESSOR, Role.WAREHOUSE), "445381109"),
    Organisation(DOUCHI_WORKSHOP, "古榕豆豉坊", (Role.PROCESSOR,), "445381003"),
    Organisation(DRYING_HOUSE, "金桂烘干分装厂", (Role.PROCESSOR, Role.WAREHOUSE), "445381002"),
    Organisation(POULTRY_HOUSE, "双东鲜禽加工场", (Role.PROCESSOR,), "445381004"),
    Organisation(CARRIER, "泷水快运", (Role.CARRIER,), "445381001", Custody.SERVER),
    Organisation(
        INSPECTOR, "罗定市农产品检测站（演示）", (Role.INSPECTOR,), "445381001", Custody.HSM
    ),
    Organisation(BUYER, "广州穗禾食材公司", (Role.BUYER, Role.WAREHOUSE), GUANGZHOU_YUEXIU),
    Organisation(RETAILER, "广州东山口鲜选超市", (Role.RETAILER, Role.BUYER), GUANGZHOU_YUEXIU),
)

CHEN_XIULAN: Final = Farmer(101, "陈秀兰", CHENWU, "445381111", "device", consent=True)

FARMERS: Final = (
    CHEN_XIULAN,
    Farmer(102, "陈水生", CHENWU, "445381111"),
    Farmer(103, "陈桂添", CHENWU, "445381111"),
    Farmer(104, "黄志强", CHENWU, "445381113", "p256", consent=True),
    Farmer(105, "黄玉珍", CHENWU, "445381113"),
    Farmer(106, "梁伟坤", CHENWU, "445381109", "device", consent=True),
    Farmer(107, "梁少芬", CHENWU, "445381109"),
    Farmer(108, "李国雄", CHENWU, "445381002", "device"),
    Farmer(109, "李月娥", CHENWU, "445381002"),
    Farmer(110, "谭文辉", CHENWU, "445381110", "device", consent=True),
    Farmer(111, "谭亚妹", CHENWU, "445381110"),
    Farmer(112, "彭建华", CHENWU, "445381114", "device"),
    Farmer(113, "区润芳", CHENWU, "445381107"),
    Farmer(114, "范金水", CHENWU, "445381108", "server", consent=True),
    Farmer(115, "沈丽容", CHENWU, "445381004", "device"),
    Farmer(116, "张木桂", LIANXING, "445381116", "p256", consent=True),
    Farmer(117, "张顺英", LIANXING, "445381116"),
    Farmer(118, "林火生", LIANXING, "445381119", "device"),
    Farmer(119, "林桂花", LIANXING, "445381119"),
    Farmer(120, "邓荣基", LIANXING, "445381118", "device", consent=True),
    Farmer(121, "邓美仪", LIANXING, "445381118"),
    Farmer(122, "赖启明", LIANXING, "445381115", "device"),
    Farmer(123, "陆秋菊", LIANXING, "445381100"),
    Farmer(124, "陆日新", LIANXING, "445381100", "device", consent=True),
    Farmer(125, "周锦棠", LIANXING, "445381101"),
    Farmer(126, "曾凤英", LIANXING, "445381102"),
    Farmer(127, "曾宪文", LIANXING, "445381102", "server"),
    Farmer(128, "欧阳海", LIANXING, "445381105", "device"),
    Farmer(129, "罗仲文", LIANXING, "445381106"),
    Farmer(130, "叶惠清", LIANXING, "445381104", "device", consent=True),
)


def people() -> list[Person]:
    """Give what goes to the vault. The numbers begin with 100, so that they are nobody's."""
    return [
        Person(farmer.party, farmer.name, f"10000000{farmer.number}", farmer.consent)
        for farmer in FARMERS
    ]


def open_ledger(
    b: Builder, hours: OfficeHours, origin: str, log_key: str, authority_key: SigningKey | None
) -> None:
    """Write the genesis: the authority with its first key."""
    key = authority_key or unsafe_demo_key(b.seed, AUTHORITY)
    b.keys[AUTHORITY] = key
    b.record(LedgerOpened(
        **b.common(AUTHORITY, hours.next(0)), county=LUODING, origin=origin,
        authority_name=_AUTHORITY_NAME, authority_key=key.did, log_key=log_key, rules=_RULES,
    ))  # fmt: skip


def admit_organisations(b: Builder, hours: OfficeHours) -> None:
    """Let the authority admit the firms, each with its key."""
    for firm in ORGANISATIONS:
        admitted = b.record(PartyAdmitted(
            **b.common(AUTHORITY, hours.next(18)), party=firm.party, kind=PartyKind.ORGANISATION,
            roles=firm.roles, township=firm.township, name=firm.name,
        ))  # fmt: skip
        _bind(b, hours, AUTHORITY, firm.party, firm.custody, admitted)


def admit_farmers(b: Builder, hours: OfficeHours) -> None:
    """Let the cooperatives admit their farmers; for one without a phone they may sign."""
    for farmer in FARMERS:
        cooperative = farmer.cooperative
        admitted = b.record(PartyAdmitted(
            **b.common(cooperative, hours.next(11)), party=farmer.party, kind=PartyKind.PERSON,
            roles=(Role.FARMER,), township=farmer.township,
        ))  # fmt: skip
        joined = b.record(MembershipBegan(
            **b.common(cooperative, hours.next(4), admitted), member=farmer.party,
            may_sign=not farmer.phone,
        ))  # fmt: skip
        if farmer.phone:
            custody = Custody.SERVER if farmer.phone == "server" else Custody.DEVICE
            _bind(b, hours, cooperative, farmer.party, custody, joined)
        else:
            b.signs_for[farmer.party] = cooperative


_P256: Final = {farmer.party for farmer in FARMERS if farmer.phone == "p256"}


def _bind(
    b: Builder, hours: OfficeHours, binder: PartyId, party: PartyId, custody: Custody, cause: str
) -> None:
    key = unsafe_demo_key(b.seed, party, p256=party in _P256)
    b.record(KeyBound(
        **b.common(binder, hours.next(6), cause), party=party, key=key.did, custody=custody
    ))  # fmt: skip
    b.keys[party] = key
