"""What else goes on at the quiet accounts: promises kept, complaints answered, surveys, hosting, favours and fees."""

from collections.abc import Iterator
from datetime import date

from accounts import LARGE, SMALL, Plan
from book import Book
from contacts import meet
from days import HISTORY, day, on_or_after, on_or_before, plus, workdays_later
from dice import Dice
from names import RIVALS
from people import BY_ID, MANAGER_OF

_PROMISES = (
    ("delivery", "周末前送到", 0),
    ("service", "Engineer on site next week", 300),
    ("rebate", "季度返利", 2500),
    ("gift", "赠送墨盒两支", 400),
    ("discount", "下单九五折", 1800),
    ("upgrade", "Firmware upgrade", 500),
    ("other", "提供备用机", 900),
    ("reward", "年度达标奖励", 6000),
)
_COMPLAINTS = (
    ("quality", "卡纸频繁"),
    ("service", "工程师迟到"),
    ("delivery", "少送一箱"),
    ("price", "Invoice higher than the quote"),
    ("conduct", "电话态度生硬"),
    ("other", "发票抬头有误"),
)
_SUGGESTIONS = ("希望提供备用机", "A monthly usage report, please", "希望周末也能报修", "送货前先打电话")
_STILL_SATISFIED = (29, 60, 155)  # of the background; all others are delighted


def _quiet(accounts: list[Plan]) -> Iterator[Plan]:
    """Customers that the story leaves alone and that have been with us for a while."""
    for plan in accounts:
        if plan.signed and plan.signed < day("2026-01-01") and not plan.told and not plan.lost:
            yield plan


def write_promises(book: Book, accounts: list[Plan]) -> None:
    """Promises made and kept; late once in twenty-five times, with r9 every second time (D3.over-promise)."""
    for plan in accounts:
        dice = Dice(60, plan.number)
        if not plan.signed or plan.signed > day("2026-08-01"):
            continue
        start, last = max(plan.signed, HISTORY), plus(plan.last_day("contact"), -60)
        count = {"A": 5, "B": 3, "C": dice.between(0, 1), "P": 0}[plan.pace] + 2 * (plan.owner == "r9")
        for _ in range(count if last > start else 0):
            made = on_or_after(plus(start, dice.between(0, (last - start).days)))
            rep = plan.owner_on(made)
            if rep is None:
                continue
            kind, text, value = dice.pick(_PROMISES)
            value = round(dice.near(value, 0.4) / 100) * 100
            due = on_or_after(plus(made, dice.between(6, 24)))
            late = dice.chance(0.5 if rep == "r9" else 0.04)
            kept = on_or_after(plus(due, dice.between(2, 20))) if late else on_or_before(plus(due, -dice.between(0, 3)))
            book.add(
                "promise", account=plan.id, rep=rep, kind=kind, text=text, made_on=made, due_on=due,
                value=value or None, certainty=dice.weighted((("certain", 14), ("likely", 5), ("uncertain", 1))),
                insisted=dice.chance(0.3), kept_on=max(kept, plus(made, 1)), urged=dice.between(1, 3) if late else 0,
                approved_by=MANAGER_OF[BY_ID[rep].department] if value > 5000 else None,
                answers_risk=dice.pick(("economic", "functional", "quality", "social", "psychological", None, None)),
            )  # fmt: skip


def write_complaints(book: Book, accounts: list[Plan]) -> None:
    """One in five has complained, was answered the next day at the latest, and told the result within the week."""
    for plan in _quiet(accounts):
        dice = Dice(61, plan.number)
        if not dice.chance(0.22):
            continue
        opened = on_or_after(plus(HISTORY, dice.between(60, 480)))
        kind, text = dice.pick(_COMPLAINTS)
        passed = kind == "quality"
        book.add(
            "complaint", account=plan.id, contact=_someone(book, plan, dice), rep=plan.owner_on(opened),
            opened_on=opened, kind=kind, severity=dice.weighted((("low", 4), ("medium", 4), ("high", 1))), text=text,
            answered_on=workdays_later(opened, dice.between(0, 1)), verified_on=workdays_later(opened, 2),
            resolved_on=workdays_later(opened, dice.between(3, 4)), told_on=workdays_later(opened, dice.between(4, 6)),
            passed_to="工程部" if passed else None, passed_on=opened if passed else None,
        )  # fmt: skip


def _someone(book: Book, plan: Plan, dice: Dice) -> str:
    people = [row["id"] for row in book.rows["contact"] if row["account"] == plan.id]
    return str(dice.pick(people))


