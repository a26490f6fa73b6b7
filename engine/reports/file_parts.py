"""The parts of the customer file that are lists of fact rows: people, contacts, trade, money, promises, complaints."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.reports.dossier import Section
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, Table

MOST = 8  # rows of a list that are shown; `total` says how many there are


@dataclass(frozen=True)
class Part:
    """A list of one account's rows: the fact type it needs, its columns, its query (parameter 1: the account)."""

    needs: str
    columns: tuple[Column, ...]
    query: str


def part_section(source: ReportSource, name: str, account: str, most: int | None) -> Section:
    """One list as a section, the latest `most` rows of it; a gap where its facts are absent."""
    part = PARTS[name]
    if not source.has(part.needs):
        return Section(name, gap=Said("gap_no_facts", {"part": Said(f"section_{name}"), "types": part.needs}))
    values = {"account": account, "today": source.today}
    rows = source.rows(part.query, {key: value for key, value in values.items() if f"${key}" in part.query})
    kept = tuple(rows if most is None else rows[:most])
    return Section(name, rows=Table(Said(f"section_{name}"), part.columns, kept, total=len(rows)))


PARTS: Mapping[str, Part] = {
    "contacts": Part(
        "contact",
        (Column("contact"), Column("position"), Column("department"), Column("contact_level", As.WORD),
         Column("influence", As.FLAG), Column("last_on", As.DATE), Column("tastes", spare=True),
         Column("id", spare=True), Column("met_on", As.DATE, spare=True)),
        """
        select c.name, c.position, c.department, c.level, c.influence, max(i.happened_on), c.tastes, c.id, c.met_on
        from contact c left join interaction i on i.contact = c.id
        where c.account = $account and c.left_on is null
        group by c.id, c.name, c.position, c.department, c.level, c.influence, c.tastes, c.met_on
        order by case c.level when 'executive' then 1 when 'director' then 2 when 'manager' then 3 else 4 end,
                 c.influence desc nulls last, c.id
        """,
    ),
    "log": Part(
        "interaction",
        (Column("happened_on", As.DATE), Column("channel", As.WORD), Column("who_name"), Column("contact"),
         Column("outcome", As.WORD), Column("note"), Column("topic", As.WORD, spare=True), Column("id", spare=True)),
        """
        select i.happened_on, i.channel, coalesce(r.name, i.rep), coalesce(c.name, i.contact), i.outcome, i.note,
               i.topic, i.id
        from interaction i left join rep r on r.id = i.rep left join contact c on c.id = i.contact
        where i.account = $account order by i.happened_on desc, i.id desc
        """,
    ),
    "appointments": Part(
        "appointment",
        (Column("planned_on", As.DATE), Column("channel", As.WORD), Column("who_name"), Column("id", spare=True)),
        """
        select p.planned_on, p.channel, coalesce(r.name, p.rep), p.id
        from appointment p left join rep r on r.id = p.rep
        where p.account = $account and p.cancelled_on is null and p.planned_on >= $today order by p.planned_on, p.id
        """,
    ),
    "orders": Part(
        "order",
        (Column("day", As.DATE), Column("product"), Column("amount", As.MONEY), Column("margin", As.MONEY),
         Column("who_name"), Column("cancelled_on", As.DATE, spare=True), Column("id", spare=True)),
        """
        select o.ordered_on, o.product, o.amount, o.margin, coalesce(r.name, o.rep), o.cancelled_on, o.id
        from "order" o left join rep r on r.id = o.rep
        where o.account = $account and o.cancelled_on is null order by o.ordered_on desc, o.id desc
        """,
    ),
    "quotes": Part(
        "quote",
        (Column("day", As.DATE), Column("product"), Column("amount", As.MONEY), Column("state", As.WORD),
         Column("decided_on", As.DATE), Column("lost_to"), Column("lost_reason", As.WORD, spare=True),
         Column("id", spare=True)),
        """
        select quoted_on, product, amount,
               case when won_on is not null then 'won' when lost_on is not null then 'lost' else 'undecided' end,
               coalesce(won_on, lost_on), lost_to, lost_reason, id
        from quote where account = $account order by quoted_on desc, id desc
        """,
    ),
    "receivables": Part(
        "invoice",
        (Column("id"), Column("issued_on", As.DATE), Column("due_on", As.DATE), Column("amount", As.MONEY),
         Column("open_amount", As.MONEY), Column("days_late", As.INTEGER)),
        """
        select i.id, i.issued_on, i.due_on, i.amount, i.amount - coalesce(i.paid_amount, 0),
               nullif(greatest($today - i.due_on, 0), 0)
        from invoice i join file_invoice m on m.id = i.id
        where i.account = $account and coalesce(m.invoice_open, i.paid_on is null)
              and i.amount > coalesce(i.paid_amount, 0)
        order by i.due_on, i.id
        """,
    ),
    "hosting": Part(
        "hosting",
        (Column("planned_on", As.DATE), Column("held_on", As.DATE), Column("venue"), Column("guests", As.INTEGER),
         Column("budget", As.MONEY), Column("who_name"), Column("id", spare=True)),
        """
        select h.planned_on, h.held_on, h.venue, h.guests, h.budget, coalesce(r.name, h.host), h.id
        from hosting h left join rep r on r.id = h.host
        where h.account = $account and h.cancelled_on is null order by h.planned_on desc, h.id
        """,
    ),
    "promises": Part(
        "promise",
        (Column("kind", As.WORD), Column("made_on", As.DATE), Column("due_on", As.DATE), Column("worth", As.MONEY),
         Column("state", As.WORD), Column("text"), Column("who_name", spare=True),
         Column("kept_on", As.DATE, spare=True),
         Column("id", spare=True)),
        """
        with late as (
            select distinct subject from signals where rule in ('promise-overdue', 'reward-overdue', 'reward-earned')
        ),
        stated as (
            select p.*, case when p.withdrawn_on is not null then 'withdrawn'
                             when p.kept_on > p.due_on then 'kept_late' when p.kept_on is not null then 'kept'
                             when l.subject is not null then 'late'
                             when p.condition_amount is not null then 'conditional'
                             when p.due_on < $today then 'late' else 'pending' end as state
            from promise p left join late l on l.subject = p.id
            where p.account = $account
        )
        select p.kind, p.made_on, p.due_on, p.value, p.state, p.text, coalesce(r.name, p.rep), p.kept_on, p.id
        from stated p left join rep r on r.id = p.rep
        order by p.state not in ('late', 'pending', 'conditional'), coalesce(p.due_on, p.made_on) desc, p.id
        """,
    ),
    "complaints": Part(
        "complaint",
        (Column("day", As.DATE), Column("kind", As.WORD), Column("severity", As.WORD), Column("state", As.WORD),
         Column("resolved_on", As.DATE), Column("text"), Column("id", spare=True)),
        """
        select c.opened_on, c.kind, c.severity,
               case when not coalesce(m.complaint_unsolved, c.resolved_on is null) then 'solved'
                    when c.reopened_on is not null then 'reopened'
                    when c.answered_on is null then 'unanswered' else 'unsolved' end,
               c.resolved_on, c.text, c.id
        from complaint c join file_complaint m on m.id = c.id
        where c.account = $account
        order by c.resolved_on is not null and m.complaint_unsolved is not true, c.opened_on desc, c.id
        """,
    ),
    "renewals": Part(
        "subscription",
        (Column("product"), Column("started_on", As.DATE), Column("ends_on", As.DATE), Column("amount", As.MONEY),
         Column("state", As.WORD), Column("id", spare=True)),
        """
        select product, started_on, ends_on, amount,
               case when cancelled_on is not null then 'cancelled' when renewed_on is not null then 'renewed'
                    when ends_on < $today then 'ended' else 'running' end as state, id
        from subscription where account = $account
        order by state <> 'running', ends_on desc, id
        """,
    ),
    "deliveries": Part(
        "delivery",
        (Column("id"), Column("promised_on", As.DATE), Column("days_late", As.INTEGER), Column("urged", As.INTEGER)),
        """
        select id, promised_on, nullif(greatest($today - promised_on, 0), 0), urged
        from delivery where account = $account and delivered_on is null order by promised_on, id
        """,
    ),
    "rivals": Part(
        "rival_move",
        (Column("day", As.DATE), Column("rival"), Column("kind", As.WORD), Column("their_price", As.MONEY),
         Column("our_price", As.MONEY), Column("ended_on", As.DATE)),
        """
        select seen_on, rival, kind, their_price, our_price, ended_on
        from rival_move where account = $account order by seen_on desc, id
        """,
    ),
}  # fmt: skip
