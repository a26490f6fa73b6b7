"""The customer file for the terminal, as JSON, and as the parts of a page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.delivery.report_view import cell, grid, json_value, said_as
from engine.policy.model import Words
from engine.reports.dossier import Dossier, Fact, Section
from engine.reports.report import Part, Report
from engine.reports.table import Column, Said, Table

WIDEST_LABEL = 22  # terminal cells
WIDEST_PAIRED = 24  # a longer value has a line of its own
_LEVELS = {"red": "bold red", "amber": "yellow", "green": "green"}
_SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
_ROWS = {"risk": "signals", "relation": "network", "next": "duties"}  # the key of a section's rows beside its facts

WordsOf = Mapping[str, Words]


def account_view(dossier: Dossier, language: str, words: WordsOf) -> RenderableType:
    """The file for a terminal: its sections in which something is known, then what is missing."""
    parts: list[RenderableType] = [Text(title_of(dossier), "bold")]
    parts += (Text(said_as(note, language), "dim") for note in dossier.notes)
    for section in dossier.shown():
        parts += [Text(), Text(phrase(f"section_{section.name}", language), "bold cyan")]
        parts += _facts(section, language, words)
        if section.rows and section.rows.rows:
            parts += (
                _signals(section.rows, language, words)
                if section.name == "risk"
                else _rows(section.rows, language, words)
            )
    if dossier.gaps:
        parts += [Text(), Text(phrase("section_gaps", language), "bold cyan")]
        parts += (Padding(Text(f"- {_gap(gap, language)}"), (0, 0, 0, 2)) for gap in dossier.gaps)
    return Group(*parts)


def account_json(dossier: Dossier, language: str, words: WordsOf) -> dict[str, Any]:
    """The file as one JSON object, a key per section; notes and gaps are in the language."""
    found: dict[str, Any] = {
        "id": dossier.id,
        "name": dossier.name,
        "today": dossier.day.isoformat(),
        "run": dossier.run,
    }
    for section in dossier.sections:
        rows = list(_objects(section.rows)) if section.rows else None
        if section.facts:
            facts = {fact.name: json_value(fact.value) for fact in section.facts}
            why = {
                f"{fact.name}_why": _note(fact.note, language, words)
                for fact in section.facts
                if fact.note is not None and fact.value is not None
            }
            found[section.name] = facts | why | ({} if rows is None else {_ROWS[section.name]: rows})
        elif rows is not None:
            found[section.name] = rows
    found["gaps"] = [_gap(gap, language) for gap in dossier.gaps]
    return found


def account_report(dossier: Dossier, language: str, words: WordsOf) -> Report:
    """The file as a report of tables, for a page."""
    return Report(
        Said("account_title", {"account": title_of(dossier)}),
        tuple(_parts(dossier, language, words)),
        notes=dossier.notes,
    )


def title_of(dossier: Dossier) -> str:
    """The account's name with its id."""
    return f"{clean(dossier.name)} ({clean(dossier.id)})" if dossier.name else clean(dossier.id)


def _facts(section: Section, language: str, words: WordsOf) -> list[RenderableType]:
    """The facts in two columns; those with a note, or with a long value, on lines of their own."""
    there = [fact for fact in section.facts if fact.value is not None]
    if not there:
        return []
    labels = {fact.name: _label(fact, language) for fact in there}
    width = min(WIDEST_LABEL, max(cell_len(label) for label in labels.values()))
    drawn: list[RenderableType] = []
    waiting: list[Fact] = []
    for fact in there:
        text = _value(fact, language, words)
        if fact.note is None and text.cell_len <= WIDEST_PAIRED:
            waiting.append(fact)
            continue
        drawn += _paired(waiting, labels, width, language, words)
        waiting = []
        drawn.append(_line([(labels[fact.name], text)], width))
    return [*drawn, *_paired(waiting, labels, width, language, words)]


def _paired(
    facts: list[Fact], labels: Mapping[str, str], width: int, language: str, words: WordsOf
) -> Iterator[RenderableType]:
    for first in range(0, len(facts), 2):
        pair = facts[first : first + 2]
        yield _line([(labels[fact.name], _value(fact, language, words)) for fact in pair], width)


def _line(cells: list[tuple[str, Text]], width: int) -> RenderableType:
    line = Grid.grid(padding=(0, 2, 0, 0))
    for n in range(len(cells)):
        line.add_column(width=width, style="dim")
        line.add_column(width=WIDEST_PAIRED if len(cells) > 1 and n == 0 else None)
    line.add_row(*(part for label, value in cells for part in (Text(label), value)))
    return Padding(line, (0, 0, 0, 2))


def _label(fact: Fact, language: str) -> str:
    return phrase(f"fact_{fact.name}", language)


def _value(fact: Fact, language: str, words: WordsOf) -> Text:
    shown = cell(fact.value, fact.kind, language, words)
    text = Text(shown, _LEVELS.get(str(fact.value), "") if fact.name == "risk" else "")
    if fact.note is not None:
        text.append(f"  {_note(fact.note, language, words)}", "dim")
    return text


def _note(note: Said, language: str, words: WordsOf) -> str:
    return said_as(note, language, words)


def _rows(table: Table, language: str, words: WordsOf) -> list[RenderableType]:
    parts: list[RenderableType] = [Padding(grid(table, language, words), (0, 0, 0, 2))]
    left_out = (table.total or 0) - len(table.rows)
    if left_out > 0:
        parts.append(Text(f"  {phrase('file_left_out', language, count=left_out)}", "dim"))
    return parts


def _signals(table: Table, language: str, words: WordsOf) -> list[RenderableType]:
    lines = Grid.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column()
    for severity, title, because, *_ in table.rows:
        said = Text(clean(title)).append(f"\n{clean(because)}", "dim")
        lines.add_row(Text(phrase(severity, language), _SEVERITIES[severity]), said)
    return [Padding(lines, (0, 0, 0, 2))]


def _gap(gap: Said | str, language: str) -> str:
    return said_as(gap, language) if isinstance(gap, Said) else clean(gap)


def _objects(table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    for row in table.rows:
        yield {name: json_value(value) for name, value in zip(names, row, strict=True)}


def _parts(dossier: Dossier, language: str, words: WordsOf) -> Iterable[Part]:
    two = (Column("fact", heading=""), Column("value", heading=""))
    for section in dossier.shown():
        heading = Said(f"section_{section.name}")
        facts = tuple(
            (_label(fact, language), _value(fact, language, words).plain)
            for fact in section.facts
            if fact.value is not None
        )
        if facts:
            yield Part(section.name, Table(heading, two, facts))
        if section.rows and section.rows.rows:
            name = _ROWS.get(section.name, section.name)
            title = Said(f"section_{name}") if facts else heading
            yield Part(f"{name}_rows", replace(_plain(section.rows), title=title))
    if dossier.gaps:
        gaps = tuple((_gap(gap, language),) for gap in dossier.gaps)
        yield Part("gaps", Table(Said("section_gaps"), two[:1], gaps))


def _plain(table: Table) -> Table:
    """The table without its spare columns."""
    kept = [n for n, column in enumerate(table.columns) if not column.spare]
    rows = tuple(tuple(row[n] for n in kept) for row in table.rows)
    return replace(table, columns=tuple(table.columns[n] for n in kept), rows=rows)
