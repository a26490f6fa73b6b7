"""Lists of customers by what happened lately: orders, losses, signings, new and updated files, prospects, orphans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.policy.kinds import Kind
from engine.reports.period import Period, later, whole
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = (
    "D0.remind.ordered", "D0.remind.purchase-overdue", "D0.remind.lost", "D0.remind.new", "D0.remind.updated",
    "D0.remind.lost-order", "D0.remind.signed", "D0.prospect", "D1.cause.orphan",
)  # fmt: skip
PERIODS = ("this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year")
MEASURES = {
    "spend": Kind.MONEY, "last_order_on": Kind.DATE, "order_cycle": Kind.NUMBER, "expected_order_on": Kind.DATE,
    "last_contact_on": Kind.DATE, "days_since_contact": Kind.INTEGER,
    "prospect_grade": Kind.INTEGER, "prospect_limit": Kind.INTEGER,
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What narrows a list: the days that count as recent, a person, a year, one of the six periods."""

    days: int
    rep: str | None = None
    year: int | None = None
    period: str | None = None


@dataclass(frozen=True)
class Listing:
    """A list: its columns, the query of its rows, the fact types without which it says nothing.

    The query's parameters are today, since (the first recent day), rep, year, first and last (of the period).
    """

    columns: tuple[Column, ...]
    query: str
    needs: tuple[str, ...] = ()


def listed(source: ReportSource, name: str, wanted: Wanted) -> Table:
    """One of the lists, with all its rows."""
    listing = LISTS[name]
    source.measured("account", MEASURES, "trade")
    period = period_of(wanted.period or PERIODS[0], source.today)
    values = {
        "today": source.today, "since": source.today - timedelta(days=wanted.days), "rep": wanted.rep,
        "year": wanted.year, "first": period.since, "last": period.until,
    }  # fmt: skip
    rows = source.rows(listing.query, {key: value for key, value in values.items() if f"${key}" in listing.query})
    return Table(
        Said(f"remind_{name.replace('-', '_')}", {"days": wanted.days, "period": Said(f"period_{period.label}")}),
        listing.columns, tuple(rows), tuple(_notes(source, name, listing, rows)),
    )  # fmt: skip


def period_of(name: str, today: date) -> Period:
    """The days of one of the six periods: a whole month, quarter or year. `label` is its name with underscores."""
    which, unit = name.split("-")
    found = whole(later(today, unit, -1) if which == "last" else today, unit)
    return Period(found.since, found.until, name.replace("-", "_"))


def signed_counts(source: ReportSource, rep: str | None) -> Mapping[str, int]:
    """How many customers signed in each of the six periods."""
    counts = {}
    for name in PERIODS:
        period = period_of(name, source.today)
        values = {"first": period.since, "last": period.until, "rep": rep}
        [(counts[name],)] = source.rows(_COUNT_SIGNED, values)
    return counts


def _notes(source: ReportSource, name: str, listing: Listing, rows: list[tuple[Any, ...]]) -> list[Said]:
    notes = []
    if name == "lost" and rows:
        years: dict[str, int] = {}
        for row in rows:
            years[row[0]] = years.get(row[0], 0) + 1
        notes.append(Said("lost_in", {"years": ", ".join(f"{year}: {count}" for year, count in years.items())}))
    missing = [type for type in listing.needs if not source.has(type)]
    if missing:
        notes.append(Said("needs_facts", {"types": ", ".join(missing)}))
    return notes


_ACCOUNT = (Column("account"), Column("name"), Column("tier"))
_WHO = (Column("who", spare=True), Column("who_name"))
_TIER = "case when a.active then a.tier end as tier"
_PERSON = "a.owner, coalesce(o.name, a.owner)"
_FROM = "from account a left join rep o on o.id = a.owner left join trade t on t.id = a.id"
_OF_REP = "($rep is null or a.owner = $rep)"
_COUNT_SIGNED = f"select count(*) {_FROM} where a.signed_on between $first and $last and {_OF_REP}"

