"""What waits for room on people's lists: a table for a terminal of 80 columns, JSON, CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.action.room import FullList
from engine.delivery.listing import safe_cell
from engine.delivery.phrases import phrase
from engine.delivery.render import MISSING, clean
from engine.store.waiting import Waiting

_MARKS = {1: "!!!", 2: "!!", 3: "!"}
COLUMNS = (
    "status", "outcome", "priority", "account", "account_name", "subject_type", "subject", "play", "title", "assignee",
    "assignee_name", "since", "because",
)  # fmt: skip


def waiting_table(
    waiting: Sequence[Waiting], lists: Mapping[str, FullList], rules: Mapping[str, str], today: date, language: str
) -> RenderableType:
    """What waits, the most urgent first, and below it why: whose list is full with what. `rules`: titles by name."""
    if not waiting:
        return Text(phrase("waiting_none", language))
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", width=3)
    for name, share in (("since", 5), ("account", 18), ("who", 12), ("title", None)):
        table.add_column(phrase(f"waiting_{name}", language), width=share, overflow="fold")
    for matter in waiting:
        since = f"{matter.since:%m-%d}" if matter.since.year == today.year else matter.since.isoformat()
        what = Text(clean(matter.title))
        because = "；" if language == "zh" else "; "
        what.append(f"\n{because.join(clean(rules.get(rule, rule)) for rule in matter.reasons)}", "dim")
        table.add_row(
            _MARKS.get(matter.priority, ""), since, clean(matter.account_name or matter.account or MISSING),
            clean(matter.person_name or matter.person), what,
        )  # fmt: skip
    names = {matter.person: matter.person_name or matter.person for matter in waiting}
    below = [Text(full_line(lists.get(person), name, language), "dim") for person, name in sorted(names.items())]
    count = Text(phrase("waiting_one" if len(waiting) == 1 else "waiting_many", language, count=len(waiting)))
    return Group(table, count, *below)


def full_line(full: FullList | None, name: str, language: str) -> str:
    """Why somebody's matters wait: what is on the list, and what it may hold."""
    if full is None:
        return phrase("waiting_full", language, who=clean(name))
    return phrase(
        "waiting_full_with", language, who=clean(name), tasks=full.tasks, hours=round(full.hours, 1),
        of=round(full.of, 1),
    )  # fmt: skip


def waiting_json(waiting: Sequence[Waiting]) -> str:
    """What waits as a JSON list, with the names that `run --json` uses."""
    return json.dumps([matter.as_json() for matter in waiting], ensure_ascii=False, indent=2)


def waiting_csv(waiting: Sequence[Waiting]) -> str:
    """What waits as CSV for spreadsheets; see `listing.as_csv`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for matter in waiting:
        fields = {**matter.as_json(), "subject_type": matter.subject_type, "subject": matter.subject}
        fields["because"] = " ".join(matter.reasons)
        cells = [fields[name] for name in COLUMNS]
        writer.writerow(["" if cell is None else safe_cell(str(cell)) for cell in cells])
    return "\ufeff" + out.getvalue()
