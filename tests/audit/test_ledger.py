"""The ledger: every change of the store is found, history replays, and old runs can be removed on record."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from bare import bare_workspace

from engine.action.words import Word, done, false_alarm, start
from engine.audit.checking import Checked
from engine.errors import StoreError, UsageError
from engine.inquiry import check_ledger, ledger_entries, new_key, prune_runs, replay_run
from engine.job import night_of
from engine.store.ledger import COVERED, UNCOVERED, entry_hash
from engine.store.opening import open_store
from engine.store.signing import KEY_PATH
from engine.workspace import Workspace, open_workspace

DAY = date(2026, 11, 20)
NIGHTS = 6
POLICY = """
limits: {grace: 1}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
signals:
  late:
    title: {en: Late}
    about: promise
    when: kept_on is null and today - due_on > limit.grace
    severity: medium
    because: {en: "late"}
risk: {amber: signals.any >= 1}
"""
PLAY = """
play: keep
trigger: signal('late')
about: promise
cooldown_days: 2
steps:
  - {id: call, assign: owner, due: 1 workday, template: call}
  - {id: next, assign: owner, due: 2 workdays, template: call, after: call}
"""
FACTS = {
    "account": "id,name,owner,kind,tier\na1,北方光学,r1,customer,C\na2,South,r1,customer,C\n",
    "rep": "id,name,role\nr1,Ann,sales\n",
    "order": "id,account,ordered_on,amount\no1,a1,2026-01-05,900\n",
    "promise": "id,account,kind,made_on,due_on,kept_on\n"
    + "".join(f"p{n},a{n % 2 + 1},delivery,2026-10-01,2026-11-{10 + n},{kept}\n" for n, kept in enumerate(
        ("", "", "2026-11-22", "", "", "", "", "2026-11-24", "")
    )),
}  # fmt: skip


def made(root: Path) -> Workspace:
    """A workspace with one rule and one play, and no night yet."""
    workspace = bare_workspace(root)
    (workspace.rules / "policy.yaml").write_text(POLICY)
    (workspace.playbooks / "keep.yaml").write_text(PLAY)
    (workspace.templates / "call.en.md").write_text("# Call {{ account.name }}\n\nCall them.\n")
    for name, text in FACTS.items():
        (workspace.root / "facts" / f"{name}.csv").write_text(text)
    return workspace


def run(workspace: Workspace, day: int) -> None:
    with night_of(workspace, DAY + timedelta(day)):
        pass


def speak(workspace: Workspace, what: Callable[..., str], place: int, day: int) -> None:
    with open_store(workspace.store) as store:
        rows = store.rows("select id from task where status in ('open', 'started') order by id")
        what(store, rows[place][0], Word("r1", datetime.fromisoformat(f"{DAY + timedelta(day)}T18:00")))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Six nights with words between them."""
    workspace = made(tmp_path_factory.mktemp("ledger") / "firm")
    for day in range(NIGHTS):
        run(workspace, day)
        if day == 0:
            speak(workspace, start, 0, day)
            speak(workspace, false_alarm, 1, day)
        elif day < 4:
            speak(workspace, done, 0, day)
    return workspace


@pytest.fixture
def copy(whole: Workspace, tmp_path: Path) -> Workspace:
    """The same, to be damaged."""
    shutil.copytree(whole.root, tmp_path / "copy")
    return open_workspace(tmp_path / "copy")


def behind_the_back(workspace: Workspace, *statements: str, triggers: bool = False) -> None:
    """Change the database as somebody with an SQL tool would; without `triggers` one who switches them off."""
    db = sqlite3.connect(workspace.database)
    kept = db.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
    for name, _ in () if triggers else kept:
        db.execute(f"drop trigger {name}")
    for statement in statements:
        assert db.execute(statement).rowcount != 0
    for _, text in () if triggers else kept:
        db.execute(text)
    db.commit()
    db.close()


def checked(workspace: Workspace, **more: str) -> Checked:
    return check_ledger(workspace, None, more.get("head"))


def found(workspace: Workspace) -> list[tuple[str, str]]:
    return [(damage.kind, damage.name) for damage in checked(workspace).damages]


