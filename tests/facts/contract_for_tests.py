"""The shipped contract, read plainly, and small ones made by hand."""

from pathlib import Path
from typing import Any

import yaml

from engine.policy.contract import Contract, FactType, Field
from engine.policy.kinds import Kind

ROOT = Path(__file__).resolve().parents[2]


def shipped() -> Contract:
    """The contract of rules/facts.yaml."""
    return contract_of(yaml.safe_load((ROOT / "rules" / "facts.yaml").read_text(encoding="utf-8")))


def contract_of(told: dict[str, Any]) -> Contract:
    """A contract from the plain data of a facts.yaml."""
    return {
        name: FactType(name, each.get("known_from"), {key: _field(key, one) for key, one in each["fields"].items()})
        for name, each in told.items()
    }


def _field(name: str, told: Any) -> Field:
    if isinstance(told, str):
        return Field(name, Kind(told))
    options = tuple(told.get("one_of", ()))
    by_default = "integer" if options and all(isinstance(each, int) for each in options) else "text"
    kind = Kind.TEXT if "ref" in told else Kind(told.get("type", by_default))
    return Field(name, kind, told.get("ref"), options, told.get("required", False), told.get("planned", False))
