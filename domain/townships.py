"""Where Luoding's townships and Guangdong's prefecture seats lie, and how far one is from another.

Coordinates are WGS 84 as integers in 1e-5 degrees (about a metre). A seat is a point, not a
boundary. Source: GeoNames (geonames.org), CC BY 4.0; name it where a distance or a map shows.
朗塘镇 stands there under its old name 苪塘镇; 罗平农场 has no entry, so its place is unknown.
Codes: GB/T 2260 (six digits) and GB/T 10114 (nine).
"""

from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

from domain.ids import Division

LUODING: Final = "445381"
"""罗定市, GB/T 2260."""

_EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius R1 (IUGG, Moritz 2000)."""
_E5: Final = 100_000
_PREFECTURE_DIGITS: Final = 4


class Seat(NamedTuple):
    """A division's seat: code, names, and the point in 1e-5 degrees (None where unknown)."""

    code: str
    zh: str
    en: str
    latitude_e5: int | None
    longitude_e5: int | None
    geonames_id: int | None


TOWNSHIPS: Final[tuple[Seat, ...]] = (
    Seat("445381001", "罗城街道", "Luocheng", 2276953, 11156882, 1801967),
    Seat("445381002", "素龙街道", "Sulong", 2271707, 11160894, 1793862),
    Seat("445381003", "附城街道", "Fucheng", 2278256, 11157042, 8333996),
    Seat("445381004", "双东街道", "Shuangdong", 2279348, 11159597, 8333975),
    Seat("445381100", "罗镜镇", "Luojing", 2254146, 11144376, 1783563),
    Seat("445381101", "太平镇", "Taiping", 2251966, 11149750, 1913644),
    Seat("445381102", "分界镇", "Fenjie", 2255447, 11134578, 1913648),
    Seat("445381104", "罗平镇", "Luoping", 2262477, 11156671, 1801865),
    Seat("445381105", "船步镇", "Chuanbu", 2259157, 11162205, 1814863),
    Seat("445381106", "朗塘镇", "Langtang", 2262312, 11170545, 8333993),
    Seat("445381107", "苹塘镇", "Pingtang", 2275688, 11175407, 1913720),
    Seat("445381108", "金鸡镇", "Jinji", 2271361, 11182139, 1913706),
    Seat("445381109", "围底镇", "Weidi", 2271328, 11166667, 1791685),
    Seat("445381110", "华石镇", "Huashi", 2276600, 11168530, 1913726),
    Seat("445381111", "榃滨镇", "Tanbin", 2281802, 11139607, 1793485),
    Seat("445381113", "黎少镇", "Lishao", 2272006, 11146138, 1803262),
    Seat("445381114", "生江镇", "Shengjiang", 2270752, 11150944, 1913711),
    Seat("445381115", "连州镇", "Lianzhou", 2263591, 11143398, 1893280),
    Seat("445381116", "泗纶镇", "Silun", 2270905, 11131965, 1794213),
    Seat("445381118", "加益镇", "Jiayi", 2270700, 11115023, 1913707),
    Seat("445381119", "龙湾镇", "Longwan", 2268884, 11118684, 8333992),
    Seat("445381400", "罗平农场", "Luoping Farm", None, None, None),
)
"""The 22 township-level units of Luoding, by code."""

PREFECTURES: Final[tuple[Seat, ...]] = (
    Seat("440100", "广州市", "Guangzhou", 2311667, 11325000, 1809858),
    Seat("440200", "韶关市", "Shaoguan", 2480000, 11358333, 1795874),
    Seat("440300", "深圳市", "Shenzhen", 2254554, 11406830, 1795565),
    Seat("440400", "珠海市", "Zhuhai", 2227694, 11356778, 1790437),
    Seat("440500", "汕头市", "Shantou", 2336814, 11671479, 1795940),
    Seat("440600", "佛山市", "Foshan", 2302677, 11313148, 1811103),
    Seat("440700", "江门市", "Jiangmen", 2258333, 11308333, 1806299),
    Seat("440800", "湛江市", "Zhanjiang", 2123391, 11038749, 1784990),
    Seat("440900", "茂名市", "Maoming", 2166625, 11091364, 1801180),
    Seat("441200", "肇庆市", "Zhaoqing", 2304893, 11246091, 1784853),
    Seat("441300", "惠州市", "Huizhou", 2311147, 11441523, 1806776),
    Seat("441400", "梅州市", "Meizhou", 2428859, 11611768, 1800779),
    Seat("441500", "汕尾市", "Shanwei", 2278199, 11534750, 1795928),
    Seat("441600", "河源市", "Heyuan", 2373333, 11468333, 1786112),
    Seat("441700", "阳江市", "Yangjiang", 2185563, 11196272, 1806408),
    Seat("441800", "清远市", "Qingyuan", 2370000, 11303333, 1797945),
    Seat("441900", "东莞市", "Dongguan", 2301797, 11374866, 1812545),
    Seat("442000", "中山市", "Zhongshan", 2252306, 11337912, 6986104),
    Seat("445100", "潮州市", "Chaozhou", 2365396, 11662262, 1815395),
    Seat("445200", "揭阳市", "Jieyang", 2354180, 11636581, 1797121),
    Seat("445300", "云浮市", "Yunfu", 2292787, 11203809, 1785725),
)
"""The prefecture-level cities of Guangdong, by code."""

COUNTY_SEAT: Final = TOWNSHIPS[0]._replace(code=LUODING, zh="罗定市", en="Luoding")
"""罗定市 as a whole, at the point of its seat, 罗城街道."""

_BY_CODE: Final = {seat.code: seat for seat in (*TOWNSHIPS, COUNTY_SEAT)}
_BY_PREFECTURE: Final = {seat.code[:_PREFECTURE_DIGITS]: seat for seat in PREFECTURES}


def seat(division: Division) -> Seat | None:
    """Give the seat of a division: a township of Luoding, or elsewhere in Guangdong its prefecture.

    `440104` (越秀区) gives 广州市. None where nothing is known: another province, or a code within
    Luoding that no township has.
    """
    if division.startswith(LUODING):
        return _BY_CODE.get(division)
    return _BY_PREFECTURE.get(division[:_PREFECTURE_DIGITS])


def name(division: Division, language: str = "zh") -> str:
    """Name a division as people do (`榃滨镇`, `Tanbin`); an unknown one keeps its code."""
    found = seat(division)
    if found is None:
        return division
    return found.zh if language == "zh" else found.en


def distance_m(one: Seat, other: Seat) -> int | None:
    """Measure the great circle between two seats in metres, or None where a point is unknown.

    Source: the haversine formula (Sinnott, Sky & Telescope 68, 1984) on a sphere of radius R1,
    within 0.5 % of the ellipsoid; a road is longer than either.
    """
    if one.latitude_e5 is None or one.longitude_e5 is None:
        return None
    if other.latitude_e5 is None or other.longitude_e5 is None:
        return None
    north, south = radians(one.latitude_e5 / _E5), radians(other.latitude_e5 / _E5)
    across = radians((one.longitude_e5 - other.longitude_e5) / _E5)
    square = sin((north - south) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return round(2 * _EARTH_RADIUS_M * asin(sqrt(square)))


def distance_between(one: Division, other: Division) -> int | None:
    """Measure between the seats of two divisions in metres; None where either is unknown."""
    here, there = seat(one), seat(other)
    if here is None or there is None:
        return None
    return distance_m(here, there)
