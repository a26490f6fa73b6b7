"""Why a rule did not conclude: its condition with the verdict of each part, and the smallest change that turns it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.audit.behind import Behind
from engine.audit.changes import MOST_DAYS, At, Proposer, of_account
from engine.audit.judging import judge, settle, subjects
from engine.audit.reasons import Reason, plain
from engine.audit.reckoning import Reckoning
from engine.audit.supposing import Change, suppose
from engine.errors import UsageError
from engine.policy.expressions import Expression, rules_in
from engine.policy.faults import nearest
from engine.policy.model import Condition, Evidence, Play, Policy, Signal
from engine.policy.names import ACCOUNT, COUNT_NAMES, account_path
from engine.reasoning.rete.evaluate import Row

SHOWN_CHANGES = 3
NEW = "supposed"  # the id of a fact that would have to be there
GREEN: Mapping[str, Any] = {"level": "green"}
SHOWN_FACTS = 5  # of the facts that a rule could have concluded about
DEEPEST = 4  # signals within signals


@dataclass(frozen=True)
class Absence:
    """Why a rule did not hold. `holds`: it did, and there is nothing to explain.

    `tree` is the rule with its conditions for the fact nearest to holding; `first` the first part that fails;
    `missing` the fact types without any file for want of which the rule was not judged; `changes` the smallest
    changes that make it hold, each tried out.
    """

    rule: str
    kind: str  # signal or play
    account: str | None
    tree: Reason
    holds: bool = False
    first: Reason | None = None
    missing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `holdfast why-not --format json` prints."""
        return {
            "rule": self.rule, "kind": self.kind, "account": self.account, "holds": self.holds,
            "not_judged_for_want_of": list(self.missing),
            "first_that_fails": None if self.first is None else self.first.as_json(),
            "smallest_changes": [
                {
                    "days": change.days,
                    "added": [{"type": type, **plain(row)} for type, row in change.added],
                    "fields": [
                        {"type": type, "id": id, "field": field, "value": plain(value)}
                        for type, id, field, value in change.fields
                    ],
                    "gone": [{"type": type, "id": id} for type, id in change.gone],
                }
                for change in self.changes
            ],
            "because": self.tree.as_json(),
        }  # fmt: skip


def why_not(
    policy: Policy, behind: Behind, rule: str, account: str | None, subject: str | None = None,
    standing: Mapping[str, Any] = GREEN, tried: bool = True,
) -> Absence:  # fmt: skip
    """Why a signal or a play did not hold for an account, or for one fact of it, on the day of `behind`.

    `standing` is the account's recorded risk, for plays that ask for it. Without `tried` no change of facts is
    looked for. Raises UsageError for an unknown rule, account or fact.
    """
    named: Signal | Play | None = policy.signals.get(rule) or policy.plays.get(rule)
    if named is None:
        raise UsageError(
            f"there is no signal or play '{rule}'", nearest(rule, (*policy.signals, *policy.plays)) or "see rules/"
        )
    if account is not None and behind.fact(ACCOUNT, account) is None:
        raise UsageError(f"there is no account '{account}' in the facts of that night")
    return _WhyNot(policy, behind, account, standing, tried).absence(named, account, subject)


