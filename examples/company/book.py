"""The rows of every fact type, as they are gathered, numbered and written."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# Per type: the letter before its numbers, the date it is sorted by, and its columns after `id`.
# fmt: off
TABLES: dict[str, tuple[str, str, str]] = {
    "account": (
        "a", "", "name owner second department tier kind stage grade province city type industry origin relation_level"
        " created_on updated_on signed_on lost_on lost_cause lost_kind controllable",
    ),
    "contact": ("k", "", "account name position department level influence tastes met_on left_on"),
    "rep": (
        "r", "", "name role department region manager email hired_on notice_on left_on weekly_hours service_skill"
        " product_skill communication_skill",
    ),
    "absence": ("x", "told_on", "rep told_on since until"),
    "assignment": ("g", "since", "account rep since until"),
    "interaction": (
        "i", "happened_on", "account rep contact happened_on channel outcome topic incident moved_by_us note",
    ),
    "appointment": ("n", "made_on", "account rep made_on planned_on channel cancelled_on"),
    "order": ("o", "ordered_on", "account rep ordered_on amount margin product cancelled_on"),
    "quote": ("q", "quoted_on", "account rep quoted_on amount product won_on lost_on lost_to lost_reason"),
    "invoice": ("v", "issued_on", "account order issued_on due_on amount paid_on paid_amount"),
    "promise": (
        "p", "made_on", "account rep kind text made_on due_on condition_amount value certainty insisted answers_risk"
        " approved_by approval_reason kept_on withdrawn_on urged",
    ),
    "delivery": (
        "d", "promised_at", "account order promised_at promised_on delivered_on quantity short_quantity urged",
    ),
    "complaint": (
        "c", "opened_on", "account contact rep opened_on kind severity text answered_on verified_on resolved_on told_on"
        " reopened_on passed_to passed_on returned_on",
    ),
    "survey": ("s", "asked_on", "account contact asked_on answered_on satisfaction suggestion replied_on"),
    "rival_move": ("m", "seen_on", "account rival kind seen_on their_price our_price ended_on"),
    "criteria": ("t", "assessed_on", "account assessed_on we_fit rival_fits"),
    "business_change": ("b", "seen_on", "account seen_on kind"),
    "company_event": ("e", "began_on", "kind began_on ended_on text"),
    "subscription": ("u", "started_on", "account product started_on ends_on renewed_on cancelled_on amount"),
    "product_event": ("y", "happened_on", "product kind happened_on closed_on text"),
    "upgrade_answer": ("w", "answered_on", "account product_event answered_on wants done_on"),
    "fee": ("f", "charged_on", "account charged_on kind amount"),
    "benefit": ("z", "given_on", "account given_on kind amount"),
    "hosting": (
        "h", "made_on", "account host made_on planned_on venue venue_booked_on quiet budget guests top_guest_level"
        " planned_level influential_guests held_on cancelled_on",
    ),
    "conduct": ("j", "seen_on", "rep account sign seen_on observer"),
    "supply": ("l", "seen_on", "product seen_on available committed"),
    "alliance": ("nn", "signed_on", "account kind signed_on ends_on ended_on"),
    "staff_talk": ("st", "held_on", "rep held_on kind note"),
}
# fmt: on


class Book:
    """All rows so far. A row may hold another row where the contract wants an id."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in TABLES}

    def add(self, table: str, **fields: Any) -> Row:
        """Put a row in; the names must be those of the type. Gives the row, for others to refer to."""
        unknown = set(fields) - {"id", *TABLES[table][2].split()}
        if unknown:
            raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
        self.rows[table].append(fields)
        return fields

    def of(self, table: str, account: str) -> list[Row]:
        """The rows of an account, in order of their date."""
        found = [row for row in self.rows[table] if row["account"] == account]
        return sorted(found, key=lambda row: row.get(TABLES[table][1]) or date.min)

    def write(self, folder: Path) -> None:
        """One CSV file per type: rows in order of date, numbered in that order unless they have their id."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, (letter, by, _) in TABLES.items():
            rows = self.rows[name]
            if by:
                rows.sort(key=_order(by))
            for number, row in enumerate(rows, start=1):
                row.setdefault("id", f"{letter}{number}")
        for name, (_, _, columns) in TABLES.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["id", *columns.split()])
                for row in self.rows[name]:
                    writer.writerow([_text(row.get(column)) for column in ("id", *columns.split())])


def _order(by: str) -> Callable[[Row], tuple[date, int]]:
    return lambda row: (row.get(by) or date.min, int(str(row.get("account") or "a0")[1:]))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return str(value["id"])
    return str(value)
