"""Commands for figures: stats, team, economics, rivals."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.commands.options import ListFormat, TodayOption, WorkspaceOption, day_of, system_language
from engine.errors import UsageError
from engine.workspace import open_workspace

if TYPE_CHECKING:
    from engine.policy.model import Limit
    from engine.reports.period import Period
    from engine.reports.report import Report
    from engine.reports.source import ReportSource

app = typer.Typer()
team_app = typer.Typer()
app.add_typer(team_app, name="team")

PeriodOption = Annotated[
    str | None,
    typer.Option("--period", metavar="P", help="2026, 2026-Q3, 2026-10, or the last 90d, 6m, 4q, 2y."),
]
SinceOption = Annotated[
    date | None, typer.Option("--since", parser=day_of, metavar="DATE", help="The first day that counts.")
]
UntilOption = Annotated[
    date | None, typer.Option("--until", parser=day_of, metavar="DATE", help="The last day that counts.")
]
FormOption = Annotated[ListFormat, typer.Option("--format", help="table, json or csv")]
PageOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write one page with charts, to read and to print.")
]
TopOption = Annotated[int, typer.Option("--top", min=2, max=1000, help="Rows for people; json and csv have all.")]
TableOption = Annotated[
    str | None,
    typer.Option("--table", metavar="NAME", help="One table of the report; csv needs it where there are several."),
]


@app.command()
def stats(
    dimension: Annotated[
        str | None,
        typer.Argument(help="province, city, type, industry, tier, grade, origin, rep, department, quarter, …"),
    ] = None,
    measure: Annotated[
        str | None, typer.Argument(help="spend, orders, margin, accounts, churn, contacts, promotions, shares, leavers")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="DIMENSION", help="A second dimension, across.")] = None,
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    top: TopOption = 20,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Count any measure by any dimension; without names, say what there is and what each figure means.

    Example: holdfast stats province spend --period 2026-Q3
    """
    from engine.commands.showing import show_report
    from engine.reports.index import stats_index
    from engine.reports.source import open_night
    from engine.reports.stats import default_period
    from engine.reports.stats import stats as reckoned

    opened = open_workspace(workspace)
    if dimension is None:
        return show_report(stats_index(), opened.language, {}, form, html)
    if measure is None:
        raise UsageError(f"what is to be counted by {dimension}?", f"name a measure: holdfast stats {dimension} spend")
    with open_night(opened.store, today, opened.calendar) as source:
        default = default_period(source, dimension, by)
        wanted, given = _period(source, period, since, until, default)
        report = reckoned(
            source, dimension, measure, wanted, second=by, calendar=opened.calendar, shown=top, trim=not given
        )
        report, words = _dated(source, report), source.policy.words
    return show_report(report, opened.language, words, form, html)


