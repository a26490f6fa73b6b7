"""What holds for any facts: order and format do not matter, no text is changed on its way, nothing breaks it."""

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from facts_help import SMALL, put, rows, take, workbook
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.errors import FactsError
from engine.facts.limits import BLANKS
from engine.policy.kinds import INTEGER_LIMIT, MONEY_LIMIT, Kind

Row = Mapping[str, Any]
FIELDS = ["id", *SMALL["order"].fields]
TYPES = {
    Kind.TEXT: "varchar", Kind.DATE: "date", Kind.MONEY: "decimal(18,4)", Kind.NUMBER: "double",
    Kind.INTEGER: "bigint", Kind.BOOLEAN: "boolean",
}  # fmt: skip

# texts that Excel and openpyxl carry unchanged, among them many that look like something else
LOOKALIKES = [
    "1",
    "1.0",
    "1,234",
    "=1+1",
    "-",
    "NULL",
    "nan",
    "2026-02-30",
    "true",
    "{}",
    "[1]",
    "%s",
    "#N",
    "0x1",
    "1:",
]
AWKWARD = [
    "'",
    '"',
    '""',
    ",",
    ";",
    "\\",
    "\\n",
    "a\nb",
    "a,b",
    "中文",
    "𠀀",
    "😀",
    "e\u0301",
    "\u202eabc",
    "ﬀ",
    "ß",
    "İ",
]
WORDS = st.sampled_from([*LOOKALIKES, *AWKWARD])
LINES = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=30)
TEXTS = st.one_of(WORDS, LINES.filter(lambda text: text.strip(BLANKS) == text))
ORDERS = st.lists(
    st.fixed_dictionaries(
        {"id": st.text("abcXYZ019-_ 中", min_size=1, max_size=6).filter(lambda text: text.strip() == text)},
        optional={
            "account": st.sampled_from(["a1", "a2"]),
            "ordered_on": st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
            "amount": st.decimals(Decimal(-(10**9)), Decimal(10**9), places=4),
            "weight": st.floats(-1e15, 1e15).filter(lambda number: abs(number) > 1e-9 or number == 0),
            "pieces": st.integers(1 - INTEGER_LIMIT, INTEGER_LIMIT - 1),
            "urgent": st.booleans(),
            "channel": st.sampled_from(["visit", "call", "customer_visit"]),
            "note": WORDS,
        },
    ),
    max_size=20,
    unique_by=lambda row: row["id"],
)
RELAXED = settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


