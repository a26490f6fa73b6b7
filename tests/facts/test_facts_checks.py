"""Ids, refs, the list of rejects and the share that may be set aside."""

from pathlib import Path

import pytest
from facts_help import listed, put, rows, take, told, workbook

from engine.errors import FactsError
from engine.facts.rejects import harmless
from engine.facts.sources import Source


def test_equal_rows_under_one_id_keep_one(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id,note,amount\no1,x,5\no2,y,1\no1, x ,5.00\no1,x,5\n"})
    assert [each["id"] for each in rows(done.snapshot, "order")] == ["o1", "o2"]
    assert told(tmp_path) == [
        ("4", "id", "the same row as row 2, row 5"),
        ("5", "id", "the same row as row 2 and 1 more"),
    ]
    assert done.rejected == 2


def test_differing_rows_under_one_id_are_all_set_aside(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id,note\no1,x\no1,y\no2,z\no1,x\n"})
    assert [each["id"] for each in rows(done.snapshot, "order")] == ["o2"]
    assert [row for row, _, _ in told(tmp_path)] == ["2", "3", "5"]
    assert told(tmp_path)[1] == ("3", "id", "the same id, with other content, as row 2, row 5")


def test_missing_differs_from_empty_looking_values(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": 'id,note,account\no1,,a1\no1,a1,\no2,"1:","-"\no2,"1:-",""\n'})
    assert rows(done.snapshot, "order") == []


def test_twins_in_two_files_name_the_other_file(tmp_path: Path) -> None:
    take(tmp_path, {"order.csv": "id,note\no1,x\n", "order.jsonl": '{"id": "o1", "note": "y"}\n'})
    assert told(tmp_path) == [
        ("2", "id", "the same id, with other content, as order.jsonl row 1"),
        ("1", "id", "the same id, with other content, as order.csv row 2"),
    ]


def test_a_bad_row_does_not_count_as_a_twin(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id,amount\no1,x\no1,5\n"})
    assert len(rows(done.snapshot, "order")) == 1


def test_many_twins(tmp_path: Path) -> None:
    text = "id,note\n" + "".join(f"o1,{n}\n" for n in range(5000))
    done = take(tmp_path, {"order.csv": text})
    assert done.rejected == 5000
    assert told(tmp_path)[1][2] == "the same id, with other content, as row 2, row 5001 and 4997 more"


def test_ids_are_compared_to_the_letter(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id\nO1\no1\no1 \n01\n1\n\u00e9\ne\u0301\n"})
    assert len(rows(done.snapshot, "order")) == 6


def test_a_ref_that_leads_nowhere_reads_as_missing(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id,account\no1,a1\no2,zz\no3,\n"})
    assert [each.get("account") for each in rows(done.snapshot, "order")] == ["a1", None, None]
    assert (done.rejected, done.warnings) == (0, 1)
    assert listed(tmp_path) == [
        {
            "kind": "warning", "type": "order", "file": "order.csv", "row": "3", "column": "account", "value": "zz",
            "reason": "no account of this id, or its row was set aside; reads as missing",
        }
    ]  # fmt: skip


def test_a_ref_to_a_row_set_aside_leads_nowhere(tmp_path: Path) -> None:
    files = {
        "account.csv": "id,name,tier\na1,Ann,A\na2,Bob,X\na3,C,A\na3,D,A\n",
        "order.csv": "id,account\no1,a1\no2,a2\no3,a3\n",
    }
    done = take(tmp_path, files)
    assert [each.get("account") for each in rows(done.snapshot, "order")] == ["a1", None, None]
    assert (done.rejected, done.warnings) == (3, 2)


def test_refs_within_a_type_and_in_two_columns(tmp_path: Path) -> None:
    files = {
        "rep.csv": "id,manager\nr1,r2\nr2,r2\nr3,zz\n",
        "account.csv": "id,name,owner\na1,Ann,r3\na2,Bob,nobody\n",
    }
    done = take(tmp_path, files)
    assert [each.get("manager") for each in rows(done.snapshot, "rep")] == ["r2", "r2", None]
    assert [each.get("owner") for each in rows(done.snapshot, "account")] == ["r3", None]
    assert done.warnings == 2


def test_a_ref_to_a_type_without_source_stays(tmp_path: Path) -> None:
    done = take(tmp_path, {"account.csv": "id,name,owner\na1,Ann,r1\n"})
    assert rows(done.snapshot, "account") == [{"id": "a1", "name": "Ann", "owner": "r1"}]
    assert done.notices == ("account.owner is not checked: there is no source for rep",)


def test_a_ref_to_an_empty_type_leads_nowhere(tmp_path: Path) -> None:
    done = take(tmp_path, {"account.csv": "id,name,owner\na1,Ann,r1\n", "rep.csv": ""})
    assert rows(done.snapshot, "account") == [{"id": "a1", "name": "Ann"}]
    assert done.warnings == 1


def test_too_many_rejects_stop_the_import(tmp_path: Path) -> None:
    lines = "".join(f"o{n},{'x' if n < 6 else 1}\n" for n in range(100))
    with pytest.raises(FactsError) as fault:
        take(tmp_path, {"order.csv": f"id,amount\n{lines}"}, share=0.05)
    assert fault.value.message.splitlines() == [
        "order: 6 of 100 rows do not fit (at most 5.0% may)",
        "  order.csv row 2, amount 'x': not an amount of money",
        "  order.csv row 3, amount 'x': not an amount of money",
        "  order.csv row 4, amount 'x': not an amount of money",
    ]
    assert str(tmp_path / "rejects.csv") in fault.value.hint
    assert len(listed(tmp_path)) == 6
    assert not (tmp_path / "store").exists()


def test_as_many_rejects_as_allowed(tmp_path: Path) -> None:
    lines = "".join(f"o{n},{'x' if n < 5 else 1}\n" for n in range(100))
    done = take(tmp_path, {"order.csv": f"id,amount\n{lines}"}, share=0.05)
    assert (done.rejected, done.rejects_path) == (5, tmp_path / "rejects.csv")


def test_the_share_counts_rows_not_cells_and_not_warnings(tmp_path: Path) -> None:
    text = "id,amount,pieces,account\no1,x,y,zz\no2,1,1,zz\no3,1,1,zz\no4,1,1,zz\n"
    assert take(tmp_path, {"order.csv": text}, share=0.25).rejected == 1
    with pytest.raises(FactsError):
        take(tmp_path, {"order.csv": text}, share=0.24)
    with pytest.raises(FactsError):
        take(tmp_path, {"order.csv": text}, share=0)


def test_every_type_beyond_the_share_is_told(tmp_path: Path) -> None:
    files = {"account.csv": "id,name\na1,\n", "order.csv": "id,amount\no1,x\n"}
    with pytest.raises(FactsError, match=r"account: 1 of 1 rows(.|\n)*order: 1 of 1 rows"):
        take(tmp_path, files, share=0.5)


def test_no_list_where_nothing_is_wrong(tmp_path: Path) -> None:
    done = take(tmp_path, {})
    assert done.rejects_path is None
    assert not (tmp_path / "rejects.csv").exists()


def test_an_older_list_goes_where_nothing_is_wrong_any_more(tmp_path: Path) -> None:
    take(tmp_path, {"order.csv": "id,amount\no1,x\n"})
    assert (tmp_path / "rejects.csv").exists()
    take(tmp_path, {"order.csv": "id,amount\no1,5\n"})
    assert not (tmp_path / "rejects.csv").exists()


def test_a_share_is_not_misjudged_by_rounding(tmp_path: Path) -> None:
    lines = "".join(f"o{n},{'x' if n < 29 else 1}\n" for n in range(100))
    assert take(tmp_path, {"order.csv": f"id,amount\n{lines}"}, share=0.29).rejected == 29


def test_the_list_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    bad = ["=1+1", "+1+1x", "-1x", "@SUM(1)", "＝1", "a=1"]
    take(tmp_path, {"order.csv": "id,amount\n" + "".join(f"o{n},{each}\n" for n, each in enumerate(bad))})
    raw = (tmp_path / "rejects.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfkind,type,file,row,column,value,reason\r\n")
    assert [each["value"] for each in listed(tmp_path)] == ["'=1+1", "'+1+1x", "'-1x", "'@SUM(1)", "'＝1", "a=1"]
    assert harmless("\t=1") == "\\t=1"
    assert harmless(None) == ""


def test_the_list_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").mkdir()
    with pytest.raises(FactsError, match="the list of rejects cannot be written"):
        take(tmp_path, {"order.csv": "id,amount\no1,x\n"})


def test_the_list_names_the_files_own_columns(tmp_path: Path) -> None:
    put(tmp_path / "facts", {"order.csv": "id, Amount \no1,x\n"})
    take(tmp_path, tmp_path / "facts")
    assert listed(tmp_path)[0]["column"] == "Amount"


def test_two_files_each_name_their_own_columns(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {"x.csv": "编号,客户\no1,zz\no2,zz\n", "y.csv": "id,Account\no3,zz\no2,a1\n"})
    one = Source("order", folder / "x.csv", columns={"id": "编号", "account": "客户"})
    take(tmp_path, [Source(None, folder / "account.csv"), one, Source("order", folder / "y.csv")])
    assert [(each["kind"], each["file"], each["row"], each["column"]) for each in listed(tmp_path)] == [
        ("reject", "x.csv", "3", "编号"),
        ("reject", "y.csv", "3", "id"),
        ("warning", "x.csv", "2", "客户"),
        ("warning", "y.csv", "2", "Account"),
    ]


def test_rows_of_a_workbook_are_those_that_excel_shows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"account": [[], ["id", "name"], [], ["a1", "x"], ["a2", None]]})
    take(tmp_path, path)
    assert [(each["file"], each["row"]) for each in listed(tmp_path)] == [("f.xlsx, sheet account", "5")]
