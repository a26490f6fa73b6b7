"""Every entry of the catalogue is served and proved, no source names an unknown one, and docs/coverage.md says so."""

import importlib.util
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def module(name: str) -> ModuleType:
    """A module of docs/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def served() -> Any:
    return module("served")


@pytest.fixture(scope="module")
def entries(served: Any) -> dict[str, Any]:
    return served.catalogue(ROOT)


@pytest.fixture(scope="module")
def found(served: Any) -> Any:
    return served.find(ROOT)


def test_the_catalogue_is_whole(entries: dict[str, Any]) -> None:
    assert len(entries) == 130
    assert all(entry.keys() >= {"id", "kind", "says"} for entry in entries.values())


def test_every_source_is_an_entry(served: Any, found: Any, entries: dict[str, Any]) -> None:
    assert served.unknown(found, entries) == {}


def test_every_entry_is_served(served: Any, found: Any, entries: dict[str, Any]) -> None:
    assert served.unserved(found, entries) == []


def test_every_entry_is_proved(served: Any, found: Any, entries: dict[str, Any]) -> None:
    assert served.unproved(found, entries) == []


def test_the_page_is_up_to_date(served: Any, found: Any, entries: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert served.page(ROOT, found) == page, "run: python docs/generate.py"
    assert all(f"| `{id}` |" in page for id in entries)


POLICY = {
    "rules/facts.yaml": """
        account: {fields: {name: text, owner: {ref: rep}, tier: {one_of: [A, B, C]}}}
        rep: {fields: {name: text}}
    """,
    "rules/mine.yaml": """
        tiers: {rank_by: one, classes: {A: top 5%, B: rest}, source: D1.tier.abc}
        measures: {one: {about: account, value: 1}}
        signals:
          mine:
            {title: {en: m}, about: account, when: active, severity: low, because: {en: m}, source: [D1.one, D1.two]}
          other: {title: {en: o}, about: account, when: active, severity: low, because: {en: o}, source: D1.three}
    """,
    "playbooks/act.yaml": """
        play: act
        about: account
        trigger: signal('mine')
        source: [D2.act]
        steps: [{id: one, assign: owner, due: today, template: folder/text}]
    """,
    "templates/folder/text.en.md": "# Title\n\nText.\n",
    "templates/folder/text.zh.md": "# 标题\n\n正文。\n",
    "rules/tests/mine.yaml": """
        on: 2026-11-22
        source: D4.file
        tests:
          - {name: by rule, given: {account: [{}]}, expect: {signals: [{rule: mine}]}}
          - {name: by source, given: {account: [{}]}, expect: {tasks: [D2.act]}, source: [D4.test]}
          - {name: excluded, given: {account: [{}]}, not: {signals: [other]}}
    """,
    "engine/reports/lists.py": "SOURCE = ('D0.list',)\n",
    "engine/reports/remind.py": "from engine.reports.lists import SOURCE as ids\n",
    "engine/reports/alone.py": "SOURCE: tuple[str, ...] = ('D0.alone',)\n",
    "engine/commands/lists.py": """
        import typer
        app = typer.Typer()
        team_app = typer.Typer()
        app.add_typer(team_app, name="team")

        @app.command()
        def remind_all() -> None:
            from engine.reports.remind import ids

        @team_app.command("days")
        def team_days() -> None:
            import engine.reports.remind
    """,
    "tests/test_one.py": """
        import pytest
        SOURCE = ("D0.list", "D9.nothing")

        @pytest.mark.source("D0.marked", "D0.twice")
        def test_a() -> None: ...

        class TestB:
            @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.source("D0.param"))])
            def test_c(self, x): ...
    """,
    "tests/deep/test_two.py": "import pytest\npytestmark = pytest.mark.source('D0.twice')\n",
    "tests/helper.py": "SOURCE = ('D0.helper',)\n",
}


@pytest.fixture(scope="module")
def small(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is found below a small tree."""
    root = tmp_path_factory.mktemp("tree")
    for name, text in POLICY.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return served.find(root)


def test_what_serves(small: Any) -> None:
    assert {id: {kind: sorted(names) for kind, names in pieces.items()} for id, pieces in small.serving.items()} == {
        "D1.one": {"signals": ["mine"]},
        "D1.two": {"signals": ["mine"]},
        "D1.three": {"signals": ["other"]},
        "D2.act": {"plays": ["act"], "templates": ["folder/text"]},
        "D1.tier.abc": {"tiers": ["rules/mine.yaml"]},
        "D0.list": {"commands": ["holdfast remind-all", "holdfast team days"]},
        "D0.alone": {"code": ["engine/reports/alone.py"]},
    }


def test_what_proves(small: Any) -> None:
    mine = {"rules/tests/mine.yaml"}
    assert {id: files for id, files in small.proving.items() if files & mine} == dict.fromkeys(
        ("D1.one", "D1.two", "D2.act", "D4.file", "D4.test"), mine
    )
    assert {id: sorted(files) for id, files in small.proving.items() if not files & mine} == {
        "D0.list": ["tests/test_one.py"],
        "D9.nothing": ["tests/test_one.py"],
        "D0.marked": ["tests/test_one.py"],
        "D0.param": ["tests/test_one.py"],
        "D0.twice": ["tests/deep/test_two.py", "tests/test_one.py"],
    }


def test_what_is_missing(served: Any, small: Any) -> None:
    known = ["D1.one", "D1.three", "D0.list", "D0.marked", "D3.never"]
    assert served.unserved(small, known) == ["D0.marked", "D3.never"]
    assert served.unproved(small, known) == ["D1.three", "D3.never"]
    wrong = served.unknown(
        small, [*known, "D1.two", "D2.act", "D0.alone", "D4.file", "D4.test", "D0.twice", "D0.param"]
    )
    assert wrong.keys() == {"D1.tier.abc", "D9.nothing"}
    assert wrong["D9.nothing"] == ["tests/test_one.py"]
    assert wrong["D1.tier.abc"][0].startswith("rules/mine.yaml:1:")
