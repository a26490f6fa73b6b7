"""How a night takes in what people told, and notes in the store that it did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.facts.importing import Imported
from engine.facts.told import ToldRow
from engine.store.opening import FILE, open_store, read_store
from engine.store.tellings import Telling, ToldFact, mark_taken, told_facts, untaken


@dataclass(frozen=True)
class Taking:
    """What an import takes in: `rows` to be read once, `news` that the last night did not know."""

    rows: Iterator[ToldRow]
    news: tuple[Telling, ...]


@contextmanager
def taking(store: Path) -> Iterator[Taking]:
    """All that is told in the store of this folder, as it is at one moment; nothing where there is no store."""
    if not (store / FILE).is_file():
        yield Taking(iter(()), ())
        return
    with read_store(store) as opened:
        connection = opened.db.conn
        if not opened.rows("select 1 from sqlite_schema where name = 'told_settled'"):
            yield Taking(iter(()), ())
            return
        connection.execute("begin")
        try:
            news = tuple(untaken(opened))
            yield Taking((told_row(fact) for fact in told_facts(connection)), news)
        finally:
            connection.execute("rollback")


def note_taken(store: Path, imported: Imported, news: tuple[Telling, ...]) -> None:
    """Note after a night that its facts hold what was told; writes only where something is new."""
    if not news and not imported.settled:
        return
    with open_store(store) as opened, opened.transaction() as tx:
        mark_taken(tx, news, imported.settled)


def told_row(fact: ToldFact) -> ToldRow:
    """A told fact as an import reads it."""
    cells = {name: text for name, (text, _) in fact.fields.items()}
    return ToldRow(fact.type, fact.id, cells, fact.last.id, fact.last.by)
