"""What `holdfast handover` says: for people, and as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.delivery.report_view import cell, report_table, said_as, word
from engine.handover.closing import Matter
from engine.handover.leavers import Leaver
from engine.handover.plan import Line, Plan
from engine.handover.state import BEFORE, State
from engine.handover.words import Taken
from engine.policy.model import Words
from engine.reports.table import As, Column, Said, Table

Label = Callable[[str | None], str]
_STATES = {
    State.NOBODY: "bold red", State.PROPOSED: "yellow", State.ACCEPTED: "cyan", State.TOLD: "cyan",
    State.INTRODUCED: "cyan", State.COMPLETE: "green",
}  # fmt: skip


def leavers_view(
    found: Sequence[Leaver], rotation: Mapping[str, int], label: Label, language: str, words: Mapping[str, Words]
) -> RenderableType:
    """Who leaves, how far it is, and how many customers are due for rotation."""
    parts: list[RenderableType] = []
    if found:
        table = Table(Said("handover_leavers"), _COLUMNS, tuple(_row(one, label) for one in found))
        parts += [report_table(table, language, words), Text(phrase("handover_see", language, rep=found[0].rep), "dim")]
    else:
        parts.append(Text(phrase("handover_no_leavers", language)))
    if rotation["due"] or rotation["under_way"]:
        parts += ["", Text(phrase("handover_rotations", language), "bold")]
        parts.append(Text(phrase("handover_rotation_counts", language, **rotation)))
    return Group(*parts)


def leavers_json(found: Sequence[Leaver], rotation: Mapping[str, int]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "leavers": [
            {
                "rep": one.rep, "name": one.label, "department": one.department, "decides": one.manager,
                "notice_on": _plain(one.notice_on), "left_on": _plain(one.left_on), "gone": one.gone,
                "closed_on": _plain(one.closed_on), "to_name": dict(sorted(one.held.items())),
                **{state.value: count for state, count in one.steps.items()},
            }
            for one in found
        ],
        "rotation": dict(rotation),
    }  # fmt: skip


def plan_view(plan: Plan, label: Label, today: date, language: str, words: Mapping[str, Words]) -> RenderableType:
    """Every customer with its new carer or the proposal and why, then what moves along."""
    parts: list[RenderableType] = [Text(_title(plan, label, language), "bold")]
    head = _head(plan, label, language)
    if head:
        parts.append(Text(head, "dim"))
    if not plan.lines:
        stays = plan.kind != "leaving" and plan.rep is not None
        parts.append(Text(phrase("handover_stays" if stays else "handover_nothing", language, rep=label(plan.rep))))
    for line in plan.lines:
        parts += ["", *_line(line, label, today, language, words)]
    if plan.loads:
        parts += ["", Text(phrase("handover_loads", language), "bold")]
        parts += [
            Text("  " + phrase("handover_load", language, who=label(load.rep), accounts=load.accounts,
                               before=f"{load.before:g}", after=f"{load.after:g}", capacity=f"{load.capacity:g}"))
            for load in plan.loads
        ]  # fmt: skip
    if plan.matters:
        proposed = {line.account: line.rep for line in plan.lines if line.state is State.PROPOSED}
        drawn = _matters(plan.matters, label, language, words, proposed)
        parts += ["", Text(phrase("handover_matters", language), "bold"), drawn]
    return Group(*parts)


def plan_json(plan: Plan, label: Label) -> dict[str, Any]:
    """The same for programs."""
    return {
        "kind": plan.kind, "rep": plan.rep, "name": label(plan.rep) if plan.rep else None,
        "department": plan.department, "decides": plan.manager, "notice_on": _plain(plan.notice_on),
        "left_on": _plain(plan.left_on), "closed_on": _plain(plan.closed_on),
        "accounts": [_line_json(line, label) for line in plan.lines],
        "loads": [
            {"rep": load.rep, "name": label(load.rep), "accounts": load.accounts, "before": load.before,
             "after": load.after, "capacity": load.capacity}
            for load in plan.loads
        ],
        "matters": [_matter_json(matter) for matter in plan.matters],
        "missing": len(plan.missing),
    }  # fmt: skip


def taken_view(taken: Taken, label: Label, language: str) -> RenderableType:
    """What was accepted, and what was left out and why."""
    since = dict(taken.since)
    lines = [
        phrase("handover_accepted", language, name=clean(line.name), account=line.account, to=label(line.rep),
               day=since[line.account])
        for line in taken.accepted
    ] or [phrase("handover_accepted_none", language)]  # fmt: skip
    for name, left in (("asks", taken.held), ("nobody", taken.nobody)):
        lines += [
            phrase(f"handover_left_{name}", language, name=clean(line.name), account=line.account, changes=line.changes)
            for line in left
        ]
    if taken.accepted:
        lines.append(phrase("handover_tonight", language))
    return Group(*(Text(line) for line in lines))


def taken_json(taken: Taken) -> dict[str, Any]:
    """The same for programs."""
    since = dict(taken.since)
    return {
        "accepted": [
            {"account": line.account, "rep": line.rep, "since": _plain(since[line.account])} for line in taken.accepted
        ],
        "needs_manager": [line.account for line in taken.held],
        "nobody": [line.account for line in taken.nobody],
    }


def close_view(plan: Plan, label: Label, language: str, words: Mapping[str, Words]) -> RenderableType:
    """That a departure is closed, or what is still without an active carer."""
    missing = plan.missing
    if not missing:
        return Text(phrase("handover_close_done", language, rep=label(plan.rep)))
    lines = [line for line in missing if isinstance(line, Line)]
    matters = [matter for matter in missing if isinstance(matter, Matter)]
    rows = [
        Text(f"  {phrase('handover_missing_customer', language)}  {line.account}  {clean(line.name)}  {line.tier}")
        for line in lines
    ]
    parts: list[RenderableType] = [
        Text(phrase("handover_close_refused", language, rep=label(plan.rep), count=len(missing)), "bold"), *rows
    ]  # fmt: skip
    if matters:
        parts.append(_matters(matters, label, language, words))
    return Group(*parts)


def close_json(plan: Plan) -> dict[str, Any]:
    """The same for programs."""
    return {
        "rep": plan.rep, "closed": not plan.missing,
        "missing": [
            {"kind": "account", "id": each.account, "account": each.account, "name": each.name, "tier": each.tier}
            if isinstance(each, Line) else _matter_json(each)
            for each in plan.missing
        ],
    }  # fmt: skip


def next_step(state: State) -> State | None:
    """The step that follows a state."""
    return next((after for after, before in BEFORE.items() if before is state), None)


def state_said(state: State, language: str) -> str:
    """A state in the language."""
    return phrase(f"handover_state_{state}", language)


_COLUMNS = (
    Column("rep"), Column("name"), Column("last_day", As.DATE), Column("handover_held"),
    Column("handover_accepted", As.INTEGER), Column("handover_told", As.INTEGER),
    Column("handover_introduced", As.INTEGER), Column("handover_complete", As.INTEGER), Column("handover_state"),
)  # fmt: skip


def _row(one: Leaver, label: Label) -> tuple[Any, ...]:
    held = " ".join(f"{tier} {count}" for tier, count in sorted(one.held.items()))
    count = sum(one.held.values())
    state: Said | None = None
    if one.closed_on is not None:
        state = Said("handover_closed", {"day": one.closed_on})
    elif not count:
        state = Said("handover_nothing_left") if any(one.steps.values()) else None
    steps = (one.steps[state] for state in (State.ACCEPTED, State.TOLD, State.INTRODUCED, State.COMPLETE))
    return (one.rep, label(one.rep), one.left_on, held or None, *steps, state)


def _title(plan: Plan, label: Label, language: str) -> str:
    if plan.kind == "leaving":
        return phrase("handover_of", language, rep=label(plan.rep))
    if plan.rep is not None:
        return phrase("handover_rotation_of", language, rep=label(plan.rep))
    if plan.department is not None:
        return phrase("handover_rotation_team", language, rep=clean(plan.department))
    return phrase("handover_rotation_all", language)


def _head(plan: Plan, label: Label, language: str) -> str:
    parts = [
        phrase("handover_notice", language, day=plan.notice_on) if plan.notice_on else "",
        phrase("handover_last", language, day=plan.left_on) if plan.left_on else "",
        phrase("handover_decides", language, who=label(plan.manager)) if plan.manager else "",
    ]
    return "".join(parts)


def _line(line: Line, label: Label, today: date, language: str, words: Mapping[str, Words]) -> Iterator[RenderableType]:
    head = Text(f"{line.account}  {clean(line.name)}  {line.tier} → ")
    head.append(label(line.rep) if line.rep else phrase("handover_to_nobody", language), "bold")
    head.append("  ")
    head.append(state_said(line.state, language), _STATES[line.state])
    yield head
    for text in _details(line, today, language, words):
        yield Padding(Text(text, "dim"), (0, 0, 0, 4))


def _details(line: Line, today: date, language: str, words: Mapping[str, Words]) -> Iterator[str]:
    between = "，" if language == "zh" else ", "
    if line.reasons:
        yield between.join(said_as(each, language) for each in line.reasons)
    if line.state is State.NOBODY:
        yield phrase("handover_nobody_hint", language)
    if line.asks:
        yield phrase("handover_asks", language, changes=line.changes, days=line.change_days)
    if line.refused:
        yield phrase("handover_refused_before", language, who=", ".join(map(clean, line.refused)))
    if line.said:
        steps = (
            phrase("handover_said" if who else "handover_said_only", language, state=state_said(state, language),
                   day=day, who=clean(who or ""))
            for state, day, who in line.said
        )  # fmt: skip
        yield between.join(steps)
    since = line.handover.since if line.handover else None
    timing = []
    if since is not None:
        timing.append(phrase("handover_carer_since" if since <= today else "handover_carer_from", language, day=since))
    if line.due_on is not None:
        timing.append(phrase("handover_due" if line.due_on >= today else "handover_late", language, day=line.due_on))
    if timing:
        yield between.join(timing)
    if line.watch is not None:
        before, after = (cell(v, As.MONEY, language, words) for v in (line.watch.before, line.watch.after))
        yield phrase("handover_watch", language, before=before, after=after, days=line.watch.days, of=line.watch.of)


def _matters(
    matters: Sequence[Matter], label: Label, language: str, words: Mapping[str, Words],
    proposed: Mapping[str, str | None] = MappingProxyType({}),
) -> RenderableType:  # fmt: skip
    drawn = Grid.grid(padding=(0, 2, 0, 0))
    for name in ("kind", "id", "day", "text", "who"):
        drawn.add_column(no_wrap=name in ("kind", "day"), overflow="fold")
    for each in matters:
        account = clean(each.account_name or each.account or "")
        text = word(each.text, language, words) if each.text else ""
        said = text if each.kind == "task" or not account else f"{account}: {text}" if text else account
        carer = label(each.carer) if each.carer else phrase("handover_no_carer", language)
        if not each.carer and proposed.get(each.account or ""):
            carer = phrase("handover_proposed_carer", language, who=label(proposed[each.account or ""]))
        drawn.add_row(
            Text("  " + phrase(f"handover_matter_{each.kind}", language)), Text(each.id),
            Text(cell(each.day, As.DATE, language, words)), Text(said), Text("→ " + carer, "" if each.carer else "red"),
        )  # fmt: skip
    return drawn


def _line_json(line: Line, label: Label) -> dict[str, Any]:
    handover, watch = line.handover, line.watch
    return {
        "account": line.account, "name": line.name, "tier": line.tier, "hours": round(line.hours, 2),
        "value": line.value, "owner": line.owner, "state": line.state.value, "rep": line.rep,
        "rep_name": label(line.rep) if line.rep else None,
        "reasons": [said_as(each, "en") for each in line.reasons], "needs_manager": line.asks,
        "changes": line.changes, "refused": list(line.refused), "handover": handover.id if handover else None,
        "since": _plain(handover.since) if handover else None,
        "steps": [{"state": state.value, "on": day.isoformat(), "by": who} for state, day, who in line.said],
        "due_on": _plain(line.due_on),
        "watch": None if watch is None else {
            "before": _plain(watch.before), "since": _plain(watch.after), "days": watch.days, "of": watch.of
        },
    }  # fmt: skip


def _matter_json(matter: Matter) -> dict[str, Any]:
    return {
        "kind": matter.kind, "id": matter.id, "text": matter.text, "account": matter.account,
        "account_name": matter.account_name, "day": _plain(matter.day), "carer": matter.carer,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value
