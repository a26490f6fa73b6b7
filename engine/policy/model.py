"""The checked policy: what both engines and everything after them read instead of YAML."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.policy.contract import Contract
from engine.policy.expressions import Expression
from engine.policy.faults import Place
from engine.policy.kinds import Kind
from engine.policy.spans import Rhythm

LANGUAGES = ("en", "zh")
SEVERITIES = ("critical", "high", "medium", "low")  # gravest first
TIERS = ("A", "B", "C")

Words = Mapping[str, str]  # language → text


@dataclass(frozen=True)
class Limit:
    """A number that managers tune: `values` by tier, or under None one for all."""

    name: str
    values: Mapping[str | None, int | float]
    kind: Kind
    places: Mapping[str | None, Place]


@dataclass(frozen=True)
class Link:
    """How rows of one type reach a subject: the row's value along `row_path` equals the subject's `subject_field`.

    `row_path` ends in the name of a field or `id`; both empty: company-wide, every row for every subject.
    """

    row_path: tuple[str, ...] = ()
    subject_field: str = ""


@dataclass(frozen=True)
class Take:
    """How rows become one value.

    count; sum, min, max, avg, count_distinct, top_share, list, latest, previous of `of`; mean_gap, median_gap, max_gap
    and spread_gap of the distinct dates `of`. Missing values of `of` do not count, except that latest and previous
    take the row first (by `order`, the known_from date, then id) and give its value as it is. Of no rows: count,
    count_distinct and sum give 0, everything else is missing. avg and top_share are numbers, and so are the gaps
    (days) but max_gap, a whole one; a gap needs two distinct dates, spread_gap (sample standard deviation) three.
    list is a text: see `takes.py`.
    """

    function: str
    of: Expression | None
    order: str | None = None


@dataclass(frozen=True)
class Measure:
    """One value per fact of type `about`.

    Either taken from rows (`source`, `link`, `where`, `take`), or reckoned from the subject's own names (`value`).
    """

    name: str
    about: str
    kind: Kind
    place: Place
    source: str | None = None
    link: Link = Link()
    where: Expression | None = None
    take: Take | None = None
    value: Expression | None = None
    needs: frozenset[str] = frozenset()  # fact types without which it cannot be judged
    text: str = ""  # how it is reckoned, in its author's words
    names: tuple["Evidence", ...] = ()  # what `value` uses


@dataclass(frozen=True)
class Evidence:
    """A name that a rule's condition or text uses, with the expression that gives its value.

    `name` is as written: days_late, account.tier, limit.promise_grace_days.
    """

    name: str
    value: Expression


@dataclass(frozen=True)
class Condition:
    """A condition in its author's words: `parts` joined by `joiner` (and, or), or one test with its `names`."""

    text: str
    value: Expression
    names: tuple[Evidence, ...]
    joiner: str = ""
    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Let:
    """A name that a rule gives to an expression, and the names that this uses."""

    name: str
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Touches:
    """Whom a fact without an account touches.

    Accounts with a row of one of the types `sources` whose field `match` equals the subject's, or accounts for
    which `when` holds (an expression about account).
    """

    sources: tuple[str, ...] = ()
    match: str = ""
    when: Expression | None = None


@dataclass(frozen=True)
class Signal:
    """A rule that concludes about one fact. `severity`: the first branch that holds; the last has no condition."""

    name: str
    about: str
    when: Expression
    severity: tuple[tuple[str, Expression | None], ...]
    weight: int | float
    title: Words
    because: Words  # a Jinja2 text per language
    evidence: tuple[Evidence, ...]
    source: tuple[str, ...]
    place: Place
    when_place: Place
    needs: frozenset[str]  # fact types without which it is not judged
    condition: Condition | None = None  # `when` in its author's words; None where a program made the signal
    lets: tuple[Let, ...] = ()
    grades: tuple[tuple[str, Condition | None], ...] = ()  # `severity` in its author's words
    touches: Touches | None = None
    text_hash: str = ""
    generated: bool = False  # written by the cadence table


@dataclass(frozen=True)
class CadenceLine:
    """A line of the cadence table for one tier: the signal and the measure of the last contact that it makes."""

    tier: str
    role: str
    channel: str
    rule: str
    measure: str
    rhythm: Rhythm
    duty_days: int
    target_days: int
    conditional: bool = False  # it has a `when`


