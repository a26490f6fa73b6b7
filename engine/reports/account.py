"""`holdfast account`: the whole file of one customer, from the last night."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.action.assign import Carers
from engine.policy.kinds import Kind
from engine.reports.dossier import Dossier, Fact, Section
from engine.reports.duties import add_duties
from engine.reports.file_parts import MOST, part_section
from engine.reports.people import Takers, find_account
from engine.reports.relation import relation_section
from engine.reports.remind import as_of
from engine.reports.source import ReportSource
from engine.reports.standing import Say, risk_section, signal_rows, tier_facts
from engine.reports.table import As, Column, Said, Table

SOURCE = (
    "D0.file.complete", "D2.level.1", "D2.level.2", "D2.level.3", "D2.criteria.safe", "D2.criteria.caution",
    "D2.criteria.alarm", "D1.satisfaction.levels", "D2.weapon.01", "D3.promise.register", "D1.tier.abc",
    "D1.tier.matrix",
)  # fmt: skip
MEASURES = {
    "spend": Kind.MONEY, "margin_rate": Kind.NUMBER, "first_order_on": Kind.DATE, "last_order_on": Kind.DATE,
    "order_cycle": Kind.NUMBER, "expected_order_on": Kind.DATE, "overdue_amount": Kind.MONEY,
    "last_contact_on": Kind.DATE,
}  # fmt: skip
FILE_SIGNALS = {"D0.file.complete", "D1.kind.active-passive"}  # signals of these entries name gaps in the file
PARTS_THAT_MATTER = ("contacts", "log", "orders")
_NEXT = (
    Column("role", As.WORD), Column("channel", As.WORD), Column("last_on", As.DATE), Column("due_on", As.DATE),
    Column("days_late", As.INTEGER), Column("who_name"), Column("rule", spare=True),
)  # fmt: skip
_TASKS = (
    Column("due_on", As.DATE), Column("title"), Column("who_name"), Column("status", As.WORD, spare=True),
    Column("id"),
)  # fmt: skip
_EXPENSES = (
    Column("expense", As.WORD), Column("in_year", As.MONEY), Column("in_all", As.MONEY), Column("count", As.INTEGER),
    Column("last_on", As.DATE),
)  # fmt: skip


def account(source: ReportSource, wanted: str, language: str, say: Say, most: int | None = MOST) -> Dossier:
    """The file of the account with this id or unshared name. Raises UsageError where there is none or several.

    `say` renders the policy's texts in `language`; `most` rows of each list are in it, all where None. The source is
    narrowed to the account: ask it nothing about others afterwards.
    """
    id = find_account(source, wanted)
    standing = Section("standing", tuple(tier_facts(source, id)))
    source.asked.narrow(id)
    names = [column for column, *_ in source.rows("select column_name from (describe account)")]
    [row] = source.rows("select * from account where id = $1", [id])
    base = dict(zip(names, row, strict=True))
    source.measured("account", MEASURES, "file_account")
    source.measured("invoice", {"invoice_open": Kind.BOOLEAN}, "file_invoice")
    source.measured("complaint", {"complaint_unsolved": Kind.BOOLEAN}, "file_complaint")
    takers = Takers(source)
    sections = (
        Section("base", tuple(_base(source, base, takers))),
        standing,
        risk_section(source, id, language, say),
        *([_tasks(source, id)] if source.today == source.run_day else []),
        _next(source, base, takers),
        part_section(source, "appointments", id, most),
        relation_section(source, id),
        part_section(source, "contacts", id, most),
        _trade(source, base),
        *(part_section(source, name, id, most) for name in ("orders", "quotes", "receivables")),
        _expenses(source, id),
        *(
            part_section(source, name, id, most)
            for name in ("hosting", "promises", "complaints", "renewals", "deliveries")
        ),
        part_section(source, "rivals", id, most),
        part_section(source, "log", id, most),
    )
    gaps = tuple(_gaps(source, base, sections, language, say))
    return Dossier(id, base.get("name"), source.today, source.run, sections, gaps, (as_of(source),))


def _base(source: ReportSource, base: dict[str, Any], takers: Takers) -> Iterator[Fact]:
    for name in ("kind", "stage", "grade", "province", "city", "type", "industry", "origin"):
        yield Fact(name, base.get(name), As.WORD)
    owner = base.get("owner")
    yield Fact(
        "owner", _person(takers, owner), note=Said("has_left") if owner and not takers.people.active(owner) else None
    )
    yield Fact("second", _person(takers, base.get("second")))
    yield Fact("department", base.get("department"))
    for name in ("created_on", "updated_on", "signed_on", "lost_on"):
        yield Fact(name, base.get(name), As.DATE)
    for name in ("lost_kind", "lost_cause"):
        yield Fact(name, base.get(name), As.WORD)
    yield Fact("controllable", base.get("controllable"), As.FLAG)


def _person(takers: Takers, person: str | None) -> str | None:
    return f"{takers.name(person)} ({person})" if person is not None else None


def _tasks(source: ReportSource, id: str) -> Section:
    found = source.store.rows(_OPEN_TASKS, [id])
    rows = tuple((date.fromisoformat(due_on), *rest) for due_on, *rest in found)
    return Section("tasks", rows=Table(Said("section_tasks"), _TASKS, rows))


def _next(source: ReportSource, base: dict[str, Any], takers: Takers) -> Section:
    """The last and the next contact of each kind that the cadence asks for."""
    if not source.has("interaction"):
        return Section("next", gap=Said("gap_no_facts", {"part": Said("section_next"), "types": "interaction"}))
    add_duties(source, base.get("tier"))
    carers = Carers(base["id"], base.get("owner"), base.get("second"), base.get("department"))
    rows = []
    for rule, role, channel, last_on, due_on, overdue in source.rows(_DUTIES, [base["id"]]):
        taken = takers.of(rule, role, carers)
        late = (source.today - due_on).days if overdue and isinstance(due_on, date) else None
        rows.append((role, channel, last_on, due_on, late, takers.name(taken.person) or taken.queue, rule))
    lasts = []
    for name, channel in _CHANNELS.items():
        [(last,)] = source.rows(_LAST, [base["id"], channel])
        lasts.append(Fact(name, last, As.DATE))
    return Section("next", tuple(lasts), Table(Said("section_next"), _NEXT, tuple(rows)))


def _trade(source: ReportSource, base: dict[str, Any]) -> Section:
    id, expects = base["id"], base.get("active")
    if not source.has("order"):
        return Section("trade", gap=Said("gap_no_facts", {"part": Said("section_trade"), "types": "order"}))
    [(orders, total, margin)] = source.rows(_TOTALS, [id])
    [(first, last, cycle, expected, spend, rate)] = source.rows(_TRADE, [id])
    expected = expected if expects else None
    late = (source.today - expected).days if expected is not None else 0
    return Section("trade", (
        Fact("first_order_on", first, As.DATE),
        Fact("last_order_on", last, As.DATE),
        Fact("orders", orders or None, As.INTEGER),
        Fact("total_sales", total, As.MONEY),
        Fact("total_margin", margin, As.MONEY),
        Fact("spend", spend if orders else None, As.MONEY),
        Fact("margin_rate", rate, As.PERCENT),
        Fact("order_cycle", cycle, As.DAYS),
        Fact("expected_order_on", expected, As.DATE, Said("days_past", {"days": late}) if late > 0 else None),
    ))  # fmt: skip


def _expenses(source: ReportSource, id: str) -> Section:
    absent = [type for type in ("fee", "benefit", "hosting") if not source.has(type)]
    gap = Said("gap_no_facts", {"part": Said("section_expenses"), "types": ", ".join(absent)}) if absent else None
    values = {"account": id, "today": source.today, "days": source.limit("spend_days", 365)}
    rows = tuple(row for row in source.rows(_SPENT, values) if row[3])
    return Section("expenses", rows=Table(Said("section_expenses"), _EXPENSES, rows), gap=gap)


def _gaps(
    source: ReportSource, base: dict[str, Any], sections: tuple[Section, ...], language: str, say: Say
) -> Iterator[Said | str]:
    for _, _, because, rule, _, _ in signal_rows(source, base["id"], language, say):
        if FILE_SIGNALS.intersection(source.policy.signals[rule].source):
            yield because
    for section in sections:
        matters = section.name in PARTS_THAT_MATTER and (section.name != "orders" or base.get("active"))
        if matters and section.gap is None and section.empty:
            yield Said("gap_empty", {"part": Said(f"section_{section.name}")})
    yield from (section.gap for section in sections if section.gap is not None)


_CHANNELS = {"last_visit": "visit", "last_call": "call", "last_contact": None}
_LAST = "select max(happened_on) from interaction where account = $1 and ($2 is null or channel = $2)"
_OPEN_TASKS = """
select t.due_on, t.title, coalesce(r.name, t.assignee, t.queue), t.status, t.id
from episode e join task t on t.episode = e.id left join rep r on r.id = t.assignee
where e.account = ? and t.status in ('open', 'started') and t.joined is null
order by e.priority, t.due_on, t.id
"""
_DUTIES = """
select rule, role, channel, last_on, due_on, overdue from duty where account = $1 order by due_on nulls first, rule
"""
_TOTALS = 'select count(*), sum(amount), sum(margin) from "order" where account = $1 and cancelled_on is null'
_TRADE = """
select first_order_on, last_order_on, order_cycle, expected_order_on, spend, margin_rate from file_account where id = $1
"""
_SPENT = """
with spent as (
    select 'fees' as expense, charged_on as day, amount from fee where account = $account
    union all select 'benefits', given_on, amount from benefit where account = $account
    union all select 'hosting', held_on, budget from hosting where account = $account and held_on is not null
)
select expense, sum(amount) filter (where day > $today - $days), sum(amount), count(*), max(day)
from spent group by expense order by expense
"""
