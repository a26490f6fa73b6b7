"""What stands out before the week begins. Each function names the catalogue entries it serves."""

# fmt: off
from accounts import Plan
from book import Book
from care import hosted
from contacts import meet
from days import day, on_or_after, plus, strides
from dice import Dice
from names import LABELS, OA, UPS
from trade import buy, subscribe

Accounts = dict[str, Plan]


def write_story(book: Book, accounts: Accounts) -> None:
    """Everything that is odd on the morning of the first night."""
    _promises(book, accounts)
    _money_and_goods(book, accounts)
    _complaints(book)
    _surveys_and_slips(book)
    _rivals_and_criteria(book)
    _changes(book, accounts)
    _terms(book, accounts)
    _hosting(book, accounts)
    _conduct(book)


def write_departures(book: Book) -> None:
    """D2.weapon.01: the head of a11, our best contact there, has left; nobody meets that person afterwards."""
    next(row for row in book.rows["contact"] if row["account"] == "a11")["left_on"] = day("2026-11-05")


def _promises(book: Book, accounts: Accounts) -> None:
    """D0.cause.broken-promise by age and kind, D3.over-promise, D3.guard.refuse, D3.promise.register."""
    add = book.add
    # The minivan: bought 300,000 by May, nothing settled half a year later.
    add("promise", account="a39", rep="r9", kind="reward", text="购满三十万送面包车一辆", made_on=day("2025-10-08"),
        condition_amount=300_000, value=68_000, certainty="likely", insisted=True, approved_by="r4", urged=4)
    add("promise", account="a39", rep="r9", kind="rebate", text="上半年返利", made_on=day("2026-06-18"),
        due_on=day("2026-08-14"), value=9_600, certainty="certain", insisted=True, approved_by="r4", urged=4)
    add("promise", account="a140", rep="r8", kind="discount", text="Refund of the price difference",
        made_on=day("2026-09-14"), due_on=day("2026-10-09"), value=1_200, certainty="likely", urged=2)
    add("promise", account="a140", rep="r8", kind="service", text="免费巡检一次", made_on=day("2026-10-19"),
        due_on=day("2026-11-10"), value=300, certainty="certain", answers_risk="functional", urged=0)
    # Impossible, and promised all the same, with a manager's name.
    add("promise", account="a40", rep="r9", kind="discount", text="全线八折至年底", made_on=day("2026-10-29"),
        due_on=day("2026-12-10"), value=21_000, certainty="impossible", insisted=True, answers_risk="economic",
        approved_by="r4", approval_reason="客户以终止合作相逼", urged=1)
    # Not yet due.
    for account, rep, kind, text, made, due, value in (
        ("a1", "r5", "upgrade", "年底前升级机房UPS监控", "2026-10-12", "2026-12-21", 4_000),
        ("a22", "r6", "gift", "Year-end calendars for the whole office", "2026-11-05", "2026-12-15", 600),
        ("a35", "r8", "service", "元旦前全员培训一次", "2026-11-09", "2026-12-24", 800),
    ):
        add("promise", account=account, rep=rep, kind=kind, text=text, made_on=day(made), due_on=day(due), value=value,
            certainty="certain", answers_risk="social")
    # Withdrawn, with the customer's consent.
    for account, rep, made, due, withdrawn in (
        ("a24", "r6", "2026-03-11", "2026-04-15", "2026-03-30"),
        ("a36", "r8", "2026-05-20", "2026-06-30", "2026-06-12"),
        ("a60", "r5", "2026-07-08", "2026-08-05", "2026-07-21"),
    ):
        add("promise", account=account, rep=rep, kind="other", text="借用投影仪", made_on=day(made), due_on=day(due),
            value=500, certainty="uncertain", withdrawn_on=day(withdrawn))


