"""What a candidate policy would do, as a report: for the terminal, as JSON, and as a page to decide from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.audit.diffing import Difference, PolicyDiff, SideCount
from engine.audit.diffing_causes import Cause
from engine.audit.reasons import plain
from engine.audit.seen import ADDED, REMOVED, SeenTask
from engine.delivery.phrases import phrase
from engine.delivery.render import MISSING, said
from engine.policy.model import Policy
from engine.reports.report import Chart, Form, Part, Report, Series
from engine.reports.table import As, Column, Said, Table

MOST_ROWS = 12  # of a table on the terminal; a page has more
PAGE_ROWS = 60
_COUNTS = (
    Column("added", As.INTEGER), Column("removed", As.INTEGER), Column("changed", As.INTEGER),
    Column("hours", As.NUMBER),
)  # fmt: skip


def diff_report(
    found: PolicyDiff, names: tuple[str, str], policies: tuple[Policy, Policy], language: str, most: int, *, page: bool
) -> Report:
    """The report of a comparison. `names` and `policies`: of live and candidate, see `changing`."""
    title = Said("diff_title", {"candidate": _name(names[1])})
    if not found.changes:
        return Report(title, (), notes=(Said("diff_no_change"),))
    rows = PAGE_ROWS if page else MOST_ROWS
    titles = _titles(policies, language)
    parts = [
        _summary(found), _changes(found, language),
        _table("plays", Said("diff_plays"), Column("play"), found.tasks, lambda d: titles.get(d.found.play), rows),
        _table("people", Said("diff_people"), Column("who_name"), found.tasks, _who, rows),
        _table("tiers", Said("diff_tiers"), Column("tier"), found.tasks, lambda d: d.found.one.tier, rows),
        _rules(found, titles, rows), _risk(found), _examples(found, titles, language, most),
        _reasons(found, titles, language),
    ]  # fmt: skip
    kept = tuple(part for n, part in enumerate(parts) if n < 2 or part.table.rows)
    return Report(title, kept, notes=tuple(_notes(found)))


def diff_json(found: PolicyDiff, names: tuple[str, str]) -> dict[str, Any]:
    """The object that `holdfast diff --format json` prints."""
    return {
        "live": names[0] or "workspace", "candidate": names[1] or "workspace", "nights": found.nights,
        "warmed_on": found.warmed_on, "differs": found.differs,
        "policy": [
            {
                "kind": c.kind, "name": c.name, "how": c.how, "detail": c.detail,
                "place": f"{c.place.file}:{c.place.line}" if c.place else "",
            }
            for c in found.changes
        ],
        "causes": [_cause_json(cause, found) for cause in found.causes],
        "totals": {"live": _side_json(found.live), "candidate": _side_json(found.candidate)},
        "tasks": [_task_json(difference) for difference in found.tasks],
        "conclusions": found.last.as_json() if found.last else None,
    }  # fmt: skip


def _name(name: str) -> Said:
    return Said("diff_folder", {"name": name}) if name else Said("diff_files")


def _notes(found: PolicyDiff) -> Iterable[Said]:
    nights = found.live.nights if found.live else ()
    if nights:
        first, last = nights[0].today, nights[-1].today
        yield Said("diff_nights", {"count": found.nights, "first": first, "last": last})
    yield Said("diff_warmed", {"day": found.warmed_on}) if found.warmed_on else Said("diff_cold")
    if found.words:
        yield Said("diff_words")
    if found.tried:
        yield Said("diff_tried", {"count": found.tried})
    yield Said("diff_hours_note")


def _summary(found: PolicyDiff) -> Part:
    live, candidate = found.live, found.candidate
    rows: list[tuple[Any, ...]] = []
    if live and candidate:
        for name, read in _FIGURES.items():
            before, after = read(live), read(candidate)
            rows.append((Said(name), before, after, round(after - before, 2)))
    columns = (Column("figure"), *(Column(name, As.INTEGER) for name in ("live", "candidate", "difference")))
    notes = () if found.tasks else (Said("diff_no_task"),)
    charts = tuple(_chart(found, *each) for each in (("diff_chart", "new"), ("diff_open_chart", "open")))
    return Part("summary", Table(Said("diff_summary"), columns, tuple(rows), notes), charts if live else ())


_FIGURES: dict[str, Callable[[SideCount], Any]] = {
    "diff_tasks": lambda side: side.tasks,
    "diff_hours": lambda side: round(side.hours, 2),
    "diff_signals": lambda side: side.nights[-1].signals,
    "diff_red": lambda side: side.nights[-1].red,
    "diff_amber": lambda side: side.nights[-1].amber,
}


def _chart(found: PolicyDiff, title: str, field: str) -> Chart:
    sides = (("diff_live", found.live), ("diff_candidate_short", found.candidate))
    nights = found.live.nights if found.live else ()
    series = tuple(
        Series(Said(name), tuple(getattr(night, field) for night in side.nights)) for name, side in sides if side
    )
    return Chart(Said(title), Form.GROUPED, tuple(night.today.isoformat() for night in nights), series, As.INTEGER)


def _changes(found: PolicyDiff, language: str) -> Part:
    columns = (Column("change"), Column("detail"), Column("place"), *_COUNTS)
    rows: list[tuple[Any, ...]] = []
    for cause in found.causes:
        own = [d for d in found.tasks if cause in d.causes]
        change = cause.changes[-1] if cause.renamed else cause.changes[0]
        detail = Said("diff_renamed", {"name": cause.renamed}) if cause.renamed else change.detail or _how(change.how)
        place = f"{change.place.file}:{change.place.line}" if change.place else ""
        rows.append((_cause(cause, language), detail, place, *_counted(own)))
    beside = [d for d in found.tasks if not d.causes]
    if beside:
        rows.append((Said("diff_consequence"), "", "", *_counted(beside)))
    notes = (Said("diff_changes_note"),) if any(len(d.causes) > 1 for d in found.tasks) else ()
    return Part("changes", Table(Said("diff_changes"), columns, tuple(rows), notes))


def _more(total: int, rows: Sequence[object]) -> tuple[Said, ...]:
    """A note on how many rows are left out."""
    return (Said("more_rows", {"count": total - len(rows)}),) if total > len(rows) else ()


def _how(how: str) -> Said:
    return Said(f"how_{how}")


def _cause(cause: Cause, language: str) -> str:
    kind, name = cause.name
    if kind == "cadence":
        return phrase("diff_cadence", language)
    return f"{phrase(f'kind_{kind}', language)} {name}".rstrip()


def _counted(some: Sequence[Difference]) -> tuple[int, int, int, float]:
    added = sum(d.found.how == ADDED for d in some)
    removed = sum(d.found.how == REMOVED for d in some)
    hours = sum(d.hours_after - d.hours_before for d in some)
    return added, removed, len(some) - added - removed, round(hours, 4)


def _table(
    name: str, title: Said, column: Column, tasks: Sequence[Difference], key: Callable[[Difference], Any], most: int
) -> Part:
    groups: dict[Any, list[Difference]] = {}
    for difference in tasks:
        groups.setdefault(key(difference), []).append(difference)
    ranked = sorted(groups.items(), key=lambda each: (-len(each[1]), str(each[0])))
    rows = tuple((each, *_counted(some)) for each, some in ranked[:most])
    return Part(name, Table(title, (column, *_COUNTS), rows, _more(len(ranked), rows)))


def _titles(policies: tuple[Policy, Policy], language: str) -> dict[str, str]:
    """How plays and signals are called, by their names; the candidate's word goes before."""
    found: dict[str, str] = {}
    for policy in policies:
        said = {name: signal.title for name, signal in policy.signals.items()}
        said |= {name: play.title for name, play in policy.plays.items()}
        for name, words in said.items():
            found[name] = words.get(language) or next(iter(words.values()), "") or name
    return found


