"""Faults on purpose: nights that are killed, or find a full, read-only, locked or damaged store; what is left of it.

Where the database itself is damaged nothing can be right any more until a copy is put back. Then no command may fail
otherwise than with a message, what is other than sealed must be named, and stay named after the next night.

`python -m benchmarks.faults` prints the figures of docs/reliability.md. Every fault hits a child process that works on
a copy of a small workspace. Afterwards the store must open and be whole by its ledger, hold either all of the night or
nothing, and after one more night be equal to a store that nothing befell.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import cli
from engine.errors import HoldfastError, StoreError
from engine.inquiry import check_ledger, replay_run
from engine.job import night_of
from engine.store import opening
from engine.workspace import Workspace, init_workspace, open_workspace

DAY = date(2026, 11, 20)
NOBODY = 65534
POLICY = """
limits: {grace: 1}
tiers: {rank_by: spend, classes: {A: top 5%, B: top 20%, C: rest}}
measures:
  spend: {about: account, from: order, take: sum(amount)}
signals:
  late:
    {title: {en: Late}, about: promise, when: kept_on is null and today - due_on > limit.grace, severity: medium,
     because: {en: late}}
risk: {amber: signals.any >= 1}
"""
PLAY = """
play: keep
trigger: signal('late')
about: promise
cooldown_days: 2
steps: [{id: call, assign: owner, due: 1 workday, template: call}]
"""
STATE = {
    "run": "number, id, counts", "episode": "id, key, number, state, touched, ended_on, opened_run",
    "task": "id, episode, title, body, assignee, due_on, status, made_run", "action": "id, task, what",
}  # fmt: skip


@dataclass
class Tally:
    """What came of one kind of fault: how often it was tried, and what went wrong."""

    name: str
    tried: int = 0
    hit: int = 0
    wrong: int = 0


def made(root: Path) -> Workspace:
    """A workspace with one night behind it and other facts for the next."""
    workspace = init_workspace(root, "en")
    for folder in (workspace.rules, workspace.playbooks, workspace.templates):
        for entry in folder.iterdir():
            if entry.name != "facts.yaml":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    (workspace.rules / "policy.yaml").write_text(POLICY)
    (workspace.playbooks / "keep.yaml").write_text(PLAY)
    (workspace.templates / "call.en.md").write_text("# Call {{ account.name }}\n\nCall them.\n")
    facts = workspace.root / "facts"
    (facts / "account.csv").write_text("id,name,owner,kind\n" + "".join(f"a{n},A{n},r1,customer\n" for n in range(40)))
    (facts / "rep.csv").write_text("id,name,role\nr1,Ann,sales\n")
    (facts / "order.csv").write_text("id,account,ordered_on,amount\no1,a1,2026-01-05,900\n")
    _promises(workspace, 30)
    in_child(lambda: night(workspace, 0))
    _promises(workspace, 60)
    return workspace


def _promises(workspace: Workspace, count: int) -> None:
    rows = (f"p{n},a{n % 40},delivery,2026-10-01,2026-11-{n % 12 + 8:02}\n" for n in range(count))
    (workspace.root / "facts" / "promise.csv").write_text("id,account,kind,made_on,due_on\n" + "".join(rows))


def night(workspace: Workspace, day: int) -> None:
    """One night."""
    with night_of(workspace, DAY + timedelta(day)):
        pass


def in_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own. Gives 0 done, 1 told in a message, 2 failed otherwise, negative: killed."""
    return wait(fork(work))


