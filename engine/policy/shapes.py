"""The shapes of the policy's YAML files: which keys there are, and what each holds.

`schema.py` writes them as JSON Schema, so the descriptions here are what an editor shows; the meaning of names and
expressions is checked later.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    RootModel,
    StringConstraints,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from engine.policy.kinds import INTEGER_LIMIT

RULE_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
VALUE_NAME = r"^[a-z][a-z0-9_]*$"
NAME_LENGTH = 60
TEXT_LENGTH = 2000
MOST_STEPS = 30


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "a number is wanted")
    if abs(value) >= INTEGER_LIMIT:
        bound = {"le": INTEGER_LIMIT - 1} if value > 0 else {"ge": 1 - INTEGER_LIMIT}
        raise PydanticKnownError("less_than_equal" if value > 0 else "greater_than_equal", bound)
    return value


def _weight(value: Any) -> int | float:
    number = _number(value)
    if number < 0:
        raise PydanticKnownError("greater_than_equal", {"ge": 0})
    return number


def _option(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("option", "a text or a whole number is wanted")
    if isinstance(value, int):
        _number(value)
    elif not value.strip() or len(value) > NAME_LENGTH:
        raise PydanticCustomError("option", "a text is wanted")
    return value


def _form(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "plain"


RuleName = Annotated[str, StringConstraints(pattern=RULE_NAME, max_length=NAME_LENGTH)]
ValueName = Annotated[str, StringConstraints(pattern=VALUE_NAME, max_length=NAME_LENGTH)]
PlainText = Annotated[
    str,
    BeforeValidator(_as_text, json_schema_input_type=str | float | bool),
    StringConstraints(min_length=1, max_length=TEXT_LENGTH),
]
ExpressionText = Annotated[
    str, BeforeValidator(_as_text, json_schema_input_type=str | float | bool), StringConstraints(min_length=1)
]
TierName = Literal["A", "B", "C"]
SeverityName = Literal["critical", "high", "medium", "low"]
LanguageName = Literal["en", "zh"]
RiskLevelName = Literal["red", "amber"]
ContactName = Literal["visit", "call", "meeting", "message"]
KindName = Literal["text", "integer", "number", "money", "date", "boolean"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH)]
Texts = Annotated[dict[LanguageName, Text], Field(min_length=1)]
Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Weight = Annotated[int | float, PlainValidator(_weight), WithJsonSchema({"type": "number", "minimum": 0})]
Option = Annotated[str | int, PlainValidator(_option), WithJsonSchema({"type": ["string", "integer"]})]
SourceNames = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
]

_ABOUT = "The type of fact that it is about, such as account or promise (see rules/facts.yaml)."
_TITLE = "What it is called, per language: {en: …, zh: …}. Plain text."
_SOURCE = "Where it comes from: the ids of the documents that ask for it."


class Shape(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FieldShape(Shape):
    """A field with more to say than its kind."""

    type: KindName | None = Field(None, description="What it holds.")
    ref: ValueName | None = Field(None, description="The type of fact whose id it holds.")
    one_of: Annotated[list[Option], Field(min_length=1)] | None = Field(None, description="The values it may have.")
    required: bool = Field(False, description="Whether a row without it is set aside.")
    planned: bool = Field(False, description="A date that is known before it comes, such as a due date.")


FieldForm = Annotated[
    Annotated[KindName, Tag("plain")] | Annotated[FieldShape, Tag("mapping")],
    Discriminator(_form),
]


class FactTypeShape(Shape):
    """A type of fact. Every row has an `id` besides its fields."""

    known_from: ValueName | None = Field(None, description="The date field from which a row is known.")
    fields: dict[ValueName, FieldForm] = Field(description="The fields by name: text, date, {ref: account}, …")


LimitForm = Annotated[
    Annotated[Number, Tag("plain")] | Annotated[dict[TierName, Number], Tag("mapping")], Discriminator(_form)
]


class MatrixShape(Shape):
    """Classes by turnover and profit."""

    high_turnover: ExpressionText = Field(description="A condition about account: its turnover counts as high.")
    high_profit: ExpressionText = Field(description="A condition about account: its profit counts as high.")
    classes: dict[Literal["high_high", "high_low", "low_low", "low_high"], TierName] = Field(
        description="The class of each of the four cells; first turnover, then profit."
    )


class TiersShape(Shape):
    """How accounts are classed into A, B and C."""

    by: Literal["rank", "matrix"] = Field("rank", description="Which of the two ways is used.")
    rank_by: ValueName | None = Field(None, description="The measure about account that ranks them.")
    classes: dict[TierName, str] | None = Field(None, description="{A: top 5%, B: top 20%, C: rest}")
    matrix: MatrixShape | None = Field(None, description="The other way: by turnover and profit.")
    source: SourceNames = Field([], description=_SOURCE)


class CadenceTextShape(Shape):
    """The words of a signal that the cadence table makes."""

    title: Texts | None = Field(None, description=_TITLE)
    because: Texts | None = Field(None, description="Why the contact is due, per language.")
    weight: Weight | None = Field(None, description="What it adds to the account's score.")
    source: SourceNames | None = Field(None, description=_SOURCE)


class MeasureShape(Shape):
    """One value per fact: taken from rows (from, where, take), or reckoned (value)."""

    about: ValueName = Field(description=_ABOUT)
    source: Annotated[ValueName | None, Field(alias="from", description="The type of the rows it is taken from.")] = (
        None
    )
    by: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="The field of the rows that leads to the subject; or `all`: every row counts for each."
    )
    where: ExpressionText | None = Field(None, description="Which rows count.")
    take: Annotated[str, StringConstraints(max_length=TEXT_LENGTH)] | None = Field(
        None, description="What is taken of them: count, sum(amount), max(happened_on), …"
    )
    value: ExpressionText | None = Field(None, description="An expression over the subject's own names.")


class TouchesShape(Shape):
    """Whom a fact without an account touches."""

    source: Annotated[
        list[ValueName] | None, Field(alias="from", description="Accounts with a row of one of these types …")
    ] = None
    match: ValueName | None = Field(None, description="… whose field of this name equals the subject's.")
    when: ExpressionText | None = Field(None, description="Or: every account for which this condition holds.")


SeverityForm = Annotated[
    Annotated[SeverityName, Tag("plain")]
    | Annotated[Annotated[dict[SeverityName, ExpressionText], Field(min_length=1)], Tag("mapping")],
    Discriminator(_form),
]


class SignalShape(Shape):
    """A rule that concludes about one fact."""

    title: Texts = Field(description=_TITLE)
    about: ValueName = Field(description=_ABOUT)
    let: dict[ValueName, ExpressionText] = Field({}, description="Names for expressions, usable in what follows.")
    when: ExpressionText = Field(description="The condition.")
    severity: SeverityForm = Field(description="One for all, or {high: condition, medium: otherwise}.")
    weight: Weight = Field(0, description="What it adds to the account's score.")
    because: Texts = Field(description="Why, per language; {{ name }} fills in a value.")
    touches: TouchesShape | None = Field(None, description="Whom it touches, where the fact has no account.")
    source: SourceNames = Field([], description=_SOURCE)


class RulesFile(Shape):
    """rules/**/*.yaml: any of these keys, several at once."""

    limits: dict[ValueName, LimitForm] = Field(
        {}, description="The numbers to tune: one for all, or {A: 1, B: 2, C: 3}."
    )
    tiers: TiersShape | None = Field(None, description="How accounts are classed.")
    cadence: dict[TierName, dict[ValueName, dict[ValueName, PlainText]]] = Field(
        {}, description="How often each class is contacted, by role and channel: {A: {sales: {visit: 3 per month}}}"
    )
    cadence_signals: dict[ValueName, dict[ValueName, CadenceTextShape]] = Field(
        {}, description="The words of the cadence's signals, by role and channel; visit_b: of B's visit with a `when`."
    )
    measures: dict[ValueName, MeasureShape] = Field({}, description="Values reckoned from facts, by name.")
    signals: dict[RuleName, SignalShape] = Field({}, description="Rules that draw attention to a fact, by name.")
    risk: dict[RiskLevelName, ExpressionText] = Field(
        {}, description="When an account as a whole is at risk: conditions on signals.any, signals.high, score, …"
    )
    words: dict[str, Texts] = Field({}, description="How the values of closed lists are said, per language.")


class StepShape(Shape):
    """One task of a play."""

    id: RuleName = Field(description="Its name within the play.")
    assign: str = Field(description="owner, second, rep, or a role; each may be followed by .manager")
    due: PlainText = Field(
        description="`1 workday`, `3 days`, `today`, or `1..5 workdays`: the day on which its person has the most room."
    )
    template: str = Field(description="The task's text, templates/NAME.LANGUAGE.md: folder/name.")
    after: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        [], description="The steps that must be done before."
    )
    done_when: ExpressionText | None = Field(
        None, description="A condition that shows by facts that the step is done: the task then ends by itself."
    )
    contact: ContactName | None = Field(
        None, description="How the customer is met: one person's tasks of a kind for one account become one task."
    )


SpanForm = Annotated[
    Annotated[PlainText, Tag("plain")]
    | Annotated[Annotated[dict[TierName, PlainText], Field(min_length=1)], Tag("mapping")],
    Discriminator(_form),
]


class EscalateShape(Shape):
    """To whom a task is shown as well when it is late."""

    after: SpanForm = Field(
        description="How long after the due day: `2 workdays`, or by tier {A: 1 workday, B: 2 workdays}."
    )
    to: str = Field(description="owner, second, rep, or a role; each may be followed by .manager")
    steps: Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])] = Field(
        [], description="Only the tasks of these steps; without, of all."
    )


class MaxFiresShape(Shape):
    """How often a play may begin for one matter."""

    n: Annotated[int, Field(ge=1, le=1000)] = Field(description="So many times …")
    per_days: Annotated[int, Field(ge=1, le=3650)] = Field(description="… within so many days.")


class PlayFile(Shape):
    """playbooks/**/*.yaml: one play each."""

    play: RuleName = Field(description="The play's name.")
    title: Texts | None = Field(None, description=_TITLE)
    about: ValueName = Field(description=_ABOUT)
    enabled: bool = Field(True, description="`false` switches the play off: no new tasks, open ones close themselves.")
    let: dict[ValueName, ExpressionText] = Field({}, description="Names for expressions, usable in what follows.")
    trigger: ExpressionText = Field(description="When to play it: signal('name'), or risk = 'red'.")
    source: SourceNames = Field([], description=_SOURCE)
    cooldown_days: Annotated[int, Field(ge=0, le=3650)] = Field(
        0, description="How many days after its end it does not begin again for the same fact."
    )
    clear_after_runs: Annotated[int, Field(ge=1, le=365)] = Field(
        1, description="How many nights the trigger must be gone before open tasks close themselves."
    )
    rearm: Literal["cooldown", "cleared"] = Field(
        "cooldown",
        description="When it may begin again: `cooldown`, after cooldown_days even while the trigger still holds; "
        "`cleared`, only after the trigger has been gone.",
    )
    max_fires: MaxFiresShape | None = Field(
        None, description="How often it may begin for the same fact: {n: 3, per_days: 90}"
    )
    waits: bool = Field(True, description="`false`: its tasks come however full the list is (docs/capacity.md).")
    steps: Annotated[list[StepShape], Field(min_length=1, max_length=MOST_STEPS)] = Field(description="The tasks.")
    escalate: Annotated[list[EscalateShape], Field(max_length=MOST_STEPS)] = Field(
        [], description="To whom late tasks are shown as well."
    )


class ContractFile(RootModel[dict[ValueName, FactTypeShape]]):
    """rules/facts.yaml: the fact types by name."""