def _money_and_goods(book: Book, accounts: Accounts) -> None:
    """D1.cause.arrears by age, D1.cause.late-delivery, D2.weapon.06, D0.cause.bully, D0.danger.15, negative margin."""
    for when, amount in (("2026-07-15", 18_000), ("2026-09-08", 7_400)):  # 100 and 45 days overdue
        buy(book, accounts["a172"], day(when), amount, "交换机", 0.2, paid=None)
    buy(book, accounts["a74"], day("2026-09-23"), 3_600, "复印纸", 0.2, paid=None)
    bad = book.of("invoice", "a231")[-1]  # the bad debt of an account that was given up
    bad["paid_on"], bad["paid_amount"] = None, None

    order, _ = buy(book, accounts["a4"], day("2026-10-28"), 96_000, LABELS, 0.08)
    book.add("delivery", account="a4", order=order, promised_at=day("2026-10-28"), promised_on=day("2026-11-12"),
             quantity=40, urged=3)
    order, _ = buy(book, accounts["a18"], day("2026-10-27"), 52_000, LABELS, 0.12)
    book.add("delivery", account="a18", order=order, promised_at=day("2026-10-27"), promised_on=day("2026-11-05"),
             delivered_on=day("2026-11-05"), quantity=20, short_quantity=6, urged=1)
    book.add("supply", product=LABELS, seen_on=day("2026-10-09"), available=60, committed=52)
    book.add("supply", product=LABELS, seen_on=day("2026-11-09"), available=25, committed=71)

    for kind, when, amount in (("进场费", "2026-09-16", 10_000), ("加急费", "2026-10-21", 1_800)):
        book.add("fee", account="a46", kind=kind, charged_on=day(when), amount=amount)

    dice = Dice(80)  # once a B, before r7 lost interest
    for bought in strides(dice, day("2024-12-03"), day("2025-10-17"), 16, 22):
        buy(book, accounts["a125"], bought, dice.near(21_000, 0.1), "台式电脑", 0.14)
    for account, when in (("a25", "2026-06-16"), ("a102", "2026-08-11")):  # sold below cost
        buy(book, accounts[account], day(when), 6_000, "显示器", -0.12)


def _complaint(book: Book, account: str, rep: str | None, opened: str, kind: str, severity: str, text: str,
               passed: tuple[str, str] | None = None, **days: str) -> None:
    contact = next(row["id"] for row in book.rows["contact"] if row["account"] == account)
    book.add(
        "complaint", account=account, contact=contact, rep=rep, opened_on=day(opened), kind=kind, severity=severity,
        text=text, passed_to=passed[0] if passed else None, passed_on=day(passed[1]) if passed else None,
        **{name: day(text) for name, text in days.items()},
    )


def _complaints(book: Book) -> None:
    """D2.cause.complaint, D1.listen, D2.weapon.04, D0.danger.12, D1.role.trainer, D4.trust.dissatisfaction."""
    engineering, desk = "工程部", "客服部"
    _complaint(book, "a31", "r8", "2026-10-13", "quality", "high", "复合机反复卡纸", (engineering, "2026-10-14"),
               returned_on="2026-10-30")
    _complaint(book, "a31", "r8", "2026-10-29", "delivery", "low", "Wrong paper size delivered",
               answered_on="2026-10-30", verified_on="2026-10-30", resolved_on="2026-11-04", told_on="2026-11-06")
    _complaint(book, "a139", "r8", "2026-09-15", "service", "medium", "维修两次未修好", answered_on="2026-09-16",
               verified_on="2026-09-17", resolved_on="2026-09-24", told_on="2026-09-25", reopened_on="2026-10-20")
    _complaint(book, "a139", "r8", "2026-10-26", "service", "medium", "工程师未按约上门", answered_on="2026-10-27",
               verified_on="2026-10-28")
    _complaint(book, "a139", "r8", "2026-11-12", "service", "high", "Same fault for the third time",
               answered_on="2026-11-13")
    _complaint(book, "a127", "r7", "2026-10-27", "price", "low", "报价前后不一", (desk, "2026-10-27"))
    _complaint(book, "a172", "r9", "2026-10-15", "service", "medium", "尾款未清就停了维护", answered_on="2026-10-16")
    _complaint(book, "a206", None, "2026-11-09", "service", "medium", "打电话没人接")
    # Those who have left.
    _complaint(book, "a230", "r8", "2025-10-14", "quality", "high", "新机三次返修", (engineering, "2025-10-20"),
               answered_on="2025-10-29", resolved_on="2026-01-05", told_on="2026-01-06")
    _complaint(book, "a240", "r8", "2026-09-28", "service", "high", "承诺的备用机一直没来", answered_on="2026-10-12",
               verified_on="2026-10-13", resolved_on="2026-11-18", told_on="2026-11-18")


