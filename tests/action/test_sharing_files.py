"""A night whose conclusions are those of the night before keeps no second copy of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from nights import SUNDAY, Workspace, late

from engine.audit.checking import check_store
from engine.audit.pruning import prune
from engine.store.opening import open_store

RULE = Path("signals/late.parquet")
P1, P2 = ("p1", "a1"), ("p2", "a2")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return Workspace(tmp_path, monkeypatch)


def folders(workspace: Workspace) -> list[Path]:
    """The runs' folders, the oldest first."""
    with open_store(workspace.store) as store:
        return [store.runs / run for (run,) in store.rows("select id from run order by number")]


def three_nights(workspace: Workspace) -> list[Path]:
    """Two alike, and one with another matter more."""
    for days, found in enumerate((late(P1), late(P1), late(P1, P2))):
        workspace.night(found, SUNDAY + timedelta(days), facts=f"facts {days}")
    return folders(workspace)


def sound(workspace: Workspace) -> bool:
    with open_store(workspace.store) as store:
        return not check_store(store).damages


def test_equal_files_are_one_on_the_disk(workspace: Workspace) -> None:
    first, second, third = three_nights(workspace)
    assert (first / RULE).samefile(second / RULE)
    assert not (second / RULE).samefile(third / RULE)
    assert (first / "risk.parquet").samefile(third / "risk.parquet")
    assert not [path for path in second.rglob("*") if path.name.endswith(".part")]
    assert sound(workspace)


def test_a_damaged_file_is_not_taken_over(workspace: Workspace) -> None:
    workspace.night(late(P1), facts="facts 0")
    [first] = folders(workspace)
    whole = (first / RULE).read_bytes()
    (first / RULE).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    workspace.night(late(P1), SUNDAY + timedelta(1), facts="facts 1")
    _, second = folders(workspace)
    assert (second / RULE).read_bytes() == whole
    assert not sound(workspace)


def test_without_links_each_run_has_its_own(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("this disk has no links")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    first, second, _ = three_nights(workspace)
    assert not (first / RULE).samefile(second / RULE)
    assert (first / RULE).read_bytes() == (second / RULE).read_bytes()
    assert sound(workspace)


def test_removing_the_first_leaves_the_others_whole(workspace: Workspace) -> None:
    workspace.night(late(P1), facts="facts 0")
    workspace.night(late(), SUNDAY + timedelta(1), facts="facts 1")
    workspace.night(late(), SUNDAY + timedelta(2), facts="facts 2")
    _, second, third = folders(workspace)
    with open_store(workspace.store) as store:
        assert prune(store, 1, None, "Mei").runs
    assert not (second / RULE).exists()
    assert (third / RULE).is_file()
    assert sound(workspace)
