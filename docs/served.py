"""Which entries of docs/catalogue.yaml are served by what, and proved by which tests; docs/generate.py writes the page.

Serving: the `source:` of signals, plays and tiers (a play's templates serve what it serves), and in the code a module
constant SOURCE of ids. Proving: a scenario test that expects a rule or play with the source, or that names it in its
own `source:`; in pytest a module constant SOURCE, or the marker source("D0.…", …).
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from engine.policy.load import load_policy, read_texts
from engine.policy.model import Policy
from engine.policy.scenarios import SignalEntry, TaskEntry, read_tests

SOURCE = "SOURCE"
REPORTS = "engine.reports."
DOCUMENTS = {
    "D0": "Customer churn, and the reminders of a management platform",
    "D1": "Keeping the customers of an IT-services branch",
    "D2": "Keeping the best fifth from defecting",
    "D3": "Promises to customers",
    "D4": "Why customers lose trust",
}
_HEAD = """# What serves each entry, and what proves it

Written by `docs/generate.py` from the policy, the code and the tests: which signals, plays, templates and commands
serve each of the {count} entries of [catalogue.yaml](catalogue.yaml), and which tests prove it. A test fails where an
entry has none of either.
"""


@dataclass(frozen=True)
class Found:
    """What names an entry, by its id: serving pieces by kind, and tests by file. `places`: where each id stands."""

    serving: Mapping[str, Mapping[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    proving: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    places: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def serve(self, ids: Iterable[str], kind: str, names: Iterable[str], place: str) -> None:
        """Note pieces of a kind that serve these entries."""
        for id in ids:
            self.serving[id][kind].update(names)
            self.places[id].add(place)

    def prove(self, ids: Iterable[str], file: str, place: str = "") -> None:
        """Note a file of tests that prove these entries."""
        for id in ids:
            self.proving[id].add(file)
            self.places[id].add(place or file)


def catalogue(root: Path) -> dict[str, dict[str, str]]:
    """The entries by id."""
    entries = yaml.safe_load((root / "docs" / "catalogue.yaml").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in entries}


def find(root: Path) -> Found:
    """Everything below `root` that names an entry. Raises PolicyFaults where the policy has a fault."""
    found = Found()
    policy = load_policy(root)
    _policy(found, policy)
    _scenarios(found, policy, read_texts(root))
    _code(found, root)
    for path in sorted((root / "tests").rglob("test_*.py")):
        file = path.relative_to(root).as_posix()
        found.prove(_proved(ast.parse(path.read_text(encoding="utf-8"))), file)
    return found


def unknown(found: Found, known: Iterable[str]) -> dict[str, list[str]]:
    """Ids that are no entry, each with where it stands."""
    return {id: sorted(places) for id, places in sorted(found.places.items()) if id not in set(known)}


def unserved(found: Found, known: Iterable[str]) -> list[str]:
    """Entries that nothing serves."""
    return [id for id in known if not found.serving.get(id)]


def unproved(found: Found, known: Iterable[str]) -> list[str]:
    """Entries that no test proves."""
    return [id for id in known if not found.proving.get(id)]


def page(root: Path, found: Found) -> str:
    """docs/coverage.md."""
    entries = catalogue(root)
    parts = [_HEAD.format(count=len(entries))]
    for document, title in DOCUMENTS.items():
        parts.append(f"\n## {document}: {title}\n\n| entry | asks | served by | proved by |\n|---|---|---|---|\n")
        for id, entry in entries.items():
            if id.startswith(document):
                cells = (f"`{id}`", entry["says"], _served(found.serving.get(id, {})), _list(found.proving.get(id, ())))
                parts.append(
                    f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |\n"
                )
    return "".join(parts)


def _served(pieces: Mapping[str, set[str]]) -> str:
    return "; ".join(f"{kind} {_list(names)}" for kind, names in pieces.items())


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _policy(found: Found, policy: Policy) -> None:
    for signal in policy.signals.values():
        kind = "cadence" if signal.generated else "signals"
        found.serve(signal.source, kind, [signal.name], str(signal.place))
    for play in policy.plays.values():
        found.serve(play.source, "plays", [play.name], str(play.place))
        found.serve(play.source, "templates", {step.template for step in play.steps}, str(play.place))
    found.serve(policy.tiers.source, "tiers", [policy.tiers.place.file], str(policy.tiers.place))


def _scenarios(found: Found, policy: Policy, texts: Mapping[str, str]) -> None:
    sources = {name: signal.source for name, signal in policy.signals.items()}
    plays = {name: play.source for name, play in policy.plays.items()}
    for test in read_tests(texts)[0]:
        place = test.spot.key
        ids = set(test.source)
        for signal in test.shape.expect.signals:
            ids |= _expected(signal, signal.rule if isinstance(signal, SignalEntry) else signal, sources)
        for task in test.shape.expect.tasks:
            ids |= _expected(task, task.play if isinstance(task, TaskEntry) else task, plays)
        found.prove(ids, place.file, f"{place.file}:{place.line}")


def _expected(entry: Any, name: str | None, sources: Mapping[str, Iterable[str]]) -> set[str]:
    """The ids behind an expectation: those of the rule or play it names, or the id itself."""
    given = {entry.source} if isinstance(entry, SignalEntry | TaskEntry) and entry.source else set()
    if name is None:
        return given
    return given | set(sources.get(name, () if isinstance(entry, SignalEntry | TaskEntry) else (name,)))


def _code(found: Found, root: Path) -> None:
    trees = {
        ".".join(path.relative_to(root).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((root / "engine").rglob("*.py"))
    }
    commands = dict(_commands(trees))
    within = {name: _imported(tree) for name, tree in trees.items()}
    for name, tree in trees.items():
        ids = _constant(tree)
        if ids:
            place = f"{name.replace('.', '/')}.py"
            reached = _nearest(name, commands, within)
            found.serve(ids, "commands" if reached else "code", reached or [place], place)


def _constant(tree: ast.Module) -> set[str]:
    """The ids of the module constant SOURCE."""
    found: set[str] = set()
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is not None and any(isinstance(target, ast.Name) and target.id == SOURCE for target in targets):
            found |= _texts(value)
    return found


def _proved(tree: ast.Module) -> set[str]:
    """The ids that a file of tests names: its constant, and markers anywhere."""
    found = _constant(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.source"):
            found |= set().union(*(_texts(arg) for arg in node.args))
    return found


def _texts(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _imported(tree: ast.AST) -> set[str]:
    """The modules of the engine that are imported anywhere within."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("engine.")}


