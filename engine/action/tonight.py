"""Tonight's conclusions as sets: which matters hold, how urgent, and what differs from what is known.

Works on tables in an in-memory DuckDB; rows of single matters come to Python only where something differs.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from engine.action.decide import ready_steps
from engine.action.matters import Outcome
from engine.action.priority import priority
from engine.policy.expressions import Ref, rules_in
from engine.policy.model import SEVERITIES, Play, Policy, done_name
from engine.reasoning.layout import play_path, signal_path

KEY_LENGTH = 20  # hexadecimal digits that name a matter
DIGEST_LENGTH = 8  # hexadecimal digits that tell whether a known matter's urgency, reasons, … changed

_TABLES = """
create table rule (rule integer, name varchar);
create table play (play integer, name varchar);
create table wanted (play integer, rule integer, same boolean);
create table urgency (severity integer, tier varchar, priority integer);
create table signal_row (rule integer, subject varchar, account varchar, severity integer);
create table play_row (play integer, subject varchar, account varchar, tier varchar);
create table off_row (play integer, subject varchar, account varchar);
create table shown_row (play integer, subject varchar, account varchar, step varchar);
create table idle (play integer, shown varchar);
create table joined (key varchar, task varchar);
create table known (key varchar, digest varchar);
create table special (key varchar);
create table past (key varchar);
create table make (key varchar, number bigint, episode bigint, step varchar);
create table decided (key varchar, play varchar, subject varchar, account varchar, outcome varchar)
"""

_CAUSE = """
create view cause as
select p.play, p.subject, p.account, s.rule, s.subject signal_subject, s.account signal_account, s.severity
from play_row p join wanted w using (play) join signal_row s on s.rule = w.rule and s.subject = p.subject
where w.same
union all
select p.play, p.subject, p.account, s.rule, s.subject, s.account, s.severity
from play_row p join wanted w using (play) join signal_row s on s.rule = w.rule and s.account = p.account
where not w.same
"""

_TONIGHT = """
create table tonight as
with by_rule as (
    select play, subject, account, rule, min(severity) severity from cause group by all
), by_matter as (
    select play, subject, account, min(severity) severity,
           to_json(list(name order by severity, rule))::varchar reasons
    from by_rule join rule using (rule) group by all
), by_fact as (
    select play, subject, account, to_json(list(step order by step))::varchar shown from shown_row group by all
), matter as (
    select p.play, p.subject, p.account, coalesce(b.reasons, '[]') reasons, u.priority,
           coalesce(p.tier, c.tier) tier, coalesce(f.shown, '[]') shown
    from play_row p
    left join carer c on c.account = p.account
    left join by_matter b
      on b.play = p.play and b.subject = p.subject and b.account is not distinct from p.account
    left join by_fact f
      on f.play = p.play and f.subject = p.subject and f.account is not distinct from p.account
    join urgency u
      on u.severity = coalesce(b.severity, 0) and u.tier = coalesce(p.tier, c.tier, '')
)
select left(sha256(concat_ws(chr(31), play.name, length(subject) || ':' || subject, 'a' || account)), $key) key,
       left(sha256(concat_ws(chr(31), priority, reasons, coalesce(tier, ''), shown)), $digest) digest,
       matter.play, subject, account, priority, reasons, tier, shown
from matter join play using (play)
"""

_OUTCOMES = """
create table outcome as
select p.name play, t.subject, t.account,
       case when d.outcome is not null then d.outcome
            when m.key is not null then if(j.task is null, 'new', 'duplicate')
            when i.play is not null and k.key is null and s.key is null then 'done'
            else 'kept' end outcome,
       j.task joined