def test_an_untouched_store_is_whole(whole: Workspace) -> None:
    result = checked(whole)
    assert (result.damages, result.runs, result.unsealed_runs, result.entries) == ((), NIGHTS, 0, NIGHTS + 5)
    assert checked(whole, head=ledger_entries(whole, 3)[0].hash).damages == ()
    assert [d.kind for d in checked(whole, head="0" * 64).damages] == ["head_missing"]


@pytest.mark.parametrize("night", range(NIGHTS))
def test_every_run_replays(whole: Workspace, night: int) -> None:
    _, replayed = replay_run(whole, str(DAY + timedelta(night)))
    assert replayed.same and replayed.decisions
    assert all(recorded == again for recorded, again in replayed.hashes.values())


def test_the_same_night_again_seals_nothing(copy: Workspace) -> None:
    before = ledger_entries(copy, 99)
    run(copy, NIGHTS - 1)
    assert ledger_entries(copy, 99) == before


@pytest.mark.parametrize("how", ["flip", "cut", "remove", "add"])
def test_any_file_of_a_run_or_snapshot(copy: Workspace, how: str) -> None:
    files = [p for folder in (copy.runs, copy.snapshots) for p in sorted(folder.rglob("*")) if p.is_file()]
    for path in files[:: len(files) // 8]:
        data = path.read_bytes()
        if how == "flip":
            middle = len(data) // 2
            path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        elif how == "cut":
            path.write_bytes(data[:-1])
        elif how == "remove":
            path.unlink()
        else:
            path.with_name("other").write_bytes(b"x")
        named = checked(copy).damages
        assert named, path
        folder = path.relative_to(copy.store).parts[1]
        assert any(folder in damage.name for damage in named)
        path.write_bytes(data)
        path.with_name("other").unlink(missing_ok=True)
    assert checked(copy).damages == ()


@pytest.mark.parametrize(
    ("statement", "kind", "table"),
    [
        ("update task set body = 'Do nothing.' where rowid = 1", "row_changed", "task"),
        ("update task set assignee = 'r2' where rowid = 2", "row_changed", "task"),
        ("update episode set priority = 9 where id = 1", "row_changed", "episode"),
        ("delete from action where id = 1", "row_missing", "action"),
        ("update action set who = 'r2' where id = 1", "row_changed", "action"),
        ("update policy set texts = replace(texts, 'grace: 1', 'grace: 9')", "row_changed", "policy"),
        ("delete from run where number = 3", "row_missing", "run"),
        ("insert into action (task, who, at, what) select id, 'r1', '2026', 'note' from task limit 1", "row_added",
         "action"),
    ],
)  # fmt: skip
def test_a_row_changed_with_sql(copy: Workspace, statement: str, kind: str, table: str) -> None:
    behind_the_back(copy, statement)
    assert kind in {k for k, name in found(copy) if name.split()[0] == table}


def test_a_row_written_beside_holdfast_stays_on_record(copy: Workspace) -> None:
    behind_the_back(copy, "update task set title = 'x' where rowid = 1", triggers=True)
    [(kind, name)] = found(copy)
    assert kind == "row_foreign" and name.startswith("task ")
    run(copy, NIGHTS)
    assert (kind, name) in found(copy)


def test_a_text_changed_and_then_sealed_again(copy: Workspace) -> None:
    """Somebody changes the text of a task, and then the task moves on: the earlier entry still knows."""
    with open_store(copy.store) as store:
        [(task,)] = store.rows("select id from task where status = 'open' order by id limit 1")
    behind_the_back(copy, f"update task set body = 'Do nothing.' where id = '{task}'")
    speak(copy, start, 0, NIGHTS)
    assert ("row_changed", f"task {task}") in found(copy)


@pytest.mark.parametrize("statement", ["delete from action", "update action set note = 'x'", "delete from ledger"])
def test_what_was_said_cannot_be_rewritten(copy: Workspace, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        behind_the_back(copy, statement, triggers=True)


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("delete from ledger where number = 4", {"entry_missing"}),
        ("update ledger set body = replace(body, 'columnar', 'rete') where number = 4", {"entry_changed"}),
        ("update ledger set prev = hash where number = 5", {"entry_changed", "entry_unchained"}),
    ],
)
def test_an_entry_changed_or_removed(copy: Workspace, statement: str, kinds: set[str]) -> None:
    behind_the_back(copy, statement)
    assert kinds <= {kind for kind, _ in found(copy)}


