"""Whatever is changed in a store behind holdfast's back is named by `audit check`, and stays named."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sealed_help import NIGHTS, POLICY, at, behind_the_back, found, lived_in, made, run, speak

from engine.action.words import Word, done, false_alarm, note, start
from engine.errors import StoreError
from engine.inquiry import check_ledger, ledger_entries, new_key
from engine.store.ledger import COVERED, FIRST_PREV, canonical, digest, entry_hash
from engine.store.opening import open_store
from engine.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A store with rows in every table that the ledger covers."""
    return lived_in(tmp_path_factory.mktemp("tampering") / "firm")


@pytest.fixture
def copy(whole: Workspace, tmp_path: Path) -> Workspace:
    """The same, to be damaged."""
    shutil.copytree(whole.root, tmp_path / "copy")
    return open_workspace(tmp_path / "copy")


def columns() -> Iterator[tuple[str, str]]:
    for table, covered in COVERED.items():
        for column in (*covered.fixed, *covered.state):
            if column != covered.key:
                yield table, column


def middle(workspace: Workspace, table: str) -> str:
    """The key of a row in the middle of a table."""
    key = COVERED[table].key
    with open_store(workspace.store) as store:
        rows = store.rows(f"select {key} from {table} order by {key}")
    assert rows, f"{table} is empty: nothing is tried"
    return str(rows[len(rows) // 2][0])


def test_an_untouched_store_is_whole(whole: Workspace) -> None:
    assert found(whole) == []
    for table in COVERED:
        middle(whole, table)


@pytest.mark.parametrize(("table", "column"), list(columns()))
def test_any_column_of_any_table(copy: Workspace, table: str, column: str) -> None:
    key = COVERED[table].key
    row = middle(copy, table)
    with open_store(copy.store) as store:
        [(value, type)] = store.rows(f"select {column}, typeof({column}) from {table} where {key} = ?", [row])
    other = "'2026-11-21'" if type == "text" and value != "2026-11-21" else "99999"
    if column in ("state", "status"):
        other = {"state": "'clearing'", "status": "'started'"}[column]
        other = other if value != other.strip("'") else {"state": "'cleared'", "status": "'done'"}[column]
    behind_the_back(copy, f"update {table} set {column} = {other} where {key} = '{row}'")
    assert ("row_changed", f"{table} {row}") in found(copy)


@pytest.mark.parametrize("table", COVERED)
def test_a_row_removed(copy: Workspace, table: str) -> None:
    row = middle(copy, table)
    behind_the_back(copy, f"delete from {table} where {COVERED[table].key} = '{row}'")
    assert ("row_missing", f"{table} {row}") in found(copy)


@pytest.mark.parametrize("table", COVERED)
def test_a_row_added(copy: Workspace, table: str) -> None:
    key, row = COVERED[table].key, middle(copy, table)
    with open_store(copy.store) as store:
        names = [name for _, name, *_ in store.rows(f"pragma table_info({table})")]
    new = {key: "9999" if row.isdigit() else "'zzz'", "step": "'other'", "level": "9", "number": "9999"}
    if table == "run":
        new["id"] = "'2026-11-23-zzz'"
    values = ", ".join(new.get(name, name) if name in (key, *new) else name for name in names)
    behind_the_back(copy, f"insert into {table} select {values} from {table} where {key} = '{row}'")
    assert ("row_added", f"{table} {new[key].strip(chr(39))}") in found(copy)


@pytest.mark.parametrize("table", ["task", "episode", "action", "run"])
def test_two_rows_exchanged(copy: Workspace, table: str) -> None:
    column = {"task": "title", "episode": "account", "action": "what", "run": "today"}[table]
    key = COVERED[table].key
    with open_store(copy.store) as store:
        rows = store.rows(f"select {key}, {column} from {table} group by {column} order by 1 limit 2")
    (one, first), (other, second) = rows
    behind_the_back(
        copy, f"update {table} set {column} = '{second}' where {key} = '{one}'",
        f"update {table} set {column} = '{first}' where {key} = '{other}'",
    )  # fmt: skip
    assert {("row_changed", f"{table} {one}"), ("row_changed", f"{table} {other}")} <= set(found(copy))


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("drop trigger task_moved_on", "schema_missing"),
        ("drop trigger ledger_kept", "schema_missing"),
        ("drop index task_step", "schema_missing"),
        ("drop table notice", "schema_missing"),
        ("create trigger quiet after insert on unsealed begin delete from unsealed; end", "schema_added"),
        ("create view task_view as select * from task", "schema_added"),
        ("create table other (id integer)", "schema_added"),
        ("alter table task add column secret text", "schema_changed"),
    ],
)
def test_what_the_database_is_made_of(copy: Workspace, statement: str, kind: str) -> None:
    behind_the_back(copy, statement, triggers=True)
    assert kind in {name for name, _ in found(copy)}


