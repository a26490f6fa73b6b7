"""The week of the demo, night by night: Monday 16 to Sunday 22 November 2026."""

# fmt: off
from datetime import timedelta

from book import Book
from contacts import meet
from days import day, plus
from dice import Dice
from names import LABELS, UPS
from story import Accounts
from trade import buy, subscribe

MON, TUE, WED, THU, FRI, SAT, SUN = (day("2026-11-16") + timedelta(days=n) for n in range(7))


def write_week(book: Book, accounts: Accounts) -> None:
    """What happens after the first night."""
    _money(book, accounts)
    _promises(book, accounts)
    _trouble(book, accounts)
    _mending(book, accounts)


def _money(book: Book, accounts: Accounts) -> None:
    # An invoice of a large account passes its due date on Wednesday: D1.cause.arrears.
    _, invoice = buy(book, accounts["a11"], day("2026-10-19"), 61_000, "服务器", 0.08, paid=None)
    invoice["due_on"] = WED
    # One renewal is signed on Tuesday, which ends its warning: D1.renewal.
    subscribe(book, accounts["a49"], "云备份", day("2026-12-10"), 2_600)["renewed_on"] = TUE
    # Goods for a18: due on Friday and come on Saturday; the next lot is due on Tuesday: D1.cause.late-delivery.
    for ordered, due, arrived in ((day("2026-11-11"), FRI, SAT), (day("2026-11-13"), plus(SUN, 2), None)):
        order, _ = buy(book, accounts["a18"], ordered, 14_000, LABELS, 0.12)
        book.add("delivery", account="a18", order=order, promised_at=ordered, promised_on=due, delivered_on=arrived,
                 quantity=5, urged=0)


def _promises(book: Book, accounts: Accounts) -> None:
    # Promised for Wednesday to an A account, not kept: D0.cause.broken-promise.
    book.add("promise", account="a3", rep="r6", kind="delivery", text="周三前补齐缺货的墨盒", made_on=day("2026-11-04"),
             due_on=WED, value=3_800, certainty="likely", insisted=True, answers_risk="functional", urged=1)
    # Late since the weekend, kept on Friday: the matter clears.
    book.add("promise", account="a13", rep="r5", kind="gift", text="Two spare trays", made_on=day("2026-10-30"),
             due_on=day("2026-11-13"), value=400, certainty="certain", kept_on=FRI, urged=1)
    # The reward of a7 waited for orders to reach a sum; that of 10 November did it, and a week later nothing is given.
    made, reached = day("2026-03-02"), day("2026-11-10")
    before = sum(
        row["amount"] for row in book.of("order", "a7")
        if made <= row["ordered_on"] <= reached and not row.get("cancelled_on")
    )
    goal = (before + 10_000) // 50_000 * 50_000 + 50_000
    buy(book, accounts["a7"], reached, goal - before + 12_000, "笔记本", 0.09)
    book.add("promise", account="a7", rep="r7", kind="reward", text="达到采购额，送电动面包车", made_on=made,
             condition_amount=goal, value=72_000, certainty="certain", insisted=True, answers_risk="economic",
             approved_by="r3", urged=0)


def _trouble(book: Book, accounts: Accounts) -> None:
    # D0.cause.turbulence, over by the weekend
    book.add("company_event", kind="disaster", began_on=TUE, ended_on=FRI, text="仓库水管爆裂，发货停两天")
    # D2.cause.complaint, D2.weapon.04: opened one day, answered the next
    contact = next(row["id"] for row in book.rows["contact"] if row["account"] == "a2")
    book.add("complaint", account="a2", contact=contact, rep="r5", opened_on=WED, kind="quality", severity="high",
             text="Meeting boards go dark in the middle of a session", passed_to="工程部", passed_on=WED,
             answered_on=THU, verified_on=FRI)
    book.add("product_event", product=UPS, kind="incident", happened_on=THU, text="新批次过热，须召回")  # D3.recall
    book.add("rival_move", account="a9", rival="Northgate Office", kind="bribery", seen_on=FRI)  # D2.cause.rival-offer
    # A letter on a bribe, from compliance.
    meet(book, accounts["a234"], "r14", day("2026-03-12"), "letter", Dice(90), note="廉洁合作告知函")


def _mending(book: Book, accounts: Accounts) -> None:
    # The purchase that was overdue arrives on Friday: D0.remind.purchase-overdue clears.
    buy(book, accounts["a73"], FRI, 9_200, "打印耗材", 0.22)
    # And r7 sees one of the small accounts at last: sales-visit-overdue clears.
    meet(book, accounts["a124"], "r7", FRI, "visit", Dice(91), note="顺路拜访")
    meet(book, accounts["a2"], "r6", THU, "call", Dice(92), note="就投诉致歉并说明处理方案")
    meet(book, accounts["a3"], "r6", FRI, "call", Dice(93), note="Customer asks where the cartridges are")
