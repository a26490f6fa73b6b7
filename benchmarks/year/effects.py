"""What a task that somebody has done changes in the facts, by the fact that it is about."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from benchmarks.year.facts import Row
from benchmarks.year.people import Person
from benchmarks.year.portfolio import Account
from benchmarks.year.world import World

TOPICS = {
    "review-needs": "needs_review", "review-the-strategy": "strategy_review", "visit-plan-gm": "executive_meeting",
    "gm-meets-star": "executive_meeting",
}  # fmt: skip
_TALKS = {
    "talk-and-train": ("talk", "training"), "coach": ("talk", "training"), "relieve": ("talk",),
    "talk-about-contacts": ("talk",), "keep-the-backbone": ("talk",), "coach-after-complaints": ("training",),
}  # fmt: skip
_MONEY = ("settle-balance", "decide-credit")


def carry_out(world: World, person: Person, type: str, subject: str, play: str, step: str, day: date) -> None:
    """The world answers to a step that was carried out; what is not in the tables of this file changes nothing."""
    row = world.files.rows.get(type, {}).get(subject)
    if row is None:
        return
    if type == "account":
        _account(world, world.accounts[subject], play, day)
    elif type == "rep":
        _colleague(world, row, play, step, day)
    elif type in _EFFECTS:
        _EFFECTS[type](world, row, day)


def _account(world: World, account: Account, play: str, day: date) -> None:
    account.mood = min(account.mood + 0.03, 1)
    if play == "ask-opinion":
        world.survey(account, day)
    elif play in _MONEY:
        for invoice in account.unpaid:
            if invoice["due_on"] < day < invoice["paid_on"]:
                world.files.change("invoice", invoice, paid_on=day + timedelta(account.dice.between(0, 6)))
        account.unpaid = [invoice for invoice in account.unpaid if invoice["paid_on"] > day]
    elif play == "explain-loss":
        world.files.change("account", account.row, lost_cause="价格", lost_kind="active", controllable=True)
    elif play in ("ask-for-order", "win-back", "break-silence", "save") and account.dice.chance(0.5):
        account.next_order = min(account.next_order, day + timedelta(account.dice.between(2, 12)))
        account.going = None if not account.lost else account.going


def _colleague(world: World, row: Row, play: str, step: str, day: date) -> None:
    if play == "name-second-carers":
        for account in world.accounts.values():
            if account.owner == row["id"] and account.size != "C" and account.row["second"] is None:
                others = [one for one in world.staff.sellers(day) if one.id != account.owner]
                world.files.change("account", account.row, second=account.dice.pick(others).id)
    for kind in _TALKS.get(play, ()):
        if len(_TALKS[play]) == 1 or (kind == "training") == (step == "train"):
            world.files.add("staff_talk", rep=row["id"], held_on=day, kind=kind)


def _promise(world: World, row: Row, day: date) -> None:
    if row["due_on"] <= day:
        world.keep(row, day)


def _complaint(world: World, row: Row, day: date) -> None:
    """The next of its steps: answered, verified, resolved, told."""
    if row["kind"] == "quality" and row["passed_on"] is None:
        world.files.change("complaint", row, passed_to="工程部", passed_on=day)
        return
    step = next((name for name in ("answered_on", "verified_on", "resolved_on", "told_on") if row[name] is None), None)
    if step is None:
        return
    world.files.change("complaint", row, **{step: day})
    if step == "resolved_on":
        world.open_complaints.pop(row["id"], None)
        world.accounts[row["account"]].mood += 0.06


def _survey(world: World, row: Row, day: date) -> None:
    world.files.change("survey", row, replied_on=day)


def _rival(world: World, row: Row, day: date) -> None:
    if row["ended_on"] is None and world.accounts[row["account"]].dice.chance(0.4):
        world.files.change("rival_move", row, ended_on=day)


def _renewal(world: World, row: Row, day: date) -> None:
    account = world.accounts[row["account"]]
    if row["renewed_on"] is None and row["cancelled_on"] is None and account.dice.chance(0.3 + 0.5 * account.mood):
        world.files.change("subscription", row, renewed_on=day)
        world.files.add(
            "subscription", account=account.id, product=row["product"], started_on=row["ends_on"] + timedelta(1),
            ends_on=row["ends_on"] + timedelta(365), amount=row["amount"],
        )  # fmt: skip


def _delivery(world: World, row: Row, day: date) -> None:
    if row["delivered_on"] is not None and row["delivered_on"] > day:
        world.files.change("delivery", row, delivered_on=day)


_EFFECTS: Mapping[str, Callable[[World, Row, date], None]] = {
    "promise": _promise, "complaint": _complaint, "survey": _survey, "rival_move": _rival,
    "subscription": _renewal, "delivery": _delivery,
}  # fmt: skip
