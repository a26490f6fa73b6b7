"""Writes the tables of docs/language.md and docs/facts.md, and docs/coverage.md, from the code: python docs/generate.py

What stands between `<!-- NAME -->` and `<!-- end -->` is replaced; a test fails where it is not up to date.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel  # noqa: E402

from engine.policy import shapes  # noqa: E402
from engine.policy.collect import CONTRACT_FILE, Draft, collect  # noqa: E402
from engine.policy.contract import DERIVED, FactType, Field  # noqa: E402
from engine.policy.contract_file import build_contract  # noqa: E402
from engine.policy.fitting import said_any  # noqa: E402
from engine.policy.functions import ANY, FUNCTIONS, NUMERIC, Function  # noqa: E402
from engine.policy.kinds import Kind  # noqa: E402
from engine.policy.takes import LISTED, ORDERED, TAKES, TakeFunction  # noqa: E402

PAGES = ("language.md", "facts.md")
_BLOCK = re.compile(r"(<!-- ([a-z_]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables written anew. Raises KeyError where it asks for a table that there is not."""
    return _BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _functions() -> str:
    rows = [
        (f"`{_call(name, function)}`", function.says, _gives(function.gives)) for name, function in FUNCTIONS.items()
    ]
    signal = (
        "`signal('name')`",
        "whether the signal holds, for this fact or for its account (see Signals)",
        "true or false",
    )
    return _table(("function", "gives", "kind"), [*rows, signal])


def _call(name: str, function: Function) -> str:
    args = [_argument(kinds) for kinds in function.args]
    return f"{name}({', '.join(args)}{', …' if function.variadic else ''})"


def _argument(kinds: tuple[Kind, ...]) -> str:
    return "value" if len(kinds) == len(Kind) else "number" if len(kinds) > 1 else kinds[0].value


def _gives(gives: Kind | str | None) -> str:
    return said_any((gives,)) if isinstance(gives, Kind) else "that of its values"


def _takes() -> str:
    return _table(("take", "gives", "kind"), [(f"`{_take(n, f)}`", f.says, _gives(f.gives)) for n, f in TAKES.items()])


def _take(name: str, function: TakeFunction) -> str:
    if not function.of:
        return name
    wanted = {NUMERIC: "number", ORDERED: "number, date or text", LISTED: "text, integer or date", ANY: "value"}
    return f"{name}({wanted.get(function.of, function.of[0].value)})"


def _keys(shape: type[BaseModel]) -> Callable[[], str]:
    def table() -> str:
        rows = [
            (f"`{field.alias or name}`", "yes" if field.is_required() else "", _plain(field.description or ""))
            for name, field in shape.model_fields.items()
        ]
        return _table(("key", "needed", "what it is"), rows)

    return table


def _plain(text: str) -> str:
    return text.replace("{{ name }}", "`{{ name }}`")


def _facts() -> str:
    """A table for each fact type of the shipped contract."""
    draft = Draft({CONTRACT_FILE: (ROOT / CONTRACT_FILE).read_text(encoding="utf-8")})
    collect(draft)
    contract, _ = build_contract(draft)
    return "\n".join(_fact_type(type) for type in contract.values())


def _fact_type(type: FactType) -> str:
    derived = {field.name for field in DERIVED.get(type.name, ())}
    rows = [
        (f"`{field.name}`", _field_kind(field), _field_note(field))
        for field in type.fields.values()
        if field.name not in derived
    ]
    known = f"Known from `{type.known_from}`.\n\n" if type.known_from else ""
    return f"### {type.name}\n\n{known}{_table(('column', 'holds', ''), rows)}"


def _field_kind(field: Field) -> str:
    if field.ref:
        return f"id of {'an' if field.ref[0] in 'aeiou' else 'a'} {field.ref}"
    return ", ".join(map(str, field.one_of)) if field.one_of else field.kind.value


def _field_note(field: Field) -> str:
    return ", ".join(word for word, holds in (("required", field.required), ("planned", field.planned)) if holds)


TABLES: Mapping[str, Callable[[], str]] = {
    "functions": _functions,
    "takes": _takes,
    "measure_keys": _keys(shapes.MeasureShape),
    "signal_keys": _keys(shapes.SignalShape),
    "play_keys": _keys(shapes.PlayFile),
    "step_keys": _keys(shapes.StepShape),
    "field_keys": _keys(shapes.FieldShape),
    "facts": _facts,
}

if __name__ == "__main__":
    for name in PAGES:
        path = ROOT / "docs" / name
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    sys.path.insert(0, str(ROOT / "docs"))
    import served

    text = served.page(ROOT, served.find(ROOT))
    (ROOT / "docs" / "coverage.md").write_text(text, encoding="utf-8", newline="\n")