def write_surveys(book: Book, accounts: list[Plan]) -> None:
    """Two rounds this year; the second was answered by everyone asked, and every suggestion got its reply."""
    for plan in _quiet(accounts):
        if plan.pace == "C" and plan.number % 3:
            continue
        dice = Dice(62, plan.number)
        who, latest = _someone(book, plan, dice), "satisfied" if plan.number in _STILL_SATISFIED else "delighted"
        for spring, asked in ((True, day("2026-03-10")), (False, day("2026-09-08"))):
            if spring and dice.chance(0.12):
                book.add("survey", account=plan.id, contact=who, asked_on=asked)
                continue
            answered = workdays_later(asked, dice.between(1, 8))
            suggestion = dice.pick(_SUGGESTIONS) if dice.chance(0.15) else None
            book.add(
                "survey", account=plan.id, contact=who, asked_on=asked, answered_on=answered,
                satisfaction="satisfied" if spring and dice.chance(0.3) else latest, suggestion=suggestion,
                replied_on=workdays_later(answered, dice.between(1, 3)) if suggestion else None,
            )  # fmt: skip


def write_rivals_and_criteria(book: Book, accounts: list[Plan]) -> None:
    """Approaches that came to nothing, and the criteria of the larger accounts, which only we meet."""
    for plan in _quiet(accounts):
        dice = Dice(63, plan.number)
        if dice.chance(0.12):
            seen = plus(HISTORY, dice.between(30, 420))
            ours = dice.between(5, 60) * 1000
            book.add(
                "rival_move", account=plan.id, rival=dice.pick(RIVALS), seen_on=seen, our_price=ours,
                kind=dice.weighted((("approach", 4), ("price", 4), ("product", 2), ("service", 2))),
                their_price=int(ours * 0.98), ended_on=plus(seen, dice.between(10, 45)),
            )  # fmt: skip
        if plan.number <= LARGE or (plan.number <= SMALL and plan.number % 2):
            assessed = on_or_after(plus(day("2026-02-02"), dice.between(0, 220)))
            book.add("criteria", account=plan.id, assessed_on=assessed, we_fit=True, rival_fits=False)


def write_favours(book: Book, accounts: list[Plan]) -> None:
    """Promotions mostly for the large, small fees here and there."""
    for plan in _quiet(accounts):
        dice = Dice(64, plan.number)
        for _ in range({"A": 6, "B": 3, "C": int(dice.chance(0.3))}[plan.pace]):
            book.add(
                "benefit", account=plan.id, given_on=plus(HISTORY, dice.between(10, 540)),
                kind=dice.pick(("促销", "折扣", "free trial", "技术支持")),
                amount=int(round(plan.spend / 400, -1)) + 50,
            )  # fmt: skip
        if dice.chance(0.15):
            book.add(
                "fee", account=plan.id, charged_on=plus(HISTORY, dice.between(10, 540)),
                kind=dice.pick(("运费", "加急费", "handling")), amount=dice.between(4, 20) * 10,
            )  # fmt: skip


def write_hosting(book: Book, accounts: list[Plan]) -> None:
    """Customers who came to see us and were looked after."""
    for plan in _quiet(accounts):
        dice = Dice(65, plan.number)
        if plan.pace == "A" or (plan.pace == "B" and plan.number % 4 == 0):
            held = on_or_after(plus(day("2026-02-25"), dice.between(0, 230)))
            hosted(book, plan, held, dice)


def hosted(book: Book, plan: Plan, held: date, dice: Dice) -> None:
    """A visit of the customer to us, with a proper meal."""
    owner = plan.owner_on(held) or "r4"
    guests = dice.between(2, 5)
    book.add(
        "hosting", account=plan.id, host=owner, made_on=on_or_before(plus(held, -14)), planned_on=held,
        venue=dice.pick(("听雨轩", "Lakeside Room", "竹里馆")), venue_booked_on=on_or_before(plus(held, -10)),
        quiet=True, budget=guests * 300, guests=guests, top_guest_level="director", planned_level="director",
        influential_guests=2, held_on=held,
    )  # fmt: skip
    meet(book, plan, owner, held, "customer_visit", dice)


def write_alliances(book: Book) -> None:
    """Two alliances that hold."""
    book.add("alliance", account="a1", kind="战略合作", signed_on=day("2025-06-18"), ends_on=day("2027-06-17"))
    book.add("alliance", account="a8", kind="Joint service", signed_on=day("2026-05-11"), ends_on=day("2027-05-10"))