def _surveys_and_slips(book: Book) -> None:
    """D1.satisfaction.levels, D4.cause.ignored, D2.cause.unmet-need, D3.small-things."""
    for account, asked, answered, satisfaction, suggestion in (
        ("a11", "2026-03-10", "2026-03-12", "delighted", None),
        ("a11", "2026-09-08", "2026-09-15", "neutral", None),
        ("a40", "2026-03-10", "2026-03-19", "satisfied", None),
        ("a40", "2026-09-08", "2026-09-11", "dissatisfied", "请派固定的工程师"),
        ("a139", "2026-09-08", "2026-09-21", "neutral", None),
        ("a173", "2025-09-09", "2025-09-17", "dissatisfied", "功能跟不上我们的业务"),
        ("a173", "2026-03-10", None, None, None),
        ("a173", "2026-09-08", None, None, None),
        ("a171", "2026-09-08", "2026-09-09", "satisfied", None),
    ):
        contact = next(row["id"] for row in book.rows["contact"] if row["account"] == account)
        book.add("survey", account=account, contact=contact, asked_on=day(asked), satisfaction=satisfaction,
                 answered_on=day(answered) if answered else None, suggestion=suggestion,
                 replied_on=day("2025-09-22") if account == "a173" and answered else None)
    for account, after, note in (
        ("a173", "2026-10-06", "把客户姓名叫错了"), ("a173", "2026-10-28", "让客户在大厅等了四十分钟"),
        ("a40", "2026-10-26", "An ill-timed joke"), ("a57", "2025-09-01", "迟到二十分钟"),
        ("a110", "2025-12-01", "忘带资料"), ("a160", "2026-02-24", "Wrong name on the offer"),
    ):
        row = next(row for row in book.of("interaction", account) if row["happened_on"] >= day(after))
        row.update(incident=True, note=note, outcome="unsuccessful")


def _rivals_and_criteria(book: Book) -> None:
    """D0.cause.rival, D2.cause.rival-offer by kind, D2.weapon.10, D2.criteria.*, D0.remind.lost-order."""
    for account, rival, kind, seen, theirs, ours, ended in (
        ("a9", "Northgate Office", "approach", "2026-10-20", None, None, None),
        ("a26", "拓岭信息", "price", "2026-11-03", 109_000, 128_000, None),
        ("a39", "云砚数码", "product", "2026-10-13", None, None, None),
        ("a40", "Bluequay Systems", "service", "2026-10-22", None, None, None),
        ("a229", "拓岭信息", "approach", "2025-07-10", None, None, "2025-09-12"),
        ("a235", "Northgate Office", "price", "2026-05-11", 88_000, 105_000, "2026-06-30"),
        ("a239", "合舟办公", "service", "2026-09-02", None, None, "2026-10-22"),
        ("a234", "云砚数码", "bribery", "2026-03-05", None, None, "2026-04-20"),
    ):
        book.add("rival_move", account=account, rival=rival, kind=kind, seen_on=day(seen), their_price=theirs,
                 our_price=ours, ended_on=day(ended) if ended else None)
    for account, assessed, we, they in (
        ("a9", "2026-03-17", True, True), ("a9", "2026-11-10", False, True),
        ("a39", "2026-03-20", True, False), ("a39", "2026-10-15", True, True),
        ("a173", "2026-08-20", False, False), ("a235", "2026-05-20", True, True),
    ):
        book.add("criteria", account=account, assessed_on=day(assessed), we_fit=we, rival_fits=they)
    for account, rep, quoted, amount, product, lost, rival, reason in (
        ("a26", "r7", "2026-10-30", 128_000, "服务器", "2026-11-13", "拓岭信息", "价格"),
        ("a9", "r9", "2026-10-19", 260_000, "会议平板", "2026-11-06", "Northgate Office", "relations"),
        ("a235", "r7", "2026-05-13", 105_000, "服务器", "2026-06-24", "Northgate Office", "价格"),
    ):
        book.add("quote", account=account, rep=rep, quoted_on=day(quoted), amount=amount, product=product,
                 lost_on=day(lost), lost_to=rival, lost_reason=reason)