class _WhyNot(Reckoning):
    def __init__(
        self, policy: Policy, behind: Behind, account: str | None, standing: Mapping[str, Any], tried: bool
    ) -> None:
        super().__init__(policy, behind)
        self.standing, self.tried = standing, tried
        self._stand(behind, account)

    def absence(self, named: Signal | Play, account: str | None, subject: str | None) -> Absence:
        kind = "signal" if isinstance(named, Signal) else "play"
        missing = tuple(sorted(named.needs - self.behind.present))
        head = {"title": dict(named.title), "about": named.about}
        if missing:
            tree = Reason("rule", named.name, holds=False, place=named.place, detail=head)
            return Absence(named.name, kind, account, tree, missing=missing)
        rows = self._rows(named, account, subject)
        trees = sorted((self._tree(named, row, account, 0) for row in rows), key=_failing)
        if not trees:
            tree = Reason("rule", named.name, holds=False, place=named.place, detail={**head, "none": named.about})
            return Absence(named.name, kind, account, tree, changes=self._with_a_fact(named, account))
        best = trees[0]
        if best.holds:
            return Absence(named.name, kind, account, best, holds=True)
        row = next(row for row in rows if row["id"] == best.detail["subject"])
        changes = self._changes(named, row, account) if self.tried else ()
        others = tuple(
            Reason("other", tree.detail["subject"], holds=False, children=tuple(filter(None, [_first(tree)])))
            for tree in trees[1 : SHOWN_FACTS + 1]
        )
        hidden = {"hidden": max(len(trees) - 1 - SHOWN_FACTS, 0)} if len(trees) > 1 else {}
        tree = Reason(
            best.kind, best.text, holds=False, place=best.place, detail={**best.detail, **hidden},
            children=(*best.children, *others),
        )  # fmt: skip
        return Absence(named.name, kind, account, tree, first=_first(best), changes=changes)

    def _rows(self, named: Signal | Play, account: str | None, subject: str | None) -> list[Row]:
        if subject is not None:
            row = self.behind.fact(named.about, subject)
            if row is None:
                raise UsageError(f"there is no {named.about} '{subject}' in the facts of that night")
            return [row]
        path = account_path(self.policy.contract, named.about)
        if path is None:
            if isinstance(named, Signal) and named.touches:
                return subjects(self.policy, self.behind, named.name, account)
            raise UsageError(
                f"'{named.name}' is about a {named.about}, not about an account", "name which one with --subject ID"
            )
        if account is None:
            raise UsageError(f"'{named.name}' needs an account")
        if not path:
            found = self.behind.fact(ACCOUNT, account)
            return [] if found is None else [found]
        return self.behind.of_account(named.about, account)

    def _tree(self, named: Signal | Play, row: Row, account: str | None, depth: int) -> Reason:
        account = account or of_account(self.policy, named.about, row)
        node = named.when if isinstance(named, Signal) else named.trigger
        settle(self.policy, self.behind, named.about, row, account, node)
        holds = self._holds(named, row, account)
        place = named.when_place if isinstance(named, Signal) else named.trigger_place
        children: list[Reason] = []
        if named.condition is not None:
            whole = self._part(named, named.condition, row, account, depth, place)
            children = list(whole.children) if whole.detail.get("joiner") == "and" else [whole]
        detail: dict[str, Any] = {"title": dict(named.title), "about": named.about, "subject": row["id"]}
        if named.about != ACCOUNT:
            children.append(self.row(named.about, row))
        return Reason("rule", named.name, holds=holds, place=named.place, detail=detail, children=tuple(children))

    def _holds(self, named: Signal | Play, row: Row, account: str | None) -> bool:
        if isinstance(named, Signal):
            return judge(self.policy, self.behind, named.name, row, account)
        return bool(self.behind.value(named.about, row, named.trigger))

    def _part(
        self, named: Signal | Play, part: Condition, row: Row, account: str | None, depth: int, place: Any
    ) -> Reason:
        holds = bool(self.behind.value(named.about, row, part.value))
        if part.parts:
            inner = tuple(self._part(named, each, row, account, depth, place) for each in part.parts)
            return Reason(
                "condition", part.text, holds=holds, place=place, detail={"joiner": part.joiner}, children=inner
            )
        values = [self._named(named, used, row, set()) for used in part.names if not used.name.startswith("signal(")]
        rests = self._rests(named, part.value, row, account, depth)
        return Reason("condition", part.text, holds=holds, place=place, children=(*values, *rests))

    def _named(self, named: Signal | Play, used: Evidence, row: Row, above: set[str]) -> Reason:
        reason = self.inner(named.about, used, row, set())
        let = next((let for let in named.lets if let.name == used.name), None)
        if let is None:
            return reason
        within = [e for e in named.evidence if e.name in let.names and e.name not in above]
        below = tuple(self._named(named, each, row, above | {used.name}) for each in within)
        return Reason("value", used.name, value=reason.value, detail={"is": let.text}, children=below)

    def _rests(self, named: Signal | Play, node: Expression, row: Row, account: str | None, depth: int) -> list[Reason]:
        """The signals that a part asks for, opened up as far as they are of use."""
        found = []
        for rule in dict.fromkeys(rules_in(node)):
            below = self.policy.signals[rule]
            if missing := sorted(below.needs - self.behind.present):
                found.append(Reason("rule", rule, holds=False, place=below.place, detail={"missing": missing}))
                continue
            rows = [row] if below.about == named.about else subjects(self.policy, self.behind, rule, account)
            if depth >= DEEPEST or not rows:
                detail = {"title": dict(below.title), "about": below.about, "none": "" if rows else below.about}
                found.append(Reason("rule", rule, holds=False, place=below.place, detail=detail))
            else:
                found.append(min((self._tree(below, each, account, depth + 1) for each in rows), key=_failing))
        return found

    def _changes(self, named: Signal | Play, row: Row, account: str | None) -> tuple[Change, ...]:
        """The smallest changes after which the rule holds, the smallest first; each one is tried out."""
        account = account or of_account(self.policy, named.about, row)
        node = named.when if isinstance(named, Signal) else named.trigger
        wishes = Proposer(self.policy, self.behind).wish(node, At(named.about, row, account))
        return self._tried(named, str(row["id"]), account, wishes)

    def _with_a_fact(self, named: Signal | Play, account: str | None) -> tuple[Change, ...]:
        """The same where there is no fact yet that the rule could be about: with a new one."""
        path = account_path(self.policy.contract, named.about)
        if path is None or account is None:
            return ()
        type = self.policy.contract[named.about]
        fact: dict[str, Any] = {"id": NEW, path[0]: account}
        if type.known_from is not None:
            fact[type.known_from] = self.behind.today
        begun = Change(added=((named.about, fact),))
        node = named.when if isinstance(named, Signal) else named.trigger
        after = suppose(self.behind, begun)
        self._stand(after, account)
        row = after.fact(named.about, NEW)
        if row is None:
            return ()
        wishes = Proposer(self.policy, after).wish(node, At(named.about, row, account))
        return self._tried(named, NEW, account, [begun & change for change in wishes])

    def _tried(
        self, named: Signal | Play, subject: str, account: str | None, wishes: Iterable[Change]
    ) -> tuple[Change, ...]:
        good: list[Change] = []
        if not self.tried:
            return ()
        for change in sorted({repr(wish): wish for wish in wishes}.values(), key=lambda wish: wish.size):
            less = (replace(change, days=known.days) == known and known.days <= change.days for known in good)
            if change.days <= MOST_DAYS and not any(less) and self._works(named, subject, account, change):
                good.append(change)
                if len(good) == SHOWN_CHANGES:
                    break
        return tuple(good)

    def _works(self, named: Signal | Play, subject: str, account: str | None, change: Change) -> bool:
        after = suppose(self.behind, change)
        self._stand(after, account)
        row = after.fact(named.about, subject)
        if row is None:
            return False
        if isinstance(named, Signal):
            return judge(self.policy, after, named.name, row, account)
        settle(self.policy, after, named.about, row, account, named.trigger)
        return bool(after.value(named.about, row, named.trigger))

    def _stand(self, behind: Behind, account: str | None) -> None:
        if account is not None:
            names = {f"signals.{name}": self.standing.get(name, 0) for name in COUNT_NAMES}
            behind.stand(account, self.standing["level"], {"score": self.standing.get("score", 0), **names})


def _failing(tree: Reason) -> tuple[bool, int]:
    """How far a rule is from holding: the tests that fail."""
    return not tree.holds, sum(1 for each in _tests(tree.children) if each.holds is False)


def _tests(reasons: Sequence[Reason]) -> list[Reason]:
    return [
        test
        for reason in reasons
        if reason.kind == "condition"
        for test in (_tests(reason.children) if reason.detail.get("joiner") else [reason])
    ]


def _first(tree: Reason) -> Reason | None:
    """The first part of a rule's condition that fails; of an `or`, the whole."""
    return next((part for part in tree.children if part.kind == "condition" and not part.holds), None)
