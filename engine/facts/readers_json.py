"""JSON lines: one object a line."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.facts.columns import Column, all_fields, match_columns, tidy
from engine.facts.readers import Raw, RawCell
from engine.facts.sources import Input
from engine.facts.spool import Spool, flaw, shown, spooled
from engine.facts.textfiles import inspect
from engine.facts.work import Bench
from engine.policy.contract import FactType

_KEYS_KEPT = 1000  # unknown keys remembered, for the notice
_PLAIN_EXPONENT = 40  # numbers written with a larger exponent stay as they are


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def read_jsonl(bench: Bench, given: Input, kind: FactType) -> Raw:
    """Read the lines into a spool; a line that is not an object of plain values is refused."""
    text = inspect(given.path, given.label)
    if text.empty:
        return Raw(kind, given.label, None, (), given.values, (), None)
    keys = _Keys(kind, given.columns)
    fields = all_fields(kind)
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_float=plain_number, parse_int=plain_number, parse_constant=str
    )
    with (
        Spool(bench.new_file(), len(fields)) as out,
        given.path.open("r", encoding=text.encoding, newline="\n") as lines,
    ):
        for row, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found = decoder.decode(line.strip())
            except RecursionError:
                out.refuse(row, "nested too deeply", line)
            except _TwiceError as fault:
                out.refuse(row, f"the key '{fault}' stands twice", line)
            except ValueError as fault:
                out.refuse(row, f"not JSON: {fault}", line)
            else:
                if not isinstance(found, dict):
                    out.refuse(row, "not a JSON object", line)
                    continue
                cells, twice = keys.cells(found)
                if twice:
                    out.refuse(row, f"two keys for the field {twice}", line)
                else:
                    out.add(row, cells)
    header = list(keys.seen)
    if not out.rows or not header:
        header = [given.columns.get(each.name, each.name) for each in fields]
    matched = match_columns(kind, header, given.columns, given.label)
    raw_cells = tuple(
        RawCell(Column(each.field, n, each.name), f"c{n}")
        for n, field in enumerate(fields)
        for each in matched.columns
        if each.field.name == field.name
    )
    relation = spooled(out.path, len(fields), out.longest)
    return Raw(kind, given.label, relation, raw_cells, given.values, matched.notices, None)


class _Keys:
    """Which field a key belongs to; remembers the keys seen, in the order they came."""

    def __init__(self, kind: FactType, mapping: Mapping[str, str]) -> None:
        self._names: Sequence[str] = [each.name for each in all_fields(kind)]
        self._wanted: dict[str, tuple[int, ...]] = {}
        for place, name in enumerate(self._names):
            key = tidy(mapping.get(name, name))
            self._wanted[key] = (*self._wanted.get(key, ()), place)
        self._places: dict[str, tuple[int, ...]] = {}
        self._blank = [""] * len(self._names)
        self.seen: dict[str, None] = {}

    def cells(self, found: Mapping[str, Any]) -> tuple[list[str], str]:
        """The cells in the contract's order, and the field that two keys claim (or nothing)."""
        cells = self._blank.copy()
        taken = 0
        for key, value in found.items():
            for place in self._places[key] if key in self._places else self._learn(key):
                if taken >> place & 1:
                    return cells, self._names[place]
                taken |= 1 << place
                if value is not None:
                    cells[place] = value if type(value) is str else _cell(value)
        return cells, ""

    def _learn(self, key: str) -> tuple[int, ...]:
        folded = tidy(key)
        places = self._wanted.get(folded, ())
        if len(self._places) < _KEYS_KEPT or places:
            self._places[key] = places
        if (len(self.seen) < _KEYS_KEPT or places) and folded not in {tidy(each) for each in self.seen}:
            self.seen[key[:200]] = None
        return places


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(shown(next(key for key in keys if keys.count(key) > 1)))
    return found


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return flaw(f"{'a list' if isinstance(value, list) else 'an object'} where one value is expected", str(value))


def plain_number(written: str) -> str:
    """A number as people write it: no exponent unless it is huge or tiny, no zeros after the last decimal.

    >>> [plain_number(each) for each in ("7.0", "1.50", "1e3", "-0.0", "12")]
    ['7', '1.5', '1000', '0', '12']
    """
    if written.isdigit():
        return written
    try:
        number = Decimal(written)
    except InvalidOperation:
        return written
    if not number.is_finite() or abs(number.adjusted()) > _PLAIN_EXPONENT:
        return written
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
