"""Commands that look ahead: capacity (can the cadence be met), plan (where each customer stands in it)."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, WorkspaceOption, day_of
from engine.terminal import watched
from engine.workspace import open_workspace

app = typer.Typer()

FactsOption = Annotated[
    Path | None,
    typer.Option(
        "--facts",
        metavar="PATH",
        help="A folder or workbook of facts; by default the last night's, before the first night the workspace's own.",
    ),
]
AsOfOption = Annotated[
    date | None,
    typer.Option("--today", parser=day_of, metavar="DATE", help="As of which day; by default that of the last night."),
]
FormOption = Annotated[ListFormat, typer.Option("--format", help="table, json or csv")]
PageOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write one page, to read and to print on A4.")
]
TableOption = Annotated[str | None, typer.Option("--table", metavar="NAME", help="One table of the report.")]


@app.command()
def capacity(
    rep: Annotated[str | None, typer.Option("--rep", help="One person, or a manager's team: an id or a name.")] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=52, help="Over how many weeks from today on.")] = 4,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    facts: FactsOption = None,
    today: AsOfOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say whether the cadence table can be met by the people there are, and what would make it fit; needs no night.

    Example: holdfast capacity --html capacity.html
    """
    from engine.commands.showing import show_report
    from engine.job import outlook_of
    from engine.reports.capacity import capacity as reckoned
    from engine.reports.people import find_person

    opened = open_workspace(workspace)
    with watched() as say, outlook_of(opened, today, facts, say) as outlook:
        source = outlook.source
        person = find_person(source, rep) if rep else None
        report = reckoned(source, person, weeks, opened.calendar, outlook.rejected)
        words = source.policy.words
    show_report(report, opened.language, words, form, html, table)


@app.command()
def plan(
    rep: Annotated[str | None, typer.Option("--rep", help="Whose: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Of which customer: an id or a name.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Customers of one tier: A, B or C.")] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="2026-11", help="The periods of that month; by default today's.")
    ] = None,
    behind: Annotated[bool, typer.Option("--behind", help="Only what is behind.")] = False,
    days: Annotated[
        bool, typer.Option("--days", help="Also on which day each contact falls; with --rep always.")
    ] = False,
    top: Annotated[int, typer.Option("--top", min=1, max=100000, help="Rows for people; json and csv have all.")] = 40,
    table: TableOption = None,
    form: FormOption = ListFormat.TABLE,
    html: PageOption = None,
    facts: FactsOption = None,
    today: AsOfOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the cadence as a plan: goal, done, planned, remaining and pace of each customer, and what is due when.

    Example: holdfast plan --rep s03 --behind
    """
    from engine.commands.showing import show_report
    from engine.job import outlook_of
    from engine.reports.people import find_account, find_person
    from engine.reports.plan import Wanted, plan_pages, plan_report, planned

    opened = open_workspace(workspace)
    read = form is ListFormat.TABLE and html is None
    dated = days or table == "days" or rep is not None or account is not None or not read
    with watched() as say, outlook_of(opened, today, facts, say) as outlook:
        source = outlook.source
        person = find_person(source, rep) if rep else None
        customer = find_account(source, account) if account else None
        wanted = Wanted(
            person, customer, tier.upper() if tier else None, month, behind, top if read else None,
            None if dated and not read else top if dated else 0,
        )  # fmt: skip
        found = planned(source, wanted, opened.calendar, outlook.rejected)
        report = plan_pages(source, found) if html is not None else plan_report(source, found, wanted)
        words = source.policy.words
    if form is ListFormat.CSV and html is None:
        table = table or "plan"
    language = opened.language_of(person) if person else opened.language
    show_report(report, language, words, form, html, None if html is not None else table)
