"""Errors in Chinese: every message and hint has its entry, and what is shown holds no English sentence."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bare import bare_workspace

from engine.errors import HoldfastError
from engine.messages import in_language
from engine.messages.saying import PLACE, catalogue
from engine.messages.spoken import language_in
from engine.messages.zh import messages, words
from engine.policy.load import load_policy
from engine.store.opening import read_store
from engine.terminal import run_guarded
from engine.workspace import open_workspace

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "engine"
MAKERS = {
    "Fault", "fault", "Slip", "Wrong", "UnknownName", "_at", "_fault", "_Case",
    "HoldfastError", "UsageError", "PolicyError", "FactsError", "StoreError", "EngineError",
}  # fmt: skip
HOLE = "\0"
CODE = re.compile(r"`[^`]*`|'[^']*'|\{[^}]*\}|\(字段\)|\(日期, 月数\)|\(起, 止\)|键: 值|键:|： ”|“: ”")
NAMES = {"message", "help", "hint", "said", "what", "how", "lead", "NO_SPACE", "HELP", "HINT", "KNOWN"}
SHORT = 8  # characters of fixed text
SENTENCE = re.compile(r"[a-z]{2,} [a-z]{2,}")
COMMAND = re.compile(r"(holdfast|see holdfast|pip install) [\w-]+.*")  # what to type stands for itself
# modules whose every string with two words in a row is something that is said, but for those that begin so
WHOLE = {
    "policy": (
        "building", "cadence_checks", "calls", "characters", "comparing", "fitting", "lexing", "limits", "links",
        "literals", "people", "shape_words", "template_words", "yaml_faults",
    ),
    "facts": ("reasons",),
}  # fmt: skip
NOT_SAID = (  # what YAML's reader and the template engine say, by which their faults are told apart
    "undefined alias", "single document", "document start", "duplicate anchor", "mapping values", "quoted scalar",
    "unknown escape", "escape sequence", "flow mapping", "flow sequence", "a comment or", "chomping", "block scalar",
    "expected <block", "sequence entries", "mapping keys", "alphabetic", "YAML document", "cannot start",
    "node content", "could not find", "unknown tag", "needs to be", "Missing end", "end of template",
    "Expected an", "unexpected", "expected token", "tag name",
    " and t.status", "{0} is away",  # SQL
)  # fmt: skip


def pattern(node: ast.expr) -> str | None:
    """A literal or f-string with a hole for each value; None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
            return "".join(str(part) for part in parts)
    return None


def literals(node: ast.expr) -> Iterator[str]:
    """What an expression may say: each branch of a choice by itself."""
    match node:
        case ast.IfExp():
            yield from (*literals(node.body), *literals(node.orelse))
        case ast.BoolOp():
            for value in node.values:
                yield from literals(value)
        case ast.BinOp(op=ast.Add()):
            yield from (*literals(node.left), *literals(node.right))
        case ast.Tuple() | ast.List():
            for value in node.elts:
                yield from literals(value)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join"), args=[ast.List() as given]):
            yield from literals(given)
        case _:
            text = pattern(node)
            if text is not None and not text.startswith(NOT_SAID):
                yield text


