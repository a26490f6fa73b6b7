"""Workspaces: made whole or not at all, found from below, and every fault of holdfast.yaml with its place."""

from datetime import date
from pathlib import Path

import pytest

from engine import workspace as rooms
from engine.action.calendar import Calendar
from engine.errors import HoldfastError, UsageError
from engine.facts.sources import Source
from engine.shipped import POLICY_FOLDERS, shipped_example, shipped_root
from engine.workspace import init_workspace, open_workspace


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") or p == "__pycache__" for p in path.relative_to(folder).parts)
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def settings(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "holdfast.yaml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str) -> str:
    with pytest.raises(HoldfastError) as caught:
        open_workspace(settings(folder, text))
    assert not isinstance(caught.value, UsageError)
    return caught.value.message


@pytest.mark.parametrize(("language", "country"), [("zh", "CN"), ("en", None)])
def test_a_new_workspace_is_the_shipped_policy_and_settings(tmp_path: Path, language: str, country: str | None) -> None:
    made = init_workspace(tmp_path / "a firm" / "华东 区", language)
    assert made == open_workspace(made.root)
    assert made.language == language
    assert made.languages == {}
    assert made.calendar == Calendar(country)
    assert made.sources == (Source(None, made.root / "facts"),)
    assert names(made.root) == sorted([*POLICY_FOLDERS, "facts", "store", "holdfast.yaml"])
    for folder in POLICY_FOLDERS:
        assert files(made.root / folder) == files(shipped_root() / folder)
    assert names(tmp_path) == ["a firm"]
    assert names(tmp_path / "a firm") == ["华东 区"]


def test_what_the_first_settings_say_in_comments_is_admitted(tmp_path: Path) -> None:
    for language in ("en", "zh"):
        text = init_workspace(tmp_path / language, language).root.joinpath("holdfast.yaml").read_text(encoding="utf-8")
        head, _, rest = text.partition("# people:")
        body, _, sources = rest.partition("# sources:")
        body = body.replace("sources: facts", "").replace("#   r3", "  r3")
        lines = [line.removeprefix("#") for line in sources.splitlines()]
        opened = open_workspace(settings(tmp_path / language, f"{head}people:{body}\nsources:" + "\n".join(lines)))
        assert set(opened.languages) == {"r3"}
        assert [source.type for source in opened.sources] == ["order", "interaction"]
        assert opened.sources[0].columns["ordered_on"]
        assert "visit" in opened.sources[1].values["channel"].values()


def test_an_empty_folder_may_be_there_with_hidden_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref")
    monkeypatch.chdir(tmp_path)
    init_workspace(Path(), "en")
    assert (tmp_path / ".git" / "HEAD").read_text() == "ref"
    assert names(tmp_path) == sorted([".git", *POLICY_FOLDERS, "facts", "store", "holdfast.yaml"])
    assert open_workspace().root == tmp_path


def test_other_folders_are_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"not empty: it holds notes\.txt"):
        init_workspace(tmp_path, "en")
    with pytest.raises(UsageError, match="is a file"):
        init_workspace(tmp_path / "notes.txt", "en")
    with pytest.raises(UsageError, match="unknown language 'cn'") as caught:
        init_workspace(tmp_path / "new", "cn")
    assert caught.value.hint == "one of: en, zh"
    assert files(tmp_path) == {"notes.txt": b"mine"}
    done = init_workspace(tmp_path / "done", "en")
    with pytest.raises(UsageError, match="is a workspace already"):
        init_workspace(done.root, "en")