def fork(work: Callable[[], object]) -> int:
    """Start something in a process of its own; gives its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 2
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        work()
        code = 0
    except HoldfastError:
        code = 1
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def wait(pid: int) -> int:
    """How a process ended."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(place: int, workspace: Workspace) -> None:
    """A night that is killed at the n-th thing it does to its store: an SQL statement, a file opened, a folder made
    or renamed, a flush to disk."""
    left = [place]
    root = str(workspace.store)

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir") and root in str(arguments[0]):
            count()

    class Counted(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            count()
            return super().execute(*arguments)

        def executemany(self, *arguments: Any) -> sqlite3.Cursor:
            count()
            return super().executemany(*arguments)

    connect, fsync = sqlite3.connect, os.fsync
    sqlite3.connect = lambda *a, **k: connect(*a, **{"factory": Counted, **k})  # type: ignore[assignment]
    os.fsync = lambda handle: (count(), fsync(handle))[1]
    sys.addaudithook(hook)
    night(workspace, 1)


def state(workspace: Workspace) -> dict[str, list[Any]]:
    """What the store holds."""
    with opening.read_store(workspace.store) as store:
        return {table: store.rows(f"select {names} from {table} order by 1") for table, names in STATE.items()}


def right(workspace: Workspace, before: Any, after: Any, *, whole: bool = True) -> None:
    """Raise AssertionError where something is lost, half done or wrong after one more night."""
    left = state(workspace)
    assert left in (before, after), "half a night is visible"
    if whole:
        assert check_ledger(workspace, None, None).damages == (), "the ledger does not fit"
    night(workspace, 1)
    assert state(workspace) == after, "the next night is not right"
    if whole:
        assert check_ledger(workspace, None, None).damages == (), "the ledger does not fit after the next night"
    assert replay_run(workspace, "last")[1].same, "it does not replay"


class Campaign:
    """The faults, each on a fresh copy of `base`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = made(folder / "base")
        through = self.copy("through")
        in_child(lambda: night(through, 1))
        self.before, self.after = state(self.base), state(through)
        self.tallies: list[Tally] = []

    def copy(self, name: str) -> Workspace:
        """A fresh copy of the workspace."""
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.base.root, target)
        return open_workspace(target)

    def settle(self, tally: Tally, workspace: Workspace, code: int, *, whole: bool = True) -> None:
        """Count how a fault ended and what it left."""
        tally.tried += 1
        tally.hit += code != 0
        if code == 2 or in_child(lambda: right(workspace, self.before, self.after, whole=whole)) != 0:
            tally.wrong += 1

    def kills(self, points: int) -> Tally:
        """Kill -9 at points spread over all that a night does to its store."""
        tally = Tally("kill -9")
        last = self.steps()
        for place in sorted({1 + round(n * (last - 1) / max(points - 1, 1)) for n in range(points)}):
            workspace = self.copy("killed")
            self.settle(tally, workspace, in_child(lambda w=workspace, p=place: killed_at(p, w)))  # type: ignore[misc]
        return tally

    def steps(self) -> int:
        """How many points there are."""

        def reaches(place: int) -> bool:
            workspace = self.copy("steps")
            return in_child(lambda: killed_at(place, workspace)) < 0

        low, high = 1, 128
        while reaches(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if reaches(middle) else (low, middle)
        return low

    def full(self, limits: list[int]) -> Tally:
        """No file may grow beyond so many bytes: what a full disk looks like to a process."""
        tally = Tally("full disk")

        def work(workspace: Workspace, limit: int) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            night(workspace, 1)

        for limit in limits:
            workspace = self.copy("full")
            self.settle(tally, workspace, in_child(lambda w=workspace, n=limit: work(w, n)))  # type: ignore[misc]
        return tally

    def read_only(self) -> Tally:
        """A store that may only be read."""
        tally = Tally("read-only store")
        workspace = self.copy("readonly")
        paths = [workspace.store, *workspace.store.rglob("*")]
        for path in (self.folder, workspace.root, *workspace.root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)

        def work() -> None:
            if os.geteuid() == 0:
                os.setuid(NOBODY)  # root may write anywhere
            night(workspace, 1)

        code = in_child(work)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.settle(tally, workspace, code)
        return tally

    def locked(self) -> Tally:
        """A store that another program holds locked."""
        tally = Tally("locked store")
        workspace = self.copy("locked")
        other = sqlite3.connect(workspace.database, isolation_level=None)
        other.execute("begin exclusive")

        def work() -> None:
            opening.BUSY_SECONDS = 1.0
            night(workspace, 1)

        code = in_child(work)
        other.execute("rollback")
        other.close()
        self.settle(tally, workspace, code)
        return tally

    def together(self, times: int) -> Tally:
        """Two runs of the same night at the same time."""
        tally = Tally("two runs at once")
        for _ in range(times):
            workspace = self.copy("together")
            pids = [fork(lambda w=workspace: night(w, 1)) for _ in range(2)]  # type: ignore[misc]
            codes = [wait(pid) for pid in pids]
            self.settle(tally, workspace, max(codes) if 0 in codes else 2)
        return tally

    def damaged(self, times: int, *, cut: bool = False) -> Tally:
        """A byte flipped, or the end cut off, anywhere in the runs and snapshots: found by name, and the next night is
        right."""
        tally = Tally("file cut short" if cut else "flipped byte")
        chance = random.Random(7)
        for n in range(times):
            workspace = self.copy("damaged")
            roots = (workspace.snapshots,) if n % 2 else (workspace.runs, workspace.snapshots)
            path = chance.choice(
                [p for root in roots for p in sorted(root.rglob("*")) if p.is_file() and p.stat().st_size]
            )
            data = bytearray(path.read_bytes())
            place = chance.randrange(len(data))
            if cut:
                del data[place:]
            else:
                data[place] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            folder = path.relative_to(workspace.store).parts[1]

            def named(w: Workspace = workspace, folder: str = folder) -> None:
                assert any(folder in damage.name for damage in check_ledger(w, None, None).damages)

            found = in_child(named) == 0
            self.settle(tally, workspace, 1 if found else 2, whole=False)
        return tally

    def flipped(self, times: int) -> Tally:
        """A byte flipped anywhere in the database's file."""
        tally = Tally("flipped byte in the database")
        chance = random.Random(11)
        for _ in range(times):
            workspace = self.copy("flipped")
            data = bytearray(workspace.database.read_bytes())
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            workspace.database.write_bytes(data)
            self.broken(tally, workspace)
        return tally

    def truncated(self, times: int) -> Tally:
        """The end of the database's file cut off, or all of it."""
        tally = Tally("database cut short")
        chance = random.Random(13)
        size = self.base.database.stat().st_size
        for place in (0, *(chance.randrange(size) for _ in range(times - 1))):
            workspace = self.copy("truncated")
            os.truncate(workspace.database, place)
            self.broken(tally, workspace)
        return tally

    def ledger(self) -> Tally:
        """Entries of the ledger removed with an SQL tool: the last, one in between, all, and the table itself."""
        tally = Tally("ledger removed or cut")
        for statement in (
            "delete from ledger where number = (select max(number) from ledger)", "delete from ledger where number = 1",
            "delete from ledger", "drop table ledger",
        ):  # fmt: skip
            workspace = self.copy("ledger")
            db = sqlite3.connect(workspace.database)
            db.execute("drop trigger ledger_kept")
            db.execute(statement)
            db.commit()
            db.close()
            self.broken(tally, workspace)
        return tally

    def wal(self, times: int) -> Tally:
        """A byte flipped in what SQLite wrote of a night beside the database and had no time to put into it.

        SQLite sums up every page there: what follows a damaged one is as if it had not been written, so that the
        night is there or is not, and the next one does it again.
        """
        tally = Tally("flipped byte in the WAL")
        chance = random.Random(17)
        source = self.copy("logged")
        other = sqlite3.connect(source.database)
        other.execute("select count(*) from run").fetchone()  # another reader, so that the night leaves its WAL behind
        in_child(lambda: night(source, 1))
        kept = self.folder / "kept"
        shutil.copytree(source.root, kept)
        other.close()
        for _ in range(times):
            target = self.folder / "wal"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(kept, target)
            workspace = open_workspace(target)
            path = workspace.database.with_name(workspace.database.name + "-wal")
            workspace.database.with_name(workspace.database.name + "-shm").unlink(missing_ok=True)
            data = bytearray(path.read_bytes())
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            self.settle(tally, workspace, 1 if in_child(lambda w=workspace: same(w, self.after)) else 0)  # type: ignore[misc]
        return tally

    def broken(self, tally: Tally, workspace: Workspace) -> None:
        """Count what comes of a damaged database: said in a message, named, and named after the next night too."""
        tally.tried += 1
        named = names_damage(workspace)
        tally.hit += named
        if not named:
            tally.wrong += in_child(lambda: right(workspace, self.before, self.after)) != 0
            return
        day = (DAY + timedelta(1)).isoformat()
        for words in (["tasks"], ["audit", "log"], ["run", "--today", day], ["tasks"], ["audit", "check"]):
            if says(workspace, *words) not in (0, 1, 3):
                tally.wrong += 1
                return
        tally.wrong += not names_damage(workspace)


def same(workspace: Workspace, wanted: Any) -> None:
    """Raise StoreError where the store holds something else."""
    if state(workspace) != wanted:
        raise StoreError("the night is not there")


def names_damage(workspace: Workspace) -> bool:
    """Whether `audit check` finds something, or says that the store cannot be read."""
    return says(workspace, "audit", "check") in (1, 3)


def says(workspace: Workspace, *words: str) -> int:
    """The exit code of a command in a process of its own; 2 where it failed otherwise than with a message."""
    with TemporaryFile() as errors:
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(errors.fileno(), 2)
            code = 2
            try:
                sys.argv = ["holdfast", *words, "--workspace", str(workspace.root)]
                cli.main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = wait(pid)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    return 2 if code < 0 or "Traceback" in said or "holdfast itself failed" in said else code


def campaign(folder: Path, kills: int, others: int) -> Iterator[Tally]:
    """All faults, each told as it is done; `kills` points of killing, and so many of the others."""
    work = Campaign(folder)
    few = max(others // 4, 1)
    yield work.flipped(others)
    yield work.truncated(few)
    yield work.ledger()
    yield work.wal(few)
    yield work.damaged(others)
    yield work.damaged(others, cut=True)
    yield work.together(few)
    yield work.read_only()
    yield work.locked()
    yield work.full([1 << n for n in range(6, 6 + min(others, 14))])
    yield work.kills(kills)


def main() -> None:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=120, help="points at which a night is killed")
    parser.add_argument("--others", type=int, default=40, help="tries of each other fault")
    parser.add_argument("--json", action="store_true", help="one object a line")
    given = parser.parse_args()
    if not given.json:
        print(f"{'fault':<30}{'tried':>7}{'stopped the night, or was found':>34}{'wrong':>7}", flush=True)
    with TemporaryDirectory(prefix="holdfast-") as folder, suppress(KeyboardInterrupt):
        for tally in campaign(Path(folder), given.kills, given.others):
            line = f"{tally.name:<30}{tally.tried:>7}{tally.hit:>34}{tally.wrong:>7}"
            print(json.dumps(vars(tally)) if given.json else line, flush=True)


if __name__ == "__main__":
    main()
