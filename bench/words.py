"""Names, homes and complaints of a large community, put together from phrases.

The words follow each other as often as they do at a desk: about one demand in twenty is about a
lamp, one surname in fourteen is 王. Nobody in it exists.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from mulin.ground.people.rules import Typed

PERSONS_PER_HOME: Final = 2.6
UNITS, FLOORS, ROOMS = 3, 18, 2
HOMES_PER_BUILDING: Final = UNITS * FLOORS * ROOMS

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶"
    "程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛"
    "郝顾龚邵万覃武钱戴严莫孔向常汤单解仇"
)
_GIVEN: Final = (
    "秀英桂芳志明丽华国强小红永康雪琴海燕金根玉兰宝根佳怡子涵浩然晓东彩娣根法爱珍水根美芳跃进"
    "思远雨桐俊杰凤仙林妹大勇春梅冬生文娟一鸣可欣云建军伟敏静磊洋艳勇杰娟涛超霞平刚梓轩欣妍"
)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_TOWNS: Final = ("安徽阜阳", "河南周口", "江西上饶", "贵州毕节", "四川达州", "湖北黄冈", "云南昭通")

#: Category code → (its share in percent, what is wrong, what is wished).
_MATTERS: Final[dict[str, tuple[float, tuple[str, ...], tuple[str, ...]]]] = {
    "repair.lamp": (
        5, ("路灯不亮", "楼道灯坏了", "路灯一闪一闪", "声控灯不灵", "整排路灯都黑着"),
        ("晚上老人走路怕摔", "请尽快来修", "已经黑了好几天", "换个亮一点的灯泡"),
    ),
    "repair.road": (
        7, ("路面塌了一块", "地砖松动", "窨井盖翘起来", "人行道被树根拱起", "下雨积水很深"),
        ("骑车差点摔倒", "轮椅过不去", "希望补一下", "孩子上学都要绕路"),
    ),
    "repair.lift": (
        9, ("电梯又停了", "电梯门关不上", "电梯里有异响", "电梯按钮失灵", "电梯抖得厉害"),
        ("楼上有坐轮椅的老人", "请通知维保单位", "一个月坏了三次", "什么时候能修好"),
    ),
    "repair.water": (
        8, ("家里停水", "楼上漏水", "水管爆了", "水压很小", "天花板渗水发霉"),
        ("做饭都没有水", "找物业推来推去", "请派人来看看", "墙皮掉下来了"),
    ),
    "repair.power": (
        4, ("突然停电", "电表箱冒火花", "空气开关老跳", "公共插座没有电"),
        ("冰箱里东西要坏", "请供电所来检查", "晚上特别多", "已经第二次了"),
    ),
    "repair.gas": (1, ("闻到煤气味", "燃气管生锈", "燃气表不走"), ("很害怕", "请马上来人", "不敢开火")),
    "repair.drain": (
        8, ("下水道堵了", "污水冒出来", "化粪池满了", "厨房地漏返臭"),
        ("一楼全是臭水", "请疏通一下", "夏天味道受不了", "去年也堵过"),
    ),
    "clean.rubbish": (
        10, ("垃圾桶满了没人收", "装修垃圾堆在路边", "垃圾分类点太脏", "有人高空抛垃圾"),
        ("苍蝇很多", "希望每天清两次", "请装个监控", "味道飘进屋里"),
    ),
    "clean.pile": (
        7, ("楼道里堆满纸箱", "门口放着旧家具", "消防通道堆杂物", "楼梯口停着自行车"),
        ("怕着火逃不出去", "说了几次不听", "请上门劝一劝", "帮忙清走"),
    ),
    "clean.green": (
        4, ("树枝挡住窗户", "草坪被踩秃了", "有虫子掉下来", "绿化带里种了菜"),
        ("请修剪一下", "晒不到太阳", "蚊子特别多", "希望补种"),
    ),
    "safety.fire": (
        3, ("电瓶车推上楼充电", "消防栓没有水", "灭火器过期了", "飞线充电"),
        ("太危险了", "请管一管", "邻居都不放心", "出了事谁负责"),
    ),
    "safety.fraud": (1, ("接到冒充公安的电话", "有人推销保健品", "被拉进投资群"), ("请提醒老人", "已经转了钱")),
    "traffic.parking": (
        9, ("车位被占了", "外来车辆乱停", "车停在单元门口", "地锁私装", "救护车进不来"),
        ("请协调一下", "挪车电话打不通", "晚上回来没地方停", "希望划线"),
    ),
    "traffic.ebike": (
        4, ("充电桩坏了", "车棚太小", "充电扣了钱没充上", "车棚漏雨"),
        ("请加几个桩", "退我的钱", "只好推回家", "希望装个雨棚"),
    ),
    "neighbour.noise": (
        6, ("广场舞声音太大", "楼上半夜拖椅子", "装修早上六点开工", "狗一直叫"),
        ("孩子要考试", "睡不好觉", "请劝一劝", "说了也不听"),
    ),
    "elder": (
        4, ("老人一个人在家摔了", "助餐点饭菜太硬", "想请人陪去医院", "轮椅借不到"),
        ("子女都在外地", "请上门看看", "每周一次就好", "谢谢你们"),
    ),
    "child": (2, ("放学没人接", "暑托班报不上名", "儿童滑梯坏了"), ("双职工家庭", "还有名额吗", "请修一修")),
    "work": (2, ("想到暖新坊做活", "工钱还没结", "想学直播带货"), ("什么时候开班", "请帮我问问", "家里离得近")),
    "policy": (
        3, ("居住证怎么办", "医保断缴了", "想开居住证明", "高龄补贴没到账"),
        ("要带什么材料", "跑了两趟", "请告诉我流程", "网上办不了"),
    ),
    "property": (
        2, ("物业费涨了没公示", "保安夜里睡觉", "维修基金怎么用", "门禁坏了没人管"),
        ("业主有知情权", "请街道出面", "大家都有意见", "给个说法"),
    ),
    "other": (1, ("想捐一些旧书", "钥匙掉了", "捡到一只猫"), ("放在哪里", "谢谢", "有人认领吗")),
}  # fmt: skip
_SPOTS: Final = (
    "楼下",
    "门口",
    "东侧",
    "西侧",
    "地下车库",
    "北门",
    "南门",
    "小广场",
    "车棚旁",
    "三楼",
    "顶楼",
)
_SINCE: Final = (
    "昨天开始",
    "从上周起",
    "今天早上",
    "已经半个月",
    "这两天",
    "每到下雨",
    "晚上八点以后",
    "国庆以后",
)
_WHO: Final = ("我是住户", "帮我妈反映", "替对门老人说一声", "", "", "", "大家都在说")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a home is."""

    building: int
    unit: int
    room: str

    @property
    def address(self) -> str:
        return f"{self.building}幢{self.unit}单元{self.room}"


