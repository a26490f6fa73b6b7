"""Task lists as Markdown and pages, and what all forms have in common."""

import html
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from export_help import HOSTILE, ITEM, LATER, TASK, TODAY, hostile_item, person
from markdown_it import MarkdownIt

from engine.delivery.exports.blocks import blocks
from engine.delivery.exports.html import index_page, page_files, people_page, person_page
from engine.delivery.exports.markdown import markdown_list, markdown_lists
from engine.delivery.exports.people import Item, people, what_text
from engine.delivery.exports.writing import write_file
from engine.delivery.render import clean
from engine.errors import HoldfastError
from engine.store.shown import Notice

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "article", "header", "h1", "h2", "h3", "p", "section", "span",
    "div", "b", "ul", "li", "br", "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._style else data


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_takes_every_text_as_text(text: str) -> None:
    item = hostile_item(text)
    made = Page(person_page(text, [item], TODAY, "en", [item]))
    assert made.tags <= ALLOWED
    assert not {name for name in made.attributes if name.startswith("on")}
    assert clean(text).strip() in made.text


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_takes_every_text_as_text(text: str) -> None:
    item = hostile_item(text)
    shown = MarkdownIt("commonmark").enable("strikethrough").render(
        markdown_list(text, [item], TODAY, "en", texts=True)
    )  # fmt: skip
    made = Page(shown)
    assert made.tags <= {"h1", "p", "ul", "li", "strong"}
    assert re.sub(r"\s+", " ", clean(text)).strip() in re.sub(r"\s+", " ", made.text.replace("\u2060", ""))
    assert shown.count("<h1>") == 1


def test_a_list_to_tick_off_says_when_how_urgent_and_why() -> None:
    text = markdown_list("Li Wei", [ITEM, LATER], TODAY, "en")
    assert text.startswith("# Tasks of Li Wei\n\nas of 2026-11-22, 2 tasks, 1 late\n")
    assert "- [ ] **Call Wuxi Trading**\n" in text
    assert "  - 2026-11-20 Fri · 2 days late · urgent · call · Wuxi Trading · k7m2q9x4v1\n" in text
    assert "  - Why: Eight days late\n  - Why: Not visited since June\n" in text
    assert "Call before they do" not in text
    assert "Call before they do" in markdown_list("Li Wei", [ITEM], TODAY, "en", texts=True)


def test_a_list_in_chinese() -> None:
    text = markdown_list("王伟", [LATER], TODAY, "zh")
    assert text.startswith("# 王伟的任务\n\n截至 2026-11-22，1 项任务\n")
    assert "2026-11-24 周二 · 中 · 电话" in text
    assert "原因：逾期 3 天" in text


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing to do."), ("zh", "没有待办任务。")])
def test_an_empty_list_says_so(language: str, said: str) -> None:
    assert said in markdown_list("Li Wei", [], TODAY, language)
    assert said in markdown_lists([], TODAY, language)
    assert said in people_page([], TODAY, language)
    assert said in person_page("Li Wei", [], TODAY, language)


def test_a_page_says_a_reason_once() -> None:
    page = person_page("Li Wei", [ITEM], TODAY, "en")
    assert page.count("Eight days late") == 1
    assert "Who to ask: the store" in page
    assert what_text(ITEM) == "- Who to ask: the store\n\nCall before they do.\nName a day."


def test_pages_need_no_network_and_allow_no_script() -> None:
    page = people_page([person(ITEM), person(LATER, language="zh")], TODAY, "en")
    assert "default-src 'none'" in page
    assert not re.search(r"(?i)https?:|url\(|<script|@import", page)
    assert page.count("<article") == 2 and 'lang="zh-CN"' in page


def test_what_is_late_of_others_stands_apart_with_whose_it_is() -> None:
    page = html.unescape(person_page("Mei", [], TODAY, "en", [ITEM]))
    assert "Late tasks of others" in page and "Li Wei" in page


def test_a_texts_parts() -> None:
    found = blocks("one\ntwo\n\n- a\n  more\n- b\n\nthree\n- c")
    assert [block.lines for block in found] == [("one", "two"), (), ("three",), ()]
    assert [block.items for block in found] == [(), (("a", "more"), ("b",)), (), (("c",),)]
    assert blocks("") == blocks("\n \n") == ()


