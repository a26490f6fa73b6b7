"""The accounts: who they are, how large, and who has cared for them since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from book import Book
from days import HISTORY, TONIGHT, day, on_or_after, plus
from dice import Dice
from names import CITIES, INDUSTRIES, ORIGINS, PRODUCTS, PROVINCE, company
from people import BY_ID, PARTNERS

REDRAWN = day("2025-01-06")  # the portfolios were shared out anew on this day
GRADES = {"A": "重点", "B": "骨干", "C": "普通"}
LEAVER, DIVIDED, NEWCOMER = "r15", day("2026-10-26"), day("2026-07-13")


@dataclass(frozen=True)
class Plan:
    """What is meant to happen at an account; the story replaces some of it, the background carries it out.

    `pace` is the cadence kept (A, B, C, P for a prospect); `owners` are (rep, since), a missing rep means nobody;
    `stops` gives the last day on which a stream (visit, call, manager, director, gm, contact, order, …) runs.
    """

    id: str
    number: int
    kind: str
    pace: str
    spend: float
    cycle: int
    owners: tuple[tuple[str | None, date], ...]
    second: str | None
    created: date
    signed: date | None
    products: tuple[str, ...]
    people: int
    stops: Mapping[str, date] = field(default_factory=dict)
    rising: tuple[date, float] | None = None  # from that day on, orders are this many times as large
    lost: date | None = None
    alone: bool = False  # nobody but the owner is in touch
    told: bool = False  # part of the story: no background complaints, surveys, rivals or lost quotes
    columns: Mapping[str, Any] = field(default_factory=dict)  # account fields to put instead

    def owner_on(self, when: date) -> str | None:
        """The rep in charge on that day."""
        holding = None
        for rep, since in self.owners:
            if since <= when:
                holding = rep
        return holding

    @property
    def owner(self) -> str | None:
        """The rep in charge tonight."""
        return self.owner_on(TONIGHT)

    def last_day(self, *streams: str) -> date:
        """The last day on which all these streams still run."""
        ends = [TONIGHT, *(self.stops[name] for name in streams if name in self.stops)]
        if self.lost:
            ends.append(plus(self.lost, -1))
        return min(ends)


# owner → first and last number, for A, B and C accounts
SHARES = (
    ("r5", (1, 2), (12, 17), (43, 72)),
    ("r6", (3, 6), (18, 25), (73, 122)),
    ("r5", (8, 8), (0, 0), (0, 0)),
    ("r7", (7, 7), (26, 30), (123, 138)),
    ("r7", (0, 0), (41, 41), (0, 0)),
    ("r8", (10, 10), (31, 37), (139, 170)),
    ("r9", (9, 9), (38, 40), (171, 175)),
    ("r9", (11, 11), (0, 0), (0, 0)),
    ("r10", (0, 0), (0, 0), (176, 202)),
    (LEAVER, (0, 0), (42, 42), (203, 208)),
)
LARGE, SMALL, CUSTOMERS, PROSPECTS, ALL = 11, 42, 208, 228, 240
HANDED_ON = {**dict.fromkeys((66, 67, 68, 69), "r5"), **dict.fromkeys((162, 163, 164, 205, 208), "r8")}
RECENTLY_SIGNED = {
    47: "2026-11-10", 48: "2026-10-15", 49: "2026-10-22", 76: "2026-07-14", 77: "2026-08-05", 78: "2026-09-09",
    147: "2026-01-20", 142: "2026-03-18", 143: "2026-04-22", 178: "2026-06-10", 179: "2026-08-19", 180: "2026-11-04",
    53: "2025-06-18", 54: "2025-07-23", 79: "2025-09-03", 80: "2025-10-22", 81: "2025-12-10", 144: "2025-08-13",
    145: "2025-11-05", 181: "2025-12-24",
}  # fmt: skip


def owner_of(number: int) -> str:
    """The rep who holds a customer tonight; of the others, who held or reports it."""
    for rep, *ranges in SHARES:
        if any(first <= number <= last for first, last in ranges):
            return rep
    return ("r5", "r8", "r10", "r6", "r8")[number % 5]


def _owners(number: int, created: date) -> tuple[tuple[str | None, date], ...]:
    owner: str | None = owner_of(number)
    begin = max(created, REDRAWN)
    if number in HANDED_ON:
        return ((LEAVER, begin), (HANDED_ON[number], DIVIDED))
    if owner == "r10" and begin < NEWCOMER:
        return ((LEAVER if number < 189 else "r8", begin), ("r10", NEWCOMER))
    return ((owner, begin),)


def _spend(number: int) -> float:
    """Orders a year: eleven large accounts, thirty-one in the middle, many small ones, with gaps between."""
    if number <= LARGE:
        return 3_400_000 - (number - 1) * 215_000
    if number <= SMALL:
        return 800_000 - (number - LARGE - 1) * 15_600
    rank = ((number - SMALL - 1) * 61) % (CUSTOMERS - SMALL) if number <= CUSTOMERS else 60
    left = 1 - rank / (CUSTOMERS - SMALL - 1)
    return 14_000 + 146_000 * left * left


def _background(number: int) -> Plan:
    dice = Dice(1, number)
    tier = "A" if number <= LARGE else "B" if number <= SMALL else "C"
    customer = number <= CUSTOMERS or number > PROSPECTS
    spend = _spend(number)
    cycle = dice.between(*{"A": (12, 18), "B": (18, 27), "C": (26, 44)}[tier])
    if tier == "C" and number % 6 == 2 and number > 60:  # too few orders to judge a cycle
        cycle, spend = dice.between(170, 230), min(spend, 60_000)
    if number in RECENTLY_SIGNED:
        signed: date | None = day(RECENTLY_SIGNED[number])
        created = plus(day(RECENTLY_SIGNED[number]), -dice.between(25, 60))
    elif customer:
        created = plus(day("2018-03-01"), dice.between(0, 2300))
        signed = plus(created, dice.between(10, 90))
    else:
        created, signed = on_or_after(plus(TONIGHT, -dice.between(40, 320))), None
    plan = Plan(
        id=f"a{number}", number=number, kind="customer" if customer else "prospect",
        pace=tier if customer else "P", spend=spend, cycle=cycle, owners=_owners(number, created), second=None,
        created=created, signed=signed, people=dice.between(*{"A": (5, 7), "B": (3, 4), "C": (2, 3)}[tier]),
        products=tuple(dict.fromkeys(dice.pick(PRODUCTS) for _ in range({"A": 6, "B": 4, "C": 3}[tier]))),
    )  # fmt: skip
    return plan if tier == "C" else replace(plan, second=PARTNERS[plan.owners[-1][0] or "r8"][number % 2])


def plans(cast: Mapping[str, Mapping[str, Any]]) -> list[Plan]:
    """All accounts: the background, with what the story says of some put over it."""
    return [replace(_background(n), **cast.get(f"a{n}", {})) for n in range(1, ALL + 1)]


def write_accounts(book: Book, accounts: list[Plan]) -> None:
    """The account and assignment rows."""
    taken: set[str] = set()
    for plan in accounts:
        dice = Dice(2, plan.number)
        city, industry = dice.weighted(CITIES), dice.pick(tuple(INDUSTRIES))
        name = company(dice, city, industry)
        while name in taken:
            name = company(dice, city, industry)
        taken.add(name)
        touched = plus(TONIGHT, -dice.between(0, 11) * dice.between(1, 16))
        keeper = plan.owner or plan.owners[0][0]
        fields: dict[str, Any] = {
            "name": name, "owner": plan.owner, "second": plan.second,
            "department": BY_ID[keeper].department if keeper else None, "kind": plan.kind,
            "stage": dice.pick(("初访", "需求确认", "方案", "报价", "谈判")) if plan.kind == "prospect" else None,
            "grade": dice.pick("ABC") if plan.kind == "prospect" else GRADES[plan.pace],
            "province": PROVINCE, "city": city, "type": INDUSTRIES[industry][2], "industry": industry,
            "origin": dice.weighted(ORIGINS), "created_on": plan.created, "signed_on": plan.signed,
            "updated_on": min(max(touched, plan.signed or plan.created), plan.lost or TONIGHT), "lost_on": plan.lost,
            "relation_level": 2 if plan.pace == "A" else None,
        }  # fmt: skip
        book.add("account", id=plan.id, **{**fields, **plan.columns})
        for (rep, since), following in zip(plan.owners, [*plan.owners[1:], (None, plan.lost)], strict=True):
            if rep:
                book.add("assignment", account=plan.id, rep=rep, since=since, until=following[1])


def first_day(plan: Plan) -> date:
    """The first day with anything in the history."""
    return max(HISTORY, plan.created)