def _changes(book: Book, accounts: Accounts) -> None:
    """D2.cause.uncontrollable, D0.cause.turbulence in the past, D3.recall and D1.upgrade, what led to the losses."""
    for account, seen, kind in (
        ("a40", "2026-10-09", "direction"), ("a174", "2026-10-20", "downsizing"),
        ("a172", "2026-09-30", "upstream_entry"),
        ("a232", "2025-07-28", "sale"), ("a233", "2026-01-12", "trade_change"), ("a238", "2026-06-29", "merger"),
    ):
        book.add("business_change", account=account, seen_on=day(seen), kind=kind)
    book.add("company_event", kind="reorganisation", began_on=day("2025-01-06"), ended_on=day("2025-01-31"),
             text="客户重新分配")
    book.add("company_event", kind="executive_quarrel", began_on=day("2026-04-13"), ended_on=day("2026-05-08"),
             text="Dispute over the margin target")
    book.add("product_event", product=OA, kind="upgrade", happened_on=day("2025-11-10"), closed_on=day("2025-12-31"),
             text="V5")
    book.add("product_event", product=UPS, kind="incident", happened_on=day("2026-02-10"), closed_on=day("2026-02-27"),
             text="电池批次隐患，已召回")
    upgrade = book.add("product_event", product=OA, kind="upgrade", happened_on=day("2026-11-09"), text="V6")
    for account, ends in (
        ("a1", "2027-03-31"), ("a13", "2027-04-12"), ("a33", "2027-05-20"),
        ("a40", "2027-06-01"), ("a90", "2027-07-15"),
    ):
        subscribe(book, accounts[account], OA, day(ends), 12_000)
    for account, answered, wants, done in (
        ("a1", "2026-11-10", True, "2026-11-16"), ("a33", "2026-11-11", False, None), ("a40", "2026-11-12", True, None),
        ("a90", "2026-11-13", True, "2026-11-18"),
    ):
        book.add("upgrade_answer", account=account, product_event=upgrade, answered_on=day(answered), wants=wants,
                 done_on=day(done) if done else None)
    for account, when in (
        ("a4", "2026-05-12"), ("a9", "2026-06-09"), ("a139", "2026-07-14"),
        ("a140", "2026-08-18"), ("a172", "2026-04-21"),
    ):
        buy(book, accounts[account], day(when), 8_800, UPS, 0.15)

    book.add("promise", account="a229", rep="r6", kind="rebate", text="年度返利", made_on=day("2025-06-02"),
             due_on=day("2025-07-31"), value=36_000, certainty="likely", insisted=True, urged=5,
             withdrawn_on=day("2025-09-15"))
    book.add("promise", account="a240", rep="r8", kind="service", text="提供备用机", made_on=day("2026-09-14"),
             due_on=day("2026-10-10"), value=900, certainty="likely", insisted=True, urged=3,
             withdrawn_on=day("2026-11-17"))
    for delivery in book.of("delivery", "a239")[-5:]:
        delivery.update(delivered_on=on_or_after(plus(delivery["promised_on"], 9)), urged=2)
    book.add("alliance", account="a235", kind="Price agreement", signed_on=day("2025-06-02"),
             ends_on=day("2027-06-01"), ended_on=day("2026-06-30"))


def _terms(book: Book, accounts: Accounts) -> None:
    """D1.renewal in all its stages; some are reached within the week."""
    subscribe(book, accounts["a175"], "杀毒授权", day("2026-11-10"), 2_400)  # ran out
    subscribe(book, accounts["a18"], "打印托管", day("2026-11-26"), 18_000)  # seven days on Thursday
    subscribe(book, accounts["a177"], "云备份", day("2026-12-18"), 3_000)  # thirty days on Wednesday
    subscribe(book, accounts["a140"], "Help desk", day("2027-01-21"), 4_200)  # sixty days tonight


