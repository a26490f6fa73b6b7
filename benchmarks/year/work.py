"""How people work through their lists: some in time, some late, some not at all, within the hours they have."""

import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from benchmarks.year.effects import TOPICS, carry_out
from benchmarks.year.facts import Dice
from benchmarks.year.people import Person
from benchmarks.year.portfolio import PACE, meet
from benchmarks.year.world import World
from engine.action.words import Word, done, false_alarm, reassign, snooze, start
from engine.errors import UsageError
from engine.handover.ground import open_ground
from engine.handover.state import State
from engine.handover.words import Word as HandoverWord
from engine.handover.words import accept, change, close
from engine.handover.words import step as hand_over_step
from engine.policy.model import Policy
from engine.store import Store
from engine.store.opening import open_store
from engine.store.shown import TaskRow
from engine.store.tasks import list_tasks
from engine.workspace import Workspace

HOURS = {"visit": 1.5, "meeting": 1.5, "meal": 1.5, "call": 0.25, "message": 0.1}
OTHER_HOURS = 0.5
FALSE_ALARM, SNOOZE, REASSIGN, UNSAID, PROMISED = 0.015, 0.03, 0.005, 0.1, 0.04  # shares of tasks, of visits the last
LATE = 0.5  # of what is not done in time; the rest is forgotten until somebody asks
ASKED = 0.6  # of the forgotten ones that are done once they were escalated
NEVER = date.max
_STEPS = {"tell": State.TOLD, "introduce": State.INTRODUCED, "complete": State.COMPLETE}


