"""Checks across rows: one id, one row; a ref names a row that is there. What does not fit goes into one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.facts import sql
from engine.facts.cells import STORED
from engine.facts.columns import all_fields
from engine.facts.content import row_text
from engine.facts.limits import SHOWN_LIMIT
from engine.facts.loading import BAD, ROW, Loaded
from engine.facts.sql import Sql, fill
from engine.facts.work import Bench
from engine.policy.contract import FactType

_TABLES = """
create table sources (s integer, type varchar, label varchar);
create table columns (s integer, field varchar, name varchar);
create table rejects (type varchar, s integer, r bigint, c varchar, v varchar, w varchar, kind varchar);
"""
_BAD_ROWS = """
insert into rejects
select ?, s, r, u.c, u.v, u.w, 'reject' from (select s, r, unnest(bad) as u from $rows where bad is not null)
where u is not null
"""
_SHARED_IDS = "create table $shared as select v0 as id from $rows where bad is null group by v0 having count(*) > 1"
_TWINS = """
create table $twins as
select v0 as id, min(content) = max(content) as equal, min(place) as first, max(place) as last, count(*) as times
from $contents where v0 in (select id from $shared)
group by v0
"""
_ASIDE = """
create table $aside as
select g.s, g.r, t.id, t.equal, t.times, t.first, t.last, g.s::bigint * 1000000000000 + g.r as place
from $rows as g join $twins as t on t.id = g.v0
where g.bad is null and not (t.equal and t.first = g.s::bigint * 1000000000000 + g.r)
"""
_TWIN_REJECTS = """
insert into rejects
select h.type, a.s, a.r, n.name, left(a.id, ?),
    case when a.equal then 'the same row as ' else 'the same id, with other content, as ' end
    || case when a.place <> a.first
            then case when f.s = a.s then '' else f.label || ' ' end || 'row ' || (a.first % 1000000000000)
            else '' end
    || case when a.place <> a.first and a.place <> a.last then ', ' else '' end
    || case when a.place <> a.last
            then case when l.s = a.s then '' else l.label || ' ' end || 'row ' || (a.last % 1000000000000)
            else '' end
    || case when a.times > 2 + (a.place <> a.first and a.place <> a.last)::int
            then ' and ' || (a.times - 2 - (a.place <> a.first and a.place <> a.last)::int) || ' more'
            else '' end,
    'reject'
