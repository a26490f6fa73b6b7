"""What a leaver leaves open: promises, complaints, renewals and tasks, each with its carer to be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.handover.ground import Ground
from engine.policy.kinds import Kind

PROMISE, COMPLAINT, RENEWAL, TASK = "promise", "complaint", "renewal", "task"


@dataclass(frozen=True)
class Matter:
    """Something that is open and moves along with its customer. `carer`: who has it from then on, None for nobody."""

    kind: str
    id: str
    text: str | None
    account: str | None
    account_name: str | None
    day: date | None
    carer: str | None


def open_matters(ground: Ground, rep: str, accounts: Collection[str], carers: Mapping[str, str | None]) -> list[Matter]:
    """What is open at these customers, what the leaver promised or was complained about elsewhere, and their own tasks.

    `carers`: by account, who is to have it. Elsewhere it is the account's owner, where that is somebody who stays.
    """
    source = ground.source
    source.measured("complaint", {"complaint_unsolved": Kind.BOOLEAN}, "handover_complaint")
    values = {
        "rep": rep, "accounts": sorted(accounts),
        "lapsed": ground.today - timedelta(int(ground.limit("renewal_lapsed_days"))),
        "ahead": ground.today + timedelta(int(ground.limit("renewal_first_days"))),
    }  # fmt: skip
    rows = [
        *((PROMISE, *row) for row in source.rows(_PROMISES, _only(values, "rep", "accounts"))),
        *((COMPLAINT, *row) for row in source.rows(_COMPLAINTS, _only(values, "rep", "accounts"))),
        *((RENEWAL, *row) for row in source.rows(_RENEWALS, _only(values, "accounts", "lapsed", "ahead"))),
    ]
    stored = ground.store.rows(_TASKS, [rep])
    rows += [(TASK, id, title, account, date.fromisoformat(due)) for id, title, account, due in stored]
    known = {id: (name, owner) for id, name, owner in source.rows(_ACCOUNTS)}
    stays = {id for (id,) in source.rows("select id from rep where active")} - {rep}
    found = []
    for kind, id, text, account, day in rows:
        name, owner = known.get(account or "", (None, None))
        carer = carers.get(account or "", owner if owner in stays else None)
        found.append(Matter(kind, id, text, account, name, day, carer))
    return found


def _only(values: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: values[name] for name in names}


_ACCOUNTS = "select id, coalesce(name, id), owner from account"
_PROMISES = """
select p.id, coalesce(p.text, p.kind), p.account, p.due_on from promise p
join account a on a.id = p.account and a.lost_on is null
where p.kept_on is null and p.withdrawn_on is null and (p.account in (select unnest($accounts)) or p.rep = $rep)
order by p.due_on nulls last, p.id
"""
_COMPLAINTS = """
select c.id, coalesce(c.text, c.kind), c.account, c.opened_on from complaint c
join account a on a.id = c.account and a.lost_on is null
left join handover_complaint m on m.id = c.id
where coalesce(m.complaint_unsolved, c.resolved_on is null)
  and (c.account in (select unnest($accounts)) or c.rep = $rep)
order by c.opened_on, c.id
"""
_RENEWALS = """
select s.id, s.product, s.account, s.ends_on from subscription s
where s.renewed_on is null and s.cancelled_on is null and s.ends_on between $lapsed and $ahead
  and s.account in (select unnest($accounts))
order by s.ends_on, s.id
"""
_TASKS = """
select t.id, t.title, e.account, t.due_on from task t join episode e on e.id = t.episode
where t.assignee = ? and t.status in ('open', 'started') and t.joined is null order by t.due_on, t.id
"""
