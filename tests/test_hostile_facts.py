"""Broken and hostile files, one by one, through a whole night: a clear error or rows set aside, never half a night."""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from engine.errors import HoldfastError
from engine.job import night_of
from engine.workspace import Workspace, init_workspace

ACCOUNTS = "id,name,owner,kind\na1,Northern Light,r1,customer\na2,南方贸易,r1,customer\n"
REPS = "id,name,role\nr1,Ann,sales\n"
FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
        archive.writestr("[Content_Types].xml", "<Types/>")


HOSTILE: dict[str, tuple[str, bytes | Callable[[Path], None]]] = {
    "nothing": ("order.csv", b""),
    "only a header": ("order.csv", b"id,account,ordered_on,amount\n"),
    "a byte order mark alone": ("order.csv", b"\xef\xbb\xbf"),
    "binary": ("order.csv", bytes(range(256)) * 50),
    "zero bytes": ("order.csv", b"\0" * 5000),
    "no line ends": ("order.csv", b"x" * 500_000),
    "an open quote": ("order.csv", b'id,account,ordered_on,amount\no1,"a1,2026-01-01,5\no2,a1,2026-01-02,6\n'),
    "ragged rows": ("order.csv", b"id,account,ordered_on,amount\no1,a1\no2,a1,2026-01-02,6,7,8\n"),
    "columns twice": ("order.csv", b"id,id,account,ordered_on,amount\no1,o1,a1,2026-01-02,6\n"),
    "no columns of ours": ("order.csv", b"foo,bar\n1,2\n"),
    "a missing column": ("order.csv", b"id,account,amount\no1,a1,5\n"),
    "half a character": ("order.csv", "id,account,ordered_on,amount\no1,甲,2026-01-01,5\n".encode()[:-15] + b"\xe7"),
    "two encodings": ("account.csv", "id,name\na1,甲\n".encode("gb18030") + "a2,乙\n".encode()),
    "formulas": ("account.csv", b"id,name\n=1+1,=cmd|' /C calc'!A0\na2,@SUM(A1)\n"),
    "SQL": ("account.csv", b'id,name\n"a\'; drop table account; --",Bobby\n'),
    "markup": ("account.csv", b"id,name\na1,<script>alert(1)</script>\na2,{{ 7 * 7 }}\na3,{% raw %}\n"),
    "one id everywhere": ("account.csv", b"id,name\n" + b"a1,x\n" * 500),
    "impossible dates": ("order.csv", b"id,account,ordered_on,amount\no1,a1,2026-02-30,5\no2,a1,0000-01-01,6\n"),
    "huge numbers": ("order.csv", b"id,account,ordered_on,amount\no1,a1,2026-01-01," + b"9" * 400 + b"\n"),
    "not a number": ("order.csv", b"id,account,ordered_on,amount\no1,a1,2026-01-01,NaN\no2,a1,2026-01-01,inf\n"),
    "a huge cell": ("account.csv", b"id,name\na1," + b"x" * 12_000_000 + b"\n"),
    "torn Parquet": ("order.parquet", b"PAR1" + b"\x15\x04" * 100),
    "no Parquet": ("order.parquet", b"not parquet"),
    "broken JSON": ("order.jsonl", b'{"id": "o1", "account"\n[1,2]\nnull\n{"id": "o2"}\n'),
    "deep JSON": ("order.jsonl", b"[" * 100_000 + b"\n"),
    "no workbook": ("facts.xlsx", b"PK\x03\x04 not really"),
    "a bomb": ("facts.xlsx", _bomb),
    "a folder": ("order.csv", lambda path: path.mkdir()),
    "a link to itself": ("order.csv", lambda path: path.symlink_to(path)),
}


def fingerprint(store: Path) -> dict[str, str]:
    """The store's files but the list of rejects, which is there to be read after a failure."""
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.parent.name != "rejects"
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with two accounts and one night behind it."""
    made = init_workspace(tmp_path / "firm", "zh")
    (made.root / "facts" / "account.csv").write_text(ACCOUNTS)
    (made.root / "facts" / "rep.csv").write_text(REPS)
    with night_of(made, FIRST) as done:
        assert not done.night.already
    return made


def test_the_policy_sets_how_much_may_be_set_aside(workspace: Workspace) -> None:
    rows = "".join(f"o{n},a1,2026-01-01,{n}\n" for n in range(19)) + "o19,a1,yesterday,5\n"
    (workspace.root / "facts" / "order.csv").write_text("id,account,ordered_on,amount\n" + rows)
    with night_of(workspace, SECOND) as done:
        assert done.imported.rejected == 1  # of twenty: just the share
    before = fingerprint(workspace.store)
    limits = workspace.rules / "limits.yaml"
    limits.write_text(limits.read_text().replace("rejected_share: 0.05", "rejected_share: 0.04"))
    with pytest.raises(HoldfastError, match="order: 1 of 20 rows"), night_of(workspace, SECOND):
        pass
    assert fingerprint(workspace.store) == before
    listed = (workspace.store / "rejects" / f"{SECOND}.csv").read_text()
    assert "order.csv,21,ordered_on,yesterday" in listed


@pytest.mark.parametrize("name", HOSTILE)
def test_a_night_is_whole_or_not_at_all(name: str, workspace: Workspace) -> None:
    file, content = HOSTILE[name]
    path = workspace.root / "facts" / file
    path.unlink(missing_ok=True)
    before = fingerprint(workspace.store)
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)
    try:
        with night_of(workspace, SECOND) as done:
            found = done.night.as_dict()
    except HoldfastError as error:
        assert error.message
        assert fingerprint(workspace.store) == before
    else:
        assert found["today"] == "2026-11-20"
    path.unlink() if path.is_symlink() or not path.is_dir() else path.rmdir()
    (workspace.root / "facts" / "account.csv").write_text(ACCOUNTS)
    with night_of(workspace, SECOND) as done:
        assert done.night.as_dict()["today"] == "2026-11-20"
