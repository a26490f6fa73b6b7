"""JSON Schema of the policy's YAML files, for editors: they complete keys, explain them and mark what is wrong.

A file names its schema in its first line: `# yaml-language-server: $schema=../schema/rules.json`.
"""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from engine.policy import shapes
from engine.policy.collect import CONTRACT_FILE
from engine.policy.scenarios import TESTS_FOLDER, ScenarioFile, ScenarioShape

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "schema"


class _Scenarios(ScenarioFile):
    """rules/tests/**/*.yaml: scenario tests."""

    tests: Annotated[list[ScenarioShape], Field(min_length=1, description="The tests.")]


_FORMS: dict[str, tuple[Any, str]] = {
    "rules": (shapes.RulesFile, "holdfast rules: limits, tiers, cadence, measures, signals, risk, words"),
    "playbook": (shapes.PlayFile, "holdfast play: what to do when a signal holds"),
    "facts": (shapes.ContractFile, "holdfast fact contract: the types of fact and their fields"),
    "tests": (_Scenarios, "holdfast scenario tests: given facts, on a day, what must come and what not"),
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of policy file by its name: rules, playbook, facts, tests."""
    return {name: _schema(form, title) for name, (form, title) in _FORMS.items()}


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`, which is made if need be, as NAME.json; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written


def schema_line(file: str) -> str:
    """The first line of a policy file, given its path from the policy's root: it names the file's schema."""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{FOLDER}/{schema_of(file)}.json"


def schema_of(file: str) -> str:
    """The name of a policy file's schema, given its path from the policy's root."""
    if file == CONTRACT_FILE:
        return "facts"
    if file.startswith(TESTS_FOLDER):
        return "tests"
    return "playbook" if file.startswith("playbooks/") else "rules"


def _schema(form: Any, title: str) -> dict[str, Any]:
    raw = TypeAdapter(form).json_schema(by_alias=True, mode="validation")
    tidy = _tidy(raw)
    assert isinstance(tidy, dict)  # noqa: S101 - a schema is an object
    return {"$schema": DRAFT, **tidy, "title": title}


def _tidy(node: Any) -> Any:
    """The schema as editors read it best: nothing beyond the known names, no titles made of Python's names."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    names = node.get("propertyNames", {})
    made = {
        key: {name: _tidy(value) for name, value in item.items()} if key in ("properties", "$defs") else _tidy(item)
        for key, item in node.items()
        if key not in ("title", "discriminator", "propertyNames")
    }
    if "description" in made:
        made["description"] = " ".join(str(made["description"]).split())
    if "default" in made and not isinstance(made["default"], str | int | float):
        del made["default"]
    made = _joined(made)
    if "enum" in names:
        values = made.pop("additionalProperties", True)
        made["properties"] = dict.fromkeys(names["enum"], values)
    if "patternProperties" in made or "enum" in names:
        made["additionalProperties"] = False
    return made


def _joined(made: dict[str, Any]) -> dict[str, Any]:
    """A choice without null, which no policy file may hold; a choice of plain kinds only as a list of these."""
    if "anyOf" not in made:
        return made
    options = [option for option in made["anyOf"] if option != {"type": "null"}]
    rest = {key: value for key, value in made.items() if key != "anyOf"}
    if len(options) == 1:
        return {**options[0], **rest}
    if all(set(option) == {"type"} for option in options):
        return {"type": [option["type"] for option in options], **rest}
    return {"anyOf": options, **rest}