@team_app.callback(invoke_without_command=True)
def team(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", help="rep, team, department or role")] = "rep",
    rep: Annotated[str | None, typer.Option("--rep", help="One person, or a manager's team: an id or a name.")] = None,
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Show contacts against targets, quality, promises and retention, by rep, team, department or role.

    Example: holdfast team --period 2026-10
    """
    if context.invoked_subcommand is not None:
        return None
    from engine.commands.showing import show_report
    from engine.reports.people import find_person
    from engine.reports.period import last_days
    from engine.reports.source import open_night
    from engine.reports.team import DAYS, GROUPS
    from engine.reports.team import team as reckoned

    opened = open_workspace(workspace)
    if by not in GROUPS:
        raise UsageError(f"the team cannot be told by '{by}'", f"choose from {', '.join(GROUPS)}")
    with open_night(opened.store, today, opened.calendar) as source:
        default = last_days(source.today, source.limit("quality_days", DAYS))
        wanted, _ = _period(source, period, since, until, default)
        report = reckoned(source, wanted, by, find_person(source, rep) if rep else None, opened.calendar)
        report, words = _dated(source, report), source.policy.words
    return show_report(report, opened.language, words, form, html, table)


@team_app.command("days")
def team_days(
    rep: Annotated[str | None, typer.Option("--rep", help="One person, or a manager's team: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The log of one customer: an id or a name.")] = None,
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    top: TopOption = 40,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Show each rep's contacts day by day against the target, and the log of one person or customer.

    Example: holdfast team days --rep r5 --period 7d
    """
    from engine.commands.showing import show_report
    from engine.reports.people import find_account, find_person
    from engine.reports.period import last_days
    from engine.reports.source import open_night
    from engine.reports.team_days import team_days as reckoned

    opened = open_workspace(workspace)
    with open_night(opened.store, today, opened.calendar) as source:
        wanted, _ = _period(source, period, since, until, last_days(source.today, 7 if account is None else 90))
        person = find_person(source, rep) if rep else None
        customer = find_account(source, account) if account else None
        report = reckoned(source, wanted, person, customer, opened.calendar, top)
        report, words = _dated(source, report), source.policy.words
    show_report(report, opened.language, words, form, html, table)


@team_app.command("digest")
def team_digest(
    month: Annotated[
        str | None, typer.Option("--month", metavar="2026-10", help="The month; by default the last whole one.")
    ] = None,
    top: TopOption = 20,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Sum up a month for executives: churn, causes, value at risk, leavers, retention by manager and rep.

    Example: holdfast team digest --month 2026-10 --html october.html
    """
    from engine.commands.showing import show_report
    from engine.reports.digest import digest
    from engine.reports.period import later, named, read_period
    from engine.reports.source import open_night

    opened = open_workspace(workspace)
    with open_night(opened.store, None, opened.calendar) as source:
        night = source.today
    text = month or named(later(night, "month", -1), "month")
    if len(text) != 7 or "Q" in text.upper():
        raise UsageError(f"'{text}' is no month", "write year and month, such as 2026-10")
    wanted = read_period(text, night)
    with open_night(opened.store, min(wanted.until, night), opened.calendar) as source:
        report = digest(source, wanted, opened.calendar, top)
        report, words = _dated(source, report), source.policy.words
    show_report(report, opened.language, words, form, html, table)


@app.command()
def economics(
    customers: Annotated[
        str | None, typer.Option("--customers", metavar="N", help="How many customers there are.")
    ] = None,
    loss_rate: Annotated[
        str | None, typer.Option("--loss-rate", metavar="SHARE", help="The share lost a year: 0.05 or 5%.")
    ] = None,
    revenue: Annotated[
        str | None, typer.Option("--revenue", metavar="AMOUNT", help="A customer's revenue a year.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", metavar="SHARE", help="The profit in it: 0.10 or 10%.")
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Another input for this once; may be repeated."),
    ] = None,
    level: Annotated[str | None, typer.Option("--level", help="Accounts of one level: red, amber or green.")] = None,
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    top: TopOption = 20,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Reckon what lost customers cost: from the night's facts, or from the four inputs alone.

    Example: holdfast economics --customers 64000 --loss-rate 0.05 --revenue 40000 --margin 0.10
    """
    from engine.commands.showing import show_report
    from engine.reports.at_risk import own_economics
    from engine.reports.economics import BASES, economics_of, factors, given_bases
    from engine.reports.period import last_days
    from engine.reports.source import open_night

    texts = {"customers": customers, "loss_rate": loss_rate, "revenue": revenue, "margin": margin}
    bases = given_bases({name: text for name, text in texts.items() if text is not None})
    changed = _changes(sets or [])
    if bases.keys() == BASES.keys():
        language, limits = _policy_limits(workspace)
        return show_report(economics_of(bases, factors(limits, changed)), language, {}, form, html, table)
    opened = open_workspace(workspace)
    with open_night(opened.store, today, opened.calendar) as source:
        default = last_days(source.today, source.limit("spend_days", 365))
        wanted, _ = _period(source, period, since, until, default)
        given = factors(source.policy.limits, changed)
        report = own_economics(source, wanted, bases, given, opened.calendar, level, top)
        report, words = _dated(source, report), source.policy.words
    return show_report(report, opened.language, words, form, html, table)


@app.command()
def rivals(
    by: Annotated[str, typer.Option("--by", help="month, quarter or year")] = "quarter",
    period: PeriodOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    top: TopOption = 20,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Show the rivals met, when and how they came, what was won and lost against each.

    Example: holdfast rivals --period 2026
    """
    from engine.commands.showing import show_report
    from engine.reports.period import UNITS, last_units
    from engine.reports.rivals import rivals as reckoned
    from engine.reports.source import open_night

    opened = open_workspace(workspace)
    if by not in UNITS:
        raise UsageError(f"'{by}' is no course of time", f"choose from {', '.join(UNITS)}")
    with open_night(opened.store, today, opened.calendar) as source:
        wanted, _ = _period(source, period, since, until, last_units(source.today, "quarter", 5))
        report = reckoned(source, wanted, by, top)
        report, words = _dated(source, report), source.policy.words
    show_report(report, opened.language, words, form, html, table)


def _dated(source: "ReportSource", report: "Report") -> "Report":
    """The report with a line that says from which night it is."""
    from dataclasses import replace

    from engine.reports.remind import as_of

    return replace(report, notes=(*report.notes, as_of(source)))


def _period(
    source: "ReportSource", text: str | None, since: date | None, until: date | None, default: "Period"
) -> "tuple[Period, bool]":
    from engine.reports.period import chosen

    return chosen(source.today, text, since, until, default)


def _changes(sets: list[str]) -> dict[str, str]:
    found = {}
    for each in sets:
        name, sign, value = each.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise UsageError(f"--set {each[:60]} is no input", "write it as --set econ_referral=0.5")
        found[name.strip()] = value.strip()
    return found


def _policy_limits(workspace: Path | None) -> "tuple[str, dict[str, Limit]]":
    """Language and limits of the workspace at hand; without one the environment's language and the shipped policy."""
    from engine.job import policy_in_force
    from engine.policy.load import load_policy
    from engine.shipped import shipped_root

    try:
        opened = open_workspace(workspace)
    except UsageError:
        if workspace is not None:
            raise
        return system_language().value, dict(load_policy(shipped_root()).limits)
    return opened.language, dict(policy_in_force(opened).limits)
