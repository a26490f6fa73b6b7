"""The JSON Schema that editors use: up to date, named by every shipped file, and of one mind with the checker."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from policy_help import BASE

from engine.policy.load import check
from engine.policy.schema import FOLDER, schema_line, schema_of, schemas, write_schemas
from engine.policy.yaml12 import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("rules", "playbooks") for path in (ROOT / folder).rglob("*.y*ml")
)


def complaints(file: str, text: str) -> list[str]:
    """What a JSON Schema validator says of a policy file."""
    data, _, faults = load(text, file)
    assert faults == []
    return [error.message for error in Draft202012Validator(schemas()[schema_of(file)]).iter_errors(data)]


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_one_by_its_own_rules(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])


def test_the_written_schemas_are_up_to_date(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path / "new"):
        kept = ROOT / FOLDER / path.name
        assert kept.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), "run: holdfast schema"


@pytest.mark.parametrize("file", SHIPPED)
def test_a_shipped_file_names_its_schema_and_keeps_it(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    first, _, _ = text.partition("\n")
    assert first == schema_line(file)
    target = (ROOT / file).parent / first.split("$schema=")[1]
    assert target.resolve() == ROOT / FOLDER / f"{schema_of(file)}.json"
    assert complaints(file, text) == []


@pytest.mark.parametrize("file", [file for file in BASE if file.endswith(".yaml")])
def test_the_base_policy_keeps_its_schema(file: str) -> None:
    assert complaints(file, BASE[file]) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rules/mine.yaml", "limit: {days: 3}"),
        ("rules/mine.yaml", "limits: {days: three}"),
        ("rules/mine.yaml", "limits: {Days: 3}"),
        ("rules/mine.yaml", "limits: {days: {A: 1, D: 2}}"),
        ("rules/mine.yaml", "measures: {mine: {about: account, form: order}}"),
        ("rules/mine.yaml", "measures: {mine: {about: account, where: null}}"),
        ("rules/mine.yaml", "signals: {mine: {title: {en: Mine}, about: promise}}"),
        ("rules/mine.yaml", "signals: {my_rule: {}}"),
        ("rules/mine.yaml", "risk: {orange: score > 5}"),
        ("rules/mine.yaml", "words: {gift: {}}"),
        ("rules/mine.yaml", "tiers: {by: ranking}"),
        ("playbooks/mine.yaml", "play: mine"),
        ("playbooks/mine.yaml", "play: mine\nabout: promise\ntrigger: risk = 'red'\nsteps: []"),
        ("playbooks/mine.yaml", "play: mine\nabout: promise\ntrigger: risk = 'red'\nsteps: [{id: a, due: 1 day}]"),
        ("rules/facts.yaml", "account: {fields: {name: txt}}"),
        ("rules/facts.yaml", "account: {fields: {name: {type: text, requird: true}}}"),
    ],
)
def test_what_the_schema_refuses_the_checker_refuses(file: str, text: str) -> None:
    assert complaints(file, text) != []
    assert check(BASE | {file: text}).policy is None


def _nodes(node: Any) -> list[Any]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [node, *(deeper for child in below for deeper in _nodes(child))]


@pytest.mark.parametrize("name", schemas())
def test_hovering_helps_and_nothing_unknown_is_let_through(name: str) -> None:
    schema = schemas()[name]
    json.dumps(schema)
    for shape in [schema, *schema.get("$defs", {}).values()]:
        assert shape["additionalProperties"] is False
        for key, value in shape.get("properties", {}).items():
            named = schema["$defs"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
            assert value.get("description") or named["description"], (name, key)
    for node in _nodes(schema):
        if isinstance(node, dict) and node.get("type") == "object" and name != "tests":  # whose facts have any field
            assert node.get("additionalProperties") is not True
