"""The year's figures, as a person reads them and as JSON."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from benchmarks.year.counting import Counted, Kept

JUDGED = 20  # tasks that fell due, from which on a person's share is told


def at(values: Sequence[float], share: float) -> float:
    """The value that so large a share of all does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else 0


def figures(
    counted: Counted, keeping: dict[str, Kept], said: dict[str, int], accounts: int, lost: int
) -> dict[str, Any]:  # fmt: skip
    """All figures as one object."""
    total = Kept(*(sum(getattr(one, name) for one in keeping.values()) for name in Kept.__annotations__))
    waited = [nights for nights, _ in counted.waited]
    by_play: dict[str, list[int]] = {}
    for nights, play in counted.waited:
        by_play.setdefault(play, []).append(nights)
    return {
        "nights": len(counted.seconds), "accounts": accounts, "lost": lost,
        "new_tasks": sum(counted.made.values()),
        "new_per_rep_and_workday": _spread(counted.new), "open_per_rep_and_workday": _spread(counted.open),
        "due": total.due, "done_in_time": total.in_time, "done_late": total.late,
        "went_by_themselves": total.by_itself, "unfinished": total.unfinished, "share_in_time": round(total.share, 3),
        "share_in_time_by_person": {
            rep: round(one.share, 3) for rep, one in sorted(keeping.items(), key=_number) if one.due >= JUDGED
        },
        "duplicates": counted.duplicates, "to_inactive": counted.inactive, "reopened": counted.reopened,
        "over_budget": {
            "matters": len(waited) + len(counted.waiting), "still_waiting": len(counted.waiting),
            "nights_median": at(waited, 0.5), "nights_p95": at(waited, 0.95), "nights_longest": at(waited, 1),
            "by_play": {
                play: {"matters": len(found), "median": at(found, 0.5), "longest": at(found, 1)}
                for play, found in sorted(by_play.items(), key=lambda item: -len(item[1]))
            },
        },
        "seconds_per_night": {
            "median": round(at(counted.seconds, 0.5), 2), "p95": round(at(counted.seconds, 0.95), 2),
            "worst": round(at(counted.seconds, 1), 2), "all": round(sum(counted.seconds), 1),
        },
        "processor_seconds_per_night": {
            "median": round(at(counted.processor, 0.5), 2), "p95": round(at(counted.processor, 0.95), 2),
        },
        "seconds_by_stage": {name: round(value, 1) for name, value in counted.stages.most_common()},
        "store_megabytes": round(counted.bytes[-1] / 1e6, 1) if counted.bytes else 0,
        "store_kilobytes_per_night": round(counted.bytes[-1] / 1e3 / len(counted.seconds), 1) if counted.bytes else 0,
        "words": dict(sorted(said.items())),
        "tasks_by_play": dict(counted.made.most_common()),
        "again_by_play": dict(counted.again.most_common(25)),
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": at(values, 0.5), "p95": at(values, 0.95), "most": at(values, 1)}


def lines(found: dict[str, Any]) -> list[str]:
    """The figures in words."""
    new, open, wait = found["new_per_rep_and_workday"], found["open_per_rep_and_workday"], found["over_budget"]
    time, work = found["seconds_per_night"], found["processor_seconds_per_night"]
    shares = list(found["share_in_time_by_person"].values())
    plays = ", ".join(f"{play} {count:,}" for play, count in list(found["tasks_by_play"].items())[:8])
    return [
        f"{found['accounts']:,} customers, {found['lost']:,} of them lost; {found['nights']} nights,"
        f" {found['new_tasks']:,} tasks",
        f"new tasks per seller and workday: median {new['median']}, 95th {new['p95']}, most {new['most']}",
        f"open tasks per seller and workday: median {open['median']}, 95th {open['p95']}, most {open['most']}",
        f"due {found['due']:,}: in time {found['done_in_time']:,}, late {found['done_late']:,},"
        f" by themselves {found['went_by_themselves']:,}, unfinished {found['unfinished']:,}",
        f"share in time: {found['share_in_time']:.0%}, by person from {min(shares, default=0):.0%}"
        f" to {max(shares, default=0):.0%}",
        f"duplicates {found['duplicates']}, to inactive people {found['to_inactive']}, reopened {found['reopened']}",
        f"held back for want of time: {wait['matters']:,} matters, {wait['still_waiting']:,} still;"
        f" nights waited: median {wait['nights_median']}, 95th {wait['nights_p95']}, longest {wait['nights_longest']}",
        f"seconds a night: median {time['median']}, 95th {time['p95']}, worst {time['worst']}; all {time['all']:,};"
        f" of the processor: median {work['median']}, 95th {work['p95']}",
        f"store: {found['store_megabytes']:,} MB, {found['store_kilobytes_per_night']:,} kB a night",
        f"most tasks: {plays}",
    ]


def _number(item: tuple[str, Kept]) -> tuple[int, str]:
    digits = item[0].lstrip("r")
    return (int(digits) if digits.isdigit() else 0, item[0])
