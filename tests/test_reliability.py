"""A few of the faults of benchmarks.faults, which has the long campaign and says how each is done."""

from pathlib import Path

import pytest

from benchmarks.faults import Campaign

pytestmark = pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="faults are made in forked processes")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A workspace with a night behind it."""
    folder: Path = tmp_path_factory.mktemp("faults")
    for made in (folder, *(p for p in folder.parents if p.name.startswith(("pytest-", "popen-")))):
        made.chmod(0o755)  # a child of another user reads it
    return Campaign(folder)


def test_a_night_killed_at_once_and_at_its_end_leaves_all_or_nothing(work: Campaign) -> None:
    tally = work.kills(3)
    assert (tally.tried, tally.hit, tally.wrong) == (3, 3, 0)


def test_a_full_disk(work: Campaign) -> None:
    tally = work.full([64, 4096])
    assert (tally.hit, tally.wrong) == (2, 0)


def test_a_read_only_store(work: Campaign) -> None:
    assert work.read_only().wrong == 0


def test_a_locked_store(work: Campaign) -> None:
    tally = work.locked()
    assert (tally.hit, tally.wrong) == (1, 0)


def test_two_runs_at_once(work: Campaign) -> None:
    assert work.together(1).wrong == 0


def test_files_that_are_damaged(work: Campaign) -> None:
    assert (work.damaged(1).wrong, work.damaged(1, cut=True).wrong) == (0, 0)


def test_a_database_that_is_damaged(work: Campaign) -> None:
    assert (work.flipped(3).wrong, work.truncated(2).wrong) == (0, 0)


def test_a_ledger_that_is_removed(work: Campaign) -> None:
    tally = work.ledger()
    assert (tally.tried, tally.hit, tally.wrong) == (4, 4, 0)


def test_a_wal_that_is_damaged(work: Campaign) -> None:
    assert work.wal(2).wrong == 0
