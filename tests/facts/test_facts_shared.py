"""A snapshot keeps no second copy of the files that the one before has, to the byte."""

import os
from pathlib import Path

import pytest
from facts_help import take

from engine.facts.snapshot import Snapshot, damages

ACCOUNTS = "id,name\na1,Ann\n"
ORDERS = "id,amount,ordered_on\no1,5,2026-01-02\n"
MORE = ORDERS + "o2,7,2026-01-03\n"


def two(tmp_path: Path) -> tuple[Snapshot, Snapshot]:
    """The snapshots of two days, the second with one order more."""
    first = take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": ORDERS}).snapshot
    return first, take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": MORE}).snapshot


def test_what_did_not_change_is_one_file(tmp_path: Path) -> None:
    first, second = two(tmp_path)
    assert first.path("account").samefile(second.path("account"))
    assert not first.path("order").samefile(second.path("order"))
    assert (damages(first), damages(second)) == ((), ())
    assert sorted(path.name for path in second.folder.iterdir()) == [
        "account.parquet",
        "manifest.json",
        "order.parquet",
    ]


def test_a_damaged_file_is_not_taken_over(tmp_path: Path) -> None:
    first = take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": ORDERS}).snapshot
    whole = first.path("account").read_bytes()
    first.path("account").write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    second = take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": MORE}).snapshot
    assert second.path("account").read_bytes() == whole
    assert damages(first)
    assert damages(second) == ()


def test_without_links_each_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("this disk has no links")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    first, second = two(tmp_path)
    assert not first.path("account").samefile(second.path("account"))
    assert damages(second) == ()


def test_a_damaged_manifest_of_the_day_before_is_no_fault_of_today(tmp_path: Path) -> None:
    first = take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": ORDERS}).snapshot
    (first.folder / "manifest.json").write_text("{", encoding="utf-8")
    os.utime(first.folder / "manifest.json")
    second = take(tmp_path, {"account.csv": ACCOUNTS, "order.csv": MORE}).snapshot
    assert damages(second) == ()