def as_csv(folder: Path, found: Sequence[Row]) -> None:
    with (folder / "order.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, FIELDS)
        out.writeheader()
        out.writerows(found)


def as_gb18030(folder: Path, found: Sequence[Row]) -> None:
    text = io.StringIO()
    out = csv.DictWriter(text, [*FIELDS[::-1], "客户"], delimiter=";", quoting=csv.QUOTE_ALL)
    out.writeheader()
    out.writerows(found)
    (folder / "order.csv").write_bytes(text.getvalue().encode("gb18030"))


def as_jsonl(folder: Path, found: Sequence[Row]) -> None:
    def plain(value: object) -> object:
        return str(value) if isinstance(value, dt.date | Decimal) else value

    lines = [json.dumps({key: plain(value) for key, value in row.items()}) + "\n" for row in found]
    (folder / "order.jsonl").write_text("".join(lines), encoding="utf-8")


def as_parquet(folder: Path, found: Sequence[Row], typed: bool = True) -> None:
    kinds = {"id": Kind.TEXT} | {field.name: field.kind for field in SMALL["order"].fields.values()}
    columns = ", ".join(f"{name} {TYPES[kind] if typed else 'varchar'}" for name, kind in kinds.items())
    with duckdb.connect() as con:
        con.execute(f"create table t ({columns})")
        for row in found:
            con.execute(f"insert into t values ({', '.join('?' * len(kinds))})", [row.get(name) for name in kinds])
        con.execute(f"copy t to '{folder / 'order.parquet'}' (format parquet)")


def as_text_parquet(folder: Path, found: Sequence[Row]) -> None:
    as_parquet(folder, [{name: str(value) for name, value in row.items()} for row in found], typed=False)


def as_xlsx(folder: Path, found: Sequence[Row]) -> None:
    lines: list[list[object]] = [list(FIELDS)]
    for row in found:
        cells = [row.get(name) for name in FIELDS]
        lines.append([each if not isinstance(each, Decimal) else str(each) for each in cells])
    workbook(folder / "order.xlsx", {"order": lines})


def hash_of(found: Sequence[Row], write: Callable[[Path, Sequence[Row]], None]) -> str:
    with tempfile.TemporaryDirectory() as made:
        folder = put(Path(made) / "facts", {})
        write(folder, found)
        done = take(Path(made), folder, share=0)
        return done.snapshot.hash


@RELAXED
@given(ORDERS, st.randoms(use_true_random=False))
def test_neither_order_nor_format_changes_the_hash(found: list[dict[str, Any]], chance: Any) -> None:
    wanted = hash_of(found, as_csv)
    for write in (as_csv, as_gb18030, as_jsonl, as_parquet, as_text_parquet):
        shuffled = list(found)
        chance.shuffle(shuffled)
        assert hash_of(shuffled, write) == wanted, write.__name__


@settings(RELAXED, max_examples=4)
@given(ORDERS)
def test_a_workbook_gives_the_same_hash(found: list[dict[str, Any]]) -> None:
    kept = [
        {name: float(f"{value:.15g}") if name == "weight" else value for name, value in row.items()}
        for row in found
        if not str(row.get("note", "")).startswith("=")
    ]
    assert hash_of(kept, as_xlsx) == hash_of(kept[::-1], as_csv)


@RELAXED
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=40))
def test_texts_come_out_as_they_went_in(pairs: list[tuple[str, str]]) -> None:
    found = [{"id": f"o{n:03}", "note": text, "channel": "visit"} for n, (text, _) in enumerate(pairs)]
    kinds = {"csv": as_csv, "gb18030": as_gb18030, "jsonl": as_jsonl, "parquet": as_parquet}
    for name, write in kinds.items():
        with tempfile.TemporaryDirectory() as made:
            folder = put(Path(made) / "facts", {})
            write(folder, found)
            assert rows(take(Path(made), folder, share=0).snapshot, "order") == [
                dict(sorted(row.items(), key=lambda pair: FIELDS.index(pair[0]))) for row in found
            ], name


@settings(RELAXED, max_examples=40)
@given(
    st.sampled_from(["order.csv", "order.jsonl"]),
    st.one_of(
        st.binary(max_size=300),
        st.text(st.sampled_from('",;\t\n\r\0a1{}[]:\\é中'), max_size=200).map(str.encode),
        st.lists(st.sampled_from(["o1", '"', ",", "\n", "\r\n", '""', "x", "1.5", " "]), max_size=60).map(
            lambda parts: ("id,note,amount\n" + "".join(parts)).encode()
        ),
    ),
)
def test_no_file_breaks_the_import(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as made:
        try:
            done = take(Path(made), {name: data})
        except FactsError as fault:
            assert name in fault.message
        else:
            assert "order" in done.snapshot.present


@settings(RELAXED, max_examples=10)
@given(
    st.lists(st.tuples(st.sampled_from(["o1", "o2", "o3"]), st.sampled_from(["", "x", "y"])), max_size=8),
    st.randoms(use_true_random=False),
)
def test_twins_are_settled_alike_in_any_order(pairs: list[tuple[str, str]], chance: Any) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    contents = {id: {note for other, note in pairs if other == id} for id, _ in pairs}
    expected = {id: next(iter(notes)) for id, notes in contents.items() if len(notes) == 1}
    for order in (pairs, shuffled):
        with tempfile.TemporaryDirectory() as made:
            text = "id,note\n" + "".join(f"{id},{note}\n" for id, note in order)
            done = take(Path(made), {"order.csv": text})
            assert {each["id"]: each.get("note", "") for each in rows(done.snapshot, "order")} == expected
            assert done.rejected == len(pairs) - len(expected)


@settings(RELAXED, max_examples=10)
@given(st.lists(st.decimals(-MONEY_LIMIT + 1, MONEY_LIMIT - 1, places=4), min_size=1, max_size=50))
def test_money_is_exact(amounts: list[Decimal]) -> None:
    with tempfile.TemporaryDirectory() as made:
        text = "id,amount\n" + "".join(f"o{n:03},{amount}\n" for n, amount in enumerate(amounts))
        found = rows(take(Path(made), {"order.csv": text}, share=0).snapshot, "order")
        assert [each["amount"] for each in found] == amounts
