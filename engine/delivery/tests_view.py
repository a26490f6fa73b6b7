"""Scenario tests as people read them: what failed and how, a summary, what no test exercises."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.scenarios.coverage import Coverage
from engine.scenarios.model import Difference, Fired, Result, Wanted

_MOST_NAMES = 12
_FIELDS = ("account", "subject", "step", "assignee", "queue", "due_on", "severity")


def failed(result: Result, language: str) -> str:
    """A test that failed: a line with its place and name, and one for each difference."""
    head = phrase("test_failed", language, place=result.scenario.place, name=result.scenario.name)
    return "\n".join([head, *(f"  - {difference_text(each, language)}" for each in result.differences)])


def failed_view(result: Result, language: str) -> Group:
    """The same for a terminal: long lines go on below their beginning."""
    head, *lines = failed(result, language).split("\n")
    below = Table.grid(padding=(0, 1))
    for line in lines:
        below.add_row("  -", Text(line.removeprefix("  - ")))
    return Group(Text(head), below)


def summary(results: Sequence[Result], seconds: float, language: str) -> str:
    """How many tests there were and how many failed."""
    wrong = sum(bool(result.differences) for result in results)
    name = "tests_failed" if wrong else "tests_passed"
    return phrase(name, language, count=len(results), wrong=wrong, seconds=f"{seconds:.1f}")


def difference_text(difference: Difference, language: str) -> str:
    """One expectation that was not met, in words."""
    kind, values = difference.kind, difference.values
    said: dict[str, Any] = {}
    if "kind" in values:
        said["what"] = phrase("test_signal" if values["kind"] == "signals" else "test_task", language)
    if "wanted" in values and isinstance(values["wanted"], Wanted):
        said["wanted"] = _wanted(values["wanted"], language)
    if "fired" in values:
        said["fired"] = _fired(values["fired"], language) if isinstance(values["fired"], Fired) else values["fired"]
    if kind == "other":
        found = {name: values["fired"].get(name) for name in values["unlike"]}
        said["found"] = _fields(found, language)
        if values["fired"].name != values["wanted"].text:
            said["found"] = f"{values['fired'].name}, {said['found']}"
    if kind in ("missing", "elsewhere"):
        names = [_fired(one, language) if isinstance(one, Fired) else one for one in values["all"]]
        more = f", … ({len(names)})" if len(names) > _MOST_NAMES else ""
        said["all"] = ", ".join(names[:_MOST_NAMES]) + more if names else phrase("test_none", language)
    if kind in ("unjudged", "vacuous"):
        said["types"] = ", ".join(values["types"])
    if kind == "risk":
        said = {name: value if name == "account" else phrase(value, language) for name, value in values.items()}
    return phrase(f"test_{kind}", language, **{**values, **said})


def coverage_lines(coverage: Coverage, language: str) -> Iterator[str]:
    """What no test exercises, kind by kind; a single line where there is nothing."""
    kinds: Mapping[str, Sequence[str]] = {
        "signals": coverage.signals,
        "severities": coverage.severities,
        "plays": coverage.plays,
        "steps": coverage.steps,
        "limits": coverage.limits,
    }
    for kind, names in kinds.items():
        if names:
            yield phrase(f"uncovered_{kind}", language, count=len(names), names=", ".join(names))
    if not any(kinds.values()):
        yield phrase("covered", language)


def _wanted(wanted: Wanted, language: str) -> str:
    said = _fields(wanted.fields, language)
    return f"{wanted.text or '*'} ({said})" if said else wanted.text or "*"


def _fired(fired: Fired, language: str) -> str:
    return f"{fired.name} ({_fields({name: value for name, value in fired.fields if value is not None}, language)})"


def _fields(values: Mapping[str, str | None], language: str) -> str:
    found = sorted(values.items(), key=lambda each: _FIELDS.index(each[0]))
    return ", ".join(
        f"{phrase(f'field_{name}', language)} {value or phrase('missing', language)}" for name, value in found
    )
