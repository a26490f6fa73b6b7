"""The customers: who they are on the first day, with a year of history behind them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.year.facts import (
    CITIES,
    INDUSTRIES,
    ORIGINS,
    PRODUCTS,
    PROVINCE,
    SUBSCRIPTIONS,
    Dice,
    Files,
    Row,
    company,
    person,
)  # fmt: skip
from benchmarks.year.people import Staff

HISTORY = 365
PACE = {"A": 10, "B": 15, "C": 30}  # days between two visits that the policy asks for
_CYCLE = {"A": (12, 18), "B": (18, 27), "C": (28, 60)}
_SPEND = {"A": (1_200_000, 3_000_000), "B": (250_000, 700_000), "C": (15_000, 140_000)}
_MARGIN = {"A": 0.10, "B": 0.14, "C": 0.22}
_LEVELS = ("executive", "manager", "staff", "director")
_DEPARTMENTS = ("总经办", "采购部", "信息部", "财务部")


@dataclass
class Account:
    """A customer. `mood`: 0 to 1, below a half they may go; `going`: the day they have quietly decided to leave on."""

    row: Row
    dice: Dice
    size: str
    cycle: int
    spend: float
    mood: float
    owner: str
    next_order: date
    products: tuple[str, ...]
    seen: dict[str, date] = field(default_factory=dict)
    unpaid: list[Row] = field(default_factory=list)
    going: date | None = None

    @property
    def id(self) -> str:
        """The id in the facts."""
        return str(self.row["id"])

    @property
    def lost(self) -> bool:
        """Whether they have gone."""
        return self.row["lost_on"] is not None


def found(files: Files, staff: Staff, count: int, today: date, seed: int) -> list[Account]:
    """So many customers with what has happened over the last year: 5 % of them large, 15 % in the middle."""
    sellers = staff.of("sales")
    accounts = []
    for n in range(count):
        size = "A" if n < count * 0.05 else "B" if n < count * 0.2 else "C"
        account = sign(files, n, size, sellers[n % len(sellers)].id, today, seed, fresh=False)
        other = sellers[(n + len(sellers) // 2) % len(sellers)].id
        if size != "C" and account.dice.chance(0.85) and other != account.owner:
            account.row["second"] = other
        accounts.append(account)
        _history(files, staff, account, today)
    return accounts


def sign(files: Files, number: int, size: str, owner: str, today: date, seed: int, *, fresh: bool) -> Account:
    """A customer with its people and its carer; a fresh one signs today."""
    dice = Dice(seed * 100 + 2, number)
    city, industry = dice.weighted(CITIES), dice.pick(tuple(INDUSTRIES))
    signed = today if fresh else today - timedelta(dice.between(HISTORY, 2000))
    cycle = dice.between(*_CYCLE[size])
    row = files.add(
        "account", id=f"a{number + 1}", name=f"{company(dice, city, industry)} {number + 1}", owner=owner, second=None,
        department=None, kind="customer", grade=size, province=PROVINCE, city=city, type=INDUSTRIES[industry][2],
        industry=industry, origin=dice.weighted(ORIGINS), created_on=signed - timedelta(dice.between(20, 60)),
        updated_on=today, signed_on=signed, lost_on=None, relation_level=2 if size == "A" else None,
    )  # fmt: skip
    account = Account(
        row, dice, size, cycle, dice.between(*_SPEND[size]), 0.55 + 0.4 * dice.near(0.5, 1), owner,
        today + timedelta(dice.between(0, cycle)), tuple(dice.pick(PRODUCTS) for _ in range(3)),
    )  # fmt: skip
    for n in range({"A": 4, "B": 3, "C": 2}[size]):
        files.add(
            "contact", account=row["id"], name=person(dice), position="经理", department=_DEPARTMENTS[n],
            level=_LEVELS[n], influence=n < 2, tastes="爱喝茶" if dice.chance(0.4) else None, met_on=signed,
        )  # fmt: skip
    files.add("assignment", account=row["id"], rep=owner, since=signed, until=None)
    if dice.chance(0.2):
        subscribe(files, account, today + timedelta(dice.between(30, 364)))
    return account


def subscribe(files: Files, account: Account, ends: date) -> Row:
    """A year's term that ends on the day."""
    return files.add(
        "subscription", account=account.id, product=account.dice.pick(SUBSCRIPTIONS), started_on=ends - timedelta(364),
        ends_on=ends, renewed_on=None, cancelled_on=None, amount=round(account.spend / 20, -1),
    )  # fmt: skip


