"""Invented names: a city that does not exist, its companies, the people in them, what is sold to them."""

from dice import Dice

PROVINCE = "江澜省"
CITIES = (("锡澜市", 6), ("澄溪市", 3), ("云浦市", 2), ("梁渡市", 2))
PINYIN = {"锡澜市": "Xilan", "澄溪市": "Chengxi", "云浦市": "Yunpu", "梁渡市": "Liangdu"}

# industry → (words for a Chinese name, words for an English name, kind of customer)
INDUSTRIES = {
    "制造": (("精密机械", "模具", "电子元件", "包装", "纺织"), ("Precision", "Tooling", "Textiles"), "企业"),
    "贸易": (("贸易", "进出口", "建材商行"), ("Trading", "Imports"), "企业"),
    "物流": (("物流", "仓储", "货运"), ("Logistics", "Freight"), "企业"),
    "教育": (("职业培训学校", "幼儿园", "外语中心"), ("Language School", "Academy"), "事业单位"),
    "医疗": (("口腔门诊部", "体检中心"), ("Dental Clinic", "Clinic"), "企业"),
    "餐饮": (("餐饮管理", "食品"), ("Kitchens", "Foods"), "企业"),
    "建筑": (("装饰工程", "建筑设计"), ("Interiors", "Architects"), "企业"),
    "专业服务": (("会计师事务所", "律师事务所", "广告设计"), ("Accounting", "Design"), "合伙"),
    "公共": (("街道服务中心", "图书馆", "档案馆"), ("Library", "Archive"), "政府"),
}
_FIRST = "晨恒锦润卓启弘盈汇澄朗云栖知远沐青"
_SECOND = "帆川禾岳舟峰源晟翔砚桥屿洲岚榆枫澈"
_ENGLISH = ("Harbour", "Willow", "Lantern", "Crane", "Cedar", "Juniper", "Falcon", "Heron", "Linden", "Quarry",
            "Saffron", "Tidewater", "Larkspur", "Bramble")  # fmt: skip
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "秀兰",
          "霞", "建国", "晓燕", "志强", "海燕", "玉梅", "文博", "子涵", "雨桐", "思远", "佳宁", "浩然")  # fmt: skip
_ENGLISH_GIVEN = ("Amy", "Brian", "Cindy", "David", "Ella", "Frank", "Grace", "Henry", "Ivy", "Jason", "Lily", "Tony")
_ENGLISH_SURNAMES = ("Tang", "Xu", "Lin", "Zhou", "Ye", "Fan", "Shi", "Ma")

RIVALS = ("拓岭信息", "Northgate Office", "云砚数码", "Bluequay Systems", "合舟办公", "零星商户")

SERVICES = frozenset({"上门维修", "网络布线"})  # nothing to deliver in a box
PRODUCTS = (
    "打印耗材", "复印纸", "A3复合机", "激光打印机", "台式电脑", "笔记本", "显示器", "交换机", "路由器", "服务器",
    "网络布线", "投影仪", "会议平板", "办公家具", "监控设备", "上门维修", "Headsets", "Docking station",
)  # fmt: skip
SUBSCRIPTIONS = ("云备份", "杀毒授权", "打印托管", "Help desk")
UPS, OA, LABELS = "UPS电源", "OA云", "标签打印机"  # recalled, upgraded and scarce in the story; nobody else buys them

ORIGINS = (("转介绍", 6), ("展会", 2), ("电话开发", 3), ("招投标", 1), ("Website", 2))


def company(dice: Dice, city: str, industry: str) -> str:
    """A company's name, one in four in English."""
    chinese, english, _ = INDUSTRIES[industry]
    if dice.chance(0.25):
        return f"{PINYIN[city]} {dice.pick(_ENGLISH)} {dice.pick(english)}"
    form = "有限公司" if industry in ("制造", "贸易", "物流", "建筑", "餐饮") else ""
    return f"{city[:2]}{dice.pick(_FIRST)}{dice.pick(_SECOND)}{dice.pick(chinese)}{form}"


def person(dice: Dice) -> str:
    """A person's name, one in six in English."""
    if dice.chance(0.17):
        return f"{dice.pick(_ENGLISH_GIVEN)} {dice.pick(_ENGLISH_SURNAMES)}"
    return dice.pick(_SURNAMES) + dice.pick(_GIVEN)