from $aside as a
join sources as h on h.s = a.s
join columns as n on n.s = a.s and n.field = 'id'
join sources as f on f.s = a.first // 1000000000000
join sources as l on l.s = a.last // 1000000000000
"""
_KEPT = "create view $kept as select * from $rows where bad is null"
_KEPT_WITHOUT = """
create view $kept as select * from $rows as g
where bad is null and not exists (select 1 from $aside as a where a.s = g.s and a.r = g.r)
"""
_DANGLING = """
insert into rejects
select h.type, k.s, k.r, n.name, left(k.$value, ?), ?, 'warning'
from $kept as k join sources as h on h.s = k.s join columns as n on n.s = k.s and n.field = ?
where k.$value is not null and not exists (select 1 from $target as t where t.v0 = k.$value)
"""


@dataclass(frozen=True)
class Checked:
    """One type after all checks.

    `kept`: the view of its rows that stand (columns `s`, `r`, `v0`, `v1`, …). `dangling`: the places of its refs of
    which some lead nowhere, with the view of the rows they should lead to.
    """

    type: FactType
    kept: str
    rows: int
    rejected: int
    warnings: int
    dangling: Mapping[int, str]


def check_all(bench: Bench, loaded: Mapping[str, Sequence[Loaded]]) -> tuple[tuple[Checked, ...], tuple[str, ...]]:
    """Fill the table `rejects`; what each type came to, and notices about refs that cannot be checked."""
    bench.con.execute(_TABLES)
    places = {name: n for n, name in enumerate(loaded)}
    first = 0
    for name, sources in loaded.items():
        _gather(bench, sources, f"rows_{places[name]}", first)
        _set_aside(bench, sources[0].type, places[name])
        first += len(sources)
    checked, notices = [], []
    for name, sources in loaded.items():
        kind, kept = sources[0].type, f"kept_{places[name]}"
        dangling: dict[int, str] = {}
        warnings = 0
        for n, field in enumerate(all_fields(kind)):
            if field.ref is None or not any(field.name in each.names for each in sources):
                continue
            if field.ref not in places:
                notices.append(f"{name}.{field.name} is not checked: there is no source for {field.ref}")
                continue
            target = f"kept_{places[field.ref]}"
            reason = f"no {field.ref} of this id, or its row was set aside; reads as missing"
            statement = fill(_DANGLING, kept=kept, target=target, value=f"v{n}")
            if found := bench.number(statement, [SHOWN_LIMIT, reason, field.name]):
                dangling[n] = target
                warnings += found
        rows, stay = (bench.number(fill("select count(*) from $t", t=each)) for each in (f"rows_{places[name]}", kept))
        checked.append(Checked(kind, kept, rows, rows - stay, warnings, dangling))
    return tuple(checked), tuple(notices)


def _gather(bench: Bench, sources: Sequence[Loaded], view: str, first: int) -> None:
    """All sources of one type in one view, each row with its source's number and its spreadsheet row."""
    selects: list[exp.Query] = []
    for number, each in enumerate(sources, start=first):
        row: Sql = sql.col(ROW)
        if each.first_row is not None:
            row = exp.Add(this=exp.column("rowid"), expression=sql.whole(each.first_row))
        source = sql.named(sql.cast_to(sql.whole(number), "INTEGER"), "s")
        values = [sql.col(f"v{n}") for n in range(len(all_fields(each.type)))]
        selects.append(exp.select(source, sql.named(row, ROW), *values, sql.col(BAD)).from_(sql.table(each.table)))
        bench.con.execute("insert into sources values (?, ?, ?)", [number, each.type.name, each.label])
        for field, name in each.names.items():
            bench.con.execute("insert into columns values (?, ?, ?)", [number, field, name])
    whole = selects[0]
    for other in selects[1:]:
        whole = exp.union(whole, other, distinct=False)
    bench.run(exp.Create(this=sql.table(view), kind="VIEW", expression=whole))


def _set_aside(bench: Bench, kind: FactType, place: int) -> None:
    """List bad cells and twins. Of equal rows under one id the first stays; of differing ones none does."""
    names = {each: f"{each}_{place}" for each in ("rows", "shared", "contents", "twins", "aside", "kept")}
    con = bench.con
    con.execute(fill(_BAD_ROWS, rows=names["rows"]), [kind.name])
    con.execute(fill(_SHARED_IDS, rows=names["rows"], shared=names["shared"]))
    if bench.number(fill("select count(*) from $t", t=names["shared"])) == 0:
        con.execute(fill(_KEPT, kept=names["kept"], rows=names["rows"]))
        return
    place_of = exp.Add(
        this=exp.Mul(this=sql.cast_to(sql.col("s"), "BIGINT"), expression=sql.whole(10**12)), expression=sql.col(ROW)
    )
    text = row_text([(f"v{n}", STORED[field.kind]) for n, field in enumerate(all_fields(kind))])
    contents = (
        exp.select(sql.col("v0"), sql.named(sql.call("md5_number", text), "content"), sql.named(place_of, "place"))
        .from_(sql.table(names["rows"]))
        .where(sql.is_missing(sql.col(BAD)))
    )
    bench.run(exp.Create(this=sql.table(names["contents"]), kind="VIEW", expression=contents))
    con.execute(fill(_TWINS, twins=names["twins"], contents=names["contents"], shared=names["shared"]))
    con.execute(fill(_ASIDE, aside=names["aside"], rows=names["rows"], twins=names["twins"]))
    con.execute(fill(_TWIN_REJECTS, aside=names["aside"], twins=names["twins"]), [SHOWN_LIMIT])
    con.execute(fill(_KEPT_WITHOUT, kept=names["kept"], rows=names["rows"], aside=names["aside"]))
