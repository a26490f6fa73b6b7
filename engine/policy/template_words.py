"""What Jinja complains about in a text, in plain words and at the place that caused it."""

import re

KNOWN = "a text knows {{ name }}, {{ name | filter }}, {% if name %} and {% for x in list %}"
_OPEN = re.compile(r"\{%-?\s*(\w+)")
_BRACES = re.compile(r"\{\{|\{%|\{#")
_UNKNOWN_TAG = re.compile(r"unknown tag '(\w*)'")
_INNERMOST = re.compile(r"needs to be closed is '(\w+)'")
_PARTS = ("else", "elif")


def plainly(text: str, start: int, message: str) -> tuple[int, int, str, str]:
    """Where a fault of a text begins and ends, and its message and help in plain words.

    `start` and `message` are those of `texts.template_faults`.
    """
    tag, innermost = _UNKNOWN_TAG.search(message), _INNERMOST.search(message)
    if tag:
        return _tag_fault(text, start, tag[1], innermost[1] if innermost else "")
    if innermost:
        at, end = _opened(text, innermost[1])
        block = f"{{% {innermost[1]} %}}"
        return at, end, f"this {block} is never closed", f"close it by {{% end{innermost[1]} %}}"
    if message.startswith("Missing end of"):
        what = "{#" if "comment" in message else "{% raw %}"
        at = max(text.rfind(what[:2]), 0)
        close = "#}" if what == "{#" else "{% endraw %}"
        return at, at + 2, f"this {what} is never closed", f"close it by {close}"
    if "end of template" in message or message == "unexpected '}'":
        at = max((found.start() for found in _BRACES.finditer(text, 0, max(start, 0) + 2)), default=start)
        close = "}}" if text[at : at + 2] == "{{" else "%}"
        return at, at + 2, "these braces are not closed", f"close them by {close}"
    if "Expected an expression" in message:
        return start, start + 1, "something is missing within these braces", "write a name, as in {{ name }}"
    if message.startswith("unexpected char"):
        char = message.split("'")[1] if "'" in message else ""
        at = text.find(char, start) if char else start
        return max(at, start), max(at, start) + 1, f"'{char}' means nothing within braces", KNOWN
    if message.startswith(("expected token", "tag name expected", "unexpected", "invalid", "can't")):
        return start, start + 1, "this cannot be read within braces", KNOWN
    said, _, help = message.partition("; ")
    return start, start + 1, said, help or KNOWN


def _tag_fault(text: str, start: int, tag: str, innermost: str) -> tuple[int, int, str, str]:
    found = next((m for m in _OPEN.finditer(text, max(start - 3, 0)) if m[1] == tag), None)
    at, end = (found.start(1), found.end(1)) if found else (start, start + 1)
    if tag in _PARTS or tag.startswith("end"):
        opener = tag[3:] if tag.startswith("end") and tag != "end" else "if"
        message, help = f"this {{% {tag} %}} belongs to no {{% {opener} %}}", "remove it, or write what it belongs to"
        if innermost:
            help = f"close the {{% {innermost} %}} above by {{% end{innermost} %}} first"
        return at, end, message, help
    return at, end, f"there is no {{% {tag} %}}", "there are {% if %} and {% for %}"


def _opened(text: str, block: str) -> tuple[int, int]:
    """Where the last `block` stands that is never closed."""
    opened: list[tuple[int, int]] = []
    for found in _OPEN.finditer(text):
        if found[1] == block:
            opened.append(found.span(1))
        elif found[1] == f"end{block}" and opened:
            opened.pop()
    return opened[-1] if opened else (0, 1)
