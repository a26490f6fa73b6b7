"""What `holdfast tell` and `holdfast told` say: for people, as JSON, as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.facts.rejects import harmless
from engine.store.tellings import Telling
from engine.telling.at_once import Followed
from engine.telling.effect import Effect
from engine.telling.record import as_text

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim", "red": "red", "amber": "yellow"}
_CSV = ("number", "at", "who", "type", "fact", "fields", "task", "state", "undone_by", "undone_at")


def told_view(followed: Followed, language: str, *, undone: bool = False) -> RenderableType:
    """What was told and what follows, for a terminal."""
    parts = [*_told(followed, language, undone), *_follows(followed, language)]
    if not undone:
        number = followed.told.telling.id
        parts.append(Text(phrase("told_undo", language, number=number), style="dim"))
    return Group(*parts)


def told_json(followed: Followed, *, undone: bool = False) -> dict[str, Any]:
    """The same for programs. `follows` is missing where nothing can be said yet."""
    told = followed.told
    found: dict[str, Any] = {
        "told": {**telling_json(told.telling), "new": told.before is None, "filled_in": list(told.filled)},
        "undone": undone,
        "fact": None if told.row is None else {name: _plain(value) for name, value in told.row.items()},
        "follows": None,
    }
    if followed.known_later is not None:
        found["known_from"] = followed.known_later.isoformat()
    if (effect := followed.effect) is not None:
        found["follows"] = _effect_json(effect)
    elif (touched := followed.touched) is not None:
        found["follows"] = {"account": None, "signals": list(touched.signals), "cared_for": touched.cared_for}
    return found


def telling_json(telling: Telling) -> dict[str, Any]:
    """A row of the list of what was told."""
    return {
        "number": telling.id,
        "at": telling.at,
        "who": telling.who,
        "type": telling.type,
        "fact": telling.fact,
        "fields": dict(telling.fields),
        "before": None if telling.before is None else dict(telling.before),
        "task": telling.task,
        "taken": telling.taken,
        "undone_by": telling.undone_by,
        "undone_at": telling.undone_at,
    }


def tellings_table(tellings: Sequence[Telling], language: str) -> RenderableType:
    """The list of what was told, within the width of the terminal."""
    if not tellings:
        return Text(phrase("told_none", language))
    table = Table(box=None, padding=(0, 1), header_style="bold", expand=False)
    table.add_column(phrase("column_told_number", language), justify="right", no_wrap=True)
    table.add_column(phrase("column_told_when", language), no_wrap=True)
    table.add_column(phrase("column_told_who", language), max_width=12, overflow="fold")
    table.add_column(phrase("column_told_what", language), overflow="fold", ratio=1)
    table.add_column(phrase("column_told_state", language), max_width=16, overflow="fold")
    for each in tellings:
        what = Text(f"{each.type} {clean(each.fact)}", style="bold")
        for name, text in each.fields.items():
            what.append(f" {name}={clean(text) or phrase('told_nothing', language)}", "not bold")
        style = "dim" if each.undone_at else ""
        table.add_row(
            str(each.id), f"{each.at[:10]} {each.at[11:16]}", Text(clean(each.who)), what,
            Text(_standing(each, language)), style=style,
        )  # fmt: skip
    return table


def tellings_csv(tellings: Sequence[Telling]) -> str:
    """The list as CSV that a spreadsheet opens safely."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for each in tellings:
        fields = "; ".join(f"{name}={text}" for name, text in each.fields.items())
        state = "undone" if each.undone_at else "taken" if each.taken else "told"
        row = (
            each.id,
            each.at,
            each.who,
            each.type,
            each.fact,
            fields,
            each.task,
            state,
            each.undone_by,
            each.undone_at,
        )
        writer.writerow([cell if isinstance(cell, int) else harmless(cell) for cell in row])
    return out.getvalue()


def _standing(each: Telling, language: str) -> str:
    if each.undone_at:
        return phrase("told_state_undone", language, who=clean(each.undone_by or ""), day=each.undone_at[:10])
    return phrase("told_state_taken" if each.taken else "told_state_next", language)


def _told(followed: Followed, language: str, undone: bool) -> Iterator[RenderableType]:
    told = followed.told
    name = "told_undone" if undone else "told_new" if told.before is None else "told_change"
    fact = clean(told.telling.fact)
    yield Text(phrase(name, language, number=told.telling.id, type=told.kind.name, fact=fact), style="bold")
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(overflow="fold")
    nothing = phrase("told_nothing", language)
    for field in told.telling.fields if told.row is not None else ():
        now = clean(as_text((told.row or {}).get(field))) or nothing
        before = clean(as_text((told.before or {}).get(field))) or nothing
        if field in told.filled:
            now = phrase("told_filled", language, value=now)
        elif told.before is not None and before != now:
            now = phrase("told_was", language, value=now, before=before)
        lines.add_row(f"  {field}", Text(now))
    yield lines
    if followed.why_not:
        yield Text(phrase(f"told_{followed.why_not}", language), style="yellow")
    if followed.known_later is not None:
        yield Text(phrase("told_later", language, day=followed.known_later), style="yellow")


