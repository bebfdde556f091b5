"""What the farmers use, with intervals as on labels; each registration number is marked DEMO."""

from typing import Final

from api.demo.moves import Remedy

PYMETROZINE: Final = Remedy(
    "25% 吡蚜酮悬浮剂（防稻飞虱）", "PD20094000-DEMO", "每亩 20 毫升，兑水 45 公斤", 14
)
TRICYCLAZOLE: Final = Remedy(
    "75% 三环唑可湿性粉剂（防稻瘟病）", "PD20040001-DEMO", "每亩 25 克，兑水 50 公斤", 21
)
CHLORANTRANILIPROLE: Final = Remedy(
    "20% 氯虫苯甲酰胺悬浮剂（防二化螟）", "PD20100677-DEMO", "每亩 10 毫升，兑水 30 公斤", 7
)
JINGGANGMYCIN: Final = Remedy(
    "5% 井冈霉素水剂（防纹枯病）", "PD20085000-DEMO", "每亩 200 毫升，兑水 60 公斤", 14
)
BACILLUS: Final = Remedy(
    "16000IU/毫克 苏云金杆菌可湿性粉剂（防卷叶虫）", "PD20060002-DEMO", "800 倍液喷雾", 3
)
IMIDACLOPRID: Final = Remedy(
    "10% 吡虫啉可湿性粉剂（防蚜虫）", "PD20040003-DEMO", "3000 倍液喷雾", 14
)
AZOXYSTROBIN: Final = Remedy("25% 嘧菌酯悬浮剂（防炭疽病）", "PD20060033-DEMO", "1500 倍液喷雾", 14)
AMOXICILLIN: Final = Remedy(
    "30% 阿莫西林可溶性粉（兽用，防大肠杆菌病）", "SY190101024-DEMO",
    "每升水 0.2 克，连饮 3 天", 7,
)  # fmt: skip
