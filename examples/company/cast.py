"""Who plays what: where the story departs from the background plan of an account; its rows are in story and week."""

from collections.abc import Mapping
from typing import Any

from accounts import REDRAWN
from days import day


def _stop(**streams: str) -> dict[str, Any]:
    return {"told": True, "stops": {name: day(text) for name, text in streams.items()}}


def _lost(
    when: str, cause: str, kind: str, controllable: bool, pace: str, owner: str, spend: float, **streams: str
) -> dict[str, Any]:
    return {
        "lost": day(when), "pace": pace, "spend": spend, "owners": ((owner, REDRAWN),), **_stop(**streams),
        "people": {"A": 5, "B": 3, "C": 2}[pace], "cycle": {"A": 15, "B": 22, "C": 33}[pace],
        "second": None if pace == "C" else ("r7" if owner in ("r5", "r6") else "r5"),
        "columns": {"lost_cause": cause, "lost_kind": kind, "controllable": controllable},
    }  # fmt: skip


_TOLD: dict[str, Any] = {"told": True}

CAST: Mapping[str, Mapping[str, Any]] = {
    # ---- A, the eleven largest
    "a1": {"columns": {"relation_level": 3}},  # the partner one wishes for: D2.level.3, D2.criteria.safe
    "a2": _TOLD,  # complaint in the week
    "a3": _TOLD,  # promise broken in the week
    "a4": _TOLD,  # late delivery, recall
    "a5": _stop(gm="2025-10-24"),  # no executive contact for a year: D1.cadence.A, D2.weapon.07; hosting to mend
    "a7": _TOLD,  # conditional reward falls due in the week
    "a9": {**_TOLD, "owners": (("r9", day("2021-03-01")),), "created": day("2019-04-15"), "signed": day("2019-06-03")},
    # The director stays away, so no strategy review either: D1.cadence.A, D2.weapon.08; tied by price: D2.level.1
    "a11": {**_stop(director="2025-11-14", manager="2026-09-11"), "columns": {"relation_level": 1}},
    # ---- B
    "a13": _TOLD,  # hosting that breaks the rules, upgrade question unanswered
    "a18": _TOLD,  # renewal at seven days, short supply
    "a20": {"rising": (day("2026-05-24"), 6.4), "spend": 300_000.0},  # on the way to A: D1.tier.star
    "a21": {"pace": "C", "columns": {"tier": "C", "grade": "普通"}},  # set to C by hand: D1.tier.abc
    # Needs not reviewed for a year, manager not seen for a quarter: D4.cause.needs, D1.cadence.B; a rival's price.
    "a26": _stop(review="2025-12-15", manager="2026-08-14"),
    "a31": _TOLD,  # complaint shifted back and forth
    "a38": {  # one rep for six years, one contact, no second: D1.cause.personal-loyalty, D1.loyalty.team and .rotate
        **_TOLD, "owners": (("r9", day("2020-06-01")),), "created": day("2020-03-16"), "signed": day("2020-06-01"),
        "alone": True, "second": None, "people": 1,
    },
    "a39": {**_TOLD, "spend": 480_000.0, "cycle": 21},  # the minivan: D0.cause.broken-promise
    "a40": _TOLD,  # dissatisfied
    # Orphan, no second carer, orders have stopped: D1.cause.orphan, D1.loyalty.team.
    "a42": {**_stop(order="2026-10-20", contact="2026-10-28"), "spend": 410_000.0, "cycle": 20, "second": None},
    # ---- C
    "a43": {"pace": "B", "second": "r7", "spend": 260_000.0},  # the three largest of the small are cared for like B
    "a92": {"pace": "B", "second": "r5"},
    "a141": {"pace": "B", "second": "r10"},
    "a46": {**_TOLD, "spend": 42_000.0},  # entry fee: D0.cause.bully; travelled to us for nothing: D0.cause.detail
    "a45": {  # signed, then left alone: D1.cause.unserved-after-sign
        **_stop(contact="2026-11-02"), "created": day("2026-09-28"), "signed": day("2026-11-03"),
    },
    "a50": {"columns": {"name": '锡澜"小满"咖啡, 北店 ☕'}},  # quotes, a comma and an emoji in a name
    "a51": {"created": day("2024-01-15"), "signed": day("2024-02-29")},  # signed on a leap day
    "a52": {"pace": "A", "second": "r6", "people": 5, "columns": {"tier": "A", "name": "锡澜市政数据服务中心"}},
    "a73": {**_stop(order="2026-09-18"), "cycle": 24},  # purchase overdue until the week: D0.remind.purchase-overdue
    "a74": {**_stop(order="2026-09-23"), "cycle": 26},  # purchase overdue, small arrears
    # r7 leaves the small ones alone: D1.cadence.C, D0.danger.06
    "a123": _stop(contact="2026-07-10"),  # no contact, no promotion: D0.cause.small
    "a124": _stop(visit="2026-09-30"),  # visited again in the week
    "a125": {**_stop(contact="2026-06-25"), "spend": 26_000.0, "cycle": 30},  # once a B: D0.danger.15
    "a126": _stop(visit="2026-10-02"),
    "a127": _stop(visit="2026-09-14", call="2026-10-01"),
    "a139": _TOLD,  # three complaints in a quarter
    "a140": _TOLD,  # small promises overdue, renewal at sixty days
    "a165": {  # changed hands in September; orders have fallen since: D1.handover.watch
        **_TOLD, "owners": (("r15", REDRAWN), ("r8", day("2026-09-29"))), "rising": (day("2026-09-29"), 0.3),
        "cycle": 26,
    },
    "a171": {  # tomorrow's star: D1.tier.star
        **_TOLD, "rising": (day("2026-05-24"), 9.1), "pace": "B", "second": "r8", "spend": 50_000.0, "cycle": 26,
    },
    "a172": {**_TOLD, "spend": 30_000.0, "cycle": 30},  # arrears: D1.cause.arrears
    "a173": _TOLD,  # slips, silence on surveys
    "a174": {**_stop(order="2026-09-21"), "cycle": 25},  # shrinking: D2.cause.uncontrollable
    "a175": _TOLD,  # subscription ran out
    "a177": _TOLD,  # renewal at thirty days
    "a203": {**_stop(contact="2026-04-30", order="2026-04-24"), "cycle": 30},  # orphan, long silent: D0.cause.natural
    "a204": {  # orphan with a poor file: D0.file.complete
        **_stop(contact="2026-10-28"), "people": 1,
        "columns": {"industry": None, "type": None, "city": None, "origin": None},
    },
    "a206": {**_stop(contact="2026-10-29"), "owners": (("r15", REDRAWN), (None, day("2026-10-30")))},  # unassigned
    "a207": {**_stop(visit="2026-08-20", call="2026-08-20"), "owners": (("r15", REDRAWN), ("r11", day("2026-08-24")))},
    # ---- prospects who hear nothing: D0.prospect
    "a209": {**_stop(contact="2026-10-13"), "created": day("2026-05-20"), "columns": {"grade": "A"}},
    "a210": {
        **_stop(contact="2026-07-20"), "created": day("2026-04-09"), "columns": {"grade": "C", "stage": None},
    },
    # ---- just created: D0.remind.new
    "a211": {"created": day("2026-11-18")},
    "a212": {"created": day("2026-11-05")},
    "a213": {"created": day("2026-10-28")},
    # ---- lost: D1.kind.active-passive, D0.remind.lost, D1.churn.quarterly
    "a229": _lost("2025-09-12", "承诺的返利未兑现", "active", True, "A", "r6", 1_600_000, order="2025-08-01"),
    "a230": _lost("2025-12-19", "投诉处理不及时", "active", True, "B", "r8", 420_000, order="2025-11-05"),
    "a231": _lost("2026-01-15", "长期拖欠货款，终止供货", "passive", True, "C", "r5", 70_000, contact="2025-12-20"),
    "a232": _lost("2025-08-20", "Sold to a group that buys centrally", "passive", False, "C", "r6", 50_000),
    "a233": _lost("2026-03-10", "客户转行", "active", False, "C", "r7", 40_000, order="2026-01-10"),
    "a234": _lost("2026-04-20", "业务员疏于拜访", "active", True, "B", "r15", 380_000, visit="2026-02-20"),
    "a235": _lost("2026-06-30", "竞争对手低价", "active", True, "A", "r7", 1_300_000, order="2026-05-20"),
    "a236": {  # handed to a newcomer who left within six weeks
        **_lost("2026-06-12", "业务员离职", "active", True, "C", "r8", 90_000, contact="2026-04-09"),
        "owners": (("r8", REDRAWN), ("r16", day("2026-03-09")), ("r8", day("2026-04-10"))),
    },
    "a237": _lost("2026-02-27", "长期无人联系", "active", True, "C", "r7", 30_000, contact="2025-10-09"),
    "a238": _lost("2026-08-14", "被集团合并", "passive", False, "C", "r8", 80_000, order="2026-07-01"),
    "a239": _lost("2026-10-22", "Deliveries late again and again", "active", True, "B", "r6", 450_000),
    "a240": _lost("2026-11-17", "承诺未兑现，投诉无果", "active", True, "C", "r8", 60_000, order="2026-09-25"),
}  # fmt: skip
