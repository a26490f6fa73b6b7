"""What people say of a hand-over: accepted, refused, told, complete, closed. Each word is a told fact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.errors import UsageError
from engine.handover.ground import HANDOVER, LEAVING, MANAGERS, Ground
from engine.handover.plan import Line, Plan, plan_of
from engine.handover.state import BEFORE, STEPS, Handover, State, changes_of_carer, handovers, standing
from engine.handover.writing import Word, Writing, accepting, amending, new_id, write
from engine.reports.people import find_account, find_person


@dataclass(frozen=True)
class Taken:
    """What was accepted: the customers with their new carers, and those left out, for `held` needs a manager's word."""

    accepted: tuple[Line, ...]
    held: tuple[Line, ...] = ()
    nobody: tuple[Line, ...] = ()
    since: tuple[tuple[str, date], ...] = ()


def accept(
    ground: Ground, rep: str, accounts: Sequence[str], word: Word, *, all: bool = False, anyway: bool = False,
    since: date | None = None,
) -> Taken:  # fmt: skip
    """Accept the proposals for some of a person's customers, or for all. Raises UsageError; then nothing is written.

    The new carer has the customer from the last day on, else from today, or from `since`; a rotation begins once the
    days to introduce (`handover_introduce_days`) are over.
    """
    plan = plan_of(ground, find_person(ground.source, rep))
    if bool(accounts) == all:
        raise UsageError("say which customers", "name them, or add --all")
    lines = _lines(ground, plan, accounts)
    if all:
        lines = [line for line in plan.lines if line.handover is None]
        if not lines:
            raise UsageError("there is nothing to accept", f"see holdfast handover {plan.rep}")
    for line in () if all else lines:
        if line.handover is not None:
            raise UsageError(
                f"{line.name} goes to {ground.label(line.rep)} already",
                f"holdfast handover change {plan.rep} {line.account} --to …",
            )
        if line.rep is None:
            raise UsageError(
                f"there is nobody to propose for {line.name}",
                f"name somebody: holdfast handover change {plan.rep} {line.account} --to …",
            )
    asking = [line for line in lines if line.asks and line.rep is not None]
    if anyway and asking:
        _check_manager(ground, word)
    elif asking and not all:
        raise _too_often(ground, asking[0])
    taken = [line for line in lines if line.rep is not None and (anyway or not line.asks)]
    writings, days = [], []
    for line in taken:
        day = _since(ground, plan, line, since)
        days.append((line.account, day))
        writings += accepting(ground, plan, line, line.rep or "", day, word, anyway and line.asks)
    write(ground, writings, word)
    nobody = tuple(line for line in lines if line.rep is None)
    return Taken(tuple(taken), () if anyway else tuple(asking), nobody, tuple(days))


def change(
    ground: Ground, rep: str, account: str, to: str, word: Word, *, anyway: bool = False, since: date | None = None
) -> Taken:
    """Give a customer to somebody else than proposed or accepted. Raises UsageError; then nothing is written.

    What was accepted is amended as long as the customer has not been told; after that it is another change of carer.
    """
    plan = plan_of(ground, find_person(ground.source, rep))
    [line] = _lines(ground, plan, [account])
    taker = find_person(ground.source, to)
    if not ground.source.rows(_STAYS, [taker]):
        raise UsageError(f"{ground.label(taker)} leaves, or has left", "name somebody who stays")
    if taker in (line.owner, line.rep if line.handover else None):
        raise UsageError(f"{line.name} is with {ground.label(taker)} already", "name somebody else")
    told = line.handover is not None and line.handover.told_on is not None
    if told or line.handover is None:
        most = int(ground.limit("handover_changes"))
        changes = line.changes if line.handover is None else _changes(ground, line.account)
        if changes >= most:
            if not anyway:
                raise _too_often(ground, replace(line, changes=changes))
            _check_manager(ground, word)
    else:
        anyway = False
    day = _since(ground, plan, line, since)
    if line.handover is None or told:
        writings = accepting(ground, plan, line, taker, day, word, anyway)
    else:
        day = since or line.handover.since or day
        writings = amending(ground, line.handover, taker, day, word)
    write(ground, writings, word)
    return Taken((replace(line, rep=taker),), since=((line.account, day),))


def refuse(ground: Ground, rep: str, account: str, word: Word) -> Line:
    """Refuse the proposal for a customer: the person is not proposed for it again. Raises UsageError."""
    plan = plan_of(ground, find_person(ground.source, rep))
    [line] = _lines(ground, plan, [account])
    if not word.note or not word.note.strip():
        raise UsageError("say why it is refused", 'add --note "…"')
    if line.handover is not None or line.rep is None:
        raise UsageError(
            f"there is no open proposal for {line.name}", f"holdfast handover change {plan.rep} {line.account} --to …"
        )
    fields = {
        "account": line.account, "rep_from": line.owner or "", "rep": line.rep, "kind": plan.kind,
        "opened_on": ground.today.isoformat(), "refused_on": ground.today.isoformat(), "note": word.note,
    }  # fmt: skip
    write(ground, [(HANDOVER, new_id(ground, line.account), fields, None)], word)
    return line