def _hosting(book: Book, accounts: Accounts) -> None:
    """D0.host.01 to .10, D0.cause.detail."""
    book.add("hosting", account="a5", host="r6", made_on=day("2026-11-10"), planned_on=day("2026-11-27"),
             venue="听雨轩", quiet=True, budget=2_000, guests=4, planned_level="director", top_guest_level="executive",
             influential_guests=2)
    book.add("hosting", account="a13", host="r5", made_on=day("2026-11-12"), planned_on=day("2026-12-02"),
             venue="美食广场", venue_booked_on=day("2026-11-16"), quiet=False, budget=300, guests=6,
             planned_level="manager", top_guest_level="manager", influential_guests=0)
    book.add("hosting", account="a1", host="r5", made_on=day("2026-11-09"), planned_on=day("2026-12-04"),
             venue="Lakeside Room", venue_booked_on=day("2026-11-11"), quiet=True, budget=2_400, guests=4,
             planned_level="executive", top_guest_level="executive", influential_guests=3)
    book.add("hosting", account="a27", host="r7", made_on=day("2026-10-12"), planned_on=day("2026-10-23"),
             venue="竹里馆", quiet=True, budget=900, guests=3, planned_level="manager", top_guest_level="manager",
             influential_guests=1, cancelled_on=day("2026-10-20"))
    hosted(book, accounts["a8"], day("2026-11-13"), Dice(81))  # not to be mentioned for a while: D0.host.10
    meet(book, accounts["a46"], "r5", day("2026-11-12"), "customer_visit", Dice(82), note="专程来访，没有安排用餐")


# (rep, account, sign, seen on, observer): all fifteen within a quarter, most of them with r7; a few older
_SIGNS = (
    ("r7", None, 6, "2026-09-21", "r3"), ("r7", "a7", 11, "2026-10-14", "r3"), ("r7", None, 12, "2026-10-28", "r11"),
    ("r7", "a127", 1, "2026-10-30", "r13"), ("r7", None, 15, "2026-11-04", "r3"), ("r7", "a7", 7, "2026-11-11", "r13"),
    ("r9", "a39", 2, "2026-09-29", "r4"), ("r9", "a40", 4, "2026-10-13", "r11"), ("r9", None, 10, "2026-11-02", "r4"),
    ("r9", "a173", 8, "2026-10-29", "r13"), ("r8", None, 11, "2026-10-08", "r4"), ("r8", None, 5, "2026-10-21", "r13"),
    ("r10", None, 3, "2026-09-15", "r13"), ("r6", None, 14, "2026-09-24", "r13"), ("r5", None, 9, "2026-10-12", "r3"),
    ("r12", None, 13, "2026-09-10", "r11"), ("r8", None, 1, "2026-11-10", "r4"),
    ("r15", None, 12, "2026-06-11", "r4"), ("r16", None, 1, "2026-03-25", "r13"), ("r7", None, 6, "2026-04-22", "r3"),
    ("r7", None, 7, "2025-11-13", "r3"), ("r8", None, 9, "2026-01-21", "r4"), ("r6", None, 7, "2025-08-27", "r3"),
)


def _conduct(book: Book) -> None:
    """D0.danger.01 to .15 as observed; .06, .11, .12, .14 and .15 can also be measured."""
    for rep, account, sign, seen, observer in _SIGNS:
        book.add("conduct", rep=rep, account=account, sign=sign, seen_on=day(seen), observer=observer)
    book.add("appointment", account="a126", rep="r7", made_on=day("2026-11-02"), planned_on=day("2026-11-12"),
             channel="visit")
    for account, made, planned, cancelled in (
        ("a31", "2026-10-19", "2026-10-26", "2026-10-23"), ("a36", "2026-09-07", "2026-09-14", "2026-09-11"),
    ):
        book.add("appointment", account=account, rep="r8", made_on=day(made), planned_on=day(planned), channel="visit",
                 cancelled_on=day(cancelled))