def buy(files: Files, account: Account, day: date, days_late: int) -> None:
    """An order with its invoice, paid so many days after it is due, or before; some goods are delivered later."""
    dice = account.dice
    amount = max(200, round(dice.near(account.spend * account.cycle / 365, 0.15), -1))
    order = files.add(
        "order", account=account.id, rep=account.owner, ordered_on=day, amount=amount,
        margin=round(amount * dice.near(_MARGIN[account.size], 0.2)), product=dice.pick(account.products),
    )  # fmt: skip
    due = day + timedelta(45 if account.size == "A" else 30)
    paid = max(due + timedelta(days_late), day)
    account.unpaid.append(files.add(
        "invoice", account=account.id, order=order["id"], issued_on=day, due_on=due, amount=amount, paid_on=paid,
        paid_amount=amount,
    ))  # fmt: skip
    if dice.chance(0.4):
        promised = day + timedelta(8)
        late = dice.between(1, 6) if dice.chance(0.05) else -dice.between(1, 4)
        files.add(
            "delivery", account=account.id, order=order["id"], promised_at=day, promised_on=promised,
            delivered_on=promised + timedelta(late), quantity=max(1, amount // 2500),
        )  # fmt: skip


def meet(
    files: Files, account: Account, rep: str, role: str, day: date, channel: str, topic: str | None = None
) -> None:
    """A visit, call or message, as the sales system keeps it."""
    files.add(
        "interaction", account=account.id, rep=rep, happened_on=day, channel=channel, topic=topic,
        outcome="valuable" if account.dice.chance(0.3) else "effective",
    )  # fmt: skip
    account.seen[f"{role} {channel}"] = day
    account.seen["any"] = day


def _history(files: Files, staff: Staff, account: Account, today: date) -> None:
    """Orders in their cycle, contacts as diligent as the carer is, a survey."""
    dice, start = account.dice, today - timedelta(HISTORY)
    day = start + timedelta(dice.between(0, account.cycle))
    while day < today:
        buy(files, account, day, -dice.between(1, 15))
        day += timedelta(round(dice.near(account.cycle, 0.16)))
    account.next_order = max(day, today)
    diligence = staff.by_id[account.owner].diligence
    managers = {"manager": ("visit", 60), "director": ("visit", 180), "gm": ("visit", 365)}
    wanted = {"sales": ("visit", PACE[account.size])} | (managers if account.size != "C" else {})
    wanted |= {"sales ": ("call", PACE[account.size] + 5), "service": ("message", 40)}
    boss = {"sales": account.owner, "manager": str(staff.by_id[account.owner].row["manager"])}
    for role, (channel, pace) in wanted.items():
        role = role.strip()
        who = boss.get(role) or staff.of(role)[0].id
        slack = 1.15 - 0.35 * diligence if role == "sales" else 0.8
        day = start + timedelta(dice.between(0, pace))
        while day < today:
            turn = dice.between(1, 4)
            topic = {"sales": "needs_review", "director": "strategy_review", "gm": "executive_meeting"}.get(role)
            meet(files, account, who, role, day, channel, topic if turn == 1 or role != "sales" else None)
            day += timedelta(max(2, round(dice.near(pace * slack, 0.25))))
    asked = today - timedelta(dice.between(5, 170))
    files.add(
        "survey", account=account.id, asked_on=asked, answered_on=asked + timedelta(dice.between(1, 6)),
        satisfaction=satisfaction(account),
    )  # fmt: skip


def satisfaction(account: Account) -> str:
    """How they answer when asked."""
    words = ("dissatisfied", "neutral", "satisfied", "delighted")
    return words[sum(account.mood > limit for limit in (0.35, 0.55, 0.85))]
