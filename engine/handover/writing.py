"""The facts that stand behind the words about a hand-over: the hand-over, its assignments, the account's successor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.handover.ground import HANDOVER, Ground
from engine.handover.plan import Line, Plan
from engine.handover.state import Handover
from engine.store.tellings import note_before
from engine.store.told import write_told
from engine.telling.record import checked_who

Writing = tuple[str, str, dict[str, str], dict[str, str] | None]  # type, id, fields, what these fields held


@dataclass(frozen=True)
class Word:
    """Who says something, when, and with which note."""

    who: str
    at: datetime
    note: str | None = None


def accepting(
    ground: Ground, plan: Plan, line: Line, to: str, since: date, word: Word, anyway: bool
) -> list[Writing]:  # fmt: skip
    """The facts of an acceptance: the hand-over, the assignments before and after, the successor of the account."""
    today, id = ground.today.isoformat(), new_id(ground, line.account)
    fields = {
        "account": line.account, "rep_from": plan.rep or line.owner or "", "rep": to, "kind": plan.kind,
        "since": since.isoformat(), "opened_on": today, "accepted_on": today,
    }  # fmt: skip
    fields |= {"anyway_by": word.who} if anyway else {}
    fields |= {"note": word.note} if word.note else {}
    writings: list[Writing] = [(HANDOVER, id, fields, None)]
    if line.handover is not None:
        was = line.handover
        writings.append((HANDOVER, was.id, {"refused_on": today}, {"refused_on": ""}))
        if was.since is not None and was.since > ground.today:  # not in force yet, and never will be
            writings.append((
                "assignment", _assignment(was.id), {"until": was.since.isoformat()}, {"until": ""}
            ))  # fmt: skip
    rows = ground.source.rows(_OPEN, [line.account])
    for open_id, until in rows:
        before = {"until": until.isoformat() if until else ""}
        writings.append(("assignment", open_id, {"until": since.isoformat()}, before))
    if not rows and line.owner is not None:
        [(began,)] = ground.source.rows("select began_on from handover_customer where id = $1", [line.account])
        day = min(began or since, since - timedelta(1), ground.today - timedelta(1))
        earlier = {
            "account": line.account, "rep": line.owner, "since": day.isoformat(), "until": since.isoformat(),
        }  # fmt: skip
        writings.append(("assignment", f"{id}-before", earlier, None))
    new = {"account": line.account, "rep": to, "since": since.isoformat()}
    writings.append(("assignment", _assignment(id), new, None))
    writings.append(_successor(ground, line.account, to))
    return writings


def amending(ground: Ground, was: Handover, to: str, since: date, word: Word) -> list[Writing]:
    """The same facts with another person, and another day where one is named."""
    old = was.since.isoformat() if was.since else ""
    new = {"rep": to, "since": since.isoformat()}
    writings: list[Writing] = [
        (HANDOVER, was.id, new | ({"note": word.note} if word.note else {}),
         {"rep": was.rep, "since": old} | ({"note": was.note or ""} if word.note else {})),
        ("assignment", _assignment(was.id), new, {"rep": was.rep, "since": old}),
        _successor(ground, was.account, to),
    ]  # fmt: skip
    if since.isoformat() != old:
        for (id,) in ground.source.rows(_ENDING, [was.account, was.since, _assignment(was.id)]):
            writings.append(("assignment", id, {"until": since.isoformat()}, {"until": old}))
    return writings


def _successor(ground: Ground, account: str, to: str) -> Writing:
    [(before,)] = ground.source.rows("select successor from account where id = $1", [account])
    return ("account", account, {"successor": to}, {"successor": before or ""})


def write(ground: Ground, writings: Sequence[Writing], word: Word) -> None:
    """Write down all of it, or nothing."""
    who = checked_who(word.who)
    with ground.store.transaction() as tx:
        for type, id, fields, before in writings:
            note_before(tx, write_told(tx, type, id, fields, who, word.at), before)


def _assignment(handover: str) -> str:
    return f"{handover}-carer"


def new_id(ground: Ground, account: str) -> str:
    """An id for another hand-over of a customer."""
    used = {id for (id,) in ground.source.rows("select id from handover")}
    used |= {fact for (fact,) in ground.store.rows("select fact from told where type = ?", [HANDOVER])}
    number = 1
    while f"handover-{account}-{number}" in used:
        number += 1
    return f"handover-{account}-{number}"


_OPEN = """select id, "until" from assignment where account = $1 and "until" is null order by id"""
_ENDING = """
select id from assignment where account = $1 and ("until" is null or "until" = $2) and id <> $3 order by id
"""