LISTS: Mapping[str, Listing] = {
    "ordered": Listing(
        (*_ACCOUNT, Column("ordered_on", As.DATE), Column("orders", As.INTEGER), Column("amount", As.MONEY),
         Column("margin", As.MONEY, spare=True), Column("expected_order_on", As.DATE, spare=True), *_WHO),
        f"""
        select a.id, a.name, {_TIER}, max(r.ordered_on), count(*), sum(r.amount), sum(r.margin),
               any_value(t.expected_order_on), {_PERSON}
        {_FROM} join "order" r on r.account = a.id
        where r.ordered_on > $since and r.cancelled_on is null and {_OF_REP}
        group by all order by max(r.ordered_on) desc, sum(r.amount) desc, a.id
        """,
        ("order",),
    ),
    "purchase-overdue": Listing(
        (*_ACCOUNT, Column("last_order_on", As.DATE), Column("expected_order_on", As.DATE),
         Column("days_past", As.INTEGER), Column("order_cycle", As.NUMBER, spare=True),
         Column("spend", As.MONEY, spare=True), *_WHO),
        f"""
        select a.id, a.name, {_TIER}, t.last_order_on, t.expected_order_on, $today - t.expected_order_on, t.order_cycle,
               t.spend, {_PERSON}
        {_FROM} join signals s on s.account = a.id and s.rule = 'purchase-overdue'
        where {_OF_REP}
        order by a.tier, $today - t.expected_order_on desc, a.id
        """,
        ("order",),
    ),
    "lost": Listing(
        (Column("year", As.TEXT), Column("account"), Column("name"), Column("lost_on", As.DATE),
         Column("lost_kind", As.WORD), Column("lost_cause", As.WORD), Column("controllable", As.FLAG, spare=True),
         Column("last_order_on", As.DATE, spare=True), *_WHO),
        f"""
        select cast(year(a.lost_on) as varchar), a.id, a.name, a.lost_on, a.lost_kind, a.lost_cause, a.controllable,
               t.last_order_on, {_PERSON}
        {_FROM}
        where a.lost_on is not null and a.kind is distinct from 'prospect'
              and ($year is null or year(a.lost_on) = $year) and {_OF_REP}
        order by a.lost_on desc, a.id
        """,  # noqa: S608 - constants
    ),
    "new": Listing(
        (*_ACCOUNT, Column("created_on", As.DATE), Column("kind", As.WORD), Column("origin", As.WORD), *_WHO),
        f"""
        select a.id, a.name, {_TIER}, a.created_on, a.kind, a.origin, {_PERSON} {_FROM}
        where a.created_on > $since and {_OF_REP} order by a.created_on desc, a.id
        """,
    ),
    "updated": Listing(
        (*_ACCOUNT, Column("updated_on", As.DATE), Column("kind", As.WORD), *_WHO),
        f"""
        select a.id, a.name, {_TIER}, a.updated_on, a.kind, {_PERSON} {_FROM}
        where a.updated_on > $since and {_OF_REP} order by a.updated_on desc, a.id
        """,
    ),
    "lost-orders": Listing(
        (Column("account"), Column("name"), Column("quote_lost_on", As.DATE), Column("amount", As.MONEY),
         Column("lost_to"), Column("lost_reason", As.WORD), Column("quote", spare=True), Column("product", spare=True),
         *_WHO),
        f"""
        select a.id, a.name, q.lost_on, q.amount, q.lost_to, q.lost_reason, q.id, q.product,
               coalesce(q.rep, a.owner), coalesce(b.name, q.rep, o.name, a.owner)
        {_FROM} join quote q on q.account = a.id left join rep b on b.id = q.rep
        where q.lost_on > $since and q.won_on is null and ($rep is null or coalesce(q.rep, a.owner) = $rep)
        order by q.lost_on desc, q.amount desc nulls last, q.id
        """,
        ("quote",),
    ),
    "signed": Listing(
        (*_ACCOUNT, Column("signed_on", As.DATE), Column("spend", As.MONEY), Column("origin", As.WORD, spare=True),
         *_WHO),
        f"""
        select a.id, a.name, {_TIER}, a.signed_on, t.spend, a.origin, {_PERSON} {_FROM}
        where a.signed_on between $first and $last and {_OF_REP} order by a.signed_on desc, a.id
        """,
    ),
    "prospects": Listing(
        (Column("grade", As.WORD), Column("stage", As.WORD), Column("account"), Column("name"),
         Column("last_contact_on", As.DATE), Column("days_since_contact", As.INTEGER), Column("silent", As.FLAG),
         Column("prospect_limit", As.INTEGER, spare=True), *_WHO),
        f"""
        select a.grade, a.stage, a.id, a.name, t.last_contact_on, t.days_since_contact, s.rule is not null,
               t.prospect_limit, {_PERSON}
        {_FROM} left join signals s on s.account = a.id and s.rule = 'prospect-silent'
        where a.kind = 'prospect' and a.lost_on is null and {_OF_REP}
        order by t.prospect_grade nulls last, a.grade nulls last, t.last_contact_on nulls first, a.id
        """,
    ),
    "orphans": Listing(
        (*_ACCOUNT, Column("last_owner"), Column("left_on", As.DATE), Column("last_contact_on", As.DATE),
         Column("spend", As.MONEY)),
        f"""
        select a.id, a.name, {_TIER}, coalesce(o.name, a.owner), o.left_on, t.last_contact_on, t.spend {_FROM}
        join signals s on s.account = a.id and s.rule = 'orphan'
        where {_OF_REP} order by a.tier, t.spend desc nulls last, a.id
        """,
    ),
}  # fmt: skip
