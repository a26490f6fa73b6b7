"""Which files are read, how columns are found, what is said about the rest."""

import os
from pathlib import Path

import pytest
from facts_help import SMALL, listed, put, rows, take, told

from engine.errors import FactsError
from engine.facts.importing import import_facts
from engine.facts.sources import Source


def test_names_and_endings_in_any_case(tmp_path: Path) -> None:
    done = take(
        tmp_path, {"Account.CSV": "id,name\na1,Ann\n", "ORDER.Jsonl": '{"id": 1}\n', "rep.tsv": "id\tname\nr1\tRae\n"}
    )
    assert done.snapshot.rows == {"account": 1, "order": 1, "rep": 1}


def test_two_files_of_one_type_are_one(tmp_path: Path) -> None:
    done = take(tmp_path, {"order.csv": "id,note\no1,x\n", "order.jsonl": '{"id": "o2", "amount": 5}\n'})
    assert rows(done.snapshot, "order") == [{"id": "o1", "note": "x"}, {"id": "o2", "amount": 5}]


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    files = {
        "orders.csv": "x", "order.bak": "x", "order.csv.gz": "x", "order.xls": "x", "notes.txt": "x", "zebra.csv": "x",
        "~$order.xlsx": "x", ".DS_Store": "x",
    }  # fmt: skip
    done = take(tmp_path, files)
    assert done.snapshot.present == {"account"}
    endings = ".csv, .tsv, .parquet, .jsonl, .ndjson, .xlsx"
    assert done.notices == (
        f"order.bak is not read: known endings are {endings}",
        f"order.csv.gz is not read: known endings are {endings}",
        f"order.xls is not read: known endings are {endings}",
        "orders.csv is not read; did you mean order.csv?",
        "not read, no fact type of that name: notes.txt, zebra.csv",
    )


def test_a_folder_without_facts(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FactsError, match=r"no facts found in .*empty: looked for .*account\.csv") as fault:
        take(tmp_path, tmp_path / "empty")
    assert "account, rep, order" in fault.value.hint
    (tmp_path / "empty" / "accounts.csv").write_text("id\n")
    with pytest.raises(FactsError) as fault:
        take(tmp_path, tmp_path / "empty")
    assert "did you mean account.csv?" in fault.value.hint


def test_accounts_must_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "order.csv").write_text("id\no1\n")
    with pytest.raises(FactsError, match="there is no source for account"):
        take(tmp_path, folder)
    assert not (tmp_path / "store").exists()


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="no file or folder"):
        take(tmp_path, tmp_path / "none")
    with pytest.raises(FactsError, match="cannot be opened"):
        take(tmp_path, Path("a\0b"))
    with pytest.raises(FactsError, match="no sources"):
        take(tmp_path, [])
    (tmp_path / "x.doc").write_text("x")
    with pytest.raises(FactsError, match="not a kind of file"):
        take(tmp_path, tmp_path / "x.doc")


def test_a_folder_named_like_a_file(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {})
    (folder / "order.csv").mkdir()
    with pytest.raises(FactsError, match=r"order\.csv is a folder, where a file of order facts was expected"):
        take(tmp_path, folder)


def test_links_in_a_circle_and_into_nothing(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {})
    (folder / "order.csv").symlink_to(folder / "order.csv")
    with pytest.raises(FactsError, match=r"order\.csv cannot be opened"):
        take(tmp_path, folder)
    (folder / "order.csv").unlink()
    (folder / "order.csv").symlink_to(folder / "gone")
    with pytest.raises(FactsError, match="no file or folder"):
        take(tmp_path, folder)
    (folder / "order.csv").unlink()
    (folder / "loop").symlink_to(folder)
    assert take(tmp_path, folder).snapshot.rows == {"account": 2}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {})
    os.mkfifo(folder / "order.csv")
    with pytest.raises(FactsError, match=r"order\.csv is not an ordinary file"):
        take(tmp_path, folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {"order.csv": "id\n"})
    (folder / "order.csv").chmod(0)
    with pytest.raises(FactsError, match=r"order\.csv cannot be read: Permission denied"):
        take(tmp_path, folder)


def test_a_file_that_goes_wrong_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path / "facts", {"order.csv": "id\n"})
    plain_open = Path.open

    def refuse(path: Path, *args: object, **named: object) -> object:
        if path.name == "order.csv":
            raise PermissionError(13, "Permission denied")
        return plain_open(path, *args, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FactsError, match=r"order\.csv cannot be read: Permission denied"):
        take(tmp_path, folder)