@pytest.mark.parametrize("exists", [True, False])
def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    folder = tmp_path / "deep" / "firm"
    if exists:
        folder.mkdir(parents=True)
        (folder / ".keep").touch()
    copy = rooms._copy

    def full_disk(source: Path, target: Path) -> None:
        if source.name == "templates":
            raise OSError(28, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(rooms, "_copy", full_disk)
    with pytest.raises(HoldfastError, match="No space left on device"):
        init_workspace(folder, "zh")
    assert [p.name for p in tmp_path.rglob("*")] == (["deep", "firm", ".keep"] if exists else [])


def test_a_failure_at_the_last_move_takes_the_others_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "holdfast.yaml":
            raise OSError(13, "Permission denied")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(HoldfastError, match="Permission denied"):
        init_workspace(tmp_path, "en")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_can_be_written_where_the_source_cannot(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "a.yaml").write_text("a: 1")
    (source / "inner" / ".DS_Store").write_text("")
    (source / "inner" / "a.yaml").chmod(0o444)
    (source / "inner").chmod(0o555)
    rooms._copy(source, tmp_path / "target")
    (source / "inner").chmod(0o755)
    assert files(tmp_path / "target") == {"inner/a.yaml": b"a: 1"}
    assert (tmp_path / "target" / "inner").stat().st_mode & 0o200
    assert (tmp_path / "target" / "inner" / "a.yaml").stat().st_mode & 0o200


def test_a_workspace_is_found_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = settings(tmp_path / "firm", "language: zh\n")
    below = root / "rules" / "signals"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    found = open_workspace()
    assert (found.root, found.language) == (root, "zh")
    assert found.rules == root / "rules"
    assert found.playbooks == root / "playbooks"
    assert found.templates == root / "templates"
    assert found.database.parent == found.store == root / "store"
    assert found.snapshots.parent == found.runs.parent == found.store


def test_without_one_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"no workspace here: there is no holdfast\.yaml") as caught:
        open_workspace()
    assert "holdfast init DIR" in caught.value.hint
    with pytest.raises(UsageError, match=r"no workspace in .*elsewhere: holdfast\.yaml is missing") as caught:
        open_workspace(Path("elsewhere"))
    assert "holdfast init elsewhere" in caught.value.hint


def test_all_settings(tmp_path: Path) -> None:
    text = """\
language: zh
people: {r3: {language: en}, 7: {language: en}}
calendar: {country: US, subdivision: CA, extra_holidays: [2026-12-31], extra_workdays: ["2026-11-21"]}
sources:
  - type: order
    path: export/订单.xlsx
    sheet: 订单
    columns: {ordered_on: 下单日期}
    values: {channel: {拜访: visit, 1: 2, 是: true}}
  - {type: account, path: /data/account.csv}
"""
    opened = open_workspace(settings(tmp_path, text))
    assert [opened.language_of(rep) for rep in ("r3", "7", "r1")] == ["en", "en", "zh"]
    assert opened.calendar == Calendar(
        "US", "CA", extra_holidays=frozenset({date(2026, 12, 31)}), extra_workdays=frozenset({date(2026, 11, 21)})
    )
    assert opened.sources == (
        Source(
            "order",
            tmp_path / "export" / "订单.xlsx",
            "订单",
            {"ordered_on": "下单日期"},
            {"channel": {"拜访": "visit", "1": "2", "是": "true"}},
        ),
        Source("account", Path("/data/account.csv")),
    )


def test_defaults_of_an_empty_file_and_of_empty_keys(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "people:\ncalendar:\nsources:\n", "calendar: {}\n"):
        opened = open_workspace(settings(tmp_path, text))
        assert (opened.language, opened.languages, opened.calendar) == ("en", {}, Calendar())
        assert opened.sources == (Source(None, tmp_path / "facts"),)
    assert open_workspace(settings(tmp_path, "sources: []\n")).sources == ()
    assert open_workspace(settings(tmp_path, "sources: 数据.xlsx")).sources[0].path == tmp_path / "数据.xlsx"
    plain, keyed = open_workspace(settings(tmp_path, "sources: [数据.xlsx, {path: more}]")).sources
    assert (plain, keyed) == (Source(None, tmp_path / "数据.xlsx"), Source(None, tmp_path / "more"))


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "holdfast.yaml").write_bytes("\ufefflanguage: zh\r\nsources: 数据\r\n".encode())
    opened = open_workspace(tmp_path)
    assert (opened.language, opened.sources[0].path) == ("zh", tmp_path / "数据")