from tonight t
join play p using (play)
left join decided d using (key)
left join (select key from make where episode is null) m using (key)
left join known k using (key)
left join special s using (key)
left join idle i on i.play = t.play and i.shown = t.shown
left join joined j using (key)
union all
select play, subject, account, outcome, null from decided anti join tonight using (key)
union all
select p.name, o.subject, o.account, 'disabled', null from off_row o join play p using (play)
anti join decided d on d.play = p.name and d.subject = o.subject and d.account is not distinct from o.account
"""

_NEVER_KNOWN = "select key from tonight anti join known using (key) anti join special using (key)"


_URGENCY = "t.key, p.name, t.priority, t.reasons, t.tier, t.shown, t.digest"


class Urgency(NamedTuple):
    """How urgent a matter is tonight.

    `reasons`: rule names as JSON; `tier`: its account's; `shown`: the steps that the facts show done, as JSON;
    `digest` changes with any of them.
    """

    key: str
    play: str
    priority: int
    reasons: str
    tier: str | None
    shown: str
    digest: str


class Tonight:
    """Tonight's matters. The tables stand in `db`, which also has `carer` (see `facts.load_carers`)."""

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        policy: Policy,
        plays: Sequence[Play],
        folder: Path,
        present: frozenset[str],
    ) -> None:
        self.db, self.policy, self.plays, self.folder, self.present = db, policy, plays, folder, present
        self.rules = list(policy.signals)
        self.judged = [rule for rule in self.rules if signal_path(folder, rule).is_file()]
        db.execute(_TABLES)
        self._load_names()
        self._load_conclusions()
        db.execute(_CAUSE)
        db.execute(_TONIGHT, {"key": KEY_LENGTH, "digest": DIGEST_LENGTH})
        self._load_idle()

    def _load_names(self) -> None:
        fill(self.db, "insert into rule select unnest($1::integer[]), unnest($2::varchar[])", enumerate(self.rules))
        plays = ((i, play.name) for i, play in enumerate(self.plays))
        fill(self.db, "insert into play select unnest($1::integer[]), unnest($2::varchar[])", plays)
        wanted = (
            (i, self.rules.index(rule), self.policy.signals[rule].about == play.about)
            for i, play in enumerate(self.plays)
            for rule in play.signals
            if rule in self.policy.signals
        )
        columns = "unnest($1::integer[]), unnest($2::integer[]), unnest($3::boolean[])"
        fill(self.db, f"insert into wanted select {columns}", wanted)
        tiers = ("", *dict.fromkeys(("A", "B", "C", *(name for name, _ in self.policy.tiers.classes))))
        urgencies = (
            (rank, tier, priority(severity, tier))
            for rank, severity in enumerate((None, *SEVERITIES))
            for tier in tiers
        )
        columns = "unnest($1::integer[]), unnest($2::varchar[]), unnest($3::integer[])"
        fill(self.db, f"insert into urgency select {columns}", urgencies)

    def _load_conclusions(self) -> None:
        used = {rule for play in self.plays for rule in play.signals}
        paths = [signal_path(self.folder, rule) for rule in self.judged]
        counts = row_counts(self.db, [*paths, *(play_path(self.folder, play.name) for play in self.plays)])
        for i, rule in enumerate(self.rules):
            if rule in used and rule in self.judged and counts[signal_path(self.folder, rule)]:
                self.db.execute(
                    "insert into signal_row select $1, subject, account, list_position($2::varchar[], severity)"
                    " from read_parquet($3)",
                    [i, list(SEVERITIES), str(signal_path(self.folder, rule))],
                )
        for i, play in enumerate(self.plays):
            path = str(play_path(self.folder, play.name))
            if not counts[play_path(self.folder, play.name)]:
                continue
            if not play.enabled:
                self.db.execute("insert into off_row select $1, subject, account from read_parquet($2)", [i, path])
                continue
            self._load_shown(i, play, path)
            tier = next((e.name for e in play.evidence if _is_tier(e.value)), None)
            if tier is None:
                self.db.execute(
                    "insert into play_row select $1, subject, account, null from read_parquet($2)", [i, path]
                )
            else:
                self.db.execute(
                    "insert into play_row select $1, subject, account, struct_extract(evidence, $2)"
                    " from read_parquet($3)",
                    [i, tier, path],
                )

    def _load_shown(self, index: int, play: Play, path: str) -> None:
        """The matters and steps for which the facts show the step done, where tonight's facts can tell."""
        for step in play.steps:
            if step.done_when is None or not step.done_needs <= self.present:
                continue
            if not set(rules_in(step.done_when)) <= set(self.judged):
                continue
            self.db.execute(
                "insert into shown_row select $1, subject, account, $2 from read_parquet($3)"
                " where struct_extract(evidence, $4)",
                [index, step.id, path, done_name(step.id)],
            )

    def _load_idle(self) -> None:
        """Note for which plays and done steps nothing would be left to do."""
        rows = self.db.execute("select distinct play, shown from tonight where shown <> '[]' order by all").fetchall()
        idle = [(play, shown) for play, shown in rows if not ready_steps(self.plays[play], shown=json.loads(shown))[0]]
        fill(self.db, "insert into idle select unnest($1::integer[]), unnest($2::varchar[])", idle)

    def compare(self, marks: list[str], special: list[str]) -> None:
        """Take in what is known: `marks` (key and digest) of episodes that only wait, keys of `special` ones."""
        self.db.execute(
            "insert into known select left(mark, $1), substr(mark, $1 + 1) from (select unnest($2::varchar[]) mark)",
            [KEY_LENGTH, marks],
        )
        self.look_closer(special)

    def look_closer(self, keys: list[str]) -> None:
        """Treat waiting episodes as special ones."""
        self.db.execute("delete from known where key in (select unnest($1::varchar[]))", [keys])
        self.db.execute("insert into special select unnest($1::varchar[])", [keys])

    def newly_shown(self) -> list[str]:
        """Of waiting episodes those with steps that the facts show done, where anything about them has changed."""
        return self._keys(
            "select key from tonight t join known k using (key) where k.digest <> t.digest and t.shown <> '[]'"
        )

    def never_known(self) -> list[str]:
        """The keys that hold tonight and have no living episode."""
        return self._keys(_NEVER_KNOWN)

    def gone(self) -> list[str]:
        """The keys of waiting episodes whose condition does not hold tonight."""
        return self._keys("select key from known anti join tonight using (key)")

    def changed(self) -> list[Urgency]:
        """Of waiting episodes that still hold, those whose priority or reasons are others than before."""
        rows = self.db.execute(
            f"select {_URGENCY} from tonight t join play p using (play)"  # noqa: S608 - constant
            " join known k using (key) where k.digest <> t.digest order by t.key"
        ).fetchall()
        return [Urgency(*row) for row in rows]

    def now(self, keys: list[str]) -> dict[str, Urgency]:
        """Those of the keys that hold tonight."""
        rows = self.db.execute(
            f"select {_URGENCY} from tonight t join play p using (play)"  # noqa: S608 - constant
            " where t.key in (select unnest($1::varchar[]))",
            [keys],
        ).fetchall()
        return {row[0]: Urgency(*row) for row in rows}

    def open_new(self, past: list[str], again: Iterable[tuple[str, int]]) -> None:
        """Have first episodes made for all keys never known but the `past` ones, and for those `again` by number."""
        self.db.execute("insert into past select unnest($1::varchar[])", [past])
        self.db.execute(
            f"insert into make select key, 1, null, null from ({_NEVER_KNOWN}) anti join past using (key)"  # noqa: S608 - constant
            " join tonight using (key) anti join idle using (play, shown)"
        )
        again = list(again)
        self.db.execute(
            "insert into make select unnest($1::varchar[]), unnest($2::bigint[]), null, null",
            [[key for key, _ in again], [number for _, number in again]],
        )

    def add_steps(self, steps: list[tuple[str, int, int, str]]) -> None:
        """Have single steps made: (key, number, episode id, step)."""
        columns = [list(column) for column in zip(*steps, strict=True)] or [[], [], [], []]
        self.db.execute(
            "insert into make select unnest($1::varchar[]), unnest($2::bigint[]), unnest($3::bigint[]),"
            " unnest($4::varchar[])",
            columns,
        )

    def to_make(self, play: int) -> int:
        """How many matters of a play are to be made."""
        query = "select count(*) from make join tonight using (key) where play = $1"
        [(count,)] = self.db.execute(query, [play]).fetchall()
        return int(count)

    def hold(self, keys: Sequence[str]) -> None:
        """Make nothing for these matters that would begin tonight: nobody has the time."""
        self.db.execute("delete from make where episode is null and key in (select unnest($1::varchar[]))", [keys])
        self.db.execute(
            "insert into decided select key, p.name, subject, account, $2 from tonight join play p using (play)"
            " where key in (select unnest($1::varchar[]))",
            [keys, Outcome.OVER_BUDGET.value],
        )

    def note(self, rows: list[tuple[str, str, str, str | None, str]]) -> None:
        """Take down what was decided otherwise than new or kept: (key, play, subject, account, outcome)."""
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
        self.db.execute(
            "insert into decided select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::varchar[]),"
            " unnest($4::varchar[]), unnest($5::varchar[])",
            columns,
        )

    def note_joined(self, rows: list[tuple[str, str]]) -> None:
        """Take down which matters' tasks are part of another task: (key, task)."""
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], []]
        self.db.execute("insert into joined select unnest($1::varchar[]), unnest($2::varchar[])", columns)

    def write_outcomes(self, path: Path) -> dict[str, int]:
        """Write every matter's outcome to a Parquet file; gives how many of each.

        Columns: play, subject, account, outcome, and `joined`, the task of another matter that the matter's own is
        part of.
        """
        self.db.execute(_OUTCOMES)
        self.db.execute("copy (from outcome order by play, subject, account) to $1 (format parquet)", [str(path)])
        return dict(self.db.execute("select outcome, count(*) from outcome group by all order by all").fetchall())

    def _keys(self, query: str) -> list[str]:
        return [key for (key,) in self.db.execute(query).fetchall()]


def row_counts(db: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> dict[Path, int]:
    """How many rows each of the Parquet files has, by what they say of themselves."""
    if not paths:
        return {}
    names = [str(path) for path in paths]
    counts = dict(
        db.execute("select file_name, num_rows from parquet_file_metadata($1::varchar[])", [names]).fetchall()
    )
    return {path: int(counts[name]) for path, name in zip(paths, names, strict=True)}


def fill(db: duckdb.DuckDBPyConnection, statement: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows by a statement that takes them column by column."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        db.execute(statement, columns)


def _is_tier(value: object) -> bool:
    return isinstance(value, Ref) and value.type == "account" and value.name == "tier"
