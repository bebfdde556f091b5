"""What produce is called: categories of the county's trade with their names and synonyms, as data.

A category is a code of `product.registered.v1` and `demand.posted.v1`; one that is not here is
known by its code alone. Names are those that people in the trade use; a synonym may be that of the
kind above (家禽 finds 三黄鸡). In simplified characters; what is searched for is brought to these
first (`simplified`).
"""

from typing import Final, NamedTuple


class Category(NamedTuple):
    """A category: its code, names, and what else it is called in either language."""

    code: str
    zh: str
    en: str
    also_zh: tuple[str, ...] = ()
    also_en: tuple[str, ...] = ()


CATEGORIES: Final[tuple[Category, ...]] = (
    Category(
        "cinnamon", "肉桂", "Cinnamon", ("桂皮", "玉桂", "官桂", "桂通", "企边桂", "香料", "调料"),
        ("cassia", "cassia bark", "Chinese cinnamon", "spice"),
    ),
    Category("paddy", "稻谷", "Paddy", ("谷子", "水稻", "原粮", "粮食"), ("rough rice", "grain")),
    Category(
        "rice", "稻米", "Rice", ("大米", "白米", "丝苗米", "籼米", "罗定稻米", "粮食"),
        ("milled rice", "white rice", "grain"),
    ),
    Category("soybean", "黑豆", "Soybeans", ("大豆", "豆子", "乌豆"), ("black soybean", "beans")),
    Category(
        "douchi", "豆豉", "Fermented soybeans", ("罗定豆豉", "豆鼓", "阳江豆豉", "调料"),
        ("douchi", "fermented black beans", "black bean sauce", "salted black beans"),
    ),
    Category(
        "chicken", "三黄鸡", "Chicken",
        ("走地鸡", "土鸡", "家鸡", "肉鸡", "光鸡", "活鸡", "清远鸡", "白切鸡", "家禽"),
        ("free-range chicken", "three-yellow chicken", "hen", "poultry", "broiler"),
    ),
    Category(
        "longan", "龙眼", "Longan", ("桂圆", "桂圆干", "圆眼", "水果"), ("dried longan", "fruit"),
    ),
    Category("plum", "三华李", "Plums", ("李子", "青李", "水果"), ("sanhua plum", "fruit")),
    Category(
        "hawthorn", "山楂", "Hawthorn", ("大果山楂", "山里红", "山楂干", "水果"),
        ("large-fruited hawthorn", "fruit"),
    ),
    Category("citrus", "柑橘", "Citrus", ("沙糖桔", "砂糖橘", "贡柑", "桔子"), ("mandarin",)),
    Category("lychee", "荔枝", "Lychee", ("妃子笑", "桂味", "糯米糍", "水果"), ("litchi", "fruit")),
    Category("yam", "淮山", "Yam", ("山药", "怀山", "铁棍山药"), ("Chinese yam",)),
    Category("taro", "芋头", "Taro", ("香芋", "芋仔"), ("eddoe",)),
    Category("bamboo-shoot", "竹笋", "Bamboo shoots", ("笋干", "鲜笋", "苦笋"), ("shoots",)),
    Category("peanut", "花生", "Peanuts", ("落花生", "花生油"), ("groundnut",)),
    Category("sweet-potato", "番薯", "Sweet potatoes", ("红薯", "地瓜", "甘薯"), ("yam potato",)),
    Category("pork", "猪肉", "Pork", ("土猪", "生猪", "黑猪"), ("pig", "hog")),
    Category("duck", "鸭", "Duck", ("水鸭", "麻鸭", "家禽"), ("poultry",)),
    Category("egg", "鸡蛋", "Eggs", ("土鸡蛋", "蛋", "鸭蛋"), ("hen's eggs",)),
    Category("honey", "蜂蜜", "Honey", ("荔枝蜜", "龙眼蜜", "土蜂蜜"), ("bee honey",)),
    Category("vegetable", "蔬菜", "Vegetables", ("菜心", "青菜", "叶菜"), ("greens",)),
    Category("tea", "茶叶", "Tea", ("绿茶", "红茶"), ("green tea", "black tea")),
)  # fmt: skip
"""Every category that has names here."""

BY_CODE: Final = {category.code: category for category in CATEGORIES}

_TRADITIONAL: Final = str.maketrans(
    "雞鴨豬魚蝦黃綠紅龍華樹穀麥麵檳薑蔥蘿蔔葉鹽醬種類產貨買賣價錢農場鄉鎮縣羅陽廣東鮮乾幹製圓棗"
    "歸當參藥馬鈴蘋檸筍園處獎條雙與為個傳統發運輸質檢驗證書冊頁劃雲興連賓濱",
    "鸡鸭猪鱼虾黄绿红龙华树谷麦面槟姜葱萝卜叶盐酱种类产货买卖价钱农场乡镇县罗阳广东鲜干干制圆枣"
    "归当参药马铃苹柠笋园处奖条双与为个传统发运输质检验证书册页划云兴连宾滨",
)


def simplified(text: str) -> str:
    """Bring the traditional characters of the trade to simplified ones; others stay."""
    return text.translate(_TRADITIONAL)
