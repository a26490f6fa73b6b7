"""What is bought and owed: orders with their deliveries and invoices, quotes, subscriptions, supply."""

from datetime import date

from accounts import Plan, first_day
from book import Book, Row
from days import HISTORY, TONIGHT, day, happened, on_or_after, on_or_before, plus, strides, workdays_later
from dice import Dice
from names import PRODUCTS, RIVALS, SERVICES, SUBSCRIPTIONS
from people import BY_ID

_MARGIN = {"A": 0.09, "B": 0.14, "C": 0.22, "P": 0.2}
_CALM = day("2026-07-20")  # since then the background pays and delivers on time, and cancels nothing


def buy(
    book: Book, plan: Plan, when: date, amount: float, product: str, margin: float, *, promised: date | None = None,
    paid: int | None = 5,
) -> tuple[Row, Row]:  # fmt: skip
    """An order with its invoice, paid so many days before it is due (None: not paid). `margin` is a share.

    Gives the order and the invoice. A delivery is only written where its day is promised, on time.
    """
    amount = max(200, round(amount / 10) * 10)
    rep = plan.owner_on(when)
    if rep and (BY_ID[rep].left or date.max) <= when:
        rep = None
    order = book.add(
        "order", account=plan.id, rep=rep, ordered_on=when, amount=amount, margin=round(amount * margin),
        product=product,
    )  # fmt: skip
    due = plus(when, 45 if plan.pace == "A" else 30)
    payday = None if paid is None else happened(max(on_or_after(plus(due, -paid)), plus(when, 1)))
    invoice = book.add(
        "invoice", account=plan.id, order=order, issued_on=when, due_on=due, amount=amount, paid_on=payday,
        paid_amount=amount if payday else None,
    )  # fmt: skip
    if promised:
        arrived = happened(min(workdays_later(when, 1), promised))
        book.add(
            "delivery", account=plan.id, order=order, promised_at=when, promised_on=promised, delivered_on=arrived,
            quantity=max(1, amount // 2500),
        )  # fmt: skip
    return order, invoice


def write_orders(book: Book, accounts: list[Plan]) -> None:
    """Orders at each account's own cycle, a sixth more or less; a few late, cancelled or below cost, long ago."""
    for plan in accounts:
        if plan.kind == "prospect" or plan.signed is None:
            continue
        dice = Dice(50, plan.number)
        start = plan.signed if plan.signed > HISTORY else plus(HISTORY, dice.between(0, plan.cycle))
        low, high = max(2, round(plan.cycle * 0.84)), round(plan.cycle * 1.16)
        for when in strides(dice, start, plan.last_day("order"), low, high):
            amount = dice.near(plan.spend * plan.cycle / 365, 0.15)
            if plan.rising and when >= plan.rising[0]:
                amount *= plan.rising[1]
            product = dice.pick(plan.products)
            boxed = product not in SERVICES and dice.chance(0.55)
            margin, odd = dice.near(_MARGIN[plan.pace], 0.2), dice.between(1, 1000)
            if odd <= 5:
                margin = -0.04
            promised = on_or_after(plus(when, 8)) if boxed else None
            order, invoice = buy(book, plan, when, amount, product, margin, promised=promised, paid=dice.between(1, 18))
            if when < _CALM:
                _mishap(book, order, invoice, odd, dice)


def _mishap(book: Book, order: Row, invoice: Row, odd: int, dice: Dice) -> None:
    if 10 < odd <= 22:
        order["cancelled_on"] = plus(order["ordered_on"], dice.between(1, 3))
        for table in ("invoice", "delivery"):
            book.rows[table] = [row for row in book.rows[table] if row["order"] is not order]
    elif 22 < odd <= 80:
        invoice["paid_on"] = on_or_after(plus(invoice["due_on"], dice.between(2, 20)))
    elif 80 < odd <= 110 and book.rows["delivery"] and book.rows["delivery"][-1]["order"] is order:
        delivery = book.rows["delivery"][-1]
        delivery["delivered_on"] = on_or_after(plus(delivery["promised_on"], dice.between(1, 6)))
    elif 110 < odd <= 118:
        order["margin"] = None


def write_quotes(book: Book, accounts: list[Plan]) -> None:
    """Quotes before some of the orders, some that a rival won long ago, a few still open."""
    for plan in accounts:
        dice = Dice(51, plan.number)
        for order in book.of("order", plan.id):
            if dice.chance(0.2 if plan.pace in "AB" else 0.06) and not order.get("cancelled_on"):
                quoted = on_or_before(plus(order["ordered_on"], -dice.between(3, 9)))
                if quoted > first_day(plan):
                    book.add(
                        "quote", account=plan.id, rep=order["rep"], quoted_on=quoted, amount=order["amount"],
                        product=order["product"], won_on=order["ordered_on"],
                    )  # fmt: skip
        if plan.number % 5 == 0 and not plan.told and plan.created < day("2025-12-01"):
            quoted = on_or_after(plus(day("2025-12-08"), dice.between(0, 240)))
            book.add(
                "quote", account=plan.id, rep=plan.owner_on(quoted), quoted_on=quoted,
                amount=round(dice.near(plan.spend / 12, 0.5), -2), product=dice.pick(PRODUCTS),
                lost_on=on_or_after(plus(quoted, dice.between(4, 18))), lost_to=dice.pick(RIVALS),
                lost_reason=dice.weighted((("价格", 5), ("交期", 2), ("delivery time", 1), ("功能不符", 2))),
            )  # fmt: skip
        if plan.kind == "prospect" and plan.number % 4 == 0:
            quoted = max(on_or_before(plus(TONIGHT, -dice.between(2, 12))), on_or_after(plus(plan.created, 1)))
            book.add(
                "quote", account=plan.id, rep=plan.owner, quoted_on=quoted, amount=dice.between(8, 90) * 1000,
                product=dice.pick(PRODUCTS),
            )  # fmt: skip
    for row in book.rows["quote"]:
        row["amount"] = int(row["amount"])


def subscribe(book: Book, plan: Plan, product: str, ends: date, amount: int) -> Row:
    """A year's term that ends on the day, after one that was renewed in time where the account is old enough."""
    started = plus(ends, -364)
    if plan.signed and plan.signed <= plus(started, -364):
        book.add(
            "subscription", account=plan.id, product=product, started_on=plus(started, -365), ends_on=plus(started, -1),
            renewed_on=on_or_before(plus(started, -25)), amount=amount,
        )  # fmt: skip
    return book.add("subscription", account=plan.id, product=product, started_on=started, ends_on=ends, amount=amount)


def write_subscriptions(book: Book, accounts: list[Plan]) -> None:
    """A quarter of the customers pay by the year; in the background nothing ends before February."""
    for plan in accounts:
        dice = Dice(52, plan.number)
        if plan.kind == "customer" and plan.number % 4 == 1 and not (plan.told or plan.lost):
            ends = plus(day("2027-02-10"), dice.between(0, 250))
            if plan.signed and plan.signed < plus(ends, -364):
                subscribe(book, plan, dice.pick(SUBSCRIPTIONS), ends, round(dice.near(plan.spend / 20, 0.3) / 10) * 10)


def write_supply(book: Book) -> None:
    """Stock at the start of each month; enough of everything."""
    dice = Dice(53)
    for product in PRODUCTS[:8]:
        for month in range(6, 12):
            committed = dice.between(10, 60)
            book.add(
                "supply", product=product, seen_on=on_or_after(date(2026, month, 2)), available=committed * 2 + 15,
                committed=committed,
            )  # fmt: skip