def _commands(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, set[str]]]:
    """Each command as one types it, with the modules that it imports itself."""
    modules = {name: tree for name, tree in trees.items() if name.startswith("engine.commands.")}
    groups = dict(group for tree in modules.values() for group in _groups(tree))
    for tree in modules.values():
        for node in ast.walk(tree):
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                call = decorator.func if isinstance(decorator, ast.Call) else decorator
                if not isinstance(call, ast.Attribute) or call.attr not in ("command", "callback"):
                    continue
                own = [each.value for each in getattr(decorator, "args", []) if isinstance(each, ast.Constant)]
                name = own[0] if own else node.name.strip("_").replace("_", "-")
                group = groups.get(ast.unparse(call.value), "")
                words = ("holdfast", group, "" if call.attr == "callback" else str(name))
                yield " ".join(word for word in words if word), _imported(node)


def _groups(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The variables that hold groups of commands, with the group's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_typer":
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield ast.unparse(node.args[0]), str(keyword.value.value)


def _nearest(module: str, commands: Mapping[str, set[str]], within: Mapping[str, set[str]]) -> list[str]:
    """The commands that reach a module over the fewest imports: directly, or from one report to another."""
    layer, seen = {module}, {module}
    while layer:
        found = sorted(name for name, imported in commands.items() if imported & layer)
        if found:
            return found
        layer = {n for n, imported in within.items() if n.startswith(REPORTS) and imported & layer} - seen
        seen |= layer
    return []
