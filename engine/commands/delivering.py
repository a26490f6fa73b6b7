"""Commands on the nightly digests: deliver, outbox list, show, retry, drop."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import ListFormat, TextOrJson, WorkspaceOption
from engine.delivery.phrases import phrase
from engine.errors import UsageError
from engine.terminal import console, print_json, watched
from engine.workspace import Workspace, open_workspace

app = typer.Typer()
outbox = typer.Typer(no_args_is_help=True, help="What waits to be sent, what was sent, and what could not be.")
app.add_typer(outbox, name="outbox")

ByOption = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so.")]
FormatOption = Annotated[TextOrJson, typer.Option("--format", help="text or json")]


@app.command()
def deliver(
    workspace: WorkspaceOption = None,
    wait: Annotated[
        float, typer.Option("--wait", min=0, max=1440, metavar="MINUTES", help="For so long go on trying.")
    ] = 0.0,
    check: Annotated[bool, typer.Option("--check", help="Only connect and log in; send nothing.")] = False,
    preview: Annotated[
        str | None, typer.Option("--preview", metavar="WHO", help="Only show what a person or a robot would get.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--as", metavar="FORM", help="With --preview: wecom, dingtalk, feishu or slack.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="With --preview: write the mail's page to a file.")
    ] = None,
    output: FormatOption = TextOrJson.TEXT,
) -> None:
    """Send the digests that wait in the outbox: by mail and to chat robots, as holdfast.yaml says.

    Nothing is sent twice; what could not be sent is tried again by the next deliver. Exit 1 where something was not
    sent.

    Example: holdfast deliver --preview s03
    """
    opened = open_workspace(workspace)
    if preview is None and (form or html):
        raise UsageError("--as and --html belong to --preview", "add --preview WHO")
    if preview is not None:
        _preview(opened, preview, form, html, output)
    elif check:
        _check(opened, output)
    else:
        send(opened, wait, output)


def send(
    opened: Workspace, wait: float = 0.0, output: TextOrJson = TextOrJson.TEXT, *, quiet: bool = False
) -> None:  # fmt: skip
    """Send what waits and say what came of it. Raises typer.Exit(1) where something was not sent."""
    from engine.delivery.outbox_view import delivered_view, message_fields
    from engine.outgoing import send_digests

    with watched() as say:
        found = send_digests(opened, wait_minutes=wait, say=say)
    if quiet:
        pass
    elif output is TextOrJson.JSON:
        print_json({
            "broken_off": found.broken_off,
            "messages": [message_fields(message) for message in found.messages],
            "troubles": {name: {"why": t.why, "reply": t.reply} for name, t in found.troubles.items()},
            "next_try_at": found.next_try.isoformat() if found.next_try else None,
        })  # fmt: skip
    else:
        troubles = {name: (trouble.why, trouble.reply) for name, trouble in found.troubles.items()}
        view = delivered_view(
            found.messages, found.broken_off, troubles, found.next_try, _names(opened), opened.language
        )
        console().print(view)
    if not found.whole:
        raise typer.Exit(1)


def _check(opened: Workspace, output: TextOrJson) -> None:
    from engine.delivery.outbox_view import trouble_text
    from engine.outgoing import check_ways

    with watched() as say:
        say("connecting")
        found = check_ways(opened)
    if output is TextOrJson.JSON:
        print_json({name: None if t is None else {"why": t.why, "reply": t.reply} for name, t in found.items()})
    else:
        for name, trouble in found.items():
            if trouble is None:
                typer.echo(phrase("delivering_ready", opened.language, channel=name))
            else:
                typer.echo(trouble_text(name, trouble.why, trouble.reply, opened.language))
    if any(found.values()):
        raise typer.Exit(1)


def _preview(opened: Workspace, who: str, form: str | None, html: Path | None, output: TextOrJson) -> None:
    from engine.delivery.exports.writing import write_file
    from engine.outgoing import show_digest
    from engine.sending.chat import preview

    language = opened.language
    found = show_digest(opened, who, form=form)
    if found is None:
        typer.echo(phrase("delivering_preview_none", language, who=who))
        return
    if html is not None:
        if found.mail is None:
            raise UsageError("only a mail has a page", "leave out --html")
        write_file(html, found.mail.html.encode())
        typer.echo(phrase("page_written", language, path=html))
    elif output is TextOrJson.JSON:
        mail = found.mail
        shown = {"subject": mail.subject, "text": mail.text, "html": mail.html} if mail else found.payload
        print_json({"channel": found.channel, "to": found.to or None, "content": shown})
    elif found.mail is not None:
        typer.echo(phrase("delivering_preview_to", language, to=found.to or "—"))
        typer.echo(phrase("delivering_preview_subject", language, subject=found.mail.subject))
        typer.echo(f"\n{found.mail.text}")
    else:
        typer.echo(preview(found.form, found.payload or {}))


@outbox.command("list")
def outbox_list(
    workspace: WorkspaceOption = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="waiting, sent, unsure, failed, …; may be repeated.")
    ] = None,
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="At most so many.")] = 30,
    form: Annotated[ListFormat, typer.Option("--format", help="table, json or csv")] = ListFormat.TABLE,
) -> None:
    """List the digests: what waits, what was sent, what failed and why.

    Example: holdfast outbox list --state failed --state unsure
    """
    from engine.delivery.outbox_view import message_fields, outbox_csv, outbox_table
    from engine.store.opening import open_store
    from engine.store.outbox import messages

    opened = open_workspace(workspace)
    with open_store(opened.store) as store:
        found = messages(store, states=state or (), most=last)
    if form is ListFormat.JSON:
        print_json([message_fields(message) for message in found])
    elif form is ListFormat.CSV:
        sys.stdout.write(outbox_csv(found))
    else:
        console().print(outbox_table(found, _names(opened), opened.language))


@outbox.command("show")
def outbox_show(
    number: Annotated[int, typer.Argument(help="A message's number.")],
    workspace: WorkspaceOption = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page of a mail to a file.")
    ] = None,
    form: FormatOption = TextOrJson.TEXT,
) -> None:
    """Show a message: what became of it, and the text that went out.

    Example: holdfast outbox show 12
    """
    from engine.delivery.exports.writing import write_file
    from engine.delivery.outbox_view import message_fields, message_view
    from engine.sending.chat import preview
    from engine.store.opening import open_store
    from engine.store.outbox import message

    opened = open_workspace(workspace)
    with open_store(opened.store) as store:
        found = message(store, number)
    content = found.content or {}
    if html is not None:
        if "html" not in content:
            raise UsageError(f"message {number} has no page", "leave out --html")
        write_file(html, str(content["html"]).encode())
        typer.echo(phrase("page_written", opened.language, path=html))
    elif form is TextOrJson.JSON:
        print_json(message_fields(found, content=True))
    else:
        text = f"{content['subject']}\n\n{content['text']}" if "text" in content else None
        text = preview(content["form"], content["payload"]) if "payload" in content else text
        console().print(message_view(found, _names(opened), opened.language, text))


@outbox.command("retry")
def outbox_retry(
    by: ByOption,
    numbers: Annotated[list[int] | None, typer.Argument(metavar="N…", help="Messages' numbers.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed in the last night.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Have messages sent again by the next deliver: what failed, was dropped, or is unsure and did not arrive.

    Example: holdfast outbox retry 12 --by m1
    """
    from engine.store.opening import open_store
    from engine.store.outbox import FAILED, messages, moment, try_again

    opened = open_workspace(workspace)
    with open_store(opened.store) as store:
        wanted = list(numbers or ())
        if failed:
            found = messages(store, states=(FAILED,))
            wanted += [m.id for m in found if m.day == found[0].day]
        if not wanted and not failed:
            raise UsageError("which messages?", "name their numbers, or add --failed")
        for number in dict.fromkeys(wanted):
            try_again(store, number, by, moment())
            typer.echo(phrase("outbox_retried", opened.language, id=number))


@outbox.command("drop")
def outbox_drop(
    numbers: Annotated[list[int], typer.Argument(metavar="N…", help="Messages' numbers.")],
    by: ByOption,
    workspace: WorkspaceOption = None,
) -> None:
    """Leave messages as they are: not to be sent any more, or unsure and arrived.

    Example: holdfast outbox drop 12 --by m1
    """
    from engine.store.opening import open_store
    from engine.store.outbox import drop, moment

    opened = open_workspace(workspace)
    with open_store(opened.store) as store:
        for number in dict.fromkeys(numbers):
            drop(store, number, by, moment())
            typer.echo(phrase("outbox_given_up", opened.language, id=number))


def _names(opened: Workspace) -> dict[str, str]:
    from engine.store.opening import open_store

    if not opened.database.is_file():
        return {}
    with open_store(opened.store) as store:
        return dict(store.rows("select id, name from rep"))
