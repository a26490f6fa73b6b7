"""The register of promises, and how they were kept. Sources: D3.promise.register, D3.over-promise."""

from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.reports.period import Period
from engine.reports.remind import as_of
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D3.promise.register", "D3.over-promise")
RATE_DAYS = 365

# A promise is broken where neither was it kept by its day nor is that day still to come; a conditional one waits.
_STATES = """
create or replace temporary table promise_state as
select p.*, coalesce(a.name, p.account) account_name, coalesce(r.name, p.rep) rep_name, coalesce(m.name, p.approved_by)
       approver, case
         when p.withdrawn_on is not null then 'withdrawn'
         when p.kept_on is not null and (p.due_on is null or p.kept_on <= p.due_on) then 'kept'
         when p.kept_on is not null then 'late'
         when p.due_on < $today and p.condition_amount is null then 'broken'
         else 'open' end state
from promise p
left join account a on a.id = p.account
left join rep r on r.id = p.rep
left join rep m on m.id = p.approved_by
"""
_REGISTER = """
select id, account, account_name, rep, rep_name, kind, text, made_on, due_on, condition_amount, value, certainty,
       approver, approval_reason, kept_on, withdrawn_on, state
from promise_state
where ($rep is null or rep = $rep or rep_name = $rep) and ($account is null or account = $account)
  and ($kind is null or kind = $kind) and (len($states) = 0 or list_contains($states, state))
order by state <> 'broken', state <> 'open', coalesce(due_on, made_on) desc, id
"""
_RATES = """
select rep, rep_name, kind, count(*) made,
       count(*) filter (state in ('kept', 'late', 'broken')) due,
       count(*) filter (state = 'kept') in_time, count(*) filter (state = 'late') late,
       count(*) filter (state = 'broken') broken, count(*) filter (state = 'open') open
from promise_state
where state <> 'withdrawn' and condition_amount is null and due_on is not null
  and (due_on between $since and $until
       or (made_on between $since and $until and (due_on > $until or kept_on <= $until)))
  and ($rep is null or rep = $rep or rep_name = $rep) and ($kind is null or kind = $kind)
group by rep, rep_name, kind
order by rep_name, rep, kind
"""
_COLUMNS = (
    Column("id"), Column("account", spare=True), Column("account_name"),
    Column("rep", spare=True), Column("rep_name"), Column("kind", As.WORD),
    Column("text", spare=True), Column("made_on", As.DATE, spare=True),
    Column("due_on", As.DATE), Column("condition_amount", As.MONEY, spare=True),
    Column("value", As.MONEY), Column("certainty", As.WORD, spare=True),
    Column("approved_by", spare=True), Column("approval_reason", spare=True), Column("kept_on", As.DATE, spare=True),
    Column("withdrawn_on", As.DATE, spare=True), Column("state"),
)  # fmt: skip
_RATE_COLUMNS = (
    Column("rep", spare=True), Column("rep_name"), Column("kind", As.WORD),
    Column("promises_made", As.INTEGER), Column("promises_due", As.INTEGER), Column("kept_on_time", As.INTEGER),
    Column("kept_late", As.INTEGER), Column("broken", As.INTEGER), Column("not_yet_due", As.INTEGER),
    Column("on_time_rate", As.PERCENT),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which promises: of one person (id or name), to one account, of one kind, in some of the states."""

    rep: str | None = None
    account: str | None = None
    kind: str | None = None
    states: tuple[str, ...] = ()


def register(night: ReportSource, wanted: Wanted) -> Table:
    """All promises known on the day, broken and open ones first. Raises UsageError for an unknown kind."""
    _prepare(night, wanted.kind)
    values = {"rep": wanted.rep, "account": wanted.account, "kind": wanted.kind, "states": list(wanted.states)}
    rows = [(*row[:-1], Said(f"promise_state_{row[-1]}")) for row in night.rows(_REGISTER, values)]
    return Table(Said("promise_register"), _COLUMNS, tuple(rows), _notes(night))


def rates(night: ReportSource, period: Period, rep: str | None = None, kind: str | None = None) -> Table:
    """Promises with a day in the period, by person and kind: kept in time, kept late, broken, still open."""
    _prepare(night, kind)
    values = {"since": period.since, "until": period.until, "rep": rep, "kind": kind}
    rows = [(*row, _rate(row)) for row in night.rows(_RATES, values)]
    title = Said("promise_rates", {"since": period.since, "until": period.until})
    return Table(title, _RATE_COLUMNS, tuple(rows), (Said("promise_rates_note"), *_notes(night)))


def _prepare(night: ReportSource, kind: str | None) -> None:
    """Make the view `promise_state`: every promise with its people's names and its state on the day."""
    kinds = night.policy.contract["promise"].fields["kind"].one_of
    if kind is not None and kinds and kind not in kinds:
        raise UsageError(f"there is no kind of promise '{kind[:60]}'", f"one of: {', '.join(map(str, kinds))}")
    night.rows(_STATES, {"today": night.today})


def _notes(night: ReportSource) -> tuple[Said, ...]:
    missing = () if night.has("promise") else (Said("needs_facts", {"types": "promise"}),)
    return (*missing, as_of(night))


def _rate(row: tuple[Any, ...]) -> float | None:
    due, in_time = row[4], row[5]
    return in_time / due if due else None
