"""Pages: names are text whatever they hold, nothing is fetched, charts stand for the very numbers."""

import re
import shutil
import subprocess
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.delivery.charts import LONGEST, chart_svg, short, specification
from engine.delivery.page import page, report_of, write_page
from engine.errors import HoldfastError
from engine.reports.report import Chart, Form, Part, Report, Series
from engine.reports.table import As, Column, Said, Table

EVIL = "</text></script><script>alert('x')</script><img src=x onerror=alert(1)> & \"q\" {{ 7 * 7 }} ${7*7}"
NAMES = ("江澜青屿科技有限公司", EVIL, None, "a" * 200)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def chart(form: Form = Form.BARS, kind: As = As.MONEY) -> Chart:
    values = (Decimal(1234567), Decimal("0.5"), Decimal(0), None)
    series = (Series(EVIL, values), Series("乙", values[::-1]))
    return Chart(Said("column_spend"), form, NAMES, series[: 1 if form is Form.BARS else 2], kind)


def report() -> Report:
    columns = (Column("name"), Column("spend", As.MONEY), Column("evil", As.TEXT, heading=EVIL))
    rows = tuple((name, Decimal(1234567), EVIL) for name in NAMES)
    table = Table(Said("stats_index"), columns, (*rows, (Said("column_total"), Decimal(4), None)))
    parts = tuple(Part(form.name, table, (chart(form),)) for form in Form)
    return Report(
        Said("rivals_title"), (*parts, Part("none", Table(Said("log_title"), columns, ()))), (Said("define_spend"),)
    )


class Reader(HTMLParser):
    """Collects the elements and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_are_text_wherever_they_stand(language: str) -> None:
    found = read(page(report(), language, {}))
    assert not {"script", "img", "iframe", "object", "link", "foreignobject", "a", "use", "image"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("href", "src", "xlink:href")]
    assert EVIL in found.text
    assert any("江澜青屿科技有限公司" in text for text in found.text)


def test_nothing_is_fetched() -> None:
    text = page(report(), "en", {})
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+", text))
    assert addresses <= {"http://www.w3.org"}  # the names of SVG itself
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_sound_svg_with_words_for_each_mark(form: Form) -> None:
    root = ElementTree.fromstring(chart_svg(chart(form), "en", {}))
    described = [
        node.get("aria-label") or "" for node in root.iter() if node.get("aria-roledescription") in ("bar", "point")
    ]
    assert any("江澜青屿科技有限公司" in text and "1,234,567" in text for text in described)
    texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("</text>") for text in texts)
    assert all(len(text) <= LONGEST + 4 for text in texts)


def test_a_value_that_is_missing_is_no_mark() -> None:
    rows = specification(chart(), "en", {})["data"]["values"]
    assert [row["value"] for row in rows] == [1234567.0, 0.5, 0.0]


def test_labels_that_look_alike_stay_apart() -> None:
    twice = Chart(Said("column_spend"), Form.BARS, ("王磊", "王磊"), (Series("x", (1, 2)),), As.INTEGER)
    assert [row["label"] for row in specification(twice, "zh", {})["data"]["values"]] == ["王磊", "王磊 (2)"]


@pytest.mark.parametrize(
    ("value", "kind", "english", "chinese"),
    [
        (Decimal(1234567), As.MONEY, "1.23m", "123万"), (Decimal(999999), As.MONEY, "1m", "100万"),
        (Decimal(1913), As.MONEY, "1.91k", "1,913"), (0, As.INTEGER, "0", "0"), (12, As.INTEGER, "12", "12"),
        (0.125, As.PERCENT, "12.5%", "12.5%"), (Decimal("-2500000"), As.MONEY, "-2.5m", "-250万"),
        (Decimal(12 * 10**8), As.MONEY, "1.2bn", "12亿"), (None, As.MONEY, "", ""),
    ],
)  # fmt: skip
def test_short_numbers(value: Decimal | float | None, kind: As, english: str, chinese: str) -> None:
    assert (short(value, kind, "en"), short(value, kind, "zh")) == (english, chinese)


def test_tables_alone_make_a_page(tmp_path: Path) -> None:
    table = report().parts[0].table
    write_page(tmp_path / "page.html", report_of(Said("log_title"), [table]), "zh", {})
    found = read((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert ("lang", "zh-CN") in found.attributes
    assert "svg" not in found.tags


def test_a_page_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="cannot be written"):
        write_page(tmp_path / "none" / "page.html", report(), "en", {})


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found, so pages are not tried in a browser")
def test_a_browser_shows_it_and_prints_it_on_a4(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", report(), "zh", {})
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    address = (tmp_path / "page.html").as_uri()
    shown = subprocess.run(
        [str(CHROMIUM), *flags, "--dump-dom", address], capture_output=True, text=True, timeout=120, check=True
    )
    found = read(shown.stdout)
    assert EVIL in found.text
    assert found.tags.count("figure") == len(Form)
    subprocess.run(
        [str(CHROMIUM), *flags, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}", address],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    paper = (tmp_path / "page.pdf").read_bytes()
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", paper)
