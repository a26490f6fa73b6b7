"""Commands for promises: check, list, rates."""

import sys
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from engine.commands.options import ListFormat, TextOrJson, TodayOption, WorkspaceOption, day_of
from engine.terminal import console, print_json
from engine.workspace import open_workspace

app = typer.Typer()
promise_app = typer.Typer(no_args_is_help=True, help="Promises: what may be promised, what was, and how it was kept.")
app.add_typer(promise_app, name="promise")


class Certainty(StrEnum):
    """How sure we are that a promise can be kept."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNCERTAIN = "uncertain"
    IMPOSSIBLE = "impossible"


class Risk(StrEnum):
    """The buyer's fears that a promise may answer."""

    ECONOMIC = "economic"
    FUNCTIONAL = "functional"
    QUALITY = "quality"
    SOCIAL = "social"
    PSYCHOLOGICAL = "psychological"


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@promise_app.command("check")
def promise_check(
    account: Annotated[str, typer.Option("--account", metavar="ID", help="The customer.")],
    kind: Annotated[
        str, typer.Option("--kind", help="delivery, rebate, reward, gift, discount, service, upgrade or other.")
    ],
    certainty: Annotated[Certainty, typer.Option("--certainty", help="How sure we are that we can.")],
    value: Annotated[
        str | None, typer.Option("--value", help="What it is worth; a discount of 1 or less is a share of the price.")
    ] = None,
    due: Annotated[date | None, typer.Option("--due", parser=day_of, metavar="DATE", help="For which day.")] = None,
    insisted: Annotated[bool, typer.Option("--insisted", help="The customer insists on it.")] = False,
    risk: Annotated[Risk | None, typer.Option("--risk", help="Which fear of the buyer it answers.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="REP", help="Who would promise it.")] = None,
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", metavar="REP", help="The manager who approves it.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why the manager approves it.")] = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = None,
    form: Annotated[TextOrJson, typer.Option("--format", help="text or json")] = TextOrJson.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Say whether to promise, hedge, persuade or refuse, with the reason, the limits, and the words for it.

    Example: holdfast promise check --account a12 --kind delivery --due 2026-12-04 --certainty likely --insisted
    """
    from engine.delivery.promise_view import verdict_json, verdict_view
    from engine.job import policy_in_force, weigh_promise

    opened = open_workspace(workspace)
    day = today or date.today()
    cells = {
        "account": account, "kind": kind, "certainty": certainty.value, "made_on": day.isoformat(), "value": value,
        "due_on": due.isoformat() if due else None, "insisted": "true" if insisted else "false", "rep": by,
        "answers_risk": risk.value if risk else None, "approved_by": approved_by, "approval_reason": reason,
    }  # fmt: skip
    found = weigh_promise(opened, {name: text for name, text in cells.items() if text is not None}, day)
    if as_json or form is TextOrJson.JSON:
        print_json(verdict_json(found))
    else:
        console().print(verdict_view(found, opened.language, policy_in_force(opened).words))


@promise_app.command("list")
def promise_list(
    rep: Annotated[str | None, typer.Option("--rep", help="Made by whom: an id or a name.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Made to which customer: its id.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only promises of this kind.")] = None,
    state: Annotated[list[PromiseState] | None, typer.Option("--state", help="May be repeated.")] = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """The register: who promised what to whom, when, due, worth, how certain, who approved, kept when.

    Example: holdfast promise list --state open --state broken
    """
    from engine.delivery.report_view import report_csv, report_json, report_table
    from engine.reports.promises import Wanted, register
    from engine.reports.source import open_night

    opened = open_workspace(workspace)
    with open_night(opened.store, today, opened.calendar) as night:
        wanted = Wanted(rep, account, kind, tuple(each.value for each in state or ()))
        table, words = register(night, wanted), night.policy.words
    if form is ListFormat.TABLE:
        console().print(report_table(table, opened.language, words))
    else:
        sys.stdout.write(report_json(table) + "\n" if form is ListFormat.JSON else report_csv(table))


@promise_app.command("rates")
def promise_rates(
    rep: Annotated[str | None, typer.Option("--rep", help="Only this person: an id or a name.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only promises of this kind.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2026, 2026-Q3, 2026-10, or the last 90d, 6m, 2y.")
    ] = None,
    since: Annotated[date | None, typer.Option("--since", parser=day_of, metavar="DATE", help="First day.")] = None,
    until: Annotated[date | None, typer.Option("--until", parser=day_of, metavar="DATE", help="Last day.")] = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = None,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """How promises were kept, by person and kind: in time, late, broken, still open; by default the last year.

    Example: holdfast promise rates --period 2026-Q3
    """
    from engine.delivery.report_view import report_csv, report_json, report_table
    from engine.reports.period import chosen, last_days
    from engine.reports.promises import RATE_DAYS, rates
    from engine.reports.source import open_night

    opened = open_workspace(workspace)
    with open_night(opened.store, today, opened.calendar) as night:
        wanted, _ = chosen(night.today, period, since, until, last_days(night.today, RATE_DAYS))
        table, words = rates(night, wanted, rep, kind), night.policy.words
    if form is ListFormat.TABLE:
        console().print(report_table(table, opened.language, words))
    else:
        sys.stdout.write(report_json(table) + "\n" if form is ListFormat.JSON else report_csv(table))
