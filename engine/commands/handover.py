"""Commands for hand-overs: the list, one person's, rotation, and what people say of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from engine.commands.options import DIFFERENT, TodayOption, WorkspaceOption, day_of
from engine.delivery.phrases import phrase
from engine.terminal import console, print_json
from engine.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from engine.handover.ground import Ground
    from engine.handover.writing import Word


class Form(StrEnum):
    """For people, or for programs."""

    TABLE = "table"
    JSON = "json"


class ShowByDefault(TyperGroup):
    """`handover s03` is `handover show s03`, `handover --rotate` is `handover rotate`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the command in where only a person is named."""
        if args and args[0] == "--rotate":
            args = ["rotate", *args[1:]]
        elif args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer()
handover_app = typer.Typer(
    cls=ShowByDefault,
    invoke_without_command=True,
    help="Hand over customers: of those who leave, and in rotation. Without a command: who leaves, how far it is.\n\n"
    "Example: holdfast handover s03",
)
app.add_typer(handover_app, name="handover")

RepArgument = Annotated[str, typer.Argument(metavar="REP", help="Who hands over: an id, or a name that only one has.")]
AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer: an id or a name.")]
ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so: an id or a name.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why, in a few words.")]
AnywayOption = Annotated[
    bool, typer.Option("--anyway", help="A manager's word that the carer may change once more.")
]  # fmt: skip
SinceOption = Annotated[
    date | None,
    typer.Option("--since", parser=day_of, metavar="DATE", help="Carer from then on; by default from the last day."),
]
OnOption = Annotated[
    date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="When it was; by default today.")
]
RecordOption = Annotated[
    str | None, typer.Option("--record", metavar="CHANNEL", help="Record it as a contact: letter, call, visit, …")
]


FormOption = Annotated[Form, typer.Option("--format", help="table or json")]


@handover_app.callback()
def handover(
    ctx: typer.Context, workspace: WorkspaceOption = None, today: TodayOption = None, form: FormOption = Form.TABLE
) -> None:
    if ctx.invoked_subcommand is None:
        handover_list(workspace, today, form)


@handover_app.command("list")
def handover_list(workspace: WorkspaceOption = None, today: TodayOption = None, form: FormOption = Form.TABLE) -> None:
    """List who leaves and how far their hand-over is, and how many customers are due for rotation.

    Example: holdfast handover list
    """
    from engine.delivery.handover_view import leavers_json, leavers_view
    from engine.handover.leavers import leavers
    from engine.handover.rotation import counts

    with _ground(workspace, today) as (opened, ground):
        found, rotation = leavers(ground), counts(ground)
        if form is Form.JSON:
            print_json(leavers_json(found, rotation))
        else:
            console().print(leavers_view(found, rotation, ground.label, opened.language, ground.policy.words))


@handover_app.command("show")
def handover_show(
    rep: RepArgument, workspace: WorkspaceOption = None, today: TodayOption = None, form: FormOption = Form.TABLE
) -> None:
    """Show who is to take over each customer and why, how far it is, and what moves along.

    Example: holdfast handover s03
    """
    from engine.delivery.handover_view import plan_json, plan_view
    from engine.handover.plan import plan_of
    from engine.reports.people import find_person

    with _ground(workspace, today) as (opened, ground):
        plan = plan_of(ground, find_person(ground.source, rep))
        if form is Form.JSON:
            print_json(plan_json(plan, ground.label))
        else:
            console().print(plan_view(plan, ground.label, ground.today, opened.language, ground.policy.words))


@handover_app.command("rotate")
def handover_rotate(
    team: Annotated[
        str | None, typer.Argument(metavar="TEAM", help="A department, or a manager's id; else all.")
    ] = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Show which customers are in turn for another carer, and whom; never too many of a team at once.

    Example: holdfast handover --rotate "Sales 1"
    """
    from engine.delivery.handover_view import plan_json, plan_view
    from engine.handover.plan import rotation_of

    with _ground(workspace, today) as (opened, ground):
        plan = rotation_of(ground, team)
        if form is Form.JSON:
            print_json(plan_json(plan, ground.label))
        else:
            console().print(plan_view(plan, ground.label, ground.today, opened.language, ground.policy.words))


