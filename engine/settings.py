"""The settings of a workspace, holdfast.yaml: language, people, calendar, sources of facts, delivery."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from engine.action.calendar import Calendar
from engine.errors import HoldfastError
from engine.facts.sources import Source
from engine.policy.faults import Fault
from engine.policy.reading import Spot, read_shape
from engine.policy.shapes import LanguageName, Shape
from engine.sending.terms import Delivery, DeliveryShape, delivery_of, plain_secrets
from engine.store.keys import Keys, KeysShape, keys_of

DEFAULT_FACTS = "facts"


@dataclass(frozen=True)
class Settings:
    """What holdfast.yaml says; `languages` holds those people, by rep id, who read another language than `language`.

    `publish`: optional, or required where nights run under the last published policy and not the files as they stand.
    `delivery`: the ways out of the nightly digest; None where none is set. `keys`: of the ledger's
    signatures.
    """

    language: str
    languages: Mapping[str, str]
    calendar: Calendar
    sources: tuple[Source, ...]
    publish: str = "optional"
    delivery: Delivery | None = None
    keys: Keys = field(default_factory=Keys)


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


_Text = Annotated[str, BeforeValidator(_as_text)]
_Filled = Annotated[_Text, Field(min_length=1)]


class _PersonShape(Shape):
    language: LanguageName


class _CalendarShape(Shape):
    country: str | None = None
    subdivision: _Text | None = None
    extra_holidays: list[_Text] | None = None
    extra_workdays: list[_Text] | None = None


class _SourceShape(Shape):
    type: _Filled | None = None
    path: _Filled
    sheet: _Filled | None = None
    columns: dict[str, _Filled] | None = None
    values: dict[str, dict[str, _Text]] | None = None


def _as_source(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


class _SettingsShape(Shape):
    language: LanguageName = "en"
    people: dict[str, _PersonShape] | None = None
    calendar: _CalendarShape | None = None
    sources: list[Annotated[_SourceShape, BeforeValidator(_as_source)]] | None = None
    publish: Literal["optional", "required"] = "optional"
    delivery: DeliveryShape | None = None
    audit: KeysShape | None = None


def read_settings(data: object, spot: Spot, root: Path) -> tuple[Settings | None, list[Fault]]:
    """The settings in the plain data of holdfast.yaml, or None and all that is wrong with it.

    Paths of sources are taken from the folder `root`. An empty file stands for the defaults.
    """
    data, folder, faults = _one_folder({} if data is None else data, spot)
    if isinstance(data, dict) and "delivery" in data:
        rest, written_out = plain_secrets(data["delivery"], spot / "delivery")
        data, faults = {**data, "delivery": rest}, faults + written_out
    form, wrong = read_shape(_SettingsShape, data, spot, "holdfast.yaml")
    wrong += faults
    days = form.calendar if form else read_shape(_CalendarShape, _below(data, "calendar"), spot, "")[0]
    calendar, faults = _calendar(days or _CalendarShape(), spot / "calendar")
    wrong += faults
    delivery = None
    if form and form.delivery:
        delivery, faults = delivery_of(form.delivery, spot / "delivery", root)
        wrong += faults
    keys, faults = keys_of(form.audit if form else None, spot / "audit", root)
    wrong += faults
    if wrong or calendar is None:
        return None, wrong
    languages = {rep: person.language for rep, person in (form.people or {}).items()}
    sources = tuple(Source(s.type, root / s.path, s.sheet, s.columns or {}, s.values or {}) for s in form.sources or ())
    if form.sources is None:
        sources = (Source(None, root / folder),)
    return Settings(form.language, languages, calendar, sources, form.publish, delivery, keys), []


def _below(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, dict) else None


def _one_folder(data: object, spot: Spot) -> tuple[object, str, list[Fault]]:
    """The data without `sources` where that is one folder or workbook, and its path."""
    given = _below(data, "sources")
    if not isinstance(data, dict) or given is None or isinstance(given, list):
        return data, DEFAULT_FACTS, []
    rest = {key: value for key, value in data.items() if key != "sources"}
    if isinstance(given, str) and given:
        return rest, given, []
    message = "'sources' should be the path of a folder or workbook, or a list with a source for each type"
    help = "write a dash before each source: `- type: …`" if isinstance(given, dict) else "for example `sources: facts`"
    return rest, "", [Fault("wrong-shape", (spot / "sources").key, message, help, len("sources"))]


def _calendar(form: _CalendarShape, spot: Spot) -> tuple[Calendar | None, list[Fault]]:
    holidays, faults = _days(form.extra_holidays or (), spot / "extra_holidays")
    workdays, more = _days(form.extra_workdays or (), spot / "extra_workdays")
    faults += more
    calendar = None
    parts: dict[str, Any] = {}
    for at, known in (
        (spot / "country", {"country": form.country}),
        (spot / "subdivision", {"subdivision": form.subdivision}),
        (spot / "extra_workdays", {"extra_holidays": holidays, "extra_workdays": workdays}),
    ):
        parts |= known
        try:
            calendar = Calendar(**parts)
        except HoldfastError as error:
            value = getattr(form, str(at.path[-1]))
            width = len(value) if isinstance(value, str) else 1
            return None, [*faults, Fault("wrong-value", at.value, error.message, error.hint, max(width, 1))]
    return calendar, faults


def _days(texts: Sequence[str], spot: Spot) -> tuple[frozenset[date], list[Fault]]:
    days, faults = set(), []
    for i, text in enumerate(texts):
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                raise ValueError
            days.add(date.fromisoformat(text))
        except ValueError:
            place = (spot / i).value
            faults.append(
                Fault("wrong-value", place, f"'{text}' is not a date", "write it as 2026-10-01", max(len(text), 1))
            )
    return frozenset(days), faults


FIRST_SETTINGS: Mapping[str, str] = {
    "en": """\
