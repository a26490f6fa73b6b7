"""Snapshots: what lies in the folder, what the hash depends on, what damage looks like."""

import hashlib
import json
import os
import time
from pathlib import Path

import duckdb
import pytest
from contract_for_tests import contract_of
from facts_help import SMALL, put, rows, take

from engine.errors import FactsError, StoreError
from engine.facts import snapshot as snapshots
from engine.facts.importing import import_facts
from engine.facts.snapshot import Snapshot, damages, open_snapshot

FILES = {"account.csv": "id,name\na1,Ann\n", "order.csv": "id,amount,ordered_on\no2,5,2026-01-02\no1,,\n"}


def hash_of(tmp_path: Path, name: str, files: dict[str, str]) -> str:
    """The hash that files come to, in a place of their own."""
    return take(tmp_path / name, files).snapshot.hash


def test_the_folder(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    assert snapshot.folder == tmp_path / "store" / "snapshots" / snapshot.hash
    there = sorted(each.name for each in snapshot.folder.iterdir())
    assert there == ["account.parquet", "manifest.json", "order.parquet"]
    assert list((tmp_path / "store" / "snapshots").iterdir()) == [snapshot.folder]
    assert snapshot.rows == {"account": 1, "order": 2}
    manifest = json.loads((snapshot.folder / "manifest.json").read_text())
    assert manifest["absent"] == ["rep"]
    assert manifest["types"]["order"]["rows"] == 2
    assert manifest["types"]["order"]["sha256"] == hashlib.sha256(snapshot.path("order").read_bytes()).hexdigest()


def test_the_columns_are_the_contracts_in_order_and_typed(tmp_path: Path) -> None:
    path = str(take(tmp_path, FILES).snapshot.path("order"))
    with duckdb.connect() as con:
        found = con.execute("describe select * from read_parquet(?)", [path]).fetchall()
        ids = con.execute("select id from read_parquet(?)", [path]).fetchall()
    assert [each[:2] for each in found] == [
        ("id", "VARCHAR"), ("account", "VARCHAR"), ("ordered_on", "DATE"), ("amount", "DECIMAL(18,4)"),
        ("weight", "DOUBLE"), ("pieces", "BIGINT"), ("urgent", "BOOLEAN"), ("channel", "VARCHAR"), ("note", "VARCHAR"),
        ("@file", "VARCHAR"), ("@row", "BIGINT"),
    ]  # fmt: skip
    assert ids == [("o1",), ("o2",)]


def test_derived_fields_are_not_stored(tmp_path: Path) -> None:
    contract = contract_of({"account": {"fields": {"name": "text", "active": "boolean"}}})
    done = take(tmp_path, {"account.csv": "id,name,active\na1,Ann,maybe\n"}, contract=contract)
    assert rows(done.snapshot, "account") == [{"id": "a1", "name": "Ann"}]
    assert done.notices == ("account.csv: the column 'active' is not read: it is worked out from the other columns",)


def test_an_equal_snapshot_is_used_again(tmp_path: Path) -> None:
    one = take(tmp_path, FILES).snapshot
    before = {each.name: each.stat().st_mtime_ns for each in one.folder.iterdir()}
    other = take(tmp_path, FILES).snapshot
    assert one == other
    assert before == {each.name: each.stat().st_mtime_ns for each in one.folder.iterdir()}
    assert len(list((tmp_path / "store" / "snapshots").iterdir())) == 1


def test_the_hash_tells_contents_apart(tmp_path: Path) -> None:
    order = "id,note,account\n"
    variants = [
        FILES,
        {**FILES, "order.csv": "id\n"},
        {"account.csv": FILES["account.csv"]},
        {**FILES, "rep.csv": ""},
        {**FILES, "order.csv": order + "o1,a1,\n"},
        {**FILES, "order.csv": order + "o1,,a1\n"},
        {**FILES, "order.csv": order + "o1,a1,a1\n"},
        {**FILES, "order.csv": order + 'o1,"-",\n'},
        {**FILES, "order.csv": order + "o1,,\n"},
        {**FILES, "order.csv": order + "o1,1:a,\n"},
        {**FILES, "order.csv": order + "o1,1:a,\no2,,\n"},
        {**FILES, "order.csv": "id,weight\no1,0.1\n"},
        {**FILES, "order.csv": "id,weight\no1,0.10000000000000002\n"},
        {**FILES, "order.csv": "id,weight\no1,5e-324\n"},
        {**FILES, "order.csv": "id,weight\no1,0\n"},
        {**FILES, "order.csv": "id,urgent\no1,true\n"},
        {**FILES, "order.csv": "id,urgent\no1,false\n"},
    ]
    assert len({hash_of(tmp_path, str(n), files) for n, files in enumerate(variants)}) == len(variants)


def test_the_hash_is_the_same_for_ever() -> None:
    """Sealed runs name their snapshot by this hash: a change here orphans every ledger."""
    told = {"order": {"rows": 1, "content": "ab", "sha256": "x", "bytes": 1}}
    assert snapshots._whole_hash(told, ["rep"]) == hashlib.sha256(b'[1, {"order": [1, "ab"]}, ["rep"]]').hexdigest()


def test_the_content_hash_is_the_same_for_ever(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    manifest = json.loads((snapshot.folder / "manifest.json").read_text())
    header = b"2:id VARCHAR\n4:name VARCHAR\n5:owner VARCHAR\n4:tier VARCHAR\n"
    row = hashlib.sha256(b"2:a13:Ann--").hexdigest().encode()
    assert manifest["types"]["account"]["content"] == hashlib.sha256(header + row).hexdigest()


def test_opening(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    assert open_snapshot(snapshot.folder) == snapshot
    assert damages(snapshot) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": 1, "hash": "x", "types": {}, "absent": []}',
        '{"types": {"a": 1}}',
        "\xff",
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest(tmp_path: Path, text: str) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    (snapshot.folder / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(FactsError, match="is damaged"):
        open_snapshot(snapshot.folder)
    again = take(tmp_path, FILES).snapshot  # the same facts are written anew beside the damaged folder
    assert again.hash == snapshot.hash
    assert damages(again) == ()


def test_a_changed_manifest(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    path = snapshot.folder / "manifest.json"
    path.write_text(path.read_text().replace('"rows": 2', '"rows": 3'))
    with pytest.raises(FactsError, match="does not fit its hash"):
        open_snapshot(snapshot.folder)


def test_no_manifest_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"there is no snapshot in .*none: manifest\.json is missing"):
        open_snapshot(tmp_path / "none")


def test_a_folder_that_was_renamed(tmp_path: Path) -> None:
    folder = take(tmp_path, FILES).snapshot.folder
    moved = folder.rename(folder.parent / "other")
    with pytest.raises(FactsError, match="does not fit its hash"):
        open_snapshot(moved)


def test_a_missing_or_shortened_file(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    path = snapshot.path("order")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FactsError, match=r"order\.parquet is missing or not of its size"):
        open_snapshot(snapshot.folder)
    path.unlink()
    with pytest.raises(FactsError, match=r"order\.parquet is missing"):
        open_snapshot(snapshot.folder)


def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    path = snapshot.path("order")
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(bytes(data))
    assert damages(snapshot) == ("order.parquet is not the file that was written",)


def test_changed_facts_are_found_though_the_manifest_was_changed_too(tmp_path: Path) -> None:
    snapshot = take(tmp_path, FILES).snapshot
    path = snapshot.path("order")
    with duckdb.connect() as con:
        con.execute("create table t as select * replace (7::decimal(18,4) as amount) from read_parquet(?)", [str(path)])
        con.execute(f"copy t to '{path}' (format parquet)")
    manifest = json.loads((snapshot.folder / "manifest.json").read_text())
    manifest["types"]["order"] |= {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
    }
    (snapshot.folder / "manifest.json").write_text(json.dumps(manifest))
    assert damages(open_snapshot(snapshot.folder)) == ("order.parquet does not hold what the snapshot's hash says",)


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match="the snapshot cannot be written"):
        take(tmp_path, FILES)


def test_what_a_broken_run_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    home = tmp_path / "store" / "snapshots"
    old, new = home / ".new-old", home / ".new-new"
    for each in (old, new):
        each.mkdir(parents=True)
        (each / "order.parquet").write_text("half")
    os.utime(old, (time.time() - 200_000,) * 2)
    take(tmp_path, FILES)
    assert not old.exists()
    assert new.exists()


def test_a_failure_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "_flush", full)
    with pytest.raises(StoreError, match="No space left on device"):
        take(tmp_path, FILES)
    assert list((tmp_path / "store" / "snapshots").iterdir()) == []


def test_two_imports_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another import puts the same snapshot in place just before ours."""
    plain = Path.rename
    first: list[Snapshot] = []

    def imported() -> Snapshot:
        return import_facts(SMALL, tmp_path / "facts", tmp_path / "store", tmp_path / "r.csv", 1.0).snapshot

    def late(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", plain)
        first.append(imported())
        return plain(path, target)

    put(tmp_path / "facts", FILES)
    monkeypatch.setattr(Path, "rename", late)
    assert [imported()] == first
