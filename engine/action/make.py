"""New tasks: who, when, and the texts, for every matter that tonight's decisions give one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from engine.action.assign import Carers
from engine.action.decide import ready_steps
from engine.action.facts import Facts, load_reps_of
from engine.action.place import There, place
from engine.action.spread import Spread
from engine.action.tonight import Tonight
from engine.policy.model import Play, Policy, Step, Template, Words
from engine.policy.texts import template_names
from engine.reasoning.layout import NO_EVIDENCE, play_path, signal_path

MOST_REASONS = 12  # because-texts in one task
CHUNK = 20_000  # matters made into tasks at a time
_MORE = {"en": "and {} more", "zh": "等,另有 {} 条"}


class Render(Protocol):
    """Fills in a text; see `engine.delivery.render.render`."""

    def __call__(self, text: str, names: Mapping[str, Any], language: str, words: Mapping[str, Words], /) -> str: ...


class NewTask(NamedTuple):
    """A task to be written, all but its id and its episode's."""

    step: str
    assignee: str | None
    queue: str | None
    title: str
    body: str
    language: str
    due_on: date
    contact: str | None


class Made(NamedTuple):
    """The tasks of one matter. `episode` is the id of the living one they belong to; None: it opens tonight."""

    key: str
    number: int
    episode: int | None
    play: Play
    subject: str
    account: str | None
    account_name: str | None
    priority: int
    reasons: str  # rule names as JSON, gravest first
    tier: str | None
    digest: str
    skipped: str  # steps that the facts showed to be done, as JSON
    tasks: tuple[NewTask, ...]


@dataclass(frozen=True)
class Making:
    """What every task of a night is made with. `languages` by person; others get `language`.

    `spread` picks the day where a step's due days are a range; without it that is the last one.
    """

    policy: Policy
    facts: Facts
    there: There
    language: str
    languages: Mapping[str, str]
    render: Render
    spread: Spread | None = None


def ranged(tonight: Tonight) -> bool:
    """Whether a task that is to be made tonight has a range of due days."""
    plays = enumerate(tonight.plays)
    return any(any(step.due.first for step in play.steps) and tonight.to_make(i) > 0 for i, play in plays)


def make_tasks(tonight: Tonight, making: Making) -> Iterator[Made]:
    """The tasks of all matters in `tonight`'s table `make`, play by play, in the order of accounts and subjects."""
    for i, play in enumerate(tonight.plays):
        if tonight.to_make(i):
            yield from _make_play(tonight, making, i, play)


_MATTERS = """
select m.key, m.number, m.episode, m.step, t.subject, t.account, t.priority, t.reasons, t.tier, t.digest, t.shown,
       c.name, c.owner, c."second", c.department, c.city, r.rep, unnest(e.evidence)
from make m
join tonight t on t.key = m.key
join read_parquet($path) e on e.subject = t.subject and e.account is not distinct from t.account
left join carer c on c.account = t.account
left join own_rep r on r.fact = t.subject
where t.play = $play
order by t.account, t.subject, t.key, m.step
"""
_FIXED = 17  # columns of _MATTERS before the evidence


def _make_play(tonight: Tonight, making: Making, index: int, play: Play) -> Iterator[Made]:
    load_reps_of(tonight.db, making.facts, play.about)
    reasons = _Reasons(tonight, making, index, play)
    steps = {step.id: step for step in play.steps}
    openers = lru_cache(lambda shown: ready_steps(play, shown=json.loads(shown)))
    cursor = tonight.db.cursor()
    cursor.execute(_MATTERS, {"play": index, "path": str(play_path(tonight.folder, play.name))})
    names = [name for name, *_ in cursor.description or ()][_FIXED:]
    if names == [NO_EVIDENCE]:
        names = []
    while rows := cursor.fetchmany(CHUNK):
        reasons.load([row[0] for row in rows])
        for row in rows:
            (
                key,
                number,
                episode,
                step,
                subject,
                account,
                urgency,
                rules,
                tier,
                digest,
                shown,
                name,
                owner,
                second,
                department,
                city,
                rep,
            ) = row[:_FIXED]
            carers = Carers(account, owner, second, department)
            values = dict(zip(names, row[_FIXED:], strict=False))
            opening, skipped = openers(shown) if step is None else ((step,), ())
            tasks = tuple(
                _task(steps[id], play, carers, rep, urgency, values, reasons.of(key), making, city) for id in opening
            )
            yield Made(
                key, number, episode, play, subject, account, name, urgency, rules, tier, digest, json.dumps(skipped),
                tasks,
            )  # fmt: skip


def _task(
    step: Step, play: Play, carers: Carers, rep: str | None, urgency: int, values: dict[str, Any],
    reasons: Mapping[str, list[str]], making: Making, city: str | None,
) -> NewTask:  # fmt: skip
    given, due = place(step.assign, step.due, carers, rep, urgency, making.there)
    if (spread := making.spread) is not None:
        due = spread.day(given.person, step.due, due, urgency, step.contact, carers.account, city)
        spread.add(given.person, due, step.contact, carers.account, city)
    language = making.languages.get(given.person or "", making.language)
    template = _template(making.policy, step.template, language)
    names = values | {
        "assignee": making.there.people.by_id[given.person].name if given.person else given.queue,
        "reasons": reasons.get(template.language, []),
        "due": due,
        "step": step.id,
        "play_title": said_in(play.title, template.language) or play.name,
    }
    words = making.policy.words
    title = making.render(template.title, names, template.language, words)
    body = making.render(template.body, names, template.language, words)
    return NewTask(
        step.id, given.person, given.queue, title.strip(), body.strip("\n"), template.language, due, step.contact
    )