def test_an_entry_hashed_anew_breaks_the_chain(copy: Workspace) -> None:
    entry = ledger_entries(copy, 5)[0]
    body = entry.body.replace("columnar", "rete").replace("task", "tusk")
    hash = entry_hash(entry.number, entry.kind, entry.at, body, entry.prev)
    behind_the_back(copy, f"update ledger set body = '{body}', hash = '{hash}' where number = {entry.number}")
    assert ("entry_unchained", str(entry.number + 1)) in found(copy)


def test_signed_entries_cannot_be_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = made(tmp_path / "firm")
    public, _ = new_key(workspace, tmp_path / "key.pem")
    monkeypatch.setenv(KEY_PATH, str(tmp_path / "key.pem"))
    run(workspace, 0)
    result = check_ledger(workspace, public, None)
    assert (result.damages, result.signed) == ((), 1)
    entry = ledger_entries(workspace, 1)[0]
    body = entry.body.replace("columnar", "rete")
    hash = entry_hash(entry.number, entry.kind, entry.at, body, entry.prev)
    behind_the_back(workspace, f"update ledger set body = '{body}', hash = '{hash}'")
    assert check_ledger(workspace, None, None).damages == ()
    assert [damage.kind for damage in check_ledger(workspace, public, None).damages] == ["entry_signature"]
    monkeypatch.delenv(KEY_PATH)
    run(workspace, 1)
    assert "entry_unsigned" in {damage.kind for damage in check_ledger(workspace, public, None).damages}


def test_a_key_is_never_overwritten_and_lies_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = made(tmp_path / "firm")
    with pytest.raises(UsageError):
        new_key(workspace, workspace.root / "key.pem")
    new_key(workspace, tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError):
        new_key(workspace, tmp_path / "key.pem")
    monkeypatch.setenv(KEY_PATH, str(tmp_path / "key.pem.pub"))
    with pytest.raises(StoreError):
        run(workspace, 0)


def test_old_runs_are_removed_on_record(copy: Workspace) -> None:
    size = sum(path.stat().st_size for path in copy.runs.rglob("*") if path.is_file())
    with open_store(copy.store) as store:
        living = {id for (id,) in store.rows("select made_run from task where status in ('open', 'started')")}
    would = prune_runs(copy, 1, None, "r1", dry_run=True)
    assert prune_runs(copy, 1, None, "r1", dry_run=False) == would
    assert would.runs and not living.intersection(would.runs)
    assert size - sum(path.stat().st_size for path in copy.runs.rglob("*") if path.is_file()) == would.bytes
    assert checked(copy).damages == ()
    assert ledger_entries(copy, 1)[0].content["by"] == "r1"
    gone = next(iter(would.runs))
    with pytest.raises(StoreError):
        replay_run(copy, gone)
    assert prune_runs(copy, 1, None, "r1", dry_run=False).runs == {}
    shutil.rmtree(copy.runs / ledger_entries(copy, 2)[0].content["run"])
    assert checked(copy).damages


def test_it_must_be_said_what_to_keep(copy: Workspace) -> None:
    with pytest.raises(UsageError):
        prune_runs(copy, None, None, "r1", dry_run=True)
    (copy.rules / "policy.yaml").write_text(POLICY.replace("grace: 1", "grace: 1, audit_keep_runs: 99"))
    assert prune_runs(copy, None, None, "r1", dry_run=True).runs == {}


def test_every_column_is_covered_or_left_out_on_purpose(whole: Workspace) -> None:
    with open_store(whole.store) as store:
        for table, covered in COVERED.items():
            columns = {name for _, name, *_ in store.rows(f"pragma table_info({table})")}
            assert columns == {*covered.fixed, *covered.state, *UNCOVERED.get(table, ())}


def test_conclusions_other_than_recorded_are_named(copy: Workspace) -> None:
    import duckdb

    with open_store(copy.store) as store:
        [(run_id,)] = store.rows("select id from run order by number desc limit 1")
    path = copy.runs / run_id / "signals" / "late.parquet"
    with duckdb.connect() as db:
        db.execute(f"create table t as select * replace ('high' as severity) from '{path}'")
        db.execute(f"copy t to '{path}' (format parquet)")
    _, replayed = replay_run(copy, run_id)
    assert replayed.first is not None and replayed.first.file == "signals/late.parquet"
