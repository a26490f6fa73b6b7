"""What becomes of each condition, night after night."""

from dataclasses import replace
from datetime import date, timedelta

from nights import play, step

from engine.action.decide import decide
from engine.action.matters import Decision, Episode, Judged, Matter, Outcome, StepTask
from engine.policy.model import Play

TODAY = date(2026, 11, 22)
PLAY = play(steps=(step(), step("makegood", after=("call",))), cooldown_days=14, clear_after_runs=1)


def one(
    matter: Matter,
    play: Play | None = PLAY,
    today: date = TODAY,
    unjudged_plays: frozenset[str] = frozenset(),
    unjudged_rules: frozenset[str] = frozenset(),
) -> Decision:
    judged = Judged({play.name: play} if play else {}, unjudged_plays, unjudged_rules)
    [decision] = decide([matter], judged, today)
    return decision


def episode(*tasks: StepTask, state: str = "active", **given: object) -> Episode:
    values = {"id": 7, "number": 1, "play": "keep", "state": state, "reasons": ("late",), "tasks": tasks}
    return Episode(**{**values, **given})  # type: ignore[arg-type]


def holds(known: Episode | None) -> Matter:
    return Matter("k", "keep", True, known)


def gone(known: Episode | None) -> Matter:
    return Matter("k", "keep", False, known)


OPEN = StepTask("t1", "call", "open")
BEGUN = StepTask("t1", "call", "started")
DONE = StepTask("t1", "call", "done", TODAY - timedelta(3))


def test_a_new_condition_opens_the_first_episode() -> None:
    decision = one(holds(None))
    assert (decision.outcome, decision.opens) == (Outcome.NEW, 1)


def test_a_condition_that_still_holds_is_kept_without_anything_new() -> None:
    decision = one(holds(episode(OPEN)))
    assert decision == Decision(decision.matter, Outcome.KEPT, "active")


def test_a_step_comes_when_the_earlier_one_is_done() -> None:
    assert one(holds(episode(DONE))).steps == ("makegood",)
    assert one(holds(episode(BEGUN))).steps == ()


def test_a_step_does_not_come_when_the_earlier_one_closed_itself() -> None:
    closed = StepTask("t1", "call", "closed", TODAY)
    assert one(holds(episode(closed))).steps == ()


def test_a_step_added_to_the_play_comes_too() -> None:
    more = replace(PLAY, steps=(*PLAY.steps, step("letter")))
    assert one(holds(episode(OPEN)), more).steps == ("letter",)


def test_done_and_still_there_waits_for_the_cooldown_then_begins_again() -> None:
    both = (DONE, StepTask("t2", "makegood", "done", TODAY))
    early = one(holds(episode(*both)), today=TODAY + timedelta(13))
    assert (early.outcome, early.opens, early.state) == (Outcome.COOLDOWN, None, "active")
    late = one(holds(episode(*both)), today=TODAY + timedelta(14))
    assert (late.outcome, late.opens, late.state) == (Outcome.NEW, 2, "cleared")


def test_done_and_still_there_without_cooldown_is_not_asked_again() -> None:
    single = replace(PLAY, steps=(step(),), cooldown_days=0)
    decision = one(holds(episode(DONE)), single, TODAY + timedelta(400))
    assert (decision.outcome, decision.opens) == (Outcome.DONE, None)


def test_a_condition_that_comes_back_too_soon_is_held_back() -> None:
    ended = episode(StepTask("t1", "call", "closed", TODAY), state="cleared", ended_on=TODAY)
    assert one(holds(ended), today=TODAY + timedelta(13)).outcome is Outcome.COOLDOWN
    back = one(holds(ended), today=TODAY + timedelta(14))
    assert (back.outcome, back.opens) == (Outcome.NEW, 2)


def test_a_condition_that_is_gone_closes_what_nobody_began() -> None:
    decision = one(gone(episode(OPEN)))
    assert decision.outcome is Outcome.CLEARED
    assert (decision.state, decision.close, decision.why) == ("cleared", ("t1",), "condition_gone")


def test_it_is_gone_only_after_so_many_runs_one_a_day() -> None:
    patient = replace(PLAY, clear_after_runs=3)
    first = one(gone(episode(OPEN)), patient)
    assert (first.outcome, first.state, first.missed, first.close) == (Outcome.CLEARING, "clearing", 1, ())
    known = episode(OPEN, state="clearing", missed=1, missed_on=TODAY)
    assert one(gone(known), patient).missed == 1  # a second run on the same day
    assert one(gone(known), patient, TODAY + timedelta(1)).missed == 2
    known = replace(known, missed=2)
    assert one(gone(known), patient, TODAY + timedelta(2)).outcome is Outcome.CLEARED


def test_a_condition_that_comes_back_while_clearing_goes_on() -> None:
    known = episode(OPEN, state="clearing", missed=1, missed_on=TODAY)
    decision = one(holds(known), replace(PLAY, clear_after_runs=3))
    assert (decision.outcome, decision.state, decision.missed) == (Outcome.KEPT, "active", 0)


def test_begun_tasks_ask_to_be_confirmed_and_keep_the_episode() -> None:
    second = StepTask("t2", "makegood", "open")
    decision = one(gone(episode(BEGUN, second)))
    assert (decision.state, decision.ask, decision.close) == ("clearing", ("t1",), ("t2",))
    asked = episode(replace(BEGUN, asks="confirm"), state="clearing", missed=1)
    assert one(gone(asked), today=TODAY + timedelta(1)).ask == ()
    back = one(holds(asked), today=TODAY + timedelta(1))
    assert (back.outcome, back.state, back.unask, back.opens) == (Outcome.KEPT, "active", ("t1",), None)
    confirmed = episode(DONE, state="clearing", missed=1)
    assert one(gone(confirmed)).state == "cleared"


def test_what_was_not_judged_stays_as_it_is() -> None:
    for decision in (
        one(gone(episode(OPEN)), unjudged_plays=frozenset({"keep"})),
        one(gone(episode(OPEN)), unjudged_rules=frozenset({"late"})),
    ):
        assert (decision.outcome, decision.state, decision.close) == (Outcome.NOT_JUDGED, None, ())
    assert one(gone(episode(OPEN)), unjudged_rules=frozenset({"other"})).outcome is Outcome.CLEARED


def test_a_play_that_left_the_policy_ends_at_once() -> None:
    decision = one(gone(episode(OPEN)), None)
    assert (decision.state, decision.close, decision.why) == ("cleared", ("t1",), "play_gone")
