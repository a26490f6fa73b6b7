"""What a night came to, for the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.action.report import Night
from engine.audit.silent import quick_oddities
from engine.delivery.outbox_view import queued_text
from engine.delivery.phrases import listed, phrase
from engine.facts.importing import Imported
from engine.messages import in_language
from engine.store.outbox import messages
from engine.store.tasks import seen_counts
from engine.store.versions import last_version, version_of

MOST_RULES = 3  # rules named per missing fact type; the rest is counted
_HELD = ("cooldown", "max_fires", "done", "snoozed", "false_alarm", "lost", "over_budget")


def night_view(imported: Imported, night: Night) -> RenderableType:
    """The summary of a night: facts, signals, risk, tasks, what was not judged."""
    language = night.language
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column()
    for name, text in _lines(imported, night):
        lines.add_row(phrase(name, language), text)
    parts: list[RenderableType] = [Text(phrase("night_of", language, today=night.today), style="bold"), lines]
    if night.already:
        parts.append(Text(phrase("unchanged", language), style="green"))
    elif not (night.counts["new_tasks"] or night.counts["closed_tasks"]):
        parts.append(Text(phrase("night_quiet", language), style="green"))
    if night.estimated:
        years = listed(night.estimated, language)
        parts.append(Text(phrase("estimated_years", language, years=years), style="yellow"))
    if night.dry_run:
        parts.append(Text(phrase("dry", language), style="yellow"))
    return Group(*parts)


def _lines(imported: Imported, night: Night) -> Iterator[tuple[str, Text]]:
    language, counts = night.language, night.counts
    if said := _policy(night):
        yield "night_policy", said
    rows = imported.snapshot.rows
    facts = Text(phrase("rows_of_types", language, rows=sum(rows.values()), types=len(rows)))
    where = "" if night.dry_run else phrase("listed", language, path=_short(imported.rejects_path))
    for name, count in (("rejected", imported.rejected), ("warnings", imported.warnings)):
        if count:
            facts.append("\n" + phrase(name, language, count=count) + where, "yellow")
    if _same_facts(night):
        facts.append("\n" + phrase("same_facts", language), "dim")
    for notice in imported.notices:
        facts.append("\n" + in_language(notice, language), "dim")
    yield "facts", facts
    yield "signals", Text(f"{counts['signals']:,}")
    red, amber = (counts["risk"].get(level, 0) for level in ("red", "amber"))
    customers = max(rows.get("account", 0) - red - amber, 0)
    yield "risk", Text(phrase("risk_levels", language, red=red, amber=amber, green=customers))
    yield "tasks", _tasks(night)
    if queued := _digests(night):
        yield "delivering_digests", queued
    if odd := len(quick_oddities(night.store, night.policy, imported.snapshot, night.today)[0]):
        yield "odd_rules", Text(phrase("silent_line", language, count=odd), style="dim")
    if night.not_judged:
        yield "not_judged", Text("\n".join(_not_judged(night.not_judged, language)), style="dim")


def _same_facts(night: Night) -> bool:
    """Whether the night before rested on the very same facts."""
    last = night.store.rows("select snapshot from run order by number desc limit 2")
    return len(last) > 1 and last[0] == last[1]


def _digests(night: Night) -> Text | None:
    """What the night put into the outbox."""
    if night.dry_run or night.already:
        return None
    found = messages(night.store, run=night.run)
    names = dict(night.store.rows("select id, name from rep")) if found else {}
    lines = list(queued_text(found, names, night.language))
    return Text("\n").join(lines) if lines else None


def _policy(night: Night) -> Text | None:
    """Under which published version the night ran; nothing where none was ever published."""
    last = last_version(night.store)
    if last is None:
        return None
    number = version_of(night.store, night.policy.hash)
    if number is None:
        return Text(phrase("night_unpublished", night.language, number=last.number), "yellow")
    return Text(phrase("night_version", night.language, number=number))


def _tasks(night: Night) -> Text:
    counts, language = night.counts, night.language
    new, kept = seen_counts(night.store, night.run)
    text = Text(phrase("task_counts", language, new=new, kept=kept, closed=counts["closed_tasks"]))
    if held := sum(counts["matters"].get(name, 0) for name in _HELD):
        text.append(("，" if language == "zh" else ", ") + phrase("held_back", language, count=held))
    return text


def _not_judged(rules: list[dict[str, Any]], language: str) -> Iterator[str]:
    by_types: dict[tuple[str, ...], list[str]] = {}
    for item in rules:
        by_types.setdefault(tuple(item["missing"]), []).append(item["rule"])
    for types, names in sorted(by_types.items()):
        more = f" +{len(names) - MOST_RULES}" if len(names) > MOST_RULES else ""
        shown = listed(names[:MOST_RULES], language) + more
        yield phrase("not_judged_rules", language, rules=shown, types=listed(types, language))


def _short(path: Path | None) -> str:
    if path is None:
        return ""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
