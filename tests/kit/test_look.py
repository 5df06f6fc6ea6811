"""The look keeps its promises: contrast, old browsers, no script needed, nothing axe finds."""

import mimetypes
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import set_script_prefix
from django.utils import translation
from playwright.sync_api import expect

from mulin.kit import clock
from mulin.kit.forms import ActForm
from mulin.kit.templatetags.kit import (
    ICONS,
    Bar,
    bars,
    bars_width,
    dated,
    dated_since,
    each,
    month_named,
    spoken_limit,
    spoken_moment,
    yuan,
)
from mulin.site.menu import MenuGroup, MenuLine
from tests.support.browser import until, until_equal

STATIC = Path(__file__).parents[2] / "mulin" / "kit" / "static"
TEMPLATES = Path(__file__).parents[2] / "mulin" / "kit" / "templates"
OWN_STYLES = sorted((STATIC / "kit").glob("*.css"))
NOW = datetime(2026, 11, 25, 15, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


# ── the cast of the styleguide ───────────────────────────────────────────────────────────────


class SampleForm(forms.Form):
    words = forms.CharField(
        label="发生了什么", widget=forms.Textarea, help_text="像跟邻居说话一样写就行。"
    )
    place = forms.CharField(label="在哪里", help_text="例如：12 号楼东边第二盏灯")
    when = forms.DateField(label="什么时候发现的", required=False)
    photo = forms.FileField(
        label="拍张照片",
        required=False,
        widget=forms.FileInput({"accept": "image/*", "capture": "environment"}),
    )
    kind = forms.ChoiceField(label="哪一类", choices=[("1", "路灯"), ("2", "漏水"), ("3", "其他")])
    answer = forms.ChoiceField(
        label="怎么回您",
        choices=[("phone", "打电话"), ("visit", "上门说"), ("none", "不用回")],
        widget=forms.RadioSelect,
        help_text="我们办好以后告诉您。",
    )
    needs = forms.MultipleChoiceField(
        label="要帮忙的",
        choices=[("read", "读给本人听"), ("hand", "代填")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    public = forms.BooleanField(
        label="邻居们可以看到这件事", required=False, help_text="不会写出您的姓名。"
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class RatingForm(forms.Form):
    five = forms.ChoiceField(
        label="这件事办得怎么样？",
        choices=[("5", "很满意"), ("4", "满意"), ("3", "一般"), ("2", "不太好"), ("1", "不满意")],
        widget=forms.RadioSelect,
        initial="4",
    )
    three = forms.ChoiceField(
        label="办好了吗？",
        choices=[("3", "办好了"), ("2", "还差一点"), ("1", "没有")],
        widget=forms.RadioSelect,
    )


class SignInForm(forms.Form):
    phone = forms.CharField(label="手机号", widget=forms.TextInput({"inputmode": "tel"}))
    code = forms.CharField(
        label="短信里的 6 位数",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def icons() -> list[str]:
    """The names in the sprite."""
    return re.findall(r'<symbol id="([^"]+)"', (STATIC / ICONS).read_text("utf-8"))


def styleguide() -> dict[str, object]:
    """Everything the styleguide pages show; the words are made up, the people are our cast."""
    photo = {"url": "/static/kit/mark.svg", "words": "换好的路灯", "width": 40, "height": 40}
    return {
        "now": NOW,
        "here": "home",
        "community": {"name": "新街社区", "phone": "0573-86120000"},
        "ui": {
            "menu": [
                MenuGroup(
                    "我的一天",
                    [
                        MenuLine(
                            "#1", "要办的", "clipboard-list", "1", 12, current=True, is_above=False
                        ),
                        MenuLine(
                            "#2", "要回电话的", "phone", "2", 3, current=False, is_above=False
                        ),
                        MenuLine(
                            "#3", "客厅来访", "door-open", "3", 0, current=False, is_above=False
                        ),
                    ],
                    is_open=True,
                ),
                MenuGroup(
                    "社区",
                    [
                        MenuLine("#4", "居民", "users", "", 0, current=False, is_above=False),
                        MenuLine(
                            "#5", "楼栋和地点", "building-2", "", 0, current=False, is_above=False
                        ),
                        MenuLine(
                            "#6", "数字", "chart-column", "", 0, current=False, is_above=False
                        ),
                    ],
                    is_open=True,
                ),
            ]
        },
        "words": {
            "title": "您反映的路灯",
            "lead": "小陈已经接手，明天修好",
            "text": "12 号楼东边的路灯晚上不亮，老人下楼看不清台阶，前天有人差点摔倒。希望早点来看看。",
            "link": "看看全部经过",
            "small": "编号 2611-0142，昨天 16:20 收到",
            "act": "有事请说",
            "other": "打电话给我们",
            "leave": "先不说了",
            "send": "发给社区",
            "pages": "第 21–40 件，共 318 件",
            "done": "已交给小陈。",
            "empty": "这里会放您反映过的事",
            "empty_text": "说一件事，或者到客厅请小陈帮您记下来，它就在这里。",
            "street": "新街社区的街，客厅的门亮着灯",
            "home": "首页",
            "greeting": "王奶奶，下午好",
            "today": "今天是 11 月 25 日，周三。客厅开到晚上 8 点半。",
            "mine": "我的事",
            "list": "要办的",
            "receive": "记一件事",
            "due": "明天到期",
            "accept": "我来办",
            "hand_over": "转交",
            "call": "打电话",
            "way": "这件事的经过",
            "hall": "客厅大屏",
            "day": "11 月 25 日 周三 下午 3:20",
            "programme": "今天在客厅",
            "answered": "这个星期",
            "scan": "扫一扫，说件事",
            "print": "打印",
            "sign_in": "登录",
        },
        "chips": [
            {"tone": "jade", "word": "已办好"},
            {"tone": "amber", "word": "明天到期"},
            {"tone": "alarm", "word": "过了 2 天"},
            {"tone": "sky", "word": "在等物业"},
            {"tone": "", "word": "没有期限"},
        ],
        "stories": [
            {
                "url": "#1",
                "icon": "lamp-wall-up",
                "title": "路灯报修",
                "happened": "小陈昨天接手",
                "next": "明天前修好",
                "tone": "amber",
                "word": "在办",
            },
            {
                "url": "#2",
                "icon": "droplets",
                "title": "3 单元楼道漏水",
                "happened": "物业星期一来看过",
                "next": "等材料，周五前答复",
                "tone": "sky",
                "word": "在等物业",
            },
            {
                "url": "#3",
                "icon": "trees",
                "title": "健身角的树枝挡路",
                "happened": "上星期剪好了",
                "next": "请您说说满不满意",
                "tone": "jade",
                "word": "已办好",
                "number": "2611-0098",
            },
        ],
        "steps": [
            {
                "state": "done",
                "title": "您说了这件事",
                "who": "王奶奶",
                "when": "11月23日（周一） 19:40",
                "text": "12 号楼东边的路灯晚上不亮。",
            },
            {
                "state": "done",
                "title": "小陈接手",
                "who": "小陈，社区工作人员",
                "when": "昨天 9:05",
                "photos": [photo],
            },
            {
                "state": "now",
                "title": "换灯泡",
                "who": "阿勇，网格员",
                "when": "明天（周四）下午 3 点前",
            },
            {"state": "next", "title": "请您看看亮不亮"},
        ],
        "form": SampleForm(),
        "wrong_form": SampleForm({"place": "12 号楼"}, auto_id="wrong_%s"),
        "rating_form": RatingForm(),
        "sign_in_form": SignInForm(),
        "figures": [
            {
                "id": "visits",
                "name": "本月来客厅的人次",
                "number": "1,684",
                "unit": "人次",
                "url": "#",
                "definition": "登记过的来访，一人一次算一次；没留姓名的也算。",
                "trend": [
                    ("6月", 1210),
                    ("7月", 1180),
                    ("8月", 1302),
                    ("9月", 1455),
                    ("10月", 1590),
                    ("11月", 1684),
                ],
                "sentence": "从 6 月的 1,210 人次到 11 月的 1,684 人次。",
            },
            {
                "id": "satisfied",
                "name": "满意率",
                "number": "96.2%",
                "unit": "254 人里 244 人满意",
                "definition": "本人说满意的 ÷ 问到的；没问到的 31 人不算在内。",
            },
        ],
        "table": {
            "caption": "11 月各网格的诉求",
            "columns": [
                {"label": "网格"},
                {"label": "网格员"},
                {"label": "收到", "is_number": True},
                {"label": "按时", "is_number": True},
            ],
            "rows": [
                {"url": "#1", "cells": ["第一网格", "阿勇", "64", "61"]},
                {"url": "#2", "cells": ["第二网格", "小李", "48", "48"]},
                {"url": "#3", "cells": ["第三网格", "沈阿姨", "30", "27"]},
            ],
        },
        "moments": [
            NOW - timedelta(days=1, hours=6),
            NOW + timedelta(days=1, minutes=-20),
            date(2026, 11, 28),
        ],
        "amount": Decimal("1234.5"),
        "icon_names": icons(),
        "filters": [
            {"word": "快到期 4", "current": True},
            {"word": "我的 12"},
            {"word": "全部 318"},
        ],
        "rows": [
            {
                "url": "/a",
                "icon": "droplets",
                "title": "3 单元楼道漏水，墙皮掉下来了",
                "more": "物业",
                "tone": "alarm",
                "word": "过了 2 天",
            },
            {
                "url": "/b",
                "icon": "lamp-wall-up",
                "title": "12 号楼东边的路灯不亮",
                "more": "小陈",
                "tone": "amber",
                "word": "明天到期",
                "current": True,
            },
            {
                "url": "/c",
                "icon": "car",
                "title": "消防通道停了车",
                "more": "阿勇",
                "tone": "amber",
                "word": "明天到期",
            },
            {
                "url": "/d",
                "icon": "stethoscope",
                "title": "王奶奶想约上门量血压",
                "more": "沈阿姨",
                "word": "周五前",
            },
            {
                "url": "/e",
                "icon": "volume-2",
                "title": "晚上广场舞声音大",
                "more": "老许",
                "word": "周五前",
            },
            {
                "url": "/f",
                "icon": "trees",
                "title": "健身角的树枝挡路",
                "more": "阿勇",
                "tone": "sky",
                "word": "在等园林",
            },
            {
                "url": "/g",
                "icon": "wrench",
                "title": "2 号楼单元门关不上",
                "more": "物业",
                "tone": "sky",
                "word": "在等物业",
            },
            {
                "url": "/h",
                "icon": "baby",
                "title": "想要一个晾衣服的地方",
                "more": "小陈",
                "tone": "jade",
                "word": "已答复",
            },
        ],
        "facts": [
            ("谁说的", "王奶奶（81 岁，没有手机），小陈代记"),
            ("在哪里", "12 号楼东边第二盏灯"),
            ("怎么来的", "到客厅当面说"),
            ("怎么回她", "上门说一声"),
        ],
        "programme": [
            ("9:00", "公益理发", "睦邻客厅"),
            ("14:00", "防诈骗小课堂：接到“孙子”的电话怎么办", "议事堂"),
            ("19:00", "板凳会", "12 号楼下"),
        ],
        "numbers": [("42", "件事有了答复"), ("39", "件按时办好"), ("1", "件还在等物业")],
        "notice": {
            "title": "关于 12 号楼东侧路灯改造的公示",
            "number": "新街社区〔2026〕18 号",
            "to": "全体居民：",
            "text": [
                "根据 11 月 20 日板凳会的商议，社区拟对 12 号楼东侧的六盏路灯进行改造，换成更亮、更省电的灯，并在台阶处加装两盏地灯。",
                "工程自 2026 年 12 月 1 日起，预计三天完成，费用 4,860.00 元由双五工程经费列支。施工期间请绕行南侧道路。",
                "公示期为五个工作日。如有意见，请到睦邻客厅，或拨打 0573-86120000，或扫描下方的码，我们一定答复。",
            ],
            "sign": ["新街社区居民委员会", "2026 年 11 月 25 日"],
        },
    }


# ── colours ──────────────────────────────────────────────────────────────────────────────────

LOOK = {
    "paper": ("#FBF8F3", "#171613"),
    "card": ("#FFFFFF", "#211F1B"),
    "ink": ("#23201B", "#EFEAE1"),
    "ink-soft": ("#6A6358", "#A69E90"),
    "line": ("#E6DFD3", "#38342D"),
    "persimmon": ("#B8431E", "#F08A5D"),
    "on-persimmon": ("#FFFFFF", "#171613"),
    "jade": ("#23725B", "#6CC3A4"),
    "amber": ("#8A5A00", "#F2C572"),
    "amber-wash": ("#FFF1D2", "#3A2E14"),
    "alarm": ("#B3161B", "#FF8A85"),
    "alarm-wash": ("#FDE9E8", "#44191A"),
    "sky": ("#2B5D8A", "#8DBDE6"),
}
TEXT = ("ink", "ink-soft", "persimmon", "jade", "amber", "alarm", "sky")
GROUND = ("paper", "card", "amber-wash", "alarm-wash")
LARGE, DARK = '[data-type="large"]', '[data-theme="dark"]'
NOT_LIGHT = ':not([data-theme="light"])'


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def token_blocks():
    """(media, selector) → tokens, in the order of the file."""
    css = without_comments((STATIC / "kit" / "tokens.css").read_text("utf-8"))
    blocks = {}
    outer = re.sub(r"@media ([^{]+)\{((?:[^{}]*\{[^{}]*\})*)\s*\}", "", css)
    parts = [("", outer), *re.findall(r"@media ([^{]+)\{((?:[^{}]*\{[^{}]*\})*)\s*\}", css)]
    for media, text in parts:
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
            for selector in selectors.split(","):
                blocks[media.strip(), selector.strip()] = dict(
                    re.findall(r"--([\w-]+):\s*(#[0-9A-F]{6});", body)
                )
    return blocks


def theme(*, dark, large):
    blocks = token_blocks()
    selectors = [":root", *([f":root{LARGE}"] if large else [])]
    selectors += [f":root{DARK}"] if dark else []
    selectors += [f":root{DARK}{LARGE}"] if dark and large else []
    tokens = {}
    for selector in selectors:
        tokens |= blocks["", selector]
    return tokens


def contrast(one, other):
    """The WCAG 2 contrast ratio of two colours."""

    def luminance(colour):
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_measured_as_the_standard_does():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_tokens_are_those_of_the_design():
    light, dark = theme(dark=False, large=False), theme(dark=True, large=False)
    assert {name: (light[name], dark[name]) for name in LOOK} == LOOK


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_is_readable(dark, large):
    tokens = theme(dark=dark, large=large)
    pairs = [*product(TEXT, GROUND), ("on-persimmon", "persimmon")]
    measured = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}
    least = 7 if large else 4.5
    assert {pair: ratio for pair, ratio in measured.items() if ratio < least} == {}


def test_dark_by_the_system_is_dark_by_choice():
    blocks = token_blocks()
    by_system = "(prefers-color-scheme: dark)"
    assert blocks[by_system, f":root{NOT_LIGHT}"] == blocks["", f":root{DARK}"]
    assert blocks[by_system, f":root{LARGE}{NOT_LIGHT}"] == blocks["", f":root{DARK}{LARGE}"]


def test_no_style_names_a_colour_but_the_tokens():
    found = {}
    for path in OWN_STYLES:
        if path.name == "tokens.css":
            continue
        css = without_comments(path.read_text("utf-8"))
        # A QR code is black on white in every theme: cameras want it so.
        css = re.sub(r"\.qr \{[^}]*\}", "", css)
        found[path.name] = re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", css)
    assert found == {path.name: [] for path in OWN_STYLES if path.name != "tokens.css"}


# ── old browsers ─────────────────────────────────────────────────────────────────────────────

TOO_NEW_FOR_STYLES = {
    "selectors": r":is\(|:where\(|:has\(|:not\([^()]*,",
    "layers and nesting": r"@layer|@container|@supports selector|&",
    "flex gap": r"(?<![\w-])(?:gap|row-gap|column-gap)\s*:",
    "shorthands": r"(?<![\w-])(?:inset|inset-\w+|aspect-ratio|place-self)\s*:",
    "logical sides": r"(?:margin|padding|border|inset)-(?:inline|block)",
    "functions": r"(?<![\w-])(?:min|max|clamp|color-mix|light-dark|oklch)\(",
    "colours": r"#[0-9A-Fa-f]{8}\b|rgba?\([^,)]*\s[^,)]*\)",
    "units": r"\d(?:dvh|svh|lvh|cqw|lh)\b",
    "wrapping": r"text-wrap|overflow-wrap:\s*anywhere",
}


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda path: path.name)
def test_styles_hold_nothing_that_chrome_61_or_ios_12_would_drop(path):
    css = without_comments(path.read_text("utf-8"))
    found = {why: re.findall(feature, css) for why, feature in TOO_NEW_FOR_STYLES.items()}
    assert {why: hits for why, hits in found.items() if hits} == {}


TOO_NEW_FOR_SCRIPTS = (
    r"\?\?|\?\.(?!\d)|catch\s*\{|\|\|=|&&=|\*\*=|#[a-z]\w*\s*[(=;]|\d_\d|\bimport\b"
)


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.relative_to(STATIC).as_posix()
)
def test_scripts_hold_nothing_newer_than_2018(path):
    script = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`|//.*", '""', path.read_text("utf-8"))
    assert re.findall(TOO_NEW_FOR_SCRIPTS, script) == []


@pytest.mark.parametrize("face", ["resident", "desk", "screen", "document"])
def test_the_look_is_light(face):
    sizes = [(STATIC / "kit" / f"{name}.css").stat().st_size for name in ("tokens", "mulin", face)]
    assert sum(sizes) < 42_000
    assert (STATIC / "kit" / "mulin.js").stat().st_size < 6_000
    assert (STATIC / "kit" / "desk.js").stat().st_size < 8_000
    assert (STATIC / "kit" / "offline.js").stat().st_size < 13_500


def test_what_others_made_carries_its_licence_and_how_it_was_made():
    for folder in (STATIC / "vendor").iterdir():
        assert {"LICENSE", "HOW.txt"} < {path.name for path in folder.iterdir()}


def test_every_icon_a_template_names_is_in_the_sprite():
    named = set()
    for path in TEMPLATES.parents[1].rglob("*.html"):
        named |= set(re.findall(r'{% icon "([^"]+)" %}', path.read_text("utf-8")))
        named |= set(re.findall(r'\bicon="([^"]+)"', path.read_text("utf-8")))
    assert named - set(icons()) == set()


# ── words ────────────────────────────────────────────────────────────────────────────────────

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day, hour=0, minute=0, month=11, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


LIMITS = [
    (at(26, 15), "by tomorrow (Thu) 3 pm", "明天（周四）下午 3 点前"),
    (at(25, 17, 30), "by today 5:30 pm", "今天下午 5 点半前"),
    (at(25, 12, 5), "by today 12:05 pm", "今天中午 12:05 前"),
    (at(27, 9), "by Fri, 27 Nov 9 am", "后天（周五）上午 9 点前"),
    (at(28, 20), "by Sat, 28 Nov 8 pm", "11月28日（周六）晚上 8 点前"),
    (at(24, 7), "by yesterday 7 am", "昨天早上 7 点前"),
    (at(4, 2, month=1, year=2027), "by 4 Jan 2027 2 am", "2027年1月4日凌晨 2 点前"),
    (at(27), "by the end of tomorrow (Thu)", "明天（周四）之内"),
    (at(26, 23, 59), "by the end of tomorrow (Thu)", "明天（周四）之内"),
    (date(2026, 11, 25), "by the end of today", "今天之内"),
    (at(26, 15).astimezone(UTC), "by tomorrow (Thu) 3 pm", "明天（周四）下午 3 点前"),
]
MOMENTS = [
    (at(25, 9, 5), "today 9:05", "今天 9:05"),
    (at(24, 16, 20), "yesterday 16:20", "昨天 16:20"),
    (at(20, 0), "Fri, 20 Nov 0:00", "11月20日（周五） 0:00"),
    (at(31, 8, month=12, year=2025), "31 Dec 2025 8:00", "2025年12月31日 8:00"),
    (date(2026, 11, 24), "yesterday", "昨天"),
    (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "today 0:30", "今天 0:30"),
]


@pytest.mark.parametrize(("limit", "english", "chinese"), LIMITS)
def test_a_limit_is_said_as_people_say_it(limit, english, chinese):
    with translation.override("en"):
        assert spoken_limit(limit, NOW) == english
    with translation.override("zh-hans"):
        assert spoken_limit(limit, NOW) == chinese


@pytest.mark.parametrize(("moment", "english", "chinese"), MOMENTS)
def test_a_moment_is_said_as_people_say_it(moment, english, chinese):
    with translation.override("en"):
        assert spoken_moment(moment, NOW) == english
    with translation.override("zh-hans"):
        assert spoken_moment(moment, NOW) == chinese


@pytest.mark.parametrize(
    ("since", "chinese"),
    [
        (at(25), "11月25日（周三）"),
        (at(25, 0, 5), "11月25日（周三） 0:05"),
        (at(24, 16).astimezone(UTC), "11月24日（周二） 16:00"),
        (datetime(2026, 11, 24, 16, tzinfo=UTC), "11月25日（周三）"),
        (date(2026, 11, 25), "11月25日（周三）"),
        (None, ""),
    ],
)
def test_from_a_day_on_is_said_without_its_first_hour(since, chinese):
    with translation.override("zh-hans"):
        assert dated_since(since) == chinese


def rendered(source, **context):
    return Template("{% load kit %}" + source).render(Context(context))


def test_a_date_on_a_page_can_be_read_by_machines_too():
    with translation.override("en"):
        assert rendered("{% when moment %}", moment=at(24, 16, 20), now=NOW) == (
            '<time datetime="2026-11-24T16:20:00+08:00">yesterday 16:20</time>'
        )
        assert rendered("{% by none %}", none=None, now=NOW) == ""


def test_a_page_without_a_now_is_refused():
    with pytest.raises(Exception, match="now"):
        rendered("{% when moment %}", moment=NOW)


def test_money_has_two_places_and_its_word():
    with translation.override("zh-hans"):
        assert yuan(Decimal("1234567.5")) == "1,234,567.50 元"
    assert yuan(None) == ""


def test_what_was_left_empty_asks_to_be_filled_in():
    class Asking(ActForm):
        words = forms.CharField()
        kind = forms.ChoiceField(choices=[("a", "A")])
        own = forms.CharField(error_messages={"required": "写一句。"})

    with translation.override("zh-hans"):
        errors = Asking({}).errors
        assert {name: list(said) for name, said in errors.items()} == {
            "words": ["这里还没填。"], "kind": ["请选一个。"], "own": ["写一句。"],
        }  # fmt: skip


def test_what_a_piece_earns_has_the_places_it_needs():
    with translation.override("zh-hans"):
        told = [each(Decimal(one)) for one in ("0.2600", "22.0000", "0.0275", "1.4")]
    assert told == ["0.26 元", "22.00 元", "0.0275 元", "1.40 元"]
    assert each(None) == ""


@pytest.mark.parametrize(
    ("day", "chinese"),
    [
        (date(2026, 11, 20), "11月20日（周五）"),
        (date(2027, 1, 10), "1月10日（周日）"),
        (date(2026, 1, 10), "2026年1月10日"),
        (date(2023, 7, 1), "2023年7月1日"),
        (date(2027, 7, 1), "2027年7月1日"),
    ],
)
def test_a_day_far_off_is_written_with_its_year(day, chinese):
    with clock.standing_still(NOW), translation.override("zh-hans"):
        assert dated(day) == chinese


def test_a_month_is_named_with_its_year():
    with translation.override("zh-hans"):
        assert month_named(date(2026, 10, 31)) == "2026年10月"


def test_bars_are_as_high_as_their_numbers():
    drawn = bars([("Oct", 1000), ("Nov", 2000), ("Dec", 0)])
    assert drawn == [
        Bar("Oct", "1,000", 0, 36, 36),
        Bar("Nov", "2,000", 24, 0, 72),
        Bar("Dec", "0", 48, 71, 1),
    ]
    assert bars_width(drawn) == 66
    assert [bar.height for bar in bars([("a", 0), ("b", Decimal(0))])] == [1, 1]
    assert bars([]) == []


# ── codes ────────────────────────────────────────────────────────────────────────────────────


def squares(markup):
    return re.search(r' d="([^"]+)"', markup)[1]


def test_the_code_of_a_path_is_its_full_address_in_capitals():
    request = RequestFactory().get("/")
    of_path = rendered('{% qr "/q/ab12cd" %}', request=request)
    assert squares(of_path) == squares(rendered('{% qr "HTTP://TESTSERVER/Q/AB12CD" %}'))
    posted = rendered('{% qr "/q/ab12cd" base="https://mulin.example/" %}')
    assert squares(posted) == squares(rendered('{% qr "HTTPS://MULIN.EXAMPLE/Q/AB12CD" %}'))


def test_the_code_of_a_path_that_knows_case_stays_as_it_is():
    """Capitals would lead to a page that is not there."""
    request = RequestFactory().get("/")
    for path in ("/doublefive/2026/", "/ballots/abc/", "/account/wechat/", "/nowhere/"):
        of_path = rendered(f'{{% qr "{path}" %}}', request=request)
        assert squares(of_path) == squares(rendered(f'{{% qr "http://testserver{path}" %}}'))


def test_the_code_of_a_text_is_that_text():
    assert squares(rendered('{% qr "abc" %}')) != squares(rendered('{% qr "ABC" %}'))


def test_a_path_without_a_site_is_refused():
    with pytest.raises(ValueError, match="base="):
        rendered('{% qr "/q/ab12cd" %}')


# ── forms ────────────────────────────────────────────────────────────────────────────────────


def test_a_fields_label_help_and_error_are_bound_to_it():
    with translation.override("en"):
        text = str(SampleForm({"place": ""})["place"].as_field_group())
    assert '<label for="id_place">在哪里 <small>needed</small></label>' in text
    assert 'id="id_place_helptext"' in text
    assert 'id="id_place_error"' in text
    assert 'aria-describedby="id_place_helptext id_place_error"' in text
    assert 'aria-invalid="true"' in text


def test_choices_stand_in_a_fieldset_with_a_legend():
    with translation.override("en"):
        text = str(SampleForm()["answer"].as_field_group())
    assert re.search(r'<fieldset [^>]*aria-describedby="id_answer_helptext"', text)
    assert re.search(r"<legend>怎么回您 <small>needed</small></legend>", text)


def test_what_is_not_needed_says_so():
    with translation.override("en"):
        assert "<small>if you like</small>" in str(SampleForm()["when"].as_field_group())


def test_a_mistake_is_told_on_top_with_a_way_to_it():
    text = render_to_string("kit/form.html", {"form": SampleForm({"place": "12"})})
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    targets = re.findall(r'<a href="#([^"]+)"', text)
    assert targets == ["id_words", "id_kind", "id_answer_0"]
    assert set(targets) < ids


def test_a_form_carries_its_token_once():
    form = SampleForm(initial={"token": "t0ken"})
    text = render_to_string("kit/form.html", {"form": form})
    assert text.count('value="t0ken"') == 1


def test_a_rating_takes_three_or_five_answers_only():
    class TwoForm(forms.Form):
        two = forms.ChoiceField(choices=[("1", "a"), ("2", "b")], widget=forms.RadioSelect)

    with pytest.raises(KeyError):
        render_to_string("kit/rating.html", {"field": TwoForm()["two"]})


def test_an_error_page_needs_nothing():
    for name in ("400.html", "403.html", "404.html", "500.html"):
        assert "<h1>" in render_to_string(name)


# ── in a real browser ────────────────────────────────────────────────────────────────────────

SAMPLES = {
    "styleguide": (390, 1280),
    "styleguide_resident": (390, 1280),
    "styleguide_desk": (390, 1280),
    "styleguide_plain": (390,),
    "styleguide_document": (390, 1280),
    "styleguide_screen": (1920,),
}
POLICY = "default-src 'self'; img-src 'self' data: blob:"
SITE = "http://mulin.test"


class Sheet:
    """A sample page in a browser, under the content policy, with what went wrong and was sent."""

    def __init__(self, browser, name, *, width=390, dark=False, large=False, js=True):
        self.faults, self.sent = [], []
        self.waiting = None
        request = RequestFactory().get("/sheet")
        context = styleguide()
        context["ui"] |= {"theme": "dark" if dark else "light", "type": "large" if large else ""}
        with translation.override("zh-hans"):
            self.text = render_to_string(f"kit/{name}.html", context, request=request)
        self.context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=js
        )
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self):
        self.page.goto(f"{SITE}/sheet")
        return self.page

    def _hear(self, message):
        # What a test lets fail on purpose is told of as an error, too.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _answer(self, route, request):
        if request.method == "POST":
            self.sent.append(request.post_data)
            if self.waiting is not None:
                return self.waiting.append(route)
            return route.fulfill(status=200, content_type="text/html", body="<h1>thanks</h1>")
        path = request.url.removeprefix(SITE).split("?")[0]
        if path == "/search/":
            return route.fulfill(status=204)  # nothing is found here
        if not path.startswith(settings.STATIC_URL):
            return route.fulfill(
                body=self.text,
                content_type="text/html; charset=utf-8",
                headers={"content-security-policy": POLICY},
            )
        file = STATIC / path.removeprefix(settings.STATIC_URL)
        if not file.is_file():
            self.faults.append(f"not there: {path}")
            return route.fulfill(status=404)
        return route.fulfill(
            body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0]
        )


@pytest.fixture
def sheet(chromium):
    """Open a sample: `sheet("styleguide", width=390, dark=True)`."""
    made = []

    def make(name, **how):
        made.append(Sheet(chromium, name, **how))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    assert [fault for one in made for fault in one.faults] == []


@pytest.mark.browser
@pytest.mark.parametrize("look", ["light", "dark large"])
@pytest.mark.parametrize(
    ("name", "width"), [(name, width) for name, widths in SAMPLES.items() for width in widths]
)
def test_nobody_is_shut_out(sheet, axe, name, width, look):
    page = sheet(name, width=width, dark="dark" in look, large="large" in look).open()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


TOO_SMALL = """least => Array.from(document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, summary, .choices label, .face label'
)).filter(el => el.offsetParent && !el.closest('.prose, .errors, .table, .figure-number, .face input'))
.filter(el => !(el.matches('input[type=radio], input[type=checkbox]') && el.closest('label, .face')))
.map(el => [el.outerHTML.slice(0, 80), el.getBoundingClientRect()])
.filter(([, box]) => box.height > 0 && box.height < least - 0.5).map(([text, box]) => [text, box.height])"""


@pytest.mark.browser
@pytest.mark.parametrize(("large", "least"), [(False, 48), (True, 60)], ids=["normal", "large"])
@pytest.mark.parametrize("name", ["styleguide_resident", "styleguide_plain"])
def test_a_thumb_finds_everything_it_presses(sheet, name, large, least):
    page = sheet(name, large=large).open()
    assert page.evaluate(TOO_SMALL, least) == []


@pytest.mark.browser
def test_in_large_type_nothing_floats_and_no_letter_is_small(sheet):
    page = sheet("styleguide", large=True).open()
    floating = """Array.from(document.querySelectorAll('body *'))
        .filter(el => /fixed|sticky/.test(getComputedStyle(el).position)).length"""
    smallest = """Math.min(...Array.from(document.querySelectorAll('main *'))
        .filter(el => !el.matches('.key, svg *') && el.offsetParent && el.textContent.trim())
        .map(el => parseFloat(getComputedStyle(el).fontSize)))"""
    assert page.evaluate(floating) == 0
    assert page.evaluate(smallest) >= 24


@pytest.mark.browser
def test_letters_press_what_they_stand_on(sheet):
    page = sheet("styleguide_desk", width=1280).open()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("n")
    expect(page.locator("#search")).to_have_value("n")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    until_equal(page, "document.activeElement.pathname", "/c")
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    until_equal(page, "document.activeElement.pathname", "/a")
    page.keyboard.press("3")
    expect(page).to_have_url(f"{SITE}/sheet#3")


@pytest.mark.browser
def test_a_row_opens_on_the_right_and_on_a_phone_as_a_page(sheet):
    desk = sheet("styleguide_desk", width=1280).open()
    desk.evaluate("window.stayed = true")
    with desk.expect_response(f"{SITE}/c"):
        desk.click('.row[href="/c"]')
    desk.wait_for_url(f"{SITE}/c")
    assert desk.evaluate("window.stayed") is True
    desk.wait_for_selector('.row[href="/c"][aria-current]')
    expect(desk.locator(".row[aria-current]")).to_have_count(1)
    phone = sheet("styleguide_desk").open()
    phone.evaluate("document.body.className = 'desk'; window.stayed = true")
    phone.click('.row[href="/c"]')
    phone.wait_for_url(f"{SITE}/c")
    assert phone.evaluate("window.stayed") is None


@pytest.mark.browser
def test_half_typed_words_are_there_after_a_reload_until_they_are_sent(sheet):
    one = sheet("styleguide")
    page = one.open()
    page.fill("#id_words", "路灯不亮")
    page.check("#id_answer_1")
    page.reload()
    assert page.input_value("#id_words") == "路灯不亮"
    assert page.is_checked("#id_answer_1")
    page.click("[data-keep] .button.main")
    page.wait_for_selector("text=thanks")
    page.goto(f"{SITE}/sheet")
    assert page.input_value("#id_words") == ""


@pytest.mark.browser
def test_two_quick_presses_send_once_and_going_back_frees_the_button(sheet):
    one = sheet("styleguide")
    one.waiting = []
    page = one.open()
    button = page.locator("[data-keep] .button.main")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    with page.expect_request(lambda request: request.method == "POST"):
        page.mouse.click(box["x"] + 20, box["y"] + 20)
    page.mouse.click(box["x"] + 20, box["y"] + 20)
    one.waiting[-1].fulfill(status=200, content_type="text/html", body="<h1>thanks</h1>")
    page.wait_for_selector("text=thanks")
    assert len(one.sent) == 1
    page.go_back()
    assert button.is_enabled()


@pytest.mark.browser
def test_the_hall_screen_turns_and_a_press_holds_it(sheet):
    one = sheet("styleguide_screen", width=1920)
    one.page.clock.install()
    page = one.open()
    visible = "Array.from(document.querySelectorAll('.side')).map(side => !side.hidden)"
    assert page.evaluate(visible) == [True, False]
    page.clock.run_for(15_000)
    assert page.evaluate(visible) == [False, True]
    page.click("[data-rotate-pause]")
    expect(page.locator("[data-rotate-pause]")).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(60_000)
    until_equal(page, visible, [False, True])


@pytest.mark.browser
def test_the_hall_screen_fetches_itself_anew_and_stays_when_it_cannot(sheet):
    one = sheet("styleguide_screen", width=1920)
    one.page.clock.install()
    page = one.open()
    page.evaluate("window.stayed = true")
    with page.expect_event("domcontentloaded"):
        page.clock.run_for(330_000)
    assert page.evaluate("window.stayed") is None
    one.context.route(f"{SITE}/sheet", lambda route: route.abort())
    page.evaluate("window.stayed = true")
    with page.expect_event("requestfailed"):
        page.clock.run_for(330_000)
    assert page.evaluate("window.stayed") is True


@pytest.mark.browser
def test_chosen_photos_are_counted_and_shown(sheet, tmp_path):
    photo = tmp_path / "lamp.svg"
    photo.write_bytes((STATIC / "kit" / "mark.svg").read_bytes())
    page = sheet("styleguide").open()
    page.set_input_files("#id_photo", photo)
    expect(page.locator("#id_photo + .photo-count")).to_have_text(re.compile("^已选照片： 1"))
    page.wait_for_selector(".photo-count img")
    until(page, "document.querySelector('.photo-count img').decode().then(() => true)")


@pytest.mark.browser
def test_a_network_that_fails_is_told(sheet):
    page = sheet("styleguide_desk", width=1280).open()
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:sendError'))")
    assert page.inner_text("#messages") == "网络没有回应。您写的都还在，请再按一次。"


@pytest.mark.browser
def test_without_script_everything_is_there_and_forms_are_sent(sheet):
    one = sheet("styleguide", js=False)
    page = one.open()
    page.fill("#id_words", "路灯不亮")
    page.check("#id_five_0", force=True)
    page.click("[data-keep] .button.main")
    expect(page.locator("h1")).to_have_text("thanks")
    assert "路灯不亮" in one.sent[0]
    hall = sheet("styleguide_screen", width=1920, js=False).open()
    assert hall.locator(".side:visible").count() == 2
    assert hall.locator("[data-rotate-pause]:visible").count() == 0


def test_the_address_of_a_page_is_that_of_the_pages_served_now(settings):
    """Kept addresses of one set of pages are not given for another, where the page is missing."""
    template = Template("{% load kit %}{% address 'site:home' as home %}[{{ home }}]")
    assert template.render(Context()) == "[/]"
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": []})
    assert template.render(Context()) == "[]"
    settings.ROOT_URLCONF = "mulin.urls"
    assert template.render(Context()) == "[/]"
    set_script_prefix("/mulin/")
    try:
        assert template.render(Context()) == "[/mulin/]"
    finally:
        set_script_prefix("/")