def test_all_faults_at_once(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as fault:
        take(tmp_path, {"account.csv": "id\na1\n", "order.csv": "nr\n1\n", "rep.parquet": "x"})
    assert "account.csv" in fault.value.message
    assert "order.csv" in fault.value.message
    assert "rep.parquet" in fault.value.message


def test_columns_by_name(tmp_path: Path) -> None:
    text = "\ufeff NOTE ,Id,Amount,amounts,,extra\nx,o1,5,6,7,8\n"
    done = take(tmp_path, {"order.csv": text})
    assert rows(done.snapshot, "order") == [{"id": "o1", "amount": 5, "note": "x"}]
    assert done.notices == (
        "order.csv: columns not read: amounts, extra",
        "order.csv: one column without a name is not read",
    )


def test_a_column_that_is_nearly_right(tmp_path: Path) -> None:
    assert take(tmp_path, {"order.csv": "id,amuont\no1,5\n"}).notices == (
        "order.csv: the column 'amuont' is not read; did you mean amount?",
    )


def test_a_missing_required_column(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as fault:
        take(tmp_path, {"account.csv": "id,客户名称,names\na1,安,x\n"})
    assert fault.value.message == (
        "account.csv: the required column 'name' is missing (is it 'names'?). Columns there: id, 客户名称, names"
    )
    assert "columns: {name: name of the column}" in fault.value.hint


@pytest.mark.parametrize("header", ["id,note,Note", "id,id,note", "id,note, NOTE"])
def test_a_column_that_stands_twice(tmp_path: Path, header: str) -> None:
    with pytest.raises(FactsError, match="stands 2 times"):
        take(tmp_path, {"order.csv": f"{header}\no1,a,b\n"})


def test_unread_columns_may_stand_twice(tmp_path: Path) -> None:
    assert take(tmp_path, {"order.csv": "id,x,x,,\no1,a,b,,\n"}).snapshot.rows["order"] == 1


@pytest.mark.parametrize("header", [",,", '"",""', "\u3000,\u00a0"])
def test_an_empty_header(tmp_path: Path, header: str) -> None:
    with pytest.raises(FactsError, match=r"order\.csv: the required column 'id' is missing"):
        take(tmp_path, {"order.csv": f"{header}\nx,y,z\n"})


def test_a_header_of_hostile_names(tmp_path: Path) -> None:
    odd = ['a"b', "'; drop table rejects; --", "x\ny", "=1+1", "{}", "%s", "\\", "$rows", "*"]
    header = ",".join('"' + each.replace('"', '""') + '"' for each in ["id", *odd])
    done = take(tmp_path, {"order.csv": f"{header}\no1{',' * len(odd)}\n"})
    assert done.snapshot.rows["order"] == 1
    source = Source("order", tmp_path / "facts" / "order.csv", columns={"note": odd[1], "amount": odd[0]})
    done = take(tmp_path, [Source(None, tmp_path / "facts" / "account.csv"), source])
    assert done.snapshot.rows["order"] == 1


def test_a_mapping(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "facts",
        {"data.csv": "编号,方式,备注,amount,加急\n1,拜访,a,5,对\n2, 电话 ,b,6,错\n3,visit,c,7,\n4,微信,d,8,\n"},
    )
    source = Source(
        "order",
        folder / "data.csv",
        columns={"id": "编号", "channel": "方式", "note": " 备注", "urgent": "加急"},
        values={
            "channel": {"拜访": "visit", "电话": "call"},
            "urgent": {"对": "true", "错": "no"},
            "note": {"a": "甲"},
        },
    )
    done = take(tmp_path, [Source("account", folder / "account.csv"), source])
    found = [(each["id"], each["channel"], each["note"], each.get("urgent")) for each in rows(done.snapshot, "order")]
    assert found == [("1", "visit", "甲", True), ("2", "call", "b", False), ("3", "visit", "c", None)]
    assert told(tmp_path) == [("5", "方式", "not one of visit, call, customer_visit")]
    assert listed(tmp_path)[0]["value"] == "微信"


def test_one_column_may_serve_two_fields(tmp_path: Path) -> None:
    for name, text in (("x.csv", "id,k\no1,5\n"), ("x.jsonl", '{"id": "o1", "k": 5}\n')):
        folder = put(tmp_path / "facts", {name: text})
        order = Source("order", folder / name, columns={"amount": "k", "pieces": "k"})
        done = take(tmp_path, [Source(None, folder / "account.csv"), order])
        assert rows(done.snapshot, "order") == [{"id": "o1", "amount": 5, "pieces": 5}]


def test_a_mapping_to_a_column_that_is_not_there(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {"order.csv": "id,备注\no1,x\n"})
    with pytest.raises(FactsError, match="there is no column '备主' \\(mapped to note\\)"):
        take(tmp_path, [Source("order", folder / "order.csv", columns={"note": "备主"})])


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ({"type": "ordr"}, "there is no fact type 'ordr'", "did you mean order?"),
        ({"type": "order", "columns": {"amout": "x"}}, "there is no field 'amout'", "did you mean amount?"),
        ({"type": "order", "values": {"chanel": {}}}, "there is no field 'chanel'", "did you mean channel?"),
        (
            {"type": "order", "values": {"channel": {"拜访": "vist"}}},
            "'拜访' is mapped to 'vist'",
            "did you mean visit?",
        ),
        ({"type": "order", "sheet": "x"}, "has no sheets", ""),
        ({"type": None}, "no fact type is called 'stuff'", "name the type"),
    ],
)
def test_wrong_sources(tmp_path: Path, source: dict[str, object], message: str, hint: str) -> None:
    path = tmp_path / "stuff.csv"
    path.write_text("id\n")
    with pytest.raises(FactsError, match=message) as fault:
        take(tmp_path, [Source(path=path, **source)])
    assert hint in fault.value.hint


def test_a_folder_among_sources(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {"order.csv": "id,x\no1,y\n"})
    done = take(tmp_path, [Source(None, folder, columns={"note": "x"})])
    assert rows(done.snapshot, "order") == [{"id": "o1", "note": "y"}]
    with pytest.raises(FactsError, match="is a folder; a type"):
        take(tmp_path, [Source("order", folder)])


def test_progress_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    import_facts(SMALL, put(tmp_path / "f", {}), tmp_path / "s", tmp_path / "r.csv", 0.05, said.append)
    assert said == ["reading account.csv", "checking ids and refs", "writing the snapshot"]
