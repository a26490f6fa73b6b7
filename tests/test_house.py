"""The house: rooms import one way, no circle, no file too large, and nothing that speaks of one machine."""

import ast
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "engine"
LONGEST = 400
# lower rooms first; a room imports from itself and from those before it
ORDER = (
    "messages", "errors", "policy", "shipped", "facts", "store", "reasoning", "action", "telling", "reports",
    "handover", "scenarios", "audit", "delivery", "sending", "settings", "workspace", "outgoing", "job", "asking",
    "inquiry", "hindsight", "changing", "demo", "terminal", "commands",
)  # fmt: skip
CALENDAR = "engine.action.calendar"  # a value without imports of its own, also for settings


def modules() -> dict[str, Path]:
    """Every module of the engine by its dotted name."""
    found = {}
    for path in ENGINE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: set[str]) -> set[str]:
    """The engine's modules that a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("engine"):
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= inner or {node.module} & known
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known
    return found


def test_no_file_is_too_large() -> None:
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in [*ENGINE.rglob("*.py"), ROOT / "cli.py"]
    }
    assert {str(path): size for path, size in sizes.items() if size > LONGEST} == {}


def test_imports_run_one_way() -> None:
    known = modules()
    wrong = []
    for name, path in known.items():
        if name == "engine":
            continue
        here = ORDER.index(name.split(".")[1])
        wrong += [
            f"{name} → {other}"
            for other in imports(path, set(known))
            if other not in ("engine", CALENDAR) and ORDER.index(other.split(".")[1]) > here
        ]
    assert wrong == []


def test_there_is_no_circle() -> None:
    known = modules()
    graph = {name: imports(path, set(known)) - {name} for name, path in known.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError


def test_tracked_files_speak_of_no_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    pattern = re.compile(r"/(?:root|home/\w+|tmp/s)/|/wor" + r"k/main")
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yaml", ".toml", "") and path.is_file():
            found += [
                name for line in path.read_text(encoding="utf-8", errors="ignore").splitlines() if pattern.search(line)
            ]
    assert found == []