@dataclass(frozen=True)
class Tiers:
    """How accounts are classed. `by` is "rank" or "matrix".

    rank: active customers by `measure` descending, then id; a class while (rank - 1) < share of their number; the
    last class has no share. matrix: `high_turnover` and `high_profit` (about account) pick a class from `cells`,
    keyed (turnover is high, profit is high). A tier set by hand wins; who is not ranked gets the last class.
    """

    by: str
    measure: str | None
    classes: tuple[tuple[str, float | None], ...]
    high_turnover: Expression | None
    high_profit: Expression | None
    cells: Mapping[tuple[bool, bool], str]
    place: Place
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskLevel:
    """A level of account risk; the first one whose condition holds is the account's, else green."""

    level: str
    when: Expression
    place: Place
    needs: frozenset[str] = frozenset()
    condition: Condition | None = None  # `when` in its author's words
    text_hash: str = ""


@dataclass(frozen=True)
class Due:
    """A span after a day: `days` workdays or calendar days; with `first` any day from that one to `days`."""

    days: int
    workdays: bool
    first: int | None = None


@dataclass(frozen=True)
class Step:
    """One task of a play. `assign` is owner, second, rep or a role, and may be followed by .manager.

    `done_when`: facts show by this that the step is done; it is judged where the fact types `done_needs` are there,
    and stands in the play's evidence under `done_name(id)`. `contact`: how the customer is met by it (visit, call,
    meeting, message).
    """

    id: str
    assign: str
    due: Due
    template: str
    after: tuple[str, ...]
    place: Place
    done_when: Expression | None = None
    done_needs: frozenset[str] = frozenset()
    contact: str | None = None


def done_name(step: str) -> str:
    """The name in a play's evidence of whether the facts show that the step is done."""
    return f"done.{step}"


@dataclass(frozen=True)
class Escalation:
    """After a span past the due day the task is shown to `to` as well.

    `after` is by tier, or under None one for all; a tier without a span does not escalate. `steps`: only their
    tasks; empty: all.
    """

    after: Mapping[str | None, Due]
    to: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class MaxFires:
    """A matter begins at most `n` times within `per_days` days."""

    n: int
    per_days: int


@dataclass(frozen=True)
class Play:
    """What to do when `trigger` holds for a fact of type `about`.

    `signals` are those its trigger names, or all where it names none; `evidence` every name that its templates use.
    `needs` leaves out what only its signals need.
    """

    name: str
    about: str
    trigger: Expression
    signals: tuple[str, ...]
    steps: tuple[Step, ...]
    title: Words
    evidence: tuple[Evidence, ...]
    source: tuple[str, ...]
    place: Place
    trigger_place: Place
    cooldown_days: int = 0
    clear_after_runs: int = 1
    escalate: tuple[Escalation, ...] = ()
    needs: frozenset[str] = frozenset()
    condition: Condition | None = None  # `trigger` in its author's words
    text_hash: str = ""
    lets: tuple[Let, ...] = ()
    rearm: str = "cooldown"  # cooldown: after cooldown_days, even while it holds; cleared: only after it has gone
    max_fires: MaxFires | None = None
    waits: bool = True  # where the person has no room
    enabled: bool = True


@dataclass(frozen=True)
class Template:
    """A task text in one language: first line the title (after `# `), the rest the body."""

    name: str
    language: str
    title: str
    body: str
    place: Place
    body_place: Place


@dataclass(frozen=True)
class Policy:
    """A whole policy that passed every check. `hash` names its texts; neither these nor it know of scenario tests."""

    hash: str
    texts: Mapping[str, str]
    contract: Contract
    limits: Mapping[str, Limit]
    measures: Mapping[tuple[str, str], Measure]  # (about, name)
    tiers: Tiers
    signals: Mapping[str, Signal]
    risk: tuple[RiskLevel, ...]
    plays: Mapping[str, Play]
    templates: Mapping[tuple[str, str], Template]  # (name, language)
    words: Mapping[str, Words]  # how a closed list's values are said
    strata: Mapping[tuple[str, ...], int]  # ("measure", about, name) | ("tier",) | ("signal", name) → level, from 1
    cadence: tuple[CadenceLine, ...] = ()  # by tier, in the table's order
