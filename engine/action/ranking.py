"""What accounts count for: the place of their tier, and the measure by which the policy ranks them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.action.facts import Facts
from engine.policy.kinds import Kind
from engine.policy.model import TIERS, Policy
from engine.policy.names import ACCOUNT
from engine.reasoning.columnar.asking import open_night
from engine.reasoning.days import Workdays

_RANKED = """
select t.account, t.tier, null
from account_tier t join (select unnest($1::varchar[]) account) a using (account)
"""
_MEASURED = """
select t.account, t.tier, try_cast(m.worth as double)
from account_tier t join (select unnest($1::varchar[]) account) a using (account)
left join (select id, #2 as worth from value_at_risk) m on m.id = t.account
"""


@dataclass(frozen=True)
class AccountRanks:
    """Tiers and values by a night's facts; `conclusions` is its folder, for measures that count signals."""

    policy: Policy
    facts: Facts
    today: date
    conclusions: Path
    calendar: Workdays | None

    def __call__(self, accounts: AbstractSet[str]) -> Mapping[str, tuple[int, float]]:
        """The place of each account's tier among the classes, from 0, and its value; 0 where that is missing.

        Reckoned over all facts in sets. Raises EngineError.
        """
        if ACCOUNT not in self.facts.present:
            return {}
        places = {name: place for place, name in enumerate(self._classes())}
        measure = self.policy.measures.get((ACCOUNT, self.policy.tiers.measure or ""))
        with open_night(self.policy, self.facts, self.today, self.conclusions, self.calendar) as asked:
            query = _RANKED
            if measure is not None and measure.kind in (Kind.INTEGER, Kind.NUMBER, Kind.MONEY):
                asked.measured(ACCOUNT, {measure.name: measure.kind}, "value_at_risk")
                query = _MEASURED
            rows = asked.db.execute(query, [sorted(accounts)]).fetchall()
        return {account: (places.get(tier, len(places)), float(value or 0)) for account, tier, value in rows}

    def _classes(self) -> list[str]:
        tiers = self.policy.tiers
        names = [name for name, _ in tiers.classes] if tiers.by == "rank" else list(TIERS)
        return names or list(TIERS)
