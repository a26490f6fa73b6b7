"""From facts to conclusions: persons and the company first, then accounts batch by batch, stratum by stratum."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from engine.policy.model import Play
from engine.policy.names import ACCOUNT
from engine.reasoning.rete.batch import Batch
from engine.reasoning.rete.conclusions import GREEN, Concluded, Conclusions, Evidence, Standing, Tally, Triggered
from engine.reasoning.rete.evaluate import Row
from engine.reasoning.rete.judge import Finding
from engine.reasoning.rete.night import Night
from engine.reasoning.rete.rulebook import Plays, Rulebook
from engine.reasoning.rete.touching import reaching, touched

BATCH = 500  # accounts that are looked at together


@dataclass
class Lasting:
    """What was concluded for facts that belong to no account: kept for the accounts that it touches."""

    conclusions: Conclusions = field(default_factory=Conclusions)
    touching: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))  # by rule
    playing: dict[str, dict[str, Evidence]] = field(default_factory=lambda: defaultdict(dict))  # by play and subject


@dataclass
class _Draft:
    """The conclusions of a batch while they are drawn."""

    batch: Batch
    given: Conclusions = field(default_factory=Conclusions)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def add(self, found: Finding, account: str | None) -> None:
        rule, view = found.signal.name, self.batch.view
        self.given.signal(rule, Concluded(found.row["id"], account, found.severity, found.evidence))
        view.holding.setdefault(rule, set()).add(found.row["id"])
        if account is not None:
            view.touched.setdefault(rule, set()).add(account)
            self.tallies[account].add(found.signal, found.severity)


def conclude_lasting(night: Night, book: Rulebook) -> Lasting:
    """Judges the persons and the company. Signals that say whom they touch wait for their accounts."""
    lasting = Lasting()
    for type in sorted(book.types() & night.lasting_types):
        for rows in night.known.every(type):
            draft = _Draft(Batch(night, night.view()), lasting.conclusions)
            draft.batch.add(type, rows)
            for level in book.levels:
                if type in level:
                    _keep(night, book, lasting, draft, level[type].findings(draft.batch, rows))
            if type in book.plays:
                for play, row, evidence in _triggered(book.plays[type], draft.batch, rows):
                    if any(row["id"] in draft.batch.view.holding.get(rule, ()) for rule in _touching(book, play)):
                        lasting.playing[play.name][row["id"]] = evidence
                    else:
                        draft.given.play(play.name, Triggered(row["id"], None, evidence))
    return lasting


def _keep(night: Night, book: Rulebook, lasting: Lasting, draft: _Draft, findings: list[Finding]) -> None:
    """Adds what was found without an account. What touches accounts holds for its subject if it touches any."""
    waiting: dict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        if found.signal.touches:
            waiting[found.signal.name].append(found)
        else:
            draft.add(found, None)
    for rule, these in waiting.items():
        lasting.touching[rule] += these
        if book.touches[rule].asked:
            draft.batch.view.holding.setdefault(rule, set()).update(reaching(night, book.touches[rule], these))


def _touching(book: Rulebook, play: Play) -> list[str]:
    """The signals behind a play that say whom they touch and are about its own type."""
    return [rule for rule in play.signals if rule in book.touches and book.touches[rule].about == play.about]


def conclude_accounts(night: Night, book: Rulebook, lasting: Lasting, ids: Sequence[str]) -> Conclusions:
    """Judges a batch of accounts with everything that belongs to them. Facts may name accounts that are not known."""
    draft = _Draft(Batch(night, night.view()))
    known = draft.batch.load(ACCOUNT, ids)
    rows: dict[str, list[Row]] = {ACCOUNT: [row for id in ids if (row := known.get(id)) is not None]}
    for type in sorted(book.types() - night.lasting_types - {ACCOUNT}):
        groups = draft.batch.linked(type, (ACCOUNT,), ids)
        rows[type] = [row for id in ids for row in groups[id]]
        draft.batch.add(type, rows[type])
    return _conclude(night, book, lasting, draft, rows, ids)


def conclude_adrift(night: Night, book: Rulebook, lasting: Lasting) -> Iterator[Conclusions]:
    """Judges the facts that name no account there is: those without one alone, the others by the id they name."""
    named: set[str] = set()
    judged = book.types() - night.lasting_types - {ACCOUNT}
    sources = {type for touch in book.touches.values() for type in touch.touches.sources}
    for type in sorted((judged | sources) - night.lasting_types):
        for rows in night.known.adrift(type, ACCOUNT, ACCOUNT):
            named.update(row[ACCOUNT] for row in rows if row.get(ACCOUNT) is not None)
            alone = [row for row in rows if row.get(ACCOUNT) is None]
            if alone and type in judged:
                draft = _Draft(Batch(night, night.view()))
                draft.batch.add(type, alone)
                yield _conclude(night, book, lasting, draft, {type: alone}, ())
    for ids in batches(sorted(named)):
        yield conclude_accounts(night, book, lasting, ids)


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids, as many at a time as are looked at together."""
    rest = iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _conclude(
    night: Night, book: Rulebook, lasting: Lasting, draft: _Draft, rows: Mapping[str, list[Row]], ids: Sequence[str]
) -> Conclusions:
    reached: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, level in enumerate(book.levels):
        for signal in night.plan.levels[number].signals:
            if signal.name in book.touches:
                findings = lasting.touching.get(signal.name, [])
                touch = book.touches[signal.name]
                for found, account in touched(draft.batch, touch, findings, rows.get(ACCOUNT, []), ids):
                    draft.add(found, account)
                    reached[signal.name, found.row["id"]].add(account)
        for type in level.keys() & rows.keys():
            for found in level[type].findings(draft.batch, rows[type]):
                draft.add(found, found.row["id"] if type == ACCOUNT else found.row.get(ACCOUNT))
    _set_standing(night, book, draft, rows.get(ACCOUNT, []))
    for type in sorted(book.plays.keys() & rows.keys()):
        for play, row, evidence in _triggered(book.plays[type], draft.batch, rows[type]):
            own = row["id"] if type == ACCOUNT else row.get(ACCOUNT)
            draft.given.play(play.name, Triggered(row["id"], own, evidence))
    for play in night.plan.plays:
        for subject, evidence in lasting.playing.get(play.name, {}).items():
            for account in set().union(*(reached.get((rule, subject), ()) for rule in _touching(book, play))):
                draft.given.play(play.name, Triggered(subject, account, evidence))
    return draft.given


def _set_standing(night: Night, book: Rulebook, draft: _Draft, accounts: list[Row]) -> None:
    """The risk of accounts, once all their signals are known."""
    view = draft.batch.view
    view.standing = {row["id"]: draft.tallies[row["id"]].figures() for row in accounts}
    draft.batch.prepare(accounts, (), book.risk.needs)
    for row in accounts:
        holding = book.risk.match(view, row)
        level = next((level.level for level in night.plan.risk if f"risk {level.level}" in holding), GREEN)
        figures = view.standing[row["id"]]
        view.standing[row["id"]] = {**figures, "risk": level}
        if level != GREEN:
            draft.given.risk.append(Standing(row["id"], level, figures))


def _triggered(plays: Plays, batch: Batch, rows: list[Row]) -> Iterator[tuple[Play, Row, Evidence]]:
    """The plays whose trigger holds for a row, with the evidence."""
    batch.prepare(rows, (), plays.triggers.needs)
    held = [(row, plays.triggers.match(batch.view, row)) for row in rows]
    for play in plays.plays:
        found = [row for row, names in held if f"play {play.name}" in names]
        for row, evidence in zip(found, plays.proofs[play.name].of(batch, found), strict=True):
            yield play, row, evidence