def test_a_trigger_rewritten(copy: Workspace) -> None:
    behind_the_back(
        copy, "drop trigger task_moved_on",
        "create trigger task_moved_on before update of assignee on task begin select 1; end", triggers=True,
    )  # fmt: skip
    assert ("schema_changed", "trigger task_moved_on") in found(copy)


def test_an_index_of_ones_own_does_no_harm(copy: Workspace) -> None:
    behind_the_back(copy, "create index own on task (title)", triggers=True)
    assert found(copy) == []


@pytest.mark.parametrize(
    ("column", "value"), [("body", "'Do nothing.'"), ("due_on", "'2027-01-01'"), ("assignee", "'m1'")]
)
def test_a_change_stays_found_after_the_task_moves_on(copy: Workspace, column: str, value: str) -> None:
    with open_store(copy.store) as store:
        [(task,)] = store.rows("select id from task where status = 'open' and joined is null order by id limit 1")
    behind_the_back(copy, f"update task set {column} = {value} where id = '{task}'")
    assert ("row_changed", f"task {task}") in found(copy)
    with open_store(copy.store) as store:
        store_rows = store.rows(
            "select id from task where status in ('open', 'started') and joined is null order by id"
        )
    speak(copy, done, [id for (id,) in store_rows].index(task), NIGHTS)
    run(copy, NIGHTS)
    assert ("row_changed", f"task {task}") in found(copy)


def test_an_action_removed_whose_number_the_next_one_takes(copy: Workspace) -> None:
    with open_store(copy.store) as store:
        [(last,)] = store.rows("select max(id) from action")
    behind_the_back(copy, f"delete from action where id = {last}")
    speak(copy, note, 0, NIGHTS, note="another")
    assert ("row_missing", f"action {last}") in found(copy)


def test_the_mark_of_a_foreign_write_is_wiped(copy: Workspace) -> None:
    behind_the_back(copy, "update task set title = 'x' where rowid = 1", "delete from unsealed", triggers=True)
    assert [kind for kind, _ in found(copy)] == ["row_changed"]


def test_a_value_that_is_no_text(copy: Workspace) -> None:
    behind_the_back(copy, "update task set body = x'00ff' where rowid = 1")
    assert found(copy)


@pytest.mark.parametrize("number", [1, 5, -1])
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("delete from ledger where number = {n}", "entry_missing"),
        ("update ledger set at = '2020-01-01T00:00:00+00:00' where number = {n}", "entry_changed"),
        ("update ledger set kind = 'told' where number = {n}", "entry_changed"),
        ("update ledger set body = '{{' where number = {n}", "entry_changed"),
        ("update ledger set body = '[]' where number = {n}", "entry_changed"),
        ("update ledger set hash = x'00' where number = {n}", "entry_changed"),
        ("update ledger set number = 1000 where number = {n}", "entry_missing"),
    ],
)
def test_an_entry(copy: Workspace, number: int, change: str, kind: str) -> None:
    last = ledger_entries(copy, 1)[0].number
    at = number if number > 0 else last
    behind_the_back(copy, change.format(n=at))
    names = found(copy)
    if number == -1 and change.startswith("delete"):
        assert names  # what the removed entry sealed is known to none
    else:
        assert (kind, str(at)) in names or any(k == kind for k, _ in names)


def test_an_entry_put_in_between(copy: Workspace) -> None:
    entry = ledger_entries(copy, 1)[0]
    hash = entry_hash(entry.number + 1, "word", entry.at, '{"rows":[]}', entry.prev)
    behind_the_back(
        copy, "insert into ledger (number, kind, at, body, prev, hash)"
        f" values ({entry.number + 1}, 'word', '{entry.at}', '{{\"rows\":[]}}', '{entry.prev}', '{hash}')",
    )  # fmt: skip
    assert ("entry_unchained", str(entry.number + 1)) in found(copy)


def test_the_ledger_emptied(copy: Workspace) -> None:
    behind_the_back(copy, "delete from ledger")
    checked = check_ledger(copy, None, None)
    assert {damage.kind for damage in checked.damages} == {"row_added"}
    assert checked.unsealed_runs == NIGHTS
    run(copy, NIGHTS)
    assert "row_added" in {kind for kind, _ in found(copy)}