def test_norway_is_no_boolean(tmp_path: Path) -> None:
    assert open_workspace(settings(tmp_path, "calendar: {country: NO}")).calendar == Calendar("NO")


@pytest.mark.parametrize(
    ("text", "place", "message", "help"),
    [
        ("langauge: zh", "1:1", "unknown key 'langauge'", "did you mean 'language'?"),
        ("language: cn", "1:11", "'cn' is not a value of 'language'", "en"),
        ("language:\n- zh", "2:1", "'language'", ""),
        ("people:\n  r3: {langage: en}", "2:8", "unknown key 'langage'", "did you mean 'language'?"),
        ("people:\n  r3: {}", "2:3", "needs the key 'language'", "language"),
        ("calendar:\n  country: China", "2:12", "unknown country 'China'", "did you mean 'CN'?"),
        ("calendar: {country: DE, subdivision: BX}", "1:38", "unknown subdivision 'BX' of DE", ""),
        ("calendar: {subdivision: BX}", "1:25", "subdivision 'BX' without a country", ""),
        ("calendar: {country: 5}", "1:21", "'country' should be text", ""),
        ("calendar: {extra_holidays: [2026-10-01, 2026-02-30]}", "1:41", "'2026-02-30' is not a date", "2026-10-01"),
        ("calendar: {extra_workdays: [20261001]}", "1:29", "'20261001' is not a date", "2026-10-01"),
        ("calendar: {extra_workdays: 2026-10-01}", "1:28", "'extra_workdays' should be a list", ""),
        (
            "calendar:\n  extra_holidays: [2026-10-01]\n  extra_workdays: [2026-10-01]",
            "3:19",
            "2026-10-01 is both an extra holiday and an extra workday",
            "",
        ),
        ("sources: {type: order, path: x}", "1:1", "'sources' should be the path", "write a dash"),
        ("sources: 5", "1:1", "'sources' should be the path", "sources: facts"),
        ("sources: ''", "1:1", "'sources' should be the path", "sources: facts"),
        ("sources:\n- {type: order}", "2:3", "needs the key 'path'", ""),
        ("sources:\n- {type: order, path: ''}", "2:17", "'path' is empty", ""),
        ("sources:\n- {type: order, path: x, colums: {a: b}}", "2:26", "unknown key 'colums'", "'columns'"),
        ("sources:\n- {type: order, path: x, columns: [a]}", "2:35", "'columns' should be a mapping", ""),
        ("sources:\n- 5", "2:3", "should be a mapping", ""),
        ("- language", "1:1", "should be a mapping", ""),
        ("language: zh\nlanguage: en", "2:1", "stands here a second time", "line 1"),
        ("language: 'zh", "1:11", "never closed", ""),
    ],
)  # fmt: skip
def test_faults_have_their_place(tmp_path: Path, text: str, place: str, message: str, help: str) -> None:
    said = faults(tmp_path, text)
    assert f"holdfast.yaml:{place}: " in said
    assert message in said
    assert help in said


def test_all_faults_come_at_once_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = faults(tmp_path, "sources: 5\ncalender: {}\nlanguage: fr\ncalendar: {country: XX}\n")
    assert [line.split(": ")[0] for line in said.splitlines() if line.startswith("holdfast.yaml")] == [
        "holdfast.yaml:1:1",
        "holdfast.yaml:2:1",
        "holdfast.yaml:3:11",
        "holdfast.yaml:4:21",
    ]
    assert "did you mean 'calendar'?" in said


def test_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "holdfast.yaml").write_bytes("language: zh\nsources: 数据\n".encode("gbk"))
    with pytest.raises(HoldfastError, match=r"holdfast\.yaml:2: this is not UTF-8 text") as caught:
        open_workspace(tmp_path)
    assert "UTF-8" in caught.value.hint


def test_an_example_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="the example 'nowhere' is missing"):
        shipped_example("nowhere")
