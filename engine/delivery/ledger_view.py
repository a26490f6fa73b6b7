"""The ledger on the terminal: what a check found, the entries, a replay."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.audit.checking import Checked
from engine.audit.reasons import plain
from engine.audit.replaying import Replayed
from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.store.ledger import Entry

SHOWN = 20
_NAMES = 3  # rows of an entry that are named


def checked_view(checked: Checked, language: str) -> RenderableType:
    """What `audit check` found."""
    if not checked.entries and not checked.damages:
        return Text(phrase("audit_nothing", language))
    parts: list[RenderableType] = []
    if checked.damages:
        parts.append(Text(phrase("audit_damaged", language, count=len(checked.damages)), "bold red"))
        for damage in checked.damages[:SHOWN]:
            at = phrase("damage_at", language, entry=damage.entry)
            text = phrase(f"damage_{damage.kind}", language)
            parts.append(Text.assemble((f"  {clean(damage.name)}", "bold"), f"  {text}{at}"))
            if damage.detail:
                parts.append(Text(f"    {clean(damage.detail)}", "dim"))
        if len(checked.damages) > SHOWN:
            parts.append(Text("  " + phrase("audit_more", language, count=len(checked.damages) - SHOWN), "dim"))
    else:
        parts.append(Text(phrase("audit_whole", language), "green"))
    looked = phrase(
        "audit_looked", language, entries=checked.entries, runs=checked.runs, files=checked.files, rows=checked.rows
    )
    parts.append(Text(looked))
    if checked.since is not None:
        parts.append(Text(phrase("audit_since", language, run=checked.since)))
    if checked.unsealed_runs:
        parts.append(Text(phrase("audit_older", language, count=checked.unsealed_runs), "yellow"))
    if checked.signed:
        signed = phrase("audit_signed", language, count=checked.signed, entries=checked.entries)
        whole = checked.proven and not any(damage.kind.startswith("entry_") for damage in checked.damages)
        parts.append(Text(f"{signed}; {phrase('audit_proven', language)}" if whole else signed))
    if checked.head is not None:
        parts.append(Text(phrase("audit_head", language, number=checked.entries, hash=checked.head), "dim"))
    return Group(*parts)


def log_view(entries: Iterable[Entry], language: str) -> RenderableType:
    """The entries as a table."""
    table = Table(box=None, pad_edge=False)
    for name in ("log_number", "log_at", "log_what", "log_hash"):
        table.add_column(phrase(name, language), overflow="fold", no_wrap=name != "log_what")
    for entry in entries:
        signed = f" · {phrase('log_signed', language)}" if entry.signature else ""
        table.add_row(
            str(entry.number), entry.at[:16].replace("T", " "), said(entry, language) + signed, entry.hash[:12]
        )
    return table if table.row_count else Text(phrase("log_empty", language))


def said(entry: Entry, language: str) -> str:
    """An entry in words."""
    content = entry.content
    if entry.kind == "run":
        return phrase("log_run", language, run=content["run"], rows=content["rows"])
    if entry.kind == "prune":
        counts = {"runs": len(content["runs"]), "snapshots": len(content["snapshots"])}
        return phrase("log_prune", language, by=clean(str(content["by"])), **counts)
    rows = [f"{table} {key[:12]}" for table, key, *_ in content["rows"]]
    names = ", ".join(rows[:_NAMES]) + (" …" if len(rows) > _NAMES else "")
    return phrase(f"log_{entry.kind}", language, names=clean(names), count=len(rows))


def replay_view(replayed: Replayed, run: str, language: str) -> RenderableType:
    """What a replay came to."""
    parts: list[RenderableType] = [Text(phrase("replayed", language, run=run), "bold")]
    first = replayed.first
    if first is None:
        name = "replayed_conclusions" if replayed.decisions is None else "replayed_same"
        counts = {"conclusions": replayed.conclusions, "decisions": replayed.decisions}
        parts.append(Text(phrase(name, language, **counts), "green"))
        parts += [Text(f"{name} {again}", "dim") for name, (_, again) in replayed.hashes.items()]
    else:
        parts.append(Text(phrase("replayed_apart", language, file=first.file), "bold red"))
        for side, row in (("replay_recorded", first.recorded), ("replay_again", first.again)):
            parts.append(Text(f"  {phrase(side, language)}: {_row(row) or phrase('replay_none', language)}"))
    if replayed.other_versions:
        names = ", ".join(f"{name} {then} → {now}" for name, (then, now) in replayed.other_versions.items())
        parts.append(Text(phrase("replayed_versions", language, names=names), "yellow"))
    return Group(*parts)


def _row(row: dict[str, Any] | None) -> str:
    return clean(", ".join(f"{name} {plain(value)}" for name, value in (row or {}).items()))
