"""What happens by itself, day by day: orders, complaints, promises, rivals, and customers who had enough."""

from datetime import date, timedelta

from benchmarks.year.facts import PRODUCTS, RIVALS, Dice, Files, Row
from benchmarks.year.people import Staff
from benchmarks.year.portfolio import Account, buy, found, satisfaction, sign

# how often in a year, per customer
COMPLAINTS, RIVAL_MOVES, BUSINESS_CHANGES, QUOTES, SIGNED, FEES = 0.25, 0.06, 0.02, 0.3, 0.06, 0.1
_KINDS = ("quality", "service", "delivery", "price", "conduct", "other")
_PROMISED = ("delivery", "service", "discount", "gift", "other")
_MOVES = ("approach", "price", "product", "service")
_GONE_AFTER = (40, 75)  # days from the last order to the day on which a customer is known to be lost
_CAUSES = ("服务不及时", "价格", "rival offer", "承诺未兑现")


class World:
    """Customers, their facts, and the open matters that time works on. Everything follows from the seed."""

    def __init__(self, files: Files, staff: Staff, accounts: int, first: date, seed: int) -> None:
        self.files, self.staff, self.seed, self.first = files, staff, seed, first
        self.accounts = {account.id: account for account in found(files, staff, accounts, first, seed)}
        self.later: dict[date, list[tuple[str, Row, dict[str, object]]]] = {}
        self.carers: dict[date, list[tuple[str, str]]] = {}
        self.open_complaints: dict[str, Row] = {}
        self.open_promises: dict[str, Row] = {}
        self._counted = (0, 0)  # year and month of the last stock list

    def live(self, day: date, workday: bool) -> None:
        """One day, before anybody looks at a list."""
        self._come_due(day)
        if not workday:
            return
        dice = Dice(self.seed * 100 + 3, day.toordinal() % 10_000)
        self._count_stock(day, dice)
        self._wear(day)
        for account in list(self.accounts.values()):
            if not account.lost:
                self._one(account, day)
        if dice.chance(SIGNED * len(self.accounts) / 250):
            owners = self.staff.sellers(day)
            number = len(self.accounts)
            fresh = sign(self.files, number, "C", dice.pick(owners).id, day, self.seed, fresh=True)
            self.accounts[fresh.id] = fresh

    def put_off(self, day: date, type: str, row: Row, /, **fields: object) -> None:
        """Have something come true on a later day."""
        self.later.setdefault(day, []).append((type, row, fields))

    def hand_on(self, account: str, to: str, since: date) -> None:
        """Another carer from a day on, as accepted in holdfast."""
        self.carers.setdefault(since, []).append((account, to))

    def promise(self, account: Account, rep: str, day: date) -> None:
        """A promise made in passing; whether it is kept in time is up to the one who made it."""
        dice = account.dice
        due = day + timedelta(dice.between(5, 30))
        row = self.files.add(
            "promise", account=account.id, rep=rep, kind=dice.pick(_PROMISED),
            text="顺路答应的事", made_on=day, due_on=due, value=dice.between(1, 20) * 100, certainty="likely",
            insisted=dice.chance(0.3), answers_risk="functional", kept_on=None, withdrawn_on=None, urged=0,
        )  # fmt: skip
        self.open_promises[row["id"]] = row
        if dice.chance(self.staff.by_id[rep].diligence):
            self.put_off(due - timedelta(dice.between(0, 4)), "promise", row, kept_on=None)

    def keep(self, row: Row, day: date) -> None:
        """A promise is kept."""
        if row["kept_on"] is None and row["withdrawn_on"] is None:
            self.files.change("promise", row, kept_on=day)
            self.open_promises.pop(row["id"], None)
            self.accounts[row["account"]].mood += 0.03

    def _come_due(self, day: date) -> None:
        for type, row, fields in self.later.pop(day, []):
            if type == "promise":
                self.keep(row, day)
            else:
                self.files.change(type, row, **fields)
        for account, to in self.carers.pop(day, []):
            self.accounts[account].owner = to

    def _one(self, account: Account, day: date) -> None:
        dice = account.dice
        if account.going is not None:
            if day >= account.going:
                self._lose(account, day)
            return
        if day >= account.next_order:
            late = dice.between(2, 25) if dice.chance(0.06) else -dice.between(1, 18)
            buy(self.files, account, day, late)
            account.next_order = day + timedelta(round(dice.near(account.cycle, 0.18)))
        chance = 1 / 250
        if dice.chance(COMPLAINTS * chance * (1.5 - account.mood)):
            self._complain(account, day)
        if dice.chance(RIVAL_MOVES * chance):
            self.files.add(
                "rival_move", account=account.id, rival=dice.pick(RIVALS), kind=dice.pick(_MOVES),
                seen_on=day, their_price=900, our_price=1000, ended_on=None,
            )  # fmt: skip
            account.mood -= 0.05
        if dice.chance(BUSINESS_CHANGES * chance):
            kind = dice.pick(("direction", "downsizing", "trade_change", "merger"))
            self.files.add("business_change", account=account.id, seen_on=day, kind=kind)
        if dice.chance(QUOTES * chance):
            won = dice.chance(0.7)
            end = day + timedelta(dice.between(4, 20))
            self.files.add(
                "quote", account=account.id, rep=account.owner, quoted_on=day, amount=round(account.spend / 12, -2),
                product=account.products[0], won_on=end if won else None, lost_on=None if won else end,
                lost_to=None if won else dice.pick(RIVALS), lost_reason=None if won else "价格",
            )  # fmt: skip
        if dice.chance(FEES * chance):
            self.files.add("fee", account=account.id, charged_on=day, kind="招待", amount=dice.between(2, 30) * 100)
        self._feel(account, day)

    def _feel(self, account: Account, day: date) -> None:
        """Neglect wears on them, care heals; below a half they begin to think of leaving."""
        silent = (day - account.seen.get("any", self.first)).days
        account.mood -= 0.004 if silent > 40 else 0
        account.mood += 0.0008 if silent <= 30 else 0
        account.mood = min(max(account.mood, 0.0), 1.0)
        chance = 0.0001 if account.mood > 0.5 else 0.002 if account.mood > 0.3 else 0.006
        if account.dice.chance(chance):
            account.going = day + timedelta(account.dice.between(*_GONE_AFTER))

    def _complain(self, account: Account, day: date) -> None:
        row = self.files.add(
            "complaint", account=account.id, rep=account.owner, opened_on=day, kind=account.dice.pick(_KINDS),
            severity=account.dice.pick(("low", "medium", "medium", "high")), text="有问题要反映", answered_on=None,
            verified_on=None, resolved_on=None, told_on=None, reopened_on=None, passed_to=None, passed_on=None,
            returned_on=None,
        )  # fmt: skip
        self.open_complaints[row["id"]] = row
        account.mood -= 0.06

    def _lose(self, account: Account, day: date) -> None:
        cause = account.dice.pick(_CAUSES) if account.dice.chance(0.5) else None
        self.files.change(
            "account", account.row, lost_on=day, lost_cause=cause, lost_kind="active", controllable=True
        )  # fmt: skip

    def _count_stock(self, day: date, dice: Dice) -> None:
        """The stock list of the month's first workday."""
        if self._counted == (day.year, day.month):
            return
        self._counted = (day.year, day.month)
        for product in PRODUCTS[:8]:
            committed = dice.between(10, 60)
            self.files.add("supply", product=product, seen_on=day, available=committed * 2, committed=committed)

    def _wear(self, day: date) -> None:
        """What broken promises and complaints that nobody settles do to a customer's mood."""
        for row in self.open_complaints.values():
            self.accounts[row["account"]].mood -= 0.006
        for row in self.open_promises.values():
            self.accounts[row["account"]].mood -= 0.004 if row["due_on"] < day else 0

    def survey(self, account: Account, day: date) -> None:
        """They are asked, and three in five answer."""
        row = self.files.add("survey", account=account.id, asked_on=day, answered_on=None, satisfaction=None)
        if account.dice.chance(0.6):
            answer = day + timedelta(account.dice.between(0, 5))
            wish = "送货前先打电话" if account.dice.chance(0.15) else None
            fields = {"answered_on": answer, "satisfaction": satisfaction(account), "suggestion": wish}
            if answer > day:
                self.put_off(answer, "survey", row, **fields)
            else:
                self.files.change("survey", row, **fields)