def home_of(number: int) -> Home:
    """The home with this number, counted through the buildings."""
    building, inside = divmod(number, HOMES_PER_BUILDING)
    unit, above = divmod(inside, FLOORS * ROOMS)
    floor, door = divmod(above, ROOMS)
    return Home(building + 1, unit + 1, f"{floor + 1}0{door + 1}")


def person(number: int, dice: Random, *, today: date, grids: list[int]) -> Typed:
    """Somebody of the community, as the roll takes them in: `plausible` already."""
    home = home_of(int(number / PERSONS_PER_HOME))
    # Common surnames come first in the list, and a curve gives them their weight.
    surname = _SURNAMES[int(dice.random() ** 2.2 * len(_SURNAMES))]
    given = "".join(dice.choices(_GIVEN, k=1 if dice.random() < 0.15 else 2))
    age = min(int(dice.gammavariate(4.2, 10.5)), 99)
    born_on = today - timedelta(days=age * 365 + dice.randrange(365))
    is_woman, is_new = dice.random() < 0.5, dice.random() < 0.4
    return Typed(
        name=surname + given,
        sex="f" if is_woman else "m",
        phone=f"1{dice.choice('35789')}{dice.randrange(10**9):09d}" if 12 <= age < 85 else "",
        id_number=_id_number(born_on, dice, is_woman=is_woman) if dice.random() < 0.6 else "",
        born_on=born_on,
        grid_id=grids[home.building % len(grids)],
        address=home.address,
        residency="new" if is_new else "local",
        home_town=dice.choice(_TOWNS) if is_new else "",
        is_party_member=age > 25 and dice.random() < 0.1,
    )


def _id_number(born_on: date, dice: Random, *, is_woman: bool) -> str:
    serial = dice.randrange(500) * 2 + (0 if is_woman else 1)
    body = f"330424{born_on:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def matter(dice: Random) -> tuple[str, str]:
    """(category code, words of what somebody said about it)."""
    code = dice.choices(_CODES, cum_weights=_CUMULATED)[0]
    _share, wrong, wish = _MATTERS[code]
    said = [dice.choice(_SPOTS) + dice.choice(wrong), dice.choice(_SINCE), dice.choice(wish)]
    who = dice.choice(_WHO)
    return code, "，".join([who, *said] if who else said) + "。"


_CODES: Final = list(_MATTERS)
_CUMULATED: Final = [
    sum(_MATTERS[each][0] for each in _CODES[: end + 1]) for end in range(len(_CODES))
]
