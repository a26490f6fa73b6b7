"""The shape of rules/tests/*.yaml: scenario tests, written beside the policy by those who write the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from engine.policy.faults import Fault, Place
from engine.policy.reading import Spot, read_filled
from engine.policy.shapes import PlainText, SeverityName, Shape, SourceNames, Text
from engine.policy.yaml12 import load

TESTS_FOLDER = "rules/tests/"


def _form(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "plain"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[PlainText], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class SignalEntry(Shape):
    """A signal by what matters of it."""

    rule: PlainText | None = Field(None, description="The rule's name.")
    source: PlainText | None = Field(None, description="Or: any rule with this source.")
    account: PlainText | None = Field(None, description="The account's id.")
    subject: PlainText | None = Field(None, description="The id of the fact that it is about.")
    severity: SeverityName | None = Field(None, description="How grave.")


class TaskEntry(Shape):
    """A task by what matters of it."""

    play: PlainText | None = Field(None, description="The play's name.")
    source: PlainText | None = Field(None, description="Or: any play with this source.")
    step: PlainText | None = Field(None, description="The step's id.")
    account: PlainText | None = Field(None, description="The account's id.")
    subject: PlainText | None = Field(None, description="The id of the fact that it is about.")
    assignee: PlainText | None = Field(None, description="The id of the person who gets it.")
    queue: PlainText | None = Field(None, description="The queue, where no person gets it.")
    due: PlainText | None = Field(None, description="The day on which it is due.")


SignalForm = Annotated[
    Annotated[PlainText, Tag("plain")] | Annotated[SignalEntry, Tag("mapping")], Discriminator(_form)
]
TaskForm = Annotated[Annotated[PlainText, Tag("plain")] | Annotated[TaskEntry, Tag("mapping")], Discriminator(_form)]


class ExpectShape(Shape):
    """What must come."""

    signals: list[SignalForm] = Field([], description="Signals that fire: names, sources or {rule: …, severity: …}.")
    tasks: list[TaskForm] = Field([], description="Tasks that are made: plays, sources or {play: …, assignee: …}.")
    risk: dict[str, Literal["red", "amber", "green"]] = Field({}, description="The level of risk by account.")
    unjudged: Names = Field([], description="Rules and plays that these facts cannot answer.")


class NotShape(Shape):
    """What must not come."""

    signals: list[SignalForm] = Field([], description="Signals that do not fire.")
    tasks: list[TaskForm] = Field([], description="Tasks that are not made.")


class DoneShape(Shape):
    """A step whose task was done earlier, for every matter of its play."""

    play: PlainText = Field(description="The play's name.")
    step: PlainText = Field(description="The step's id.")


class ScenarioShape(Shape):
    """One scenario: facts, a day, and what follows."""

    name: Text = Field(description="What the test says, in a few words.")
    on: PlainText | None = Field(None, description="The day: 2026-11-22. Without it, that of the file.")
    given: dict[str, list[dict[str, Any]]] = Field({}, description="The facts by type, only the fields that matter.")
    nothing: Names = Field([], description="Types of which there are no rows; others not given have no file at all.")
    done: list[DoneShape] = Field([], description="Steps whose tasks were done earlier.")
    expect: ExpectShape = Field(ExpectShape.model_validate({}), description="What must come.")
    unwanted: Annotated[NotShape, Field(alias="not", description="What must not come.")] = NotShape.model_validate({})
    only: Annotated[
        Literal["all", "signals", "tasks"] | bool,
        Field(description="Nothing else may come: true, or only signals, or only tasks."),
    ] = False
    source: SourceNames = Field([], description="What it proves besides the sources of the rules and plays it expects.")


class ScenarioFile(Shape):
    """rules/tests/**/*.yaml: scenario tests."""

    on: PlainText | None = Field(None, description="The day of the tests that name none.")
    source: SourceNames = Field([], description="What every test of the file proves.")
    tests: Annotated[list[Any], Field(min_length=1, description="The tests.")]


@dataclass(frozen=True)
class Entry:
    """One test as written: its shape, the file's day, where it stands, and what it says that it proves."""

    shape: ScenarioShape
    file_on: str | None
    spot: Spot
    file_spot: Spot
    source: tuple[str, ...] = ()


def read_tests(texts: Mapping[str, str]) -> tuple[list[Entry], list[Fault]]:
    """The tests in policy texts, keyed as by `read_texts`, in the order of files and lines; and all faults."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for file in sorted(texts):
        if file.startswith(TESTS_FOLDER) and file.endswith((".yaml", ".yml")):
            data, places, wrong = load(texts[file], file)
            faults += wrong
            if data is None and not wrong:
                continue  # all commented out
            _read_file(data, Spot(places), Place(file, 1, 1), entries, faults)
    return entries, faults


def _read_file(data: object, spot: Spot, start: Place, entries: list[Entry], faults: list[Fault]) -> None:
    if not isinstance(data, dict):
        if not faults or faults[-1].place.file != start.file:
            faults.append(
                Fault("wrong-shape", start, "a test file begins with `tests:`", "write the tests below it, each with -")
            )
        return
    whole, wrong = read_filled(
        ScenarioFile, {key: value for key, value in data.items() if key != "tests"} | _tests(data), spot, "a test file"
    )
    faults += [fault for fault in wrong if fault.code != "no-value"]
    tests = data.get("tests")
    if whole is None or not isinstance(tests, list):
        return
    for n, test in enumerate(tests):
        here = spot / "tests" / n
        name = test.get("name") if isinstance(test, dict) else None
        shape, wrong = read_filled(ScenarioShape, test, here, f"test '{name}'" if isinstance(name, str) else "a test")
        faults += [fault for fault in wrong if fault.code != "no-value"]
        if shape is not None:
            entries.append(Entry(shape, whole.on, here, spot, (*whole.source, *shape.source)))


def _tests(data: Mapping[str, object]) -> dict[str, object]:
    """The tests as the file's shape sees them: that there are some."""
    if "tests" not in data:
        return {}
    tests = data["tests"]
    return {"tests": [None] * len(tests) if isinstance(tests, list) else tests}
