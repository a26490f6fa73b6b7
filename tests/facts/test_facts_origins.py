"""Where a fact came from: the file and the row in it, beside what the snapshot says."""

from pathlib import Path

import duckdb
from facts_help import SMALL, put, take

from engine.facts.importing import import_facts
from engine.facts.origins import Origin, origins_of
from engine.facts.sources import Source
from engine.facts.told import ToldRow


def test_each_row_knows_its_file_and_row(tmp_path: Path) -> None:
    plain = "id,account,note\no2,a1,x\no1,a1,y\n"
    quoted = 'id,account,note\no3,a1,"two\nlines"\n\no4,a1,z\n'  # read row by row
    put(tmp_path / "one", {"order.csv": plain, "account.csv": "id,name\na1,Ann\n"})
    put(tmp_path / "two", {"later.csv": quoted})
    sources = [Source(None, tmp_path / "one"), Source("order", tmp_path / "two" / "later.csv")]
    path = take(tmp_path, sources).snapshot.path("order")
    found = origins_of(path, ("o1", "o2", "o3", "o4", "o5"))
    assert found == {
        "o1": Origin("order.csv", 3), "o2": Origin("order.csv", 2), "o3": Origin("later.csv", 2),
        "o4": Origin("later.csv", 4),
    }  # fmt: skip


def test_what_was_told_is_known_by_its_number(tmp_path: Path) -> None:
    told = [ToldRow("order", "t1", {"id": "t1", "account": "a1"}, 7, "r1")]
    folder = put(tmp_path / "facts", {"account.csv": "id,name\na1,Ann\n", "order.csv": "id,account\no1,a1\n"})
    done = import_facts(SMALL, folder, tmp_path / "store", tmp_path / "rejects.csv", 0.5, None, told)
    assert origins_of(done.snapshot.path("order"), ["t1"]) == {"t1": Origin("told", 7)}


def test_the_same_facts_from_elsewhere_are_the_same_snapshot(tmp_path: Path) -> None:
    one = take(tmp_path / "a", {"account.csv": "id,name\na1,Ann\na2,Bo\n"}).snapshot
    other = take(tmp_path / "b", {"account.csv": "id,name\na2,Bo\na1,Ann\n"}).snapshot
    assert one.hash == other.hash
    assert origins_of(one.path("account"), ["a1"]) == {"a1": Origin("account.csv", 2)}
    assert origins_of(other.path("account"), ["a1"]) == {"a1": Origin("account.csv", 3)}


def test_an_older_snapshot_has_none(tmp_path: Path) -> None:
    path = tmp_path / "order.parquet"
    duckdb.execute(f"copy (select 'o1' id) to '{path}' (format parquet)")
    assert origins_of(path, ["o1"]) == {}
