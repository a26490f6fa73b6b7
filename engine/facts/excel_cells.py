"""One Excel cell as text: Excel knows numbers, dates, truth and text, nothing else."""

import datetime as dt
from typing import Any

from engine.facts.readers_json import plain_number
from engine.facts.spool import flaw
from engine.policy.kinds import Kind

_EXACT = 10**15  # Excel keeps 15 digits
_LAST_SERIAL = 2_958_465  # 9999-12-31
_LEAP_DAY = 60  # 1900-02-29, which Excel has and the calendar has not


def cell_text(value: Any, kind: Kind, since_1904: bool) -> str:
    """The cell's text for a field of `kind`; a number in a date field is Excel's count of days."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, kind, since_1904)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _number(value: int | float, kind: Kind, since_1904: bool) -> str:
    if kind is Kind.DATE:
        return _day(value, since_1904)
    if kind is Kind.TEXT and abs(value) >= _EXACT:
        return flaw("a number of more than 15 digits, of which Excel keeps 15: store it as text", repr(value))
    written = plain_number(repr(value))
    if kind is Kind.MONEY and "." in written and len(written.split(".")[1]) > 4:
        written = plain_number(format(value, ".15g"))
    return written


def _day(serial: int | float, since_1904: bool) -> str:
    days = int(serial) if abs(serial) < _LAST_SERIAL + 1 else 0
    if since_1904:
        days += 1462
    if not 0 < days <= _LAST_SERIAL or days == _LEAP_DAY:
        return flaw("not a day that Excel knows", plain_number(repr(serial)))
    start = dt.date(1899, 12, 31) if days < _LEAP_DAY else dt.date(1899, 12, 30)
    return (start + dt.timedelta(days=days)).isoformat()
