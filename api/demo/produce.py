"""What is traded: the products, each under a number that the county gives out."""

from datetime import date
from typing import Final, NamedTuple

from api.demo.almanac import OfficeHours
from api.demo.builder import Builder
from api.demo.parties import (
    AUTHORITY,
    CHENWU,
    DOUCHI_WORKSHOP,
    DRYING_HOUSE,
    LIANXING,
    MILL,
    POULTRY_HOUSE,
)
from domain.events.registry import Names, ProductRegistered
from domain.ids import Gtin, PartyId, batch_id, gtin_check_digit
from domain.measures import BatchQuantity, Content, Unit


class Product(NamedTuple):
    """A product; `bag_g` is what a piece of it holds, `days` how long it keeps.

    `mark` is the one that no batch of it comes to be without.
    """

    number: int
    registrar: PartyId
    category: str
    zh: str
    en: str
    unit: Unit = Unit.GRAM
    bag_g: int | None = None
    days: int | None = None
    mark: str | None = None

    @property
    def gtin(self) -> Gtin:
        """The county's restricted-circulation number: prefix 20, the county, the item."""
        digits = f"020445381{self.number:04d}"
        return digits + gtin_check_digit(digits)

    def goods(self, lot: str, quantity: int) -> BatchQuantity:
        """Give so much of this product's batch of a lot."""
        return BatchQuantity(batch_id(self.gtin, lot), quantity, self.unit)


PIECE: Final = Unit.PIECE
CINNAMON_MARK: Final = "luoding-cinnamon"

FRESH_BARK: Final = Product(101, AUTHORITY, "cinnamon", "鲜桂皮", "Fresh cassia bark")
DRY_BARK: Final = Product(102, AUTHORITY, "cinnamon", "桂皮（干）", "Dried cassia bark", days=1095)
TANBIN_500: Final = Product(
    103, CHENWU, "cinnamon", "榃滨桂皮 500 克", "Tanbin cassia bark, 500 g", PIECE, 500, 730
)
SILUN_250: Final = Product(
    104,
    DRYING_HOUSE,
    "cinnamon",
    "泗纶桂皮 250 克",
    "Silun cassia bark, 250 g",
    PIECE,
    250,
    730,
    CINNAMON_MARK,
)
PADDY: Final = Product(201, AUTHORITY, "paddy", "稻谷", "Paddy", days=540)
RICE: Final = Product(202, MILL, "rice", "罗定稻米", "Luoding rice", days=270)
RICE_5KG: Final = Product(
    203, MILL, "rice", "罗定稻米 5 公斤", "Luoding rice, 5 kg", PIECE, 5000, 270
)
SOYBEANS: Final = Product(301, AUTHORITY, "soybean", "黑豆", "Black soybeans", days=365)
STEAMED: Final = Product(302, DOUCHI_WORKSHOP, "douchi", "蒸黑豆", "Steamed black soybeans", days=2)
DOUCHI: Final = Product(
    303, DOUCHI_WORKSHOP, "douchi", "豆豉（散装）", "Fermented soybeans", days=540
)
DOUCHI_250: Final = Product(
    304, DOUCHI_WORKSHOP, "douchi", "罗定豆豉 250 克", "Luoding douchi, 250 g", PIECE, 250, 540
)
LIVE_CHICKEN: Final = Product(
    401, AUTHORITY, "chicken", "三黄鸡（活）", "Three-yellow chicken, live", PIECE
)
DRESSED_CHICKEN: Final = Product(
    402, POULTRY_HOUSE, "chicken", "三黄鸡（光鸡）", "Three-yellow chicken, dressed", PIECE, days=5
)
LONGAN: Final = Product(501, AUTHORITY, "longan", "龙眼", "Longan", days=10)
DRY_LONGAN: Final = Product(502, DRYING_HOUSE, "longan", "桂圆干", "Dried longan", days=540)
DRY_LONGAN_250: Final = Product(
    503, DRYING_HOUSE, "longan", "桂圆干 250 克", "Dried longan, 250 g", PIECE, 250, 540
)
PLUMS: Final = Product(511, AUTHORITY, "plum", "三华李", "Sanhua plums", days=12)
PLUMS_BEST: Final = Product(
    512, LIANXING, "plum", "三华李（一级）", "Sanhua plums, grade 1", days=10
)
PLUMS_BOX: Final = Product(
    513, LIANXING, "plum", "三华李 2.5 公斤", "Sanhua plums, 2.5 kg box", PIECE, 2500, 10
)
HAWTHORN: Final = Product(521, AUTHORITY, "hawthorn", "大果山楂", "Large-fruited hawthorn", days=40)
DRY_HAWTHORN: Final = Product(522, DRYING_HOUSE, "hawthorn", "山楂干", "Dried hawthorn", days=365)

PRODUCTS: Final = (
    FRESH_BARK, DRY_BARK, TANBIN_500, SILUN_250, PADDY, RICE, RICE_5KG, SOYBEANS, STEAMED, DOUCHI,
    DOUCHI_250, LIVE_CHICKEN, DRESSED_CHICKEN, LONGAN, DRY_LONGAN, DRY_LONGAN_250, PLUMS,
    PLUMS_BEST, PLUMS_BOX, HAWTHORN, DRY_HAWTHORN,
)  # fmt: skip


def kg(kilograms: int) -> int:
    """Give kilograms in grams."""
    return kilograms * 1000


def lot(day: date, code: str, number: int = 1) -> str:
    """Give the lot number that the app proposes: the day, the plot or house, a counter."""
    return f"{day:%Y%m%d}-{code}-{number}"


def part(goods: BatchQuantity, quantity: int) -> BatchQuantity:
    """Give so much of the same batch."""
    return BatchQuantity(goods.batch, quantity, goods.unit)


def register_products(b: Builder, hours: OfficeHours) -> None:
    """Let each product be registered by whoever brings it to market, the raw ones by the county."""
    for product in PRODUCTS:
        content = Content(product.bag_g, Unit.GRAM) if product.bag_g else None
        b.record(ProductRegistered(
            **b.common(product.registrar, hours.next(8)), gtin=product.gtin,
            names=Names(product.zh, product.en), category=product.category, unit=product.unit,
            content=content, shelf_life_days=product.days, mark=product.mark,
        ))  # fmt: skip
