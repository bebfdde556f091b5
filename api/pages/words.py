"""What things are called: steps, processes, units, custody, categories; keys of the catalogue."""

from typing import Final

from api.pages.catalogue import marked
from api.reports.store import Problem
from domain.authenticity import Suspicion

STEPS: Final = {
    "harvested": marked("采收"),
    "shipped": marked("发货"),
    "received": marked("收货"),
    "inspected": marked("检验"),
    "certified": marked("开具合格证"),
    "uncertified": marked("收回合格证"),
    "sold": marked("卖出"),
    "disposed": marked("销毁"),
    "held": marked("封存"),
    "released": marked("解封"),
    "recalled": marked("召回"),
    "recall_closed": marked("召回结束"),
    "transformed": marked("加工"),
}
"""A step by its kind."""
OTHER_STEP: Final = marked("其他")

HARVESTS: Final = {
    "cinnamon": marked("剥皮采收"),
    "chicken": marked("出栏"),
    "paddy": marked("收割"),
    "rice": marked("收割"),
}
"""What a harvest is called, by the product's category, where people say it otherwise."""

PROCESSES: Final = {
    "milled": marked("碾米"),
    "dried": marked("晾晒烘干"),
    "steamed": marked("蒸煮"),
    "fermented": marked("发酵"),
    "blended": marked("拼配"),
    "graded": marked("分级"),
    "slaughtered": marked("屠宰"),
    "split": marked("分批"),
    "packed": marked("分装"),
}

LESS: Final = {
    "dried": marked("晒掉水分 %(q)s"),
    "milled": marked("去掉谷壳和糠 %(q)s"),
    "graded": marked("挑出 %(q)s"),
}
"""What went away in a process; `SHORT` for any other."""
SHORT: Final = marked("少了 %(q)s")

FOREIGN_STEPS: Final = {
    "other": OTHER_STEP,
    "commissioning": marked("编码启用"),
    "creating_class_instance": marked("形成批次"),
    "receiving": marked("收货"),
    "shipping": marked("发货"),
    "departing": marked("发出"),
    "arriving": marked("到达"),
    "transporting": marked("运输"),
    "packing": marked("装箱"),
    "unpacking": marked("拆箱"),
    "inspecting": marked("检验"),
    "storing": marked("入库"),
    "retail_selling": marked("零售"),
    "loading": marked("装车"),
    "unloading": marked("卸车"),
}
"""CBV 2.0 §7.1 business steps that we have a word for; another is shown as it is."""

FOREIGN_UNITS: Final = {
    "KGM": marked("公斤"),
    "LBR": marked("磅"),
    "CS": marked("箱"),
    "TNE": marked("吨"),
    "EA": marked("件"),
    "LTR": marked("升"),
}
"""UN/ECE Rec 20 codes of foreign documents that we have a word for."""

CUSTODY: Final = {
    "device": marked("用自己的密钥签名"),
    "server": marked("签名密钥由服务器代管"),
    "hsm": marked("用硬件加密机里的密钥签名"),
}

CATEGORIES: Final = {
    "cinnamon": marked("肉桂"),
    "paddy": marked("稻谷"),
    "rice": marked("稻米"),
    "soybean": marked("黄豆黑豆"),
    "douchi": marked("豆豉"),
    "chicken": marked("鸡"),
    "longan": marked("龙眼桂圆"),
    "plum": marked("李子"),
    "hawthorn": marked("山楂"),
}
"""A category of produce; one without a word here is shown by its code."""

REPORTED: Final = {
    Problem.SPOILED: marked("变质、有异味"),
    Problem.PACKAGE: marked("破损、漏气"),
    Problem.NOT_AS_LABELLED: marked("和标签对不上"),
    Problem.COUNTERFEIT: marked("怀疑是假货"),
    Problem.OTHER: marked("别的问题"),
}
"""What a shopper says is wrong, in the order of the buttons."""

SUSPECTED: Final = {
    Suspicion.NEVER_PRINTED: marked("扫了没有印过的编号"),
    Suspicion.FAR_APART: marked("一小时内两地都有人扫"),
    Suspicion.TOO_MANY: marked("扫的次数太多"),
    Suspicion.SOLD: marked("卖出以后又有人扫"),
}
"""Why a unit's label may be a copy."""

COMMITMENTS: Final = {
    "no_banned_substances": marked("不使用禁用农药兽药、停用兽药和非法添加物"),
    "residues_within_limits": marked("常规农药兽药残留不超标"),
}
"""What a certificate of commitment promises (`domain.events.papers.Commitment`)."""

GROUNDS: Final = {
    "quality_control": marked("质量安全控制符合要求"),
    "own_test": marked("自行检测合格"),
    "commissioned_test": marked("委托检测合格"),
}
"""What a commitment rests on (`domain.events.papers.Basis`)."""

ORDER_STATES: Final = {
    "placed": marked("已下单"),
    "confirmed": marked("卖家已确认"),
    "refused": marked("卖家没接"),
    "cancelled": marked("已取消"),
    "shipped": marked("已发货"),
    "received": marked("已收货"),
    "disputed": marked("有争议"),
    "settled": marked("已结清"),
}
"""How far an order is."""

MATCH_PARTS: Final = {
    "price": marked("价格"),
    "quantity": marked("数量"),
    "distance": marked("路程"),
    "freshness": marked("新鲜"),
    "certificates": marked("证明"),
    "record": marked("履约"),
}
"""The parts of a score."""
