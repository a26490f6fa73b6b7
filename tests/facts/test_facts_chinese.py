"""What is wrong with facts, told in Chinese: the list of rejects, notices, and sources that cannot be read."""

import csv
import re
from pathlib import Path

import pytest
from facts_help import SMALL, put

from engine.errors import FactsError
from engine.facts.importing import Imported, import_facts
from engine.facts.sources import Source
from engine.messages import in_language

ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
BAD = """id,account,ordered_on,amount,weight,pieces,urgent,channel,note,extra
,a1,2026-11-01,1,1,1,yes,visit,x,
o1,a9,2026-02-30,1.23456,1.234.5,1.5,maybe,vist,x,
o2,a1,soon,"1,234",1e999,9999999999999,yes,zzz,x,
o3,a1,2026-11-01,"1,2,3",12%,x,no,call,x,
o4,a1,2026-11-01,1e3,abc,1,no,call,x,
o4,a1,2026-11-01,abc,1,1,no,call,x,
o5,a1,2026-11-01,1,1,1,no,call,x,
o5,a1,2026-11-01,1,1,1,no,call,x,
o6,a1,2026-11-01,1,1,1,no,call,x,
o6,a1,2026-11-01,2,1,1,no,call,x,
o7,a1
o8,zz,2026-11-01,1,1,1,no,call,x,
"""


def take_in_chinese(tmp_path: Path, files: dict[str, str | bytes], share: float = 1.0) -> Imported:
    """Import files in a Chinese workspace."""
    folder = put(tmp_path / "facts", files)
    return import_facts(SMALL, folder, tmp_path / "store", tmp_path / "rejects.csv", share, None, (), "zh")


def test_every_reason_in_the_list_is_chinese(tmp_path: Path) -> None:
    take_in_chinese(tmp_path, {"order.csv": BAD})
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    reasons = {row["reason"] for row in found}
    assert len(reasons) >= 15
    for reason in reasons:
        assert re.search("[\u4e00-\u9fff]", reason), reason
        assert not ENGLISH.search(reason), reason
    assert "不在可选值之内（visit、call、customer_visit）；是不是“visit”？" in reasons
    assert {row["kind"] for row in found} == {"reject", "warning"}
    assert {row["file"] for row in found} == {"order.csv"}


def test_notices_are_said_in_chinese(tmp_path: Path) -> None:
    done = take_in_chinese(
        tmp_path,
        {"order.csv": BAD, "rep.csv": "id,nmae,,x\nr1,A,,1\n", "ordr.csv": "id\n", "memo.txt": "x", "b.xlsx": b"x"},
    )
    assert len(done.notices) >= 5
    for notice in done.notices:
        said = in_language(notice, "zh")
        assert re.search("[\u4e00-\u9fff]", said), notice
        assert not ENGLISH.search(said), said


def test_too_many_rejects_are_told_with_their_rows(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        take_in_chinese(tmp_path, {"order.csv": "id,pieces,urgent\no1,x,\no2,,maybe\n"}, 0.1)
    said, hint = caught.value.said("zh")
    assert said == (
        "order：2 行中有 2 行不合要求（最多允许 10.0%）\n"
        "  order.csv 第 2 行，pieces“x”：不是整数\n"
        "  order.csv 第 3 行，urgent“maybe”：应当是 true、false、yes、no、1、0、是、否 之一"
    )
    assert hint == f"完整清单见 {tmp_path / 'rejects.csv'}"


@pytest.mark.parametrize(
    ("files", "said", "hint"),
    [
        (
            {"account.csv": "id,nmae\na1,A\n"},
            "account.csv：缺少必填的列“name”（是不是“nmae”？）。现有的列：id、nmae",
            "请改列名，或在 holdfast.yaml 中 account 的来源下写 columns: {name: 列名}",
        ),
        ({"account.csv": b"PK\x03\x04xx"}, "account.csv 不是文本文件，而是 zip 压缩包或 Excel 工作簿", None),
        ({"account.xlsx": b"nothing"}, "account.xlsx 不是 Excel 工作簿", "请另存为 .xlsx，或改成正确的扩展名"),
        (
            {"account.csv": b"PK\x03\x04xx", "order.parquet": b""},
            "account.csv 不是文本文件，而是 zip 压缩包或 Excel 工作簿\n"
            "order.parquet 是空文件（0 字节），不是 Parquet 文件",
            "请改成正确的扩展名，或另存为 CSV UTF-8 格式\n是不是导出时中断了？",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, files: dict[str, str | bytes], said: str, hint: str | None) -> None:
    with pytest.raises(FactsError) as caught:
        take_in_chinese(tmp_path, files)
    found = caught.value.said("zh")
    assert found[0] == said
    assert hint is None or found[1] == hint


def test_sources_of_the_settings(tmp_path: Path) -> None:
    folder = put(tmp_path / "facts", {})
    source = Source("account", folder / "account.csv", None, {"nam": "x"})
    with pytest.raises(FactsError) as caught:
        import_facts(SMALL, [source], tmp_path / "store", tmp_path / "rejects.csv", 1.0)
    assert caught.value.said("zh") == ("sources 的 account：没有字段“nam”", "是不是“name”？")