@handover_app.command("accept")
def handover_accept(
    rep: RepArgument,
    by: ByOption,
    accounts: Annotated[list[str] | None, typer.Argument(metavar="ACCOUNT…", help="Which customers.")] = None,
    all: Annotated[bool, typer.Option("--all", help="All that are proposed.")] = False,
    anyway: AnywayOption = False,
    since: SinceOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Accept what is proposed for some of a person's customers, or for all.

    Example: holdfast handover accept s03 a12 a15 --by m01
    """
    from engine.delivery.handover_view import taken_json, taken_view
    from engine.handover.words import accept

    with _ground(workspace, today) as (opened, ground):
        word = _word(by, note)
        taken = accept(ground, rep, accounts or [], word, all=all, anyway=anyway, since=since)
        if form is Form.JSON:
            print_json(taken_json(taken))
        else:
            console().print(taken_view(taken, ground.label, opened.language))


@handover_app.command("change")
def handover_change(
    rep: RepArgument,
    account: AccountArgument,
    to: Annotated[str, typer.Option("--to", metavar="WHO", help="Who takes over: an id or a name.")],
    by: ByOption,
    anyway: AnywayOption = False,
    since: SinceOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Give a customer to somebody else than was proposed or accepted.

    Example: holdfast handover change s03 a12 --to s07 --by m01
    """
    from engine.delivery.handover_view import taken_json, taken_view
    from engine.handover.words import change

    with _ground(workspace, today) as (opened, ground):
        taken = change(ground, rep, account, to, _word(by, note), anyway=anyway, since=since)
        if form is Form.JSON:
            print_json(taken_json(taken))
        else:
            console().print(taken_view(taken, ground.label, opened.language))


@handover_app.command("refuse")
def handover_refuse(
    rep: RepArgument,
    account: AccountArgument,
    by: ByOption,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Refuse what is proposed for a customer; somebody else is proposed from then on.

    Example: holdfast handover refuse s03 a12 --by m01 --note "they do not get on"
    """
    from engine.handover.words import refuse

    with _ground(workspace, today) as (opened, ground):
        line = refuse(ground, rep, account, _word(by, note))
        said = {"name": line.name, "account": line.account, "who": ground.label(line.rep)}
        typer.echo(phrase("handover_refused", opened.language, **said))


@handover_app.command("told")
def handover_told(
    account: AccountArgument,
    by: ByOption,
    on: OnOption = None,
    record: RecordOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Say that the customer was told who takes over.

    Example: holdfast handover told a12 --by m01 --record letter
    """
    _step("told", account, _word(by, note), on, record, workspace, today)


@handover_app.command("introduced")
def handover_introduced(
    account: AccountArgument,
    by: ByOption,
    on: OnOption = None,
    record: RecordOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Say that the successor was introduced to the customer.

    Example: holdfast handover introduced a12 --by s03 --record visit
    """
    _step("introduced", account, _word(by, note), on, record, workspace, today)


@handover_app.command("complete")
def handover_complete(
    account: AccountArgument,
    by: ByOption,
    on: OnOption = None,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
) -> None:
    """Say that a customer is handed over in full; its orders are watched from then on.

    Example: holdfast handover complete a12 --by s07
    """
    _step("complete", account, _word(by, note), on, None, workspace, today)


@handover_app.command("close")
def handover_close(
    rep: RepArgument,
    by: ByOption,
    note: NoteOption = None,
    workspace: WorkspaceOption = None,
    today: TodayOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Close a departure; refused, with exit code 3, while anything is without an active carer.

    Example: holdfast handover close s03 --by m01
    """
    from engine.delivery.handover_view import close_json, close_view
    from engine.handover.words import close

    with _ground(workspace, today) as (opened, ground):
        plan = close(ground, rep, _word(by, note))
        if form is Form.JSON:
            print_json(close_json(plan))
        else:
            console().print(close_view(plan, ground.label, opened.language, ground.policy.words))
    if plan.missing:
        raise typer.Exit(DIFFERENT)


def _step(
    name: str, account: str, word: "Word", on: date | None, record: str | None, workspace: Path | None,
    today: date | None,
) -> None:  # fmt: skip
    from engine.delivery.handover_view import next_step, state_said
    from engine.handover.state import STEPS, State, due_on
    from engine.handover.words import step, tier_of

    with _ground(workspace, today) as (opened, ground):
        language, state = opened.language, State(name)
        done = step(ground, account, state, word, on, record)
        said = {"account": done.account, "state": state_said(state, language), "day": getattr(done, STEPS[state])}
        typer.echo(phrase("handover_stepped", language, **said))
        due, after = due_on(ground, done, tier_of(ground, done.account)), next_step(state)
        if due is not None and after is not None:
            typer.echo(phrase("handover_next", language, state=state_said(after, language), day=due))


def _word(by: str, note: str | None) -> "Word":
    from engine.handover.writing import Word

    return Word(by, datetime.now().astimezone(), note)


@contextmanager
def _ground(workspace: Path | None, today: date | None) -> Iterator[tuple[Workspace, "Ground"]]:
    from engine.handover.ground import open_ground
    from engine.job import policy_in_force

    opened = open_workspace(workspace)
    with open_ground(opened.store, policy_in_force(opened), opened.calendar, today) as ground:
        yield opened, ground