def step(
    ground: Ground, account: str, state: State, word: Word, on: date | None = None, record: str | None = None
) -> Handover:
    """Say that the customer was told, the successor introduced, or all is complete. Raises UsageError.

    The steps go in order. `record`: the channel by which it was done, told as a contact in the same breath.
    """
    id = find_account(ground.source, account)
    found = standing(handovers(ground)).get(id)
    if found is None:
        raise UsageError(f"no hand-over of {id} has been accepted", "see holdfast handover")
    if record is not None:
        _check_channel(ground, record)
    day = on or ground.today
    if getattr(found, STEPS[state]) is not None:
        raise UsageError(f"{id} has this step already, on {getattr(found, STEPS[state])}", "take it back with tell")
    if found.state is not BEFORE[state]:
        raise UsageError(
            f"the hand-over of {id} is {found.state}, not {BEFORE[state]}", "the steps are told, introduced, complete"
        )
    if day > ground.today:
        raise UsageError(f"{day} has not come yet", "say it on the day")
    fields = {STEPS[state]: day.isoformat()} | ({"note": word.note} if word.note else {})
    writings: list[Writing] = [(HANDOVER, found.id, fields, {STEPS[state]: ""} | ({"note": found.note or ""}))]
    if record is not None:
        contact = {"account": id, "rep": found.rep, "happened_on": day.isoformat(), "channel": record}
        writings.append(("interaction", f"{found.id}-{state}", contact, None))
    write(ground, writings, word)
    return replace(found, **{STEPS[state]: day})  # type: ignore[arg-type]


def tier_of(ground: Ground, account: str) -> str:
    """The tier of a customer."""
    rows = ground.source.rows("select tier from handover_customer where id = $1", [account])
    return str(rows[0][0]) if rows else "C"


def close(ground: Ground, rep: str, word: Word) -> Plan:
    """Close a departure. It is refused while a customer, promise, complaint, renewal or task has no active carer.

    Gives the plan; where its `missing` names something, nothing was written. Raises UsageError for one who stays.
    """
    id = find_person(ground.source, rep)
    plan = plan_of(ground, id)
    if plan.kind != LEAVING:
        raise UsageError(f"{ground.label(id)} does not leave", "tell it: holdfast tell rep id=… notice_on=… --by …")
    if not plan.missing:
        before = {"handed_over_on": plan.closed_on.isoformat() if plan.closed_on else ""}
        write(ground, [("rep", id, {"handed_over_on": ground.today.isoformat()}, before)], word)
    return plan


def _lines(ground: Ground, plan: Plan, accounts: Sequence[str]) -> list[Line]:
    """The plan's lines of these customers, each once. Raises UsageError."""
    by_id = {line.account: line for line in plan.lines}
    found = []
    for id in dict.fromkeys(find_account(ground.source, account) for account in accounts):
        if id not in by_id:
            what = "is no customer of" if plan.kind == LEAVING else "is not in turn to leave"
            raise UsageError(
                f"{id} {what} {ground.label(plan.rep)}", f"see holdfast handover {plan.rep or 'rotate'}"
            )  # fmt: skip
        found.append(by_id[id])
    return found


def _since(ground: Ground, plan: Plan, line: Line, wanted: date | None) -> date:
    if wanted is not None:
        if wanted < ground.today:
            raise UsageError(f"{wanted} is over", "a new carer begins today at the earliest")
        return wanted
    if plan.kind == LEAVING:
        return max(plan.left_on or ground.today, ground.today)
    return ground.today + timedelta(int(ground.limit("handover_introduce_days", line.tier)))


def _check_channel(ground: Ground, record: str) -> None:
    kind = ground.policy.contract.get("interaction")
    channels = kind.fields["channel"].one_of if kind and "channel" in kind.fields else ()
    if record not in channels:
        raise UsageError(f"--record cannot be '{record[:40]}'", f"choose from: {', '.join(map(str, channels))}")


def _changes(ground: Ground, account: str) -> int:
    return changes_of_carer(ground, standing(handovers(ground))).get(account, 0)


def _check_manager(ground: Ground, word: Word) -> None:
    who = find_person(ground.source, word.who)
    if not ground.source.rows("select 1 from rep where id = $1 and active and role in (select unnest($2))",
                              [who, list(MANAGERS)]):  # fmt: skip
        raise UsageError(f"{ground.label(who)} is no manager", "--anyway needs a manager's word: --by with their id")


def _too_often(ground: Ground, line: Line) -> UsageError:
    days = int(ground.limit("handover_change_days"))
    return UsageError(
        f"the carer of {line.name} has changed {line.changes} times in {days} days",
        "a manager may do it all the same: add --anyway",
    )


_STAYS = "select 1 from handover_staying where id = $1"