def rebuilt(workspace: Workspace, task: str) -> None:
    """Change a task, and write the whole ledger anew so that every hash is right."""
    behind_the_back(workspace, f"update task set title = 'x' where id = '{task}'")
    db = sqlite3.connect(workspace.database)
    kept = db.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
    for name, _ in kept:
        db.execute(f"drop trigger {name}")
    rows = []
    for table, covered in COVERED.items():
        arrays = (f"json_array({', '.join(names) or ''})" for names in (covered.fixed, covered.state))
        for key, fixed, state in db.execute(f"select {covered.key}, {', '.join(arrays)} from {table}"):
            rows.append([table, str(key), digest(fixed), digest(state) if covered.state else "", True, None, None])
    prev = FIRST_PREV
    runs = db.execute("select kind, at, body from ledger where kind = 'run' order by number").fetchall()
    db.execute("delete from ledger")
    last = ("word", "2026-11-26T00:00:00+00:00", canonical({"rows": rows}))
    for number, (kind, when, body) in enumerate([*runs, last], 1):
        hash = entry_hash(number, kind, when, body, prev)
        db.execute("insert into ledger values (?, ?, ?, ?, ?, ?, null, null)", [number, kind, when, body, prev, hash])
        prev = hash
    for _, text in kept:
        db.execute(text)
    db.commit()
    db.close()


def test_a_ledger_written_anew_is_found_where_entries_are_signed(tmp_path: Path) -> None:
    workspace = made(tmp_path / "firm")
    public, _ = new_key(workspace, tmp_path / "firm.pem")
    settings = workspace.root / "holdfast.yaml"
    settings.write_text(settings.read_text() + f"\naudit: {{key: {tmp_path}/firm.pem, public: {public}}}\n")
    workspace = open_workspace(workspace.root)
    for day in range(2):
        run(workspace, day)
    speak(workspace, start, 0, 1)
    checked = check_ledger(workspace, None, None)
    assert (checked.damages, checked.signed, checked.proven) == ((), 3, True)
    with open_store(workspace.store) as store:
        [(task,)] = store.rows("select id from task order by id limit 1")
    rebuilt(workspace, task)
    assert {damage.kind for damage in check_ledger(workspace, None, None).damages} >= {"entry_unsigned"}


def test_what_was_written_before_the_first_signature_it_vouches_for(tmp_path: Path) -> None:
    workspace = made(tmp_path / "firm")
    run(workspace, 0)
    public, _ = new_key(workspace, tmp_path / "firm.pem")
    settings = workspace.root / "holdfast.yaml"
    plain = settings.read_text()
    settings.write_text(plain + f"\naudit: {{key: {tmp_path}/firm.pem, public: [{public}]}}\n")
    workspace = open_workspace(workspace.root)
    assert [damage.kind for damage in check_ledger(workspace, None, None).damages] == ["entry_unsigned"]
    run(workspace, 1)
    assert check_ledger(workspace, None, None).damages == ()
    settings.write_text(plain + f"\naudit: {{public: {public}}}\n")
    workspace = open_workspace(workspace.root)
    run(workspace, 2)
    assert {damage.kind for damage in check_ledger(workspace, None, None).damages} == {"entry_unsigned"}


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_a_lost_database_is_not_taken_for_a_new_one(copy: Workspace, how: str) -> None:
    before = sorted(copy.runs.rglob("*"))
    copy.database.unlink()
    if how == "emptied":
        copy.database.touch()
    with pytest.raises(StoreError, match="runs lie beside it"):
        run(copy, NIGHTS)
    assert sorted(copy.runs.rglob("*")) == before


def test_a_policy_that_was_changed_where_it_is_sealed(copy: Workspace) -> None:
    assert "grace: 1" in POLICY
    behind_the_back(copy, "update policy set texts = replace(texts, 'grace: 1', 'grace: 9')")
    assert {kind for kind, _ in found(copy)} == {"row_changed"}


def test_a_task_whose_text_was_changed_and_that_hands_its_number_over(copy: Workspace) -> None:
    """A joined task: its first matter is over, so that the next one takes its number, and with it its row."""
    with open_store(copy.store) as store:
        [(leader, part)] = store.rows(
            "select l.id, m.id from task m join task l on l.id = m.joined join episode e on e.id = m.episode"
            " where m.status = 'open' order by l.id, e.priority, m.due_on, m.id limit 1"
        )
    behind_the_back(copy, f"update task set body = 'Do nothing.' where id = '{part}'")
    with open_store(copy.store) as store:
        [(subject,)] = store.rows(
            "select subject from episode where id = (select episode from task where id = ?)", [leader]
        )
        false_alarm(store, leader, Word("r1", at(NIGHTS)), subject)
    run(copy, NIGHTS)
    with open_store(copy.store) as store:
        assert store.rows("select body from task where id = ?", [leader]) == [("Do nothing.",)], "not handed over"
    assert ("row_changed", f"task {part}") in found(copy)
