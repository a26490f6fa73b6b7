"""What people told, taken in by the next night: new facts, other values, undone ones, and what does not fit."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest
from tell_help import DAY, FACTS, NOW, night, small_workspace, tell, undo, write_facts

from engine.errors import FactsError
from engine.store.opening import open_store, read_store, run_lock
from engine.store.tellings import list_told, settled_fields
from engine.store.told import write_told
from engine.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_workspace(tmp_path_factory.mktemp("told") / "w")
    night(workspace)
    return workspace.root


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    return open_workspace(Path(shutil.copytree(made, tmp_path / "w")))


def rows(workspace: Workspace, type: str) -> dict[str, dict]:
    """The rows of a type in the last night's snapshot."""
    with read_store(workspace.store) as store:
        [(snapshot,)] = store.rows("select snapshot from run order by number desc limit 1")
    found = duckdb.execute("select * from read_parquet($1)", [str(workspace.snapshots / snapshot / f"{type}.parquet")])
    names = [name for name, *_ in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def raw_tell(workspace: Workspace, type: str, id: str, who: str = "ann", **fields: str) -> None:
    """A row of `told` as another command writes it, unchecked."""
    with open_store(workspace.store) as store, store.transaction() as tx:
        write_told(tx, type, id, fields, who, NOW)


def rejects(workspace: Workspace) -> list[dict[str, str]]:
    path = workspace.store / "rejects" / f"{DAY}.csv"
    return list(csv.DictReader(path.open(encoding="utf-8-sig"))) if path.exists() else []


def test_a_new_fact_is_a_row_of_its_own(workspace):
    told = tell(workspace, "complaint", "account=a5", "kind=service", "text=太慢了").told.telling
    night(workspace)
    row = rows(workspace, "complaint")[told.fact]
    assert (row["account"], row["kind"], row["text"], row["opened_on"]) == ("a5", "service", "太慢了", DAY)
    assert len(rows(workspace, "complaint")) == 3


def test_an_amendment_changes_the_named_fields_alone(workspace):
    tell(workspace, "promise", "id=p1", "kept_on=2026-11-19", "value=1,200.5")
    night(workspace)
    row = rows(workspace, "promise")["p1"]
    assert (str(row["kept_on"]), str(row["value"]), row["kind"], str(row["due_on"])) == (
        "2026-11-19", "1200.5000", "delivery", "2026-11-10",
    )  # fmt: skip
    assert rows(workspace, "promise")["p2"]["value"] is not None


def test_an_empty_value_clears_a_field(workspace):
    tell(workspace, "promise", "id=p2", "kept_on=")
    night(workspace)
    assert rows(workspace, "promise")["p2"]["kept_on"] is None


def test_later_words_stand_over_earlier_ones_and_undoing_goes_back_to_them(workspace):
    tell(workspace, "promise", "id=p1", "due_on=2026-12-01")
    second = tell(workspace, "promise", "id=p1", "due_on=2026-12-02").told.telling.id
    night(workspace)
    assert str(rows(workspace, "promise")["p1"]["due_on"]) == "2026-12-02"
    undo(workspace, str(second))
    night(workspace)
    assert str(rows(workspace, "promise")["p1"]["due_on"]) == "2026-12-01"


def test_what_is_undone_is_gone_the_next_night(workspace):
    told = tell(workspace, "complaint", "account=a5", "kind=service").told.telling
    tell(workspace, "promise", "id=p1", "kept_on=2026-11-19")
    night(workspace)
    undo(workspace, told.fact)
    undo(workspace, "p1")
    night(workspace)
    assert told.fact not in rows(workspace, "complaint")
    assert rows(workspace, "promise")["p1"]["kept_on"] is None


def test_a_type_of_which_only_told_rows_exist_is_present_and_absent_again(workspace):
    assert "company_event" in {t for rule in night(workspace)["not_judged"] for t in rule["missing"]}
    told = tell(workspace, "company_event", "kind=disaster", "began_on=2026-11-18").told.telling
    found = night(workspace)
    assert found["rows"]["company_event"] == 1
    assert {s["account"] for s in found["signals"] if s["rule"] == "event-on"} == {"a8", "a7", "a6", "a5"}
    undo(workspace, told.fact)
    assert "company_event" not in night(workspace)["rows"]


def test_a_told_fact_is_not_known_before_its_day(workspace):
    told = tell(workspace, "complaint", "account=a5", "kind=service", "opened_on=2026-11-23").told.telling
    subjects = [s["subject"]["id"] for s in night(workspace)["signals"]]
    assert told.fact not in subjects
    later = night(workspace, day=DAY.replace(day=23))
    assert told.fact in [s["subject"]["id"] for s in later["signals"]]


def test_the_told_field_stands_until_the_source_says_the_same(workspace):
    told = tell(workspace, "promise", "id=p1", "kept_on=2026-11-19", "value=10").told.telling
    night(workspace)
    write_facts(workspace, {"promise": FACTS["promise"].replace("2026-11-10,,\n", "2026-11-10,2026-11-18,\n", 1)})
    night(workspace)
    assert str(rows(workspace, "promise")["p1"]["kept_on"]) == "2026-11-19"
    write_facts(workspace, {"promise": FACTS["promise"].replace("2026-11-10,,\n", "2026-11-10,2026-11-19,\n", 1)})
    night(workspace)
    with read_store(workspace.store) as store:
        assert settled_fields(store, [told.id]) == {told.id: frozenset({"kept_on"})}
    write_facts(workspace, {"promise": FACTS["promise"].replace("2026-11-10,,\n", "2026-11-10,2026-11-17,\n", 1)})
    night(workspace)
    row = rows(workspace, "promise")["p1"]
    assert (str(row["kept_on"]), str(row["value"])) == ("2026-11-17", "10.0000")


def test_a_dry_run_and_other_facts_take_them_in_and_write_nothing(workspace, tmp_path):
    tell(workspace, "complaint", "account=a5", "kind=service")
    other = tmp_path / "other"
    shutil.copytree(workspace.root / "facts", other)
    before = (workspace.database).read_bytes()
    found = night(workspace, dry_run=True, facts=other)
    assert found["rows"]["complaint"] == 3
    assert workspace.database.read_bytes() == before
    with read_store(workspace.store) as store:
        assert not list_told(store)[0].taken


def test_the_same_night_again_changes_nothing(workspace):
    tell(workspace, "complaint", "account=a5", "kind=service")
    assert not night(workspace)["already_done"]
    assert night(workspace)["already_done"]


def test_what_does_not_fit_is_listed_with_who_told_it_and_stops_no_night(workspace):
    raw_tell(workspace, "complaint", "x1", who="bob", account="a5", kind="rudeness", opened_on="2026-11-19")
    raw_tell(workspace, "promise", "p1", who="bob", due_on="tomorrow")
    raw_tell(workspace, "promise", "gone", who="bob", kept_on="2026-11-19")
    raw_tell(workspace, "unicorn", "u1", who="bob", name="x")
    tell(workspace, "complaint", "account=a5", "kind=service")
    found = night(workspace)
    assert found["rejected"] == 3
    assert any("unicorn" in notice for notice in found["notices"])
    listed = [(r["type"], r["file"], r["column"]) for r in rejects(workspace)]
    assert ("complaint", "told by bob on 2026-11-20", "kind") in listed
    assert ("promise", "told by bob on 2026-11-20", "due_on") in listed
    assert str(rows(workspace, "promise")["p1"]["due_on"]) == "2026-11-10"
    assert "gone" not in rows(workspace, "promise")


def test_told_rows_that_do_not_fit_make_no_type_present(workspace):
    raw_tell(workspace, "survey", "s1", asked_on="never", account="a1")
    found = night(workspace)
    assert "survey" not in found["rows"]
    assert any("survey" in notice for notice in found["notices"])


def test_a_told_ref_that_leads_nowhere_reads_as_missing(workspace):
    raw_tell(workspace, "complaint", "x1", account="a5", kind="price", opened_on="2026-11-19", rep="nobody")
    night(workspace)
    assert rows(workspace, "complaint")["x1"]["rep"] is None
    assert [(r["kind"], r["column"]) for r in rejects(workspace)] == [("warning", "rep")]


def test_twins_in_the_source_stay_aside_when_amended(workspace):
    text = (
        FACTS["promise"]
        + "p1,a4,r1,gift,2026-10-01,2026-11-10,,\n"
        + "".join(f"q{n},a1,r1,gift,2026-10-01,2026-12-10,,\n" for n in range(60))
    )
    write_facts(workspace, {"promise": text})
    tell(workspace, "promise", "id=p1", "kept_on=2026-11-19")
    night(workspace)
    assert "p1" not in rows(workspace, "promise")
    assert {r["file"] for r in rejects(workspace)} == {"promise.csv"}


def test_telling_goes_on_while_a_night_holds_the_lock(workspace):
    with run_lock(workspace.store):
        told = tell(workspace, "complaint", "account=a5", "kind=service").told.telling
    night(workspace)
    assert told.fact in rows(workspace, "complaint")


def test_many_told_facts_are_taken_in_together(workspace):
    with open_store(workspace.store) as store, store.transaction() as tx:
        for n in range(2000):
            write_told(
                tx, "fee", f"f{n}", {"account": f"a{1 + n % 8}", "charged_on": "2026-11-01", "amount": "3.5"}, "x", NOW
            )
            write_told(tx, "fee", f"f{n}", {"amount": str(n)}, "x", NOW)
    assert night(workspace)["rows"]["fee"] == 2000
    assert str(rows(workspace, "fee")["f1999"]["amount"]) == "1999.0000"


def test_an_account_alone_can_be_told(tmp_path):
    workspace = small_workspace(tmp_path / "w", {})
    with open_store(workspace.store, create=True) as store, store.transaction() as tx:
        write_told(tx, "account", "a1", {"name": "Firm"}, "x", NOW)
    try:
        assert night(workspace)["rows"] == {"account": 1}
    except FactsError as error:  # a folder without any file is refused before
        assert "no" in error.message
