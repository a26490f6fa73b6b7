"""The engine in a process of its own."""

import os
import signal

import pytest
from small_policies import LATE, TODAY, column, small_policy, write
from small_policies import signal as small_signal
from test_rete_conclude import FACTS

from engine.errors import EngineError
from engine.policy import expressions as ex
from engine.policy.kinds import Kind
from engine.reasoning.days import MondayToFriday
from engine.reasoning.rete import reason, reason_in_worker

LATE_BY = ex.Call("workdays", (column("due_on", Kind.DATE, (), "promise"), ex.Today()), Kind.INTEGER)
WORKED = ex.Compare(">", LATE_BY, ex.Literal(0, Kind.INTEGER))
SLOW = small_signal("slow", "promise", WORKED)


class Crashing(MondayToFriday):
    """A calendar that takes the process down."""

    def workdays_between(self, start, end):
        os.kill(os.getpid(), signal.SIGSEGV)


class Failing(MondayToFriday):
    """A calendar that cannot."""

    def workdays_between(self, start, end):
        raise EngineError("no such day", "ask again")


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_it_does_what_the_engine_does(tmp_path):
    facts = write(tmp_path / "facts", FACTS)
    reason(small_policy(), facts, TODAY, tmp_path / "here")
    reason_in_worker(small_policy(), facts, TODAY, tmp_path / "there")
    assert files(tmp_path / "there") == files(tmp_path / "here")


def test_a_crash_is_an_error_that_says_where(tmp_path):
    facts = write(tmp_path / "facts", FACTS)
    with pytest.raises(EngineError) as caught:
        reason_in_worker(small_policy((LATE, SLOW), ()), facts, TODAY, tmp_path / "out", Crashing())
    assert "SIGSEGV" in caught.value.message
    assert "accounts a1 to 客户2" in caught.value.message
    assert not (tmp_path / "out").exists()


def test_an_error_comes_through_as_it_was(tmp_path):
    facts = write(tmp_path / "facts", FACTS)
    with pytest.raises(EngineError) as caught:
        reason_in_worker(small_policy((LATE, SLOW), ()), facts, TODAY, tmp_path / "out", Failing())
    assert (caught.value.message, caught.value.hint) == ("no such day", "ask again")