def test_tasks_go_to_people_queues_and_nobody() -> None:
    notice = Notice(1, "m1", "Mei", None, TODAY, "r1", "Li Wei", "not_begun")
    tasks = [
        replace(TASK, escalated=(notice,)),
        replace(TASK, id="q", assignee=None, assignee_name=None, queue="north"),
        replace(TASK, id="n", assignee=None, assignee_name=None),
        replace(TASK, id="d", status="done", escalated=(notice,)),
    ]
    found = people(tasks, {}, lambda id: "zh" if id == "m1" else "en", lambda _: "Nobody")
    assert [(p.id, p.name, [i.task.id for i in p.items], [i.task.id for i in p.late]) for p in found] == [
        ("r1", "Li Wei", [TASK.id, "d"], []),
        ("m1", "Mei", [], [TASK.id]),
        ("north", "north", ["q"], []),
        ("", "Nobody", ["n"], []),
    ]
    assert found[1].language == "zh"
    [only] = people(tasks, {}, lambda _: "en", lambda _: "Nobody", "m1")
    assert (only.items, len(only.late)) == ((), 1)
    assert [p.id for p in people([], {}, lambda _: "en", lambda _: "Nobody", "r9")] == ["r9"]


def test_file_names_are_safe_everywhere() -> None:
    ids = sorted(["../../etc/passwd", "R1", "r1", "con", "index", "a/b", "王伟", "", "x" * 300, "a b", "..", "a.b"])
    names = page_files(ids)
    assert len({name.casefold() for name in names.values()}) == len(ids)
    assert names["王伟"] == "王伟.html" and names["R1"] == "R1.html"
    assert all(re.fullmatch(r"[\w-]{1,80}\.html", name) for name in names.values())
    assert not {"con.html", "index.html"} & set(names.values())


def test_the_index_leads_to_the_pages() -> None:
    page = index_page({"a b.html": person(ITEM, LATER, name="<b>Li</b>")}, TODAY, "en")
    assert 'href="a%20b.html"' in page and "&lt;b&gt;Li" in page and ">2</td>" in page and ">1</td>" in page


def test_a_huge_list() -> None:
    many = [Item(replace(TASK, id=f"t{n}"), ("why",)) for n in range(5_000)]
    assert people_page([person(*many)], TODAY, "en").count("<section") == 5_000
    assert markdown_lists([person(*many)], TODAY, "en").count("- [ ]") == 5_000


def test_very_long_texts_stay_whole() -> None:
    item = Item(replace(TASK, title="长" * 5_000), ("y" * 20_000,))
    page = person_page("Li Wei", [item], TODAY, "zh")
    assert "长" * 5_000 in page and "y" * 20_000 in page


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "list.md"
    path.write_text("old")
    write_file(path, b"new")
    assert path.read_text() == "new"
    (tmp_path / "link.md").symlink_to(path)
    write_file(tmp_path / "link.md", b"newer")
    assert path.read_text() == "newer" and (tmp_path / "link.md").is_symlink()
    with pytest.raises(HoldfastError):
        write_file(tmp_path, b"x")
    with pytest.raises(HoldfastError):
        write_file(tmp_path / "missing" / "list.md", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.md", "list.md"]


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to print with")
def test_a_browser_prints_each_person_on_sheets_of_their_own(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    hostile = [hostile_item(text, n) for n, text in enumerate(HOSTILE[:4])]
    both = [person(ITEM, *hostile), person(LATER, language="zh")]
    page.write_text(people_page(both, TODAY, "en"), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--no-first-run", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
        f"--print-to-pdf={tmp_path / 'page.pdf'}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    printed = (tmp_path / "page.pdf").read_bytes()
    sheets = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert len(sheets) >= 2
    assert {(round(float(w)), round(float(h))) for w, h in sheets} <= {(595, 842), (596, 842), (595, 841)}


def test_a_task_of_long_ago_or_far_ahead() -> None:
    for day in (date.min, date.max):
        item = Item(replace(TASK, due_on=day))
        assert day.isoformat() in person_page("Li Wei", [item], TODAY, "en")
