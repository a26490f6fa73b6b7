"""The people at the accounts, and every visit, call, meal and message with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts import DIVIDED, HANDED_ON, LARGE, Plan, first_day
from book import Book, Row
from days import MONDAY, TONIGHT, day, on_or_before, plus, strides, workdays_later
from dice import Dice
from names import person
from people import BY_ID, DIRECTOR, GM, MANAGER_OF, SERVICE, TECHNICIAN, TRAINER, at_work, partner

_POSITIONS = (
    ("executive", "总经理", "总经办", True),
    ("manager", "行政经理", "行政部", True),
    ("staff", "网管", "信息部", False),
    ("director", "采购总监", "采购部", True),
    ("staff", "财务", "财务部", False),
    ("manager", "IT manager", "信息部", True),
    ("staff", "前台", "行政部", False),
)
_TASTES = ("爱喝茶", "钓鱼", "喜欢清淡", "羽毛球", "不饮酒", "Jazz", None, None, None, None)
_NOTES = (
    (4, "演示新机型"), (4, "收集耗材用量"), (3, "核对装机清单"), (2, "讨论明年预算"),
    (2, "asked for a spare toner"), (85, None),
)  # fmt: skip
_CHANGED_BY_US = day("2026-08-24")  # since then r8 keeps moving appointments (D0.danger.11)
_OUTCOMES_MISSED = day("2026-07-24")  # since then r9 hardly notes what came of it (D0.danger.14)

Carer = Callable[[date, int], str | None]


@dataclass(frozen=True)
class Stream:
    """One line of the cadence: who does what, so many days apart. `topics` gives every n-th one a topic."""

    name: str
    channel: str
    low: int
    high: int
    carer: Carer
    topic: str | None = None
    every: int = 1


def _owner_at_work(plan: Plan, when: date, turn: int) -> str | None:
    owner = plan.owner_on(when)
    if owner is None:
        return None
    left = BY_ID[owner].left
    if left and left <= when:
        return None
    return owner if at_work(owner, when) else partner(owner, when, turn)


def _sales(plan: Plan, every: int) -> Carer:
    """The owner, and every so many times the second carer or another colleague."""

    def carer(when: date, turn: int) -> str | None:
        owner = _owner_at_work(plan, when, turn)
        if owner is None or plan.alone or turn % every != every - 1:
            return owner
        if plan.second and plan.second != owner and at_work(plan.second, when):
            return plan.second
        return partner(owner, when, plan.number)

    return carer


def _manager(plan: Plan) -> Carer:
    def carer(when: date, turn: int) -> str | None:
        owner = _owner_at_work(plan, when, turn)
        return MANAGER_OF.get(BY_ID[owner].department, "r4") if owner else None

    return carer


def _always(rep: str) -> Carer:
    return lambda when, turn: rep


def _streams(plan: Plan) -> list[Stream]:
    """The duties of the policy, each kept a little better than it must be."""
    visit, call = _sales(plan, 3), _sales(plan, 2)
    if plan.pace == "P":
        return [Stream("visit", "visit", 9, 14, visit), Stream("call", "call", 6, 11, call)]
    if plan.pace == "C":
        return [
            Stream("visit", "visit", 20, 29, _sales(plan, 99), "needs_review", 4),
            Stream("call", "call", 20, 29, call),
            Stream("service", "message", 40, 65, _always(SERVICE)),
        ]
    eager = plan.owner == "r7" and plan.pace == "A"  # who courts only the useful
    lines = [
        Stream("call", "call", *((8, 14) if plan.pace == "A" else (17, 28)), call),
        Stream("service", "message", 18, 28, _always(SERVICE)),
        Stream("technician", "visit", 60, 90, _always(TECHNICIAN)),
    ]
    if plan.pace == "B":
        return [
            *lines,
            Stream("visit", "visit", 9, 14, visit, "needs_review", 5),
            Stream("manager", "visit", 60, 86, _manager(plan)),
            Stream("director", "visit", 230, 320, _always(DIRECTOR), "strategy_review"),
        ]
    return [
        *lines,
        Stream("visit", "visit", *((3, 5) if eager else (5, 9)), visit, "needs_review", 7),
        Stream("manager", "visit", 38, 57, _manager(plan)),
        Stream("director", "visit", 110, 165, _always(DIRECTOR), "strategy_review"),
        Stream("gm", "meeting", 120, 190, _always(GM), "executive_meeting"),
        Stream("gm", "visit", 230, 330, _always(GM), "executive_meeting"),
        Stream("meal", "meal", 50, 80, _manager(plan)),
        Stream("informal", "informal", 60, 100, _sales(plan, 2)),
    ]


def _outcome(dice: Dice, rep: str, when: date) -> str | None:
    if rep == "r9" and when > _OUTCOMES_MISSED and dice.chance(0.6):
        return None
    return dice.weighted((("effective", 72), ("valuable", 21), ("unsuccessful", 7)))


def meet(
    book: Book, plan: Plan, rep: str, when: date, channel: str, dice: Dice, topic: str | None = None, note: str = ""
) -> Row:
    """One contact, with a person at the account who was known and still there."""
    people = [
        row for row in book.rows["contact"]
        if row["account"] == plan.id and row["met_on"] <= when and not (row.get("left_on") and row["left_on"] <= when)
    ] if channel != "letter" else []  # fmt: skip
    top = [row for row in people if row["level"] == "executive"]
    chosen = None
    if people:
        chosen = top[0] if top and BY_ID[rep].role in ("gm", "director") else dice.pick(people)
    moved = rep == "r8" and channel == "visit" and when > _CHANGED_BY_US and dice.chance(0.12)
    return book.add(
        "interaction", account=plan.id, rep=rep, contact=chosen and chosen["id"], happened_on=when, channel=channel,
        outcome=_outcome(dice, rep, when), topic=topic, moved_by_us=True if moved else None,
        note=note or dice.weighted([(text, weight) for weight, text in _NOTES]),
    )  # fmt: skip


def write_contact_persons(book: Book, accounts: list[Plan]) -> None:
    """Two or three people at a small account, up to seven at a large one; one of them with a say in the buying."""
    number = 0
    for plan in accounts:
        dice = Dice(3, plan.number)
        for place in range(plan.people):
            number += 1
            level, position, department, influence = _POSITIONS[(place + (plan.pace == "C")) % len(_POSITIONS)]
            book.add(
                "contact", id=f"k{number}", account=plan.id, name=person(dice), position=position,
                department=department, level=level, influence=influence, tastes=dice.pick(_TASTES), met_on=plan.created,
            )  # fmt: skip


def write_interactions(book: Book, accounts: list[Plan]) -> None:
    """Every stream of every account, each on its own dice."""
    for plan in accounts:
        for place, stream in enumerate(_streams(plan)):
            dice = Dice(10 + place, plan.number)
            start = plus(first_day(plan), dice.between(1, min(stream.low, 60)))
            last = plan.last_day(stream.name, "contact")
            for turn, when in enumerate(strides(dice, start, last, stream.low, stream.high)):
                rep = stream.carer(when, turn)
                if rep is None or (rep in (SERVICE, TECHNICIAN) and plan.alone):
                    continue
                if BY_ID[rep].role == "manager" and not at_work(rep, when):
                    when = workdays_later(when, 5)
                due = (turn + plan.number) % stream.every == 0 and "review" not in plan.stops
                due = due or ("review" in plan.stops and when <= plan.stops["review"] and turn % stream.every == 0)
                meet(book, plan, rep, when, stream.channel, dice, stream.topic if due else None)
    _introductions(book, accounts)
    _coaching(book, accounts)


def _introductions(book: Book, accounts: list[Plan]) -> None:
    """What the handover play wants for accounts handed on by the leaver: letter, call, joint visit."""
    for plan in accounts:
        if plan.number in HANDED_ON:
            dice, new = Dice(40, plan.number), HANDED_ON[plan.number]
            meet(book, plan, new, workdays_later(DIVIDED, 1), "letter", dice, "handover")
            meet(book, plan, new, workdays_later(DIVIDED, 2), "call", dice, "handover")
            visit = workdays_later(DIVIDED, dice.between(3, 6))
            meet(book, plan, new, visit, "visit", dice, "introduction")
            meet(book, plan, MANAGER_OF[BY_ID[new].department], visit, "visit", dice, "introduction")


def _coaching(book: Book, accounts: list[Plan]) -> None:
    """The trainer goes along with each rep every few weeks, to a small account."""
    dice = Dice(41)
    for rep in ("r5", "r6", "r7", "r8", "r10"):
        own = [plan for plan in accounts if plan.owner == rep and plan.pace == "C" and not plan.told and not plan.lost]
        for when in strides(dice, max(day("2026-03-02"), BY_ID[rep].hired), TONIGHT, 40, 60):
            plan = dice.pick([plan for plan in own if plan.created < when])
            meet(book, plan, TRAINER, when, "visit", dice, "coaching", "随访辅导")


def write_appointments(book: Book, accounts: list[Plan]) -> None:
    """Visits that were agreed beforehand, and those agreed for the week after the story."""
    for plan in accounts:
        dice = Dice(42, plan.number)
        if plan.pace not in "AB" or plan.lost or plan.owner is None:
            continue
        for row in book.of("interaction", plan.id):
            if row["channel"] == "visit" and row["happened_on"] > day("2026-05-04") and dice.chance(0.12):
                made = on_or_before(plus(row["happened_on"], -dice.between(3, 7)))
                if at_work(row["rep"], made):
                    book.add(
                        "appointment", account=plan.id, rep=row["rep"], made_on=made, planned_on=row["happened_on"],
                        channel="visit",
                    )  # fmt: skip
        if plan.number <= LARGE + 12 and at_work(plan.owner, MONDAY):
            book.add(
                "appointment", account=plan.id, rep=plan.owner, made_on=plus(MONDAY, dice.between(0, 1)),
                planned_on=plus(TONIGHT, dice.between(1, 5)), channel="visit",
            )  # fmt: skip
