"""The branch's own people: fourteen on the payroll, and two who have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from book import Book
from days import day

ONE, TWO, HEAD = "销售一部", "销售二部", "总经办"


@dataclass(frozen=True)
class Rep:
    """A colleague. `skills` are service, product, communication."""

    id: str
    name: str
    role: str
    department: str
    region: str
    manager: str | None
    email: str
    hired: date
    hours: int
    skills: tuple[int, int, int]
    notice: date | None = None
    left: date | None = None


def _rep(
    number: int, name: str, role: str, department: str, region: str, manager: int | None, mail: str, hired: str,
    hours: int, skills: tuple[int, int, int], notice: str = "", left: str = "",
) -> Rep:  # fmt: skip
    return Rep(
        f"r{number}", name, role, department, region, f"r{manager}" if manager else None, f"{mail}@example.com",
        day(hired), hours, skills, day(notice) if notice else None, day(left) if left else None,
    )  # fmt: skip


REPS = (
    _rep(1, "沈怀瑾", "gm", HEAD, "锡澜", None, "shen.huaijin", "2014-03-03", 10, (5, 4, 5)),
    _rep(2, "Helen Gu 顾海伦", "director", HEAD, "锡澜", 1, "helen.gu", "2015-09-01", 16, (5, 4, 5)),
    _rep(3, "周蕴秋", "manager", ONE, "锡澜", 2, "zhou.yunqiu", "2016-05-16", 24, (5, 4, 5)),
    _rep(4, "陆明远", "manager", TWO, "澄溪", 2, "lu.mingyuan", "2017-02-20", 24, (4, 5, 4)),
    _rep(5, "王磊", "sales", ONE, "锡澜", 3, "wang.lei", "2019-04-08", 36, (5, 5, 5)),
    # Part-time on paper, with the largest portfolio of all: overloaded (D1.staff.care).
    _rep(6, "陈思雨", "sales", ONE, "锡澜", 3, "chen.siyu", "2021-03-01", 20, (5, 5, 5)),
    # Courts the large and leaves the small alone (D0.danger.06); service 4 is too little for A (D1.care.A).
    _rep(7, "赵一鸣", "sales", ONE, "锡澜", 3, "zhao.yiming", "2022-06-13", 32, (4, 5, 5)),
    # The second 王磊: same name, other department.
    _rep(8, "王磊", "sales", TWO, "澄溪", 4, "wang.lei.2", "2020-02-10", 36, (5, 5, 5)),
    # The backbone; hands in notice in the middle of the week (D0.cause.rep-left, D1.staff.turnover).
    _rep(9, "Kevin Qian 钱凯文", "sales", TWO, "云浦", 4, "kevin.qian", "2018-05-07", 32, (5, 5, 5),
         "2026-11-18", "2026-12-18"),
    _rep(10, "孙晓彤", "sales", TWO, "梁渡", 4, "sun.xiaotong", "2026-07-06", 32, (3, 4, 5)),
    _rep(11, "吴婷", "service", "客服部", "锡澜", 2, "wu.ting", "2020-08-17", 36, (5, 3, 5)),
    _rep(12, "Leo Zheng 郑凯", "technician", "技术部", "锡澜", 2, "leo.zheng", "2019-11-04", 36, (4, 5, 3)),
    _rep(13, "何静", "trainer", "培训部", "锡澜", 1, "he.jing", "2021-07-12", 20, (5, 5, 5)),
    _rep(14, "方正言", "compliance", "合规部", "锡澜", 1, "fang.zhengyan", "2022-01-10", 12, (3, 3, 4)),
    # Gone for three weeks; some of the accounts were forgotten (D1.cause.orphan, D1.handover.manager).
    _rep(15, "李航", "sales", TWO, "梁渡", 4, "li.hang", "2023-04-10", 32, (4, 4, 4), "2026-09-28", "2026-10-30"),
    # A newcomer who left within six weeks (D1.staff.turnover).
    _rep(16, "马骁", "sales", TWO, "梁渡", 4, "ma.xiao", "2026-03-02", 32, (3, 2, 4), "2026-04-01", "2026-04-10"),
)  # fmt: skip

BY_ID = {rep.id: rep for rep in REPS}
MANAGER_OF = {ONE: "r3", TWO: "r4"}
SERVICE, TECHNICIAN, TRAINER, COMPLIANCE, GM, DIRECTOR = "r11", "r12", "r13", "r14", "r1", "r2"

# Who steps in for whom, first choice first.
PARTNERS: dict[str, Sequence[str]] = {
    "r5": ("r7", "r6"), "r6": ("r5", "r7"), "r7": ("r5", "r6"), "r8": ("r10", "r9", "r15"), "r9": ("r8", "r10"),
    "r10": ("r8", "r9"), "r15": ("r8", "r9"), "r16": ("r8", "r9"), "r11": ("r11",),
}  # fmt: skip

# (who, told on, since, until)
ABSENCES = (
    ("r5", "2026-11-18", "2026-11-18", "2026-11-20"),  # falls ill in the week of the demo: tasks go to the seconds
    ("r12", "2026-11-02", "2026-11-30", "2026-12-04"),
    ("r3", "2026-06-15", "2026-07-13", "2026-07-17"),
    ("r7", "2026-07-27", "2026-08-10", "2026-08-12"),
    ("r8", "2025-11-03", "2025-11-10", "2025-11-12"),
    ("r2", "2026-01-19", "2026-02-09", "2026-02-11"),
)

# (who, on, talk or training). With r7 and r9 nobody has talked since June (D1.staff.care).
TALKS = (
    *((name, "2026-06-10", "talk") for name in ("r5", "r6", "r7", "r8", "r9", "r11", "r12")),
    *((name, "2026-09-09", "talk") for name in ("r5", "r6", "r8", "r10", "r11", "r12")),
    *((name, "2026-07-15", "training") for name in ("r5", "r6", "r7", "r8", "r10", "r11", "r12")),
)


def at_work(rep: str, when: date) -> bool:
    """Whether the colleague is employed and not away on that day."""
    who = BY_ID[rep]
    away = any(rep == name and day(since) <= when <= day(until) for name, _, since, until in ABSENCES)
    return who.hired <= when and not (who.left and who.left <= when) and not away


def partner(rep: str, when: date, turn: int = 0) -> str:
    """The colleague who takes a turn beside the rep on that day: the first at work, beginning at the given place."""
    names = PARTNERS[rep]
    ordered = [*names[turn % len(names) :], *names[: turn % len(names)], "r5", "r6", "r8"]
    return next(name for name in ordered if name != rep and at_work(name, when))


def write_people(book: Book) -> None:
    """The rep and absence rows."""
    for rep in REPS:
        service, product, communication = rep.skills
        book.add(
            "rep", id=rep.id, name=rep.name, role=rep.role, department=rep.department, region=rep.region,
            manager=rep.manager, email=rep.email, hired_on=rep.hired, notice_on=rep.notice, left_on=rep.left,
            weekly_hours=rep.hours, service_skill=service, product_skill=product, communication_skill=communication,
        )  # fmt: skip
    for name, told, since, until in ABSENCES:
        book.add("absence", rep=name, told_on=day(told), since=day(since), until=day(until))
    for name, held, kind in TALKS:
        book.add("staff_talk", rep=name, held_on=day(held), kind=kind)
