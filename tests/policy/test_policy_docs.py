"""docs/language.md is true: its tables are those of the code, its examples are a sound policy."""

import importlib.util
import re
from pathlib import Path

import pytest

from engine.policy.compiling import compile_expression
from engine.policy.faults import show
from engine.policy.kinds import Kind
from engine.policy.load import Checked, check
from engine.policy.names import Scope
from engine.policy.texts import FILTERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXPRESSIONS = re.search(r"^```expressions\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def examples() -> dict[str, str]:
    """The page's example files, over the shipped fact contract."""
    contract = (ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")
    return {"rules/facts.yaml": contract} | {found[1]: found[2] for found in EXAMPLE.finditer(PAGE)}


@pytest.fixture(scope="module")
def example() -> Checked:
    return check(examples())


def test_the_tables_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    pages = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in generate.PAGES]
    for text in pages:
        assert generate.page(text) == text, "run: python docs/generate.py"
    assert set(re.findall(r"<!-- ([a-z_]+) -->", "\n".join(pages))) - {"end"} == set(generate.TABLES)


def test_the_examples_are_a_policy(example: Checked) -> None:
    assert "\n\n".join(show(fault, example.texts) for fault in example.faults) == ""
    assert len(examples()) == 8


def test_the_example_expressions_are_conditions(example: Checked) -> None:
    assert EXPRESSIONS is not None
    policy = example.policy
    assert policy is not None

    class Known:
        contract = policy.contract
        limits = policy.limits

        def measure_kind(self, about: str, name: str) -> Kind | None:
            found = policy.measures.get((about, name))
            return found.kind if found else None

    lines = EXPRESSIONS[1].splitlines()
    assert len(lines) >= 8
    for line in lines:
        scope = Scope(Known(), "promise", signals=True)  # type: ignore[arg-type]
        compiled, slips = compile_expression(line, scope, lambda rule: policy.signals[rule].about, Kind.BOOLEAN)
        assert (slips, compiled is None) == ([], False), line


def test_every_filter_is_told() -> None:
    for name in FILTERS:
        assert f"\\| {name}" in PAGE