@dataclass
class Office:
    """Everybody at work on a workspace's lists. `said`: how often each word was said."""

    workspace: Workspace
    world: World
    policy: Policy
    meant: dict[str, date] = field(default_factory=dict)  # by task: the day somebody means to do it
    asked: set[str] = field(default_factory=set)  # escalated tasks that were taken to heart or not
    said: Counter[str] = field(default_factory=Counter)
    leaving: list[Person] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)  # unfinished tasks of this morning, by whose they are

    def work(self, day: date) -> None:
        """One workday."""
        self._hand_over(day)
        with open_store(self.workspace.store) as store:
            lists: dict[str, list[TaskRow]] = {}
            for task in list_tasks(store):
                if task.assignee is not None:
                    lists.setdefault(task.assignee, []).append(task)
            self.open = {task.id: rep for rep, tasks in lists.items() for task in tasks}
            for person in list(self.world.staff.by_id.values()):
                if person.works(day):
                    self._workday(store, person, lists.get(person.id, []), day)

    def _workday(self, store: Store, person: Person, tasks: list[TaskRow], day: date) -> None:
        hours = person.hours
        ready = [task for task in tasks if self._means_to(person, task, day)]
        for task in sorted(ready, key=lambda task: (task.due_on, *task.order)):
            cost = HOURS.get(task.contact or "", OTHER_HOURS)
            if cost > hours:
                break
            hours -= cost
            self._carry_out(store, person, task, day)
        if person.role == "sales":
            self._rounds(person, hours, day)

    def _means_to(self, person: Person, task: TaskRow, day: date) -> bool:
        """Whether the person gets to the task today; decided once, and again when it was escalated."""
        dice = Dice(self.world.seed * 100 + 5, zlib.crc32(f"{task.id} {person.id}".encode()))
        if task.id not in self.meant:
            left = max((task.due_on - day).days, 0)
            if dice.chance(person.diligence):
                self.meant[task.id] = day + timedelta(dice.between(0, left))
            else:
                late = task.due_on + timedelta(dice.between(1, 12))
                self.meant[task.id] = late if dice.chance(LATE) else NEVER
        if task.escalated and task.id not in self.asked:
            self.asked.add(task.id)
            if dice.chance(ASKED):
                self.meant[task.id] = min(self.meant[task.id], day + timedelta(dice.between(0, 3)))
        return self.meant[task.id] <= day

    def _carry_out(self, store: Store, person: Person, task: TaskRow, day: date) -> None:
        dice = Dice(self.world.seed * 100 + 6, zlib.crc32(f"{task.id} {day}".encode()))
        word = Word(person.id, datetime.combine(day, time(17)))
        lot = dice.near(0.5, 1)
        if lot < FALSE_ALARM:
            self._say("false alarm", lambda: false_alarm(store, task.id, word, "all"))
        elif lot < FALSE_ALARM + SNOOZE and task.due_on >= day:
            until = day + timedelta(dice.between(3, 10))
            self._say("snoozed", lambda: snooze(store, task.id, word, until))
            self.meant[task.id] = until
        elif lot < FALSE_ALARM + SNOOZE + REASSIGN and person.role == "sales":
            others = [one for one in self.world.staff.sellers(day) if one is not person]
            self._say("reassigned", lambda: reassign(store, task.id, word, dice.pick(others).id))
            self.meant.pop(task.id, None)
        else:
            self._do(store, person, task, day, dice, word)

    def _do(self, store: Store, person: Person, task: TaskRow, day: date, dice: Dice, word: Word) -> None:
        if task.subject_type == "handover":
            self._step_of_hand_over(person, task, day)
            return
        if task.status == "open" and dice.chance(0.1):
            self._say("started", lambda: start(store, task.id, word))
        for part in (task, *task.joined):
            carry_out(self.world, person, part.subject_type, part.subject, part.play, part.step, day)
        topic = next((TOPICS[part.play] for part in (task, *task.joined) if part.play in TOPICS), None)
        account = self.world.accounts.get(task.account or "")
        if account is not None and account.lost:
            account = None
        record = None
        if task.contact and account is not None:
            account.mood = min(account.mood + 0.01, 1)
            account.seen["any"] = account.seen[f"{person.role} {task.contact}"] = day
            if topic is None and dice.chance(0.5):
                record = task.contact
            else:
                meet(self.world.files, account, person.id, person.role, day, task.contact, topic)
            if task.contact == "visit" and dice.chance(PROMISED):
                self.world.promise(account, person.id, day)
        elif topic is not None and account is not None:
            meet(self.world.files, account, person.id, person.role, day, "visit", topic)
        if record is None and dice.chance(UNSAID):
            self.meant[task.id] = day + timedelta(3)  # done, but not said; if the facts do not show it, said later
            return
        self._say("done", lambda: done(store, task.id, word, "effective" if task.contact else None, record))

    def _say(self, what: str, word: object) -> None:
        assert callable(word)
        try:
            word()
            self.said[what] += 1
        except UsageError as fault:
            self.said[f"refused: {fault.message[:60]}"] += 1

    def _rounds(self, person: Person, hours: float, day: date) -> None:
        """What a seller does unasked: those who have not been seen for longest, as far as time and zeal reach."""
        dice = Dice(self.world.seed * 100 + 7, zlib.crc32(f"{person.id} {day}".encode()))
        own = [one for one in self.world.accounts.values() if one.owner == person.id and not one.lost]
        for channel, most in (("visit", 2), ("call", 3)):
            last = {one.id: one.seen.get(f"sales {channel}", self.world.first) for one in own}
            waited = sorted(((day - last[one.id]).days / PACE[one.size], one.id) for one in own)
            for share, id in reversed(waited[-most:]):
                if share > 0.7 and hours > HOURS[channel] and dice.chance(person.diligence):
                    hours -= HOURS[channel]
                    meet(self.world.files, self.world.accounts[id], person.id, "sales", day, channel)
                    if channel == "visit" and dice.chance(PROMISED):
                        self.world.promise(self.world.accounts[id], person.id, day)

    def _hand_over(self, day: date) -> None:
        """A manager accepts what is proposed for a leaver two days after the notice, and closes it at the end."""
        for leaver in list(self.leaving):
            last = leaver.row["left_on"]
            boss = self.world.staff.by_id[leaver.row["manager"]]
            word = HandoverWord(boss.id, datetime.combine(day, time(9)))
            if (day - leaver.row["notice_on"]).days < min(2, (last - leaver.row["notice_on"]).days):
                continue
            with open_ground(self.workspace.store, self.policy, self.workspace.calendar, day) as ground:
                owned = any(one.owner == leaver.id and not one.lost for one in self.world.accounts.values())
                if owned and leaver.id not in self.asked:
                    self.asked.add(leaver.id)
                    try:
                        taken = accept(ground, leaver.id, (), word, all=True, anyway=True)
                    except UsageError as fault:
                        self.said[f"refused: {fault.message[:60]}"] += 1
                        continue
                    self.said["hand-overs accepted"] += len(taken.accepted)
                    since = dict(taken.since)
                    for line in taken.accepted:
                        self.world.hand_on(line.account, line.rep or "", max(since[line.account], day + timedelta(1)))
                    for line in taken.nobody:
                        to = self.world.staff.sellers(day)[0].id
                        given = change(ground, leaver.id, line.account, to, word, anyway=True)
                        self.world.hand_on(line.account, to, max(dict(given.since)[line.account], day + timedelta(1)))
                elif day >= last:
                    plan = close(ground, leaver.id, word)
                    self.said["departures closed" if not plan.missing else "departures kept open"] += 1
                    if not plan.missing or day > last + timedelta(20):
                        self.leaving.remove(leaver)

    def _step_of_hand_over(self, person: Person, task: TaskRow, day: date) -> None:
        """Said where hand-overs are said; the task then ends by the facts."""
        word = HandoverWord(person.id, datetime.combine(day, time(17)))
        channel = task.contact or ("letter" if task.step == "tell" else None)
        with open_ground(self.workspace.store, self.policy, self.workspace.calendar, day) as ground:
            try:
                hand_over_step(ground, task.account or "", _STEPS[task.step], word, record=channel)
                self.said["steps of hand-overs"] += 1
            except (UsageError, KeyError) as fault:
                self.said[f"refused: {str(getattr(fault, 'message', fault))[:40]}"] += 1
        self.meant[task.id] = day + timedelta(5)
