"""How a value that does not fit its shape is spoken of."""

import re
from collections.abc import Mapping
from typing import Any


def options(context: Mapping[str, Any]) -> list[str]:
    """The values that may stand there."""
    return [o.strip().strip("'") for o in context["expected"].replace(" or ", ", ").split(",")]


def name_help(context: Mapping[str, Any]) -> str:
    """How a name is made."""
    joined = "hyphens (late-order)" if "(-" in str(context.get("pattern")) else "underscores (late_order)"
    return f"use small letters and digits, joined by {joined}, a letter first"


STEP = re.compile(r"entry (\d+) of `steps`")
NO_VALUE = "write it behind the colon, or look at the indentation of the lines below"
WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "number": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping (key: value)",
    "list_type": "a list",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "union_tag_invalid": "a plain value or a mapping",
    "union_tag_not_found": "a plain value or a mapping",
    "texts": "a text per language",
    "option": "a text or a whole number",
}


def said(given: object) -> str:
    """What stands there instead."""
    match given:
        case None:
            return "empty"
        case bool():
            return str(given).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text '{given[:40]}{'…' if len(given) > 40 else ''}'"
        case _:
            return f"the number {given}"


def shape_help(kind: str, given: object) -> str:
    """The way out for a value of the wrong form."""
    if kind == "texts":
        return "write {en: …, zh: …}, or one of the two"
    if kind == "option":
        return "what is true or false is of the kind boolean" if isinstance(given, bool) else "write a plain value"
    if kind.startswith("union_tag"):
        return "write a single value, or {key: value}"
    if kind == "string_type" and isinstance(given, bool | int | float):
        return "put it in quotes if it is meant as text"
    if kind == "string_type":
        return "a text that holds a bracket or a brace needs quotes around it"
    if kind in ("int_type", "float_type", "number"):
        return "write the number without quotes or unit" if isinstance(given, str) else "write a plain number"
    if kind == "bool_type":
        return "write true or false"
    if kind == "list_type":
        return "write [a, b], or each entry on a line of its own behind a hyphen"
    return "write its keys below it, indented, each as `key: value`"
