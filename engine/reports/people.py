"""Whom a report is about: accounts and people by id or name, and who takes a contact."""

from collections.abc import Mapping
from functools import cached_property

from engine.action.assign import Assignment, Carers, People, assign
from engine.action.facts import read_people
from engine.errors import UsageError
from engine.policy.model import Policy
from engine.reports.source import ReportSource

NEAR = 3  # names offered for one that does not exist
SHORTEST_PART = 2  # letters from which a part of a name is looked for


def find_account(source: ReportSource, wanted: str) -> str:
    """The id of an account, given the id or a name that only one has. Raises UsageError with the nearest ones."""
    found = source.rows("select id from account where id = $1 or name = $1 order by id = $1 desc, id", [wanted])
    ids = [id for (id,) in found]
    if not ids:
        near = [f"{name} ({id})" for id, name in source.rows(_NEAREST_ACCOUNTS, [wanted.strip(), NEAR, SHORTEST_PART])]
        hint = f"did you mean {', '.join(near)}?" if near else "ids and names are those of the facts"
        raise UsageError(f"there is no account '{wanted}'", hint)
    if len(ids) > 1 and ids[0] != wanted:
        more = ", …" if len(ids) > 5 else ""
        raise UsageError(f"{len(ids)} accounts are called {wanted}: {', '.join(ids[:5])}{more}", "name one by the id")
    return str(ids[0])


def find_person(source: ReportSource, wanted: str) -> str:
    """The id of a person, given the id or a name that only one has. Raises UsageError."""
    ids = [id for (id,) in source.rows("select id from rep where id = $1 or name = $1 order by id", [wanted])]
    if wanted in ids:
        return wanted
    if not ids:
        near = [f"{name} ({id})" for id, name in source.rows(_NEAREST_PEOPLE, [wanted.strip(), NEAR, SHORTEST_PART])]
        hint = f"did you mean {', '.join(near)}?" if near else "name somebody by the id that the facts have"
        raise UsageError(f"nobody is called '{wanted}'", hint)
    if len(ids) > 1:
        raise UsageError(f"{len(ids)} people are called {wanted}: {', '.join(ids[:5])}", "name one by the id")
    return str(ids[0])


class Takers:
    """Who takes a matter: as the night assigns the tasks that come of it."""

    def __init__(self, source: ReportSource) -> None:
        self.source = source
        self._to: dict[str, str] = {}

    @cached_property
    def people(self) -> People:
        """Everyone known on the day."""
        return read_people(self.source.db(), self.source.snapshot, self.source.today)[0]

    def of(self, rule: str, role: str, carers: Carers) -> Assignment:
        """Who sees to the account where `rule` speaks of a contact by `role`."""
        return assign(self.whom(rule, role), carers, None, self.people)

    def whom(self, rule: str, role: str) -> str:
        """For whom the task of a rule is meant, such as owner.manager."""
        if rule not in self._to:
            self._to[rule] = _assigned(self.source.policy, rule) or ("owner" if role == "sales" else role)
        return self._to[rule]

    def name(self, person: str | None) -> str | None:
        """A person's name."""
        known = self.people.by_id.get(person) if person is not None else None
        return known.name if known else person

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Everyone's name by id."""
        return {id: person.name for id, person in self.people.by_id.items()}


def _assigned(policy: Policy, rule: str) -> str | None:
    """To whom the play that a cadence signal calls gives its first step."""
    plays = [play for play in policy.plays.values() if rule in play.signals and play.about == "account"]
    fewest = min(plays, key=lambda play: (len(play.signals), play.name), default=None)
    return fewest.steps[0].assign if fewest and fewest.steps else None


_NEAREST = """
select id, coalesce(name, id)
from (
    select id, name,
           case when length($1) >= $3 and contains(lower(name), lower($1)) then 1.0
                else greatest(jaro_winkler_similarity(lower(id), lower($1)),
                              coalesce(jaro_winkler_similarity(lower(name), lower($1)), 0)) end as near
    from {type}
)
where near >= 0.7
order by near desc, id
limit $2
"""
_NEAREST_ACCOUNTS = _NEAREST.format(type="account")
_NEAREST_PEOPLE = _NEAREST.format(type="rep")