def _who(difference: Difference) -> str | None:
    one = difference.found.one
    return one.assignee_name or one.assignee


def _rules(found: PolicyDiff, titles: Mapping[str, str], most: int) -> Part:
    counts: dict[str, dict[str, int]] = {}
    for rule, how, count in found.last.moves if found.last else ():
        counts.setdefault(rule, {})[how] = count
    ranked = sorted(counts.items(), key=lambda each: (-sum(each[1].values()), each[0]))
    rows = tuple(
        (titles.get(rule, rule), *(by.get(how, 0) for how in ("new", "gone", "changed"))) for rule, by in ranked[:most]
    )  # fmt: skip
    columns = (
        Column("signal"), Column("new_count", As.INTEGER), Column("gone_count", As.INTEGER),
        Column("changed", As.INTEGER),
    )  # fmt: skip
    return Part("signals", Table(Said("diff_rules"), columns, rows, _more(len(ranked), rows)))


def _risk(found: PolicyDiff) -> Part:
    counts: dict[tuple[str, str], int] = {}
    for _, before, after in found.last.risk if found.last else ():
        counts[before, after] = counts.get((before, after), 0) + 1
    rows = tuple((Said(before), Said(after), count) for (before, after), count in sorted(counts.items()))
    columns = (Column("from_level"), Column("to_level"), Column("count", As.INTEGER))
    return Part("risk", Table(Said("diff_risk"), columns, rows))