def _follows(followed: Followed, language: str) -> Iterator[RenderableType]:
    if (effect := followed.effect) is not None:
        name = clean(followed.account_name)
        yield Text("")
        yield Text(phrase("told_follows", language, name=name, account=clean(effect.account)), style="bold")
        yield from _signals(effect, language)
        yield Padding(_risk(effect, language), (0, 0, 0, 2))
        yield from _tasks(effect, language)
        if effect.fallback:
            yield Text(phrase("told_fallback", language, why=effect.fallback), style="dim")
    elif (touched := followed.touched) is not None:
        yield Text("")
        for signal in touched.signals:
            count = signal["accounts"]
            said = "told_about_no_account" if not count else "told_touches_one" if count == 1 else "told_touches"
            severity = phrase(signal["severity"], language)
            yield Text("  " + phrase(said, language, title=clean(signal["title"]), severity=severity, count=count))
        if touched.cared_for is not None:
            person = clean(touched.person)
            yield Text("  " + phrase("told_cared_for", language, person=person, count=touched.cared_for))
        if not touched.signals and touched.cared_for is None:
            yield Text("  " + phrase("told_night_tells", language))


def _signals(effect: Effect, language: str) -> Iterator[RenderableType]:
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    rows = 0
    for name, signals in (("told_came", effect.came), ("told_turns", effect.changed), ("told_goes", effect.gone)):
        for signal in signals:
            rows += 1
            severity = phrase(signal["severity"], language)
            mark = phrase(name, language, was=phrase(signal.get("was", signal["severity"]), language), now=severity)
            said = Text(clean(signal["title"]))
            if name != "told_turns":
                said.append(f"  {severity}", _STYLES[signal["severity"]])
            if name != "told_goes":
                said.append("\n" + clean(signal["because"]), "dim")
            lines.add_row(f"  {mark}", said)
    yield lines if rows else Text("  " + phrase("told_no_signal", language))


def _risk(effect: Effect, language: str) -> Text:
    before, after = effect.before, effect.after
    if (before.level, before.score) == (after.level, after.score):
        level = phrase(after.level, language)
        return Text(phrase("told_risk_same", language, level=level, score=_score(after.score)))
    return Text(
        phrase(
            "told_risk", language, before=phrase(before.level, language), before_score=_score(before.score),
            after=phrase(after.level, language), after_score=_score(after.score),
        ),
        style=_STYLES.get(after.level, "green"),
    )  # fmt: skip


def _tasks(effect: Effect, language: str) -> Iterator[RenderableType]:
    if effect.tasks is None:
        yield Padding(Text(phrase("told_past", language, day="")), (0, 0, 0, 2))
        return
    wanted = [task for task in effect.tasks if task["outcome"] in ("new", "closed")]
    if not wanted and not effect.waiting:
        yield Padding(Text(phrase("told_no_task", language)), (0, 0, 0, 2))
        return
    yield Padding(Text(phrase("told_tasks", language)), (0, 0, 0, 2))
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    for task in wanted:
        mark = phrase("told_new_task" if task["outcome"] == "new" else "told_closed_task", language)
        said = Text(clean(task["title"]))
        if task["outcome"] == "new":
            who = clean(str(task["assignee_name"] or task["assignee"] or task["queue"] or ""))
            said.append("\n" + _due(task, who, language), "dim")
        lines.add_row(f"    {mark}", said)
    for matter in effect.waiting:
        said = Text(clean(matter["title"]))
        who = clean(str(matter["assignee_name"] or matter["assignee"]))
        said.append("\n" + phrase("told_no_room", language, who=who), "dim")
        lines.add_row(f"    {phrase('told_waiting', language)}", said)
    yield lines


def _due(task: dict[str, Any], who: str, language: str) -> str:
    if between := task.get("due_between"):
        return phrase("told_due_between", language, who=who, first=between[0], last=between[1])
    return phrase("told_due", language, who=who, day=task["due_on"])


def _effect_json(effect: Effect) -> dict[str, Any]:
    def level(state: Any) -> dict[str, Any]:
        return {"level": state.level, "score": _score(state.score)}

    return {
        "account": effect.account,
        "engine": "columnar" if effect.fallback else "rete",
        "signals": {"came": effect.came, "gone": effect.gone, "changed": effect.changed},
        "risk": {"before": level(effect.before), "after": level(effect.after)},
        "tasks": None if effect.tasks is None else [t for t in effect.tasks if t["outcome"] in ("new", "closed")],
        "waiting": list(effect.waiting),
    }


def _score(score: float) -> int | float:
    return int(score) if score == int(score) else score


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
