"""The company's own people: sellers of very unequal diligence, those above and beside them; who leaves, who is away."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.year.facts import Dice, Files, Row, person

DEPARTMENT = 7  # sellers that one manager has
LEAVING_SHARE = 0.15  # of the sellers give notice within the time
NOTICE_DAYS = 30
BEST, WORST = 0.95, 0.40  # share of the list that the most and the least diligent seller does in time
REGIONS = ("锡澜", "澄溪", "云浦", "梁渡")


@dataclass
class Person:
    """Somebody on the payroll. `diligence`: how much of the list is done in time; `away`: days of absence."""

    row: Row
    diligence: float
    away: set[date] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The id in the facts."""
        return str(self.row["id"])

    @property
    def role(self) -> str:
        """Seller, manager, …"""
        return str(self.row["role"])

    @property
    def hours(self) -> float:
        """For customers, on one workday."""
        return float(self.row["weekly_hours"]) / 5

    def here(self, day: date) -> bool:
        """Employed, be it on leave."""
        left = self.row["left_on"]
        return bool(self.row["hired_on"] <= day) and (left is None or day < left)

    def works(self, day: date) -> bool:
        """Employed and not away."""
        return self.here(day) and day not in self.away


class Staff:
    """Everyone, by id, in order of being hired."""

    def __init__(self, files: Files, sellers: int, first: date, nights: int, seed: int) -> None:
        self.files, self.seed, self.first, self.nights = files, seed, first, nights
        self.by_id: dict[str, Person] = {}
        gm = self._hire("gm", "总经办", None, first, 0.9, 10)
        director = self._hire("director", "总经办", gm.id, first, 0.85, 20)
        managers = [
            self._hire("manager", f"销售{n + 1}部", director.id, first, 0.85, 28)
            for n in range(-(-sellers // DEPARTMENT))
        ]
        for role, one_for in (("service", 5), ("technician", 10), ("trainer", 25), ("compliance", 50)):
            for _ in range(-(-sellers // one_for)):
                self._hire(role, "客服部", director.id, first, 0.85, 34)
        for n in range(sellers):
            skewed = BEST - (BEST - WORST) * (n / max(sellers - 1, 1)) ** 1.5
            boss = managers[n % len(managers)]
            self._hire("sales", boss.row["department"], boss.id, first, skewed, 36)
        self.notices = dict(self._notices())

    def of(self, *roles: str) -> list[Person]:
        """Those with such a role, who have left too."""
        return [one for one in self.by_id.values() if one.role in roles]

    def sellers(self, day: date) -> list[Person]:
        """The sellers who stay: employed on the day and not on notice."""
        return [one for one in self.of("sales") if one.here(day) and one.row["notice_on"] is None]

    def live(self, day: date) -> list[Person]:
        """Let notices and hirings happen; gives who gave notice today."""
        leaving = [self.by_id[id] for id, on in self.notices.items() if on == day]
        for one in leaving:
            last = day + timedelta(min(NOTICE_DAYS, max(self.nights // 3, 3)))
            self.files.change("rep", one.row, notice_on=day, left_on=last)
            self._hire("sales", one.row["department"], one.row["manager"], last - timedelta(5), 0.7, 36, planned=True)
        return leaving

    def _notices(self) -> Iterator[tuple[str, date]]:
        """Who gives notice when: spread over the time and over the diligence, neither the best nor the worst."""
        sellers = self.of("sales")
        count = max(1, round(len(sellers) * LEAVING_SHARE))
        for n in range(count):
            one = sellers[(n * 2 + 1) * len(sellers) // (2 * count)]
            yield one.id, self.first + timedelta(max(2, int(self.nights * (n + 0.5) / (count + 0.5))))

    def _hire(
        self, role: str, department: str, manager: str | None, day: date, diligence: float, hours: int, *,
        planned: bool = False,
    ) -> Person:  # fmt: skip
        number = len(self.by_id) + 1
        dice = Dice(self.seed * 100 + 1, number)
        skills = {f"{name}_skill": dice.between(4, 5) for name in ("service", "product", "communication")}
        row = self.files.add(
            "rep", id=f"r{number}", name=f"{person(dice)} {number}", role=role, department=department,
            region=dice.pick(REGIONS), manager=manager, email=f"r{number}@example.com",
            hired_on=day if planned else day - timedelta(dice.between(700, 3000)), notice_on=None, left_on=None,
            weekly_hours=hours, **skills,
        )  # fmt: skip
        one = self.by_id[row["id"]] = Person(row, diligence)
        self._absences(one, dice)
        return one

    def _absences(self, one: Person, dice: Dice) -> None:
        """Two holidays a year, told weeks ahead, and a few days of illness, told on the morning."""
        for ahead, length, every in ((21, 7, 180), (0, 2, 120)):
            day = self.first + timedelta(dice.between(3, every))
            while day < self.first + timedelta(self.nights):
                last = day + timedelta(dice.between(1, length))
                self.files.add("absence", rep=one.id, told_on=day - timedelta(ahead), since=day, until=last)
                one.away |= {day + timedelta(n) for n in range((last - day).days + 1)}
                day = last + timedelta(dice.between(every // 2, every))