def _examples(found: PolicyDiff, titles: Mapping[str, str], language: str, most: int) -> Part:
    rows = []
    for difference in _spread(found.tasks, most):
        one = difference.found.one
        rows.append((
            Said(f"task_{difference.found.how}"), one.title, difference.found.account_name,
            _what(difference, titles, language), _said_causes(difference, language),
        ))  # fmt: skip
    columns = (
        Column("what_differs"), Column("title"), Column("account_name"), Column("particulars"),
        Column("causes"),
    )  # fmt: skip
    return Part("tasks", Table(Said("diff_examples"), columns, tuple(rows), _more(len(found.tasks), rows)))


def _what(difference: Difference, titles: Mapping[str, str], language: str) -> str:
    """Who, when and why for a task that only one policy has; else each thing that differs, before and after."""
    found = difference.found
    if found.before and found.after:
        parts = (_field(name, found.before, found.after, titles, language) for name in found.fields)
        return "; ".join(parts)
    one = found.one
    return f"{one.assignee_name or MISSING}, {one.due_on}, {_named(one.reasons, titles)}"


def _field(name: str, before: SeenTask, after: SeenTask, titles: Mapping[str, str], language: str) -> str:
    heading = phrase(f"differs_{name}", language)
    if name in ("body", "joined"):
        return heading
    if name == "assignee":
        return f"{heading} {before.assignee_name or MISSING} → {after.assignee_name or MISSING}"
    old, new = (getattr(each, name) for each in (before, after))
    if name == "reasons":
        old, new = (_named(each, titles) for each in (old, new))
    return f"{heading} {MISSING if old is None else old} → {MISSING if new is None else new}"


def _named(reasons: Iterable[str], titles: Mapping[str, str]) -> str:
    return ", ".join(titles.get(reason, reason) for reason in reasons)


def _said_causes(difference: Difference, language: str) -> str:
    if not difference.causes:
        return phrase("diff_consequence", language)
    names = ", ".join(_cause(cause, language) for cause in difference.causes)
    return phrase("diff_together", language, names=names) if difference.together else names


def _spread(tasks: Sequence[Difference], most: int) -> list[Difference]:
    """Up to so many tasks: of each play and way the first, then the second, and so on."""
    turns: dict[tuple[str, str], int] = {}
    ranked = []
    for difference in tasks:
        kind = (difference.found.play, difference.found.how)
        turns[kind] = turns.get(kind, 0) + 1
        ranked.append((turns[kind], difference))
    chosen = sorted(ranked, key=lambda each: each[0])[:most]
    return [difference for _, difference in sorted(chosen, key=lambda each: (each[1].found.play, each[0]))]


def _reasons(found: PolicyDiff, titles: Mapping[str, str], language: str) -> Part:
    rows = []
    for move in found.last.shown if found.last else ():
        values = "; ".join(
            f"{part.name} {_value(part.before, language)} → {_value(part.after, language)}" for part in move.parts
        )
        account = (found.accounts or {}).get(move.account or "", move.account) or move.subject
        changed = ", ".join(move.changed)
        condition = f"{move.because} ({move.place})" if move.place else move.because
        rows.append(
            (
                _how(move.how),
                titles.get(move.rule, move.rule),
                account,
                condition or None,
                values or None,
                changed or None,
            )
        )
    columns = (
        Column("what_differs"), Column("signal"), Column("account_name"), Column("condition"), Column("values"),
        Column("causes", spare=True),
    )  # fmt: skip
    return Part(
        "reasons", Table(Said("diff_reasons"), columns, tuple(rows), _more(found.last.total if found.last else 0, rows))
    )


def _value(value: Any, language: str) -> str:
    return phrase("missing", language) if value is None else said(value, language)


def _side_json(side: SideCount | None) -> dict[str, Any] | None:
    if side is None:
        return None
    nights = [{**asdict(night), "today": night.today.isoformat()} for night in side.nights]
    return {"tasks": side.tasks, "hours": side.hours, "nights": nights}


def _cause_json(cause: Cause, found: PolicyDiff) -> dict[str, Any]:
    added, removed, changed, hours = _counted([d for d in found.tasks if cause in d.causes])
    return {
        "kind": cause.name[0], "name": cause.name[1], "renamed_from": cause.renamed, "added": added,
        "removed": removed, "changed": changed, "hours": hours,
    }  # fmt: skip


def _task_json(difference: Difference) -> dict[str, Any]:
    found = difference.found
    return {
        "how": found.how, "play": found.play, "step": found.step, "account": found.account,
        "subject": {"type": found.subject_type, "id": found.subject}, "episode": found.number,
        "fields": list(found.fields), "before": _seen_json(found.before), "after": _seen_json(found.after),
        "hours": round(difference.hours_after - difference.hours_before, 4), "together": difference.together,
        "causes": [{"kind": cause.name[0], "name": cause.name[1]} for cause in difference.causes],
    }  # fmt: skip


def _seen_json(task: SeenTask | None) -> dict[str, Any] | None:
    return None if task is None else {name: plain(value) for name, value in asdict(task).items()}