def said_in(words: Words, language: str) -> str:
    """A text in the language, else in any that there is."""
    return words.get(language) or next(iter(words.values()), "")


def _template(policy: Policy, name: str, language: str) -> Template:
    found = policy.templates.get((name, language))
    return found or next(t for (called, _), t in sorted(policy.templates.items()) if called == name)


_CAUSES = """
create or replace table behind as
select t.key, c.rule, c.signal_subject subject, c.signal_account account, c.severity, x.total
from (select distinct key from make) m
join tonight t on t.key = m.key
join cause c on c.play = t.play and c.subject = t.subject and c.account is not distinct from t.account
join (select play, subject, account, count(*) total from cause group by all) x
  on x.play = c.play and x.subject = c.subject and x.account is not distinct from c.account
where t.play = $play
qualify row_number() over (partition by t.key order by c.severity, c.rule, c.signal_subject, c.signal_account) <= $most
"""
_BECAUSE = """
select b.key, b.severity, b.subject, b.account, b.total, unnest(s.evidence)
from behind b
join read_parquet($path) s on s.subject = b.subject and s.account is not distinct from b.account
where b.rule = $rule and b.key in (select unnest($keys::varchar[]))
"""


class _Reasons:
    """The because-texts behind a play's new tasks, gravest first, a chunk of matters at a time."""

    def __init__(self, tonight: Tonight, making: Making, index: int, play: Play) -> None:
        self._tonight, self._making = tonight, making
        self._texts: dict[str, dict[str, list[str]]] = {}
        self._languages = _reason_languages(making.policy, play.steps)
        self._rules: list[int] = []
        if self._languages:
            tonight.db.execute(_CAUSES, {"play": index, "most": MOST_REASONS})
            rows = tonight.db.execute("select distinct rule from behind order by rule").fetchall()
            self._rules = [rule for (rule,) in rows]

    def of(self, key: str) -> Mapping[str, list[str]]:
        """The texts behind a matter of the chunk, by language."""
        return self._texts.get(key, {})

    def load(self, keys: list[str]) -> None:
        """Render the texts behind the matters `keys`, in place of those before."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        totals: dict[str, int] = {}
        for rule in self._rules:
            for key, *order, total, texts in self._rule_texts(rule, keys):
                found.setdefault(key, []).append((*order, texts))
                totals[key] = total
        self._texts = {}
        for key, rows in found.items():
            rows.sort(key=lambda row: row[:-1])
            more = totals[key] - len(rows)
            self._texts[key] = {
                language: [row[-1][language] for row in rows] + ([_MORE[language].format(more)] if more else [])
                for language in self._languages
            }

    def _rule_texts(self, rule: int, keys: list[str]) -> Iterator[tuple[Any, ...]]:
        """(key, severity, rule, subject, account, total, text by language) of the rule's conclusions behind `keys`."""
        name = self._tonight.rules[rule]
        making = self._making
        because = making.policy.signals[name].because
        path = str(signal_path(self._tonight.folder, name))
        cursor = self._tonight.db.cursor()
        cursor.execute(_BECAUSE, {"rule": rule, "path": path, "keys": keys})
        columns = [column for column, *_ in cursor.description or ()][5:]
        said: dict[tuple[Any, ...], dict[str, str]] = {}  # many matters have the same values
        for key, severity, subject, account, total, *found in cursor.fetchall():
            values = tuple(found)
            texts = said.get(values)
            if texts is None:
                names = dict(zip(columns, values, strict=True))
                texts = said[values] = {
                    spoken: because_text(making.render, making.policy, because, names, spoken)
                    for spoken in self._languages
                }
            yield key, severity, rule, subject, account or "", total, texts


def because_text(render: Render, policy: Policy, because: Words, names: Mapping[str, Any], language: str) -> str:
    """Why a rule concluded, in the language, else in one that it has."""
    spoken = language if language in because else next(iter(because), language)
    return render(because.get(spoken, ""), names, spoken, policy.words)


def _reason_languages(policy: Policy, steps: Sequence[Step]) -> tuple[str, ...]:
    """The languages in which the steps' texts name the reasons."""
    used = {step.template for step in steps}
    return tuple(
        sorted({
            language
            for (name, language), template in policy.templates.items()
            if name in used and any(n.name == "reasons" for n in template_names(f"{template.title}\n{template.body}"))
        })
    )  # fmt: skip


def sources(policy: Policy, play: Play, reasons: str) -> str:
    """The catalogue entries that a task rests on, as JSON: its play's, then those of the rules behind it."""
    entries = list(play.source)
    for rule in json.loads(reasons):
        entries += policy.signals[rule].source
    return json.dumps(list(dict.fromkeys(entries)), ensure_ascii=False)