# The settings of this workspace. `holdfast check` reads them and names what is wrong.

language: en                # of titles and task texts: en or zh

# people:                   # those who read another language, by rep id
#   r3: {language: zh}

calendar:                   # due dates count workdays
  country: null             # a code such as CN, US or DE; null: Monday to Friday
  subdivision: null         # a state or province, where its holidays differ: BY, CA
  extra_holidays: []        # days off of your own: [2026-12-31]
  extra_workdays: []        # days worked that are off elsewhere

# delivery:                 # a digest for each person after the night: holdfast deliver (see docs/delivery.md)
#   mail: {host: smtp.firm.example, from: holdfast@firm.example, user: holdfast, password_env: MAIL_PASSWORD}

# publish: required         # nights run under the last published policy (holdfast policy publish), not under the files

# audit:                    # sign the ledger (holdfast audit key FILE); keep the private key away from this folder
#   key: ~/firm.pem         # signs every entry from now on
#   public: firm.pem.pub    # holdfast audit check compares with it

# Where the facts are. A folder with a file for each type of fact (account.csv, order.xlsx, promise.parquet,
# interaction.jsonl), or one workbook with a sheet for each. Paths count from this folder.
sources: facts

# Or source by source, with the names of your own export:
# sources:
#   - type: order
#     path: export/orders.xlsx
#     sheet: Orders
#     columns: {account: Customer no., ordered_on: Order date, amount: Total}
#   - type: interaction
#     path: export/calls.csv
#     values: {channel: {Visit on site: visit, Telephone: call}}
""",
    "zh": """\
# 本工作区的设置。运行 `holdfast check` 会检查并指出错误。

language: zh                # 标题和任务文本的语言：zh 或 en

# people:                   # 使用另一种语言的人员，按员工编号填写
#   r3: {language: en}

calendar:                   # 任务期限按工作日计算
  country: CN               # 国家代码，如 CN、US；null 表示周一至周五上班（CN 含调休补班）
  subdivision: null         # 假日不同的省或州
  extra_holidays: []        # 公司另外放假的日子：[2026-12-31]
  extra_workdays: []        # 公司另外上班的日子

# delivery:                 # 每晚运行后给每个人发一份任务摘要：holdfast deliver（见 docs/delivery.md）
#   mail: {host: smtp.firm.example, from: holdfast@firm.example, user: holdfast, password_env: MAIL_PASSWORD}
#   webhooks: [{name: 华东组, form: wecom, url_env: EAST_ROBOT_URL, for: 华东}]

# publish: required         # 每晚按最近一次发布的政策运行（holdfast policy publish），而不是按正在编辑的文件

# audit:                    # 给账本签名（holdfast audit key 文件）；私钥不要放在本文件夹里
#   key: ~/firm.pem         # 今后每条账目都用它签名
#   public: firm.pem.pub    # holdfast audit check 用它核对签名

# 数据在哪里。可以是一个文件夹，每类数据一个文件（account.csv、order.xlsx、promise.parquet、interaction.jsonl），
# 也可以是一个工作簿，每类数据一张表。相对路径从本文件夹算起。
sources: facts

# 也可以逐项列出，并对应自己导出文件中的表名、列名和取值：
# sources:
#   - type: order
#     path: export/订单.xlsx
#     sheet: 订单
#     columns: {account: 客户编号, ordered_on: 下单日期, amount: 金额}
#   - type: interaction
#     path: export/拜访记录.csv
#     values: {channel: {上门拜访: visit, 电话: call}}
""",
}