def said_in(path: Path) -> Iterator[tuple[int, str]]:
    """What a module gives as message, help or hint to whatever makes an error: (line, pattern)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MAKERS:
                for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                    yield from ((node.lineno, text) for text in literals(given))
            case ast.Assign(targets=[target]) if {n.id for n in ast.walk(target) if isinstance(n, ast.Name)} & NAMES:
                yield from ((node.lineno, text) for text in literals(node.value))


def every_string(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module but its docstrings: (line, pattern)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            left_out.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            left_out.update(id(inner) for inner in ast.walk(node) if inner is not node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left_out:
            text = pattern(node)
            if text is not None and not text.startswith(NOT_SAID):
                yield node.lineno, text


ENTRIES = "\n".join(PLACE.sub(HOLE, english) for english in (*messages(), *words()))
SPECIFIC = catalogue(  # entries whose own words tell them apart
    {english: said for english, said in (messages() | words()).items() if len(PLACE.sub("", english)) > SHORT}
)
CARRIERS = (  # each of the few things that stand in them has an entry of its own, or they have one for each
    "the store {} {}", "the rete engine {} at {}{}", "task {} is already {}", "nothing has run here yet{}",
    "{} is {}, where a file of {} facts was expected", "the cadence needs '{}' as the day of the last contact, but {}",
    "{} defined a second time", "is not null", "{} {} means nothing in an expression", "it has: {}{}",
    "{} is {}, but must be at {} {}", "use small letters and digits, joined by {}, a letter first",
    "there is no step '{}' {}",
)  # fmt: skip


def has_entry(text: str) -> bool:
    """Whether an entry holds the pattern, or is for what it says once its values are filled in."""
    bare = text.strip("\n ")
    return bare in ENTRIES or text.replace(HOLE, "{}") in CARRIERS or SPECIFIC.find(bare.replace(HOLE, "7")) is not None


def untranslated(path: Path, *, whole: bool) -> list[str]:
    """What a module says that no entry holds, with its line."""
    found = every_string(path) if whole else said_in(path)
    return [
        f"{path.relative_to(ROOT)}:{line}: {text.replace(HOLE, '{}')}"
        for line, text in found
        if SENTENCE.search(text) and not COMMAND.fullmatch(text) and not has_entry(text)
    ]


@pytest.mark.parametrize("room", sorted(path.name for path in ENGINE.iterdir() if path.name not in ("messages",)))
def test_every_message_of_a_room_has_its_chinese(room: str) -> None:
    here = ENGINE / room
    files = [here] if here.suffix == ".py" else sorted(here.rglob("*.py")) if here.is_dir() else []
    missing = [
        text for path in files for text in untranslated(path, whole=path.stem in WHOLE.get(path.parent.name, ()))
    ]
    assert missing == []


@pytest.mark.parametrize("entries", [messages(), words()], ids=["messages", "words"])
def test_an_entry_says_all_values_of_its_message(entries: dict[str, str]) -> None:
    wrong = [
        english
        for english, chinese in entries.items()
        if {name for name, _ in PLACE.findall(english)} != {name for name, _ in PLACE.findall(chinese)}
        or any(way for _, way in PLACE.findall(english))
    ]
    assert wrong == []


def test_no_message_has_two_entries() -> None:
    shapes = [PLACE.sub(HOLE, english) for english in messages()]
    assert sorted(shape for shape in set(shapes) if shapes.count(shape) > 1) == []


def test_chinese_is_written_with_chinese_marks() -> None:
    wrong = [
        said
        for said in (*messages().values(), *words().values())
        if re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;?!][\u4e00-\u9fff]", CODE.sub("", said))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("did you mean 'visit'?", "是不是想写“visit”？"),
        ("a text cannot be compared with a whole number", "文字不能与整数比较"),
        (
            "entry 2 of `one_of` of fact type 'fee' is empty",
            "事实类型“fee”的 `one_of` 的第 2 项是空的",
        ),
        ("one of: a, b, c", "可以是：a、b、c"),
        ("what nobody has ever said before", "what nobody has ever said before"),
        ("", ""),
    ],
)
def test_messages_are_said_with_their_values(english: str, chinese: str) -> None:
    assert in_language(english, "zh") == chinese
    assert in_language(english, "en") == english


def test_the_longest_fixed_text_decides() -> None:
    found = catalogue({"{a} is {b}": "short", "{a} is longer than {b}": "long", "{a} is longer than that": "{a}!"})
    assert found.find("x is longer than that") == ("{a}!", {"a": "x"})
    assert found.find("x is y") == ("short", {"a": "x", "b": "y"})
    assert found.find("x was y") is None


def test_several_lines_are_several_messages() -> None:
    error = HoldfastError("x.csv: its fact type is not known\ny.csv is encrypted", "save it as CSV\nis the disk full?")
    assert error.said("zh") == ("x.csv：不知道是哪种事实\ny.csv 加了密码", "请另存为 CSV\n磁盘满了吗？")
    assert error.said("en") == (error.message, error.hint)


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ("language: zh\n", "zh"),
        ("a: [\nlanguage: 'zh' # …\n\t- x", "zh"),
        ("language：zh", "zh"),
        ("language: en", "en"),
        ("people:\n  r1: {language: zh}\n", ""),
        ("  language: zh", ""),
        ("", ""),
    ],
)
def test_the_language_is_found_in_broken_settings(settings: str, language: str) -> None:
    assert language_in(settings) == language


def told(capsys: pytest.CaptureFixture[str], command: Callable[[], object]) -> str:
    """What the terminal shows of a command that fails."""
    with pytest.raises(SystemExit):
        run_guarded(command)
    return capsys.readouterr().err


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """An English environment."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.mark.usefixtures("english")
def test_a_chinese_workspace_shows_its_errors_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = bare_workspace(tmp_path / "ws", "zh")
    rules = opened.rules / "limits.yaml"
    rules.write_text("limits：\n  days: 3\n", encoding="utf-8")
    said = told(capsys, lambda: load_policy(open_workspace(opened.root).root))
    assert "rules/limits.yaml:1:7: 这是中文（全角）冒号 [yaml-colon]" in said
    assert "= 切换到英文输入法写 :，后面再加一个空格" in said
    assert said.endswith("政策中共有 1 处错误\n")
    rules.unlink()
    said = told(capsys, lambda: read_store(open_workspace(opened.root).store))
    assert said == f"错误：{opened.store} 里还没有数据库\n  建议：请先运行 `holdfast run`\n"


@pytest.mark.usefixtures("english")
def test_broken_settings_are_told_in_their_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = bare_workspace(tmp_path / "ws", "zh")
    (opened.root / "holdfast.yaml").write_text("language: zh\ncalendar: [1, 2\nsources: x\n", encoding="utf-8")
    assert "这里的方括号没有正确结束" in told(capsys, lambda: open_workspace(opened.root))
    (opened.root / "holdfast.yaml").write_text("language: en\ncalendar: [1, 2\nsources: x\n", encoding="utf-8")
    assert "the bracket that opens here is not closed properly" in told(capsys, lambda: open_workspace(opened.root))


@pytest.mark.usefixtures("english")
def test_outside_a_workspace_the_environment_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(capsys, lambda: open_workspace(tmp_path)).startswith("error: no workspace in")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert told(capsys, lambda: open_workspace(tmp_path)).startswith(f"错误：{tmp_path} 不是工作区")


def test_commands_that_work_do_not_read_the_catalogue() -> None:
    code = "import sys, cli; print([name for name in sys.modules if name.startswith('engine.messages.zh')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
