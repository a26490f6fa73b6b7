"""The relation with one account: its level, the network of contacts, satisfaction, the buying criteria."""

from collections.abc import Iterator

from engine.policy.kinds import Kind
from engine.reports.dossier import Fact, Section
from engine.reports.source import ReportSource
from engine.reports.table import As, Column, Said, SaidWord, Table

MEASURES = {
    "level_now": Kind.INTEGER, "network_strength": Kind.INTEGER, "contacts_known": Kind.INTEGER,
    "contact_levels": Kind.INTEGER, "contact_departments": Kind.INTEGER, "contacts_met": Kind.INTEGER,
    "employees_met": Kind.INTEGER, "satisfaction_now": Kind.TEXT, "satisfaction_before": Kind.TEXT,
    "satisfaction_on": Kind.DATE, "we_fit_now": Kind.BOOLEAN, "rival_fits_now": Kind.BOOLEAN, "criteria_on": Kind.DATE,
}  # fmt: skip
RESTS_ON = ("contact", "survey", "criteria", "alliance")
_NETWORK = (
    Column("contact_level", As.WORD), Column("department"), Column("count", As.INTEGER), Column("last_on", As.DATE),
)  # fmt: skip


def relation_section(source: ReportSource, account: str) -> Section:
    """Level and why, satisfaction, criteria, and the network by level and department with the last contact."""
    source.measured("account", MEASURES, "file_relation")
    rows = tuple(source.rows(_NETWORK_ROWS, [account]))
    absent = ", ".join(type for type in RESTS_ON if not source.has(type))
    gap = Said("gap_no_facts", {"part": Said("section_relation"), "types": absent}) if absent else None
    return Section("relation", tuple(_facts(source, account)), Table(Said("section_network"), _NETWORK, rows), gap)


def criteria_state(we_fit: bool | None, rival_fits: bool | None) -> str | None:
    """How safe a customer is by its buying criteria: safe, caution, alarm, or unmet where nobody fits them."""
    if we_fit is None or rival_fits is None:
        return None
    if we_fit:
        return "caution" if rival_fits else "safe"
    return "alarm" if rival_fits else "unmet"


def _facts(source: ReportSource, account: str) -> Iterator[Fact]:
    [(by_hand, *measures)] = source.rows(_RELATION, [account])
    known = dict(zip(MEASURES, measures, strict=True))
    level = by_hand if by_hand is not None else known["level_now"]
    yield Fact("relation_level", level, As.INTEGER, Said("level_by_facts" if by_hand is None else "level_by_hand"))
    people = known["contacts_known"] or None
    values = {name: known[name] or 0 for name in ("contact_levels", "contact_departments", "contacts_met")}
    wide = Said("network_of", {**values, "days": source.limit("network_days", 180)})
    yield Fact("contacts_known", people, As.INTEGER, wide)
    yield Fact("network_strength", known["network_strength"] if people else None, As.INTEGER, Said("of_ten"))
    yield Fact("employees_met", known["employees_met"] or None, As.INTEGER)
    now, before = known["satisfaction_now"], known["satisfaction_before"]
    said = "answered_after" if before is not None and before != now else "answered_on"
    answered = Said(said, {"day": known["satisfaction_on"], "before": SaidWord(before or "")})
    yield Fact("satisfaction", now, As.WORD, answered)
    state = criteria_state(known["we_fit_now"], known["rival_fits_now"])
    yield Fact("criteria", state, As.WORD, Said("assessed_on", {"day": known["criteria_on"]}))


_RELATION = """
select a.relation_level, m.* exclude (id) from account a join file_relation m using (id) where a.id = $1
"""
_NETWORK_ROWS = """
select c.level, c.department, count(distinct c.id), max(i.happened_on)
from contact c left join interaction i on i.contact = c.id
where c.account = $1 and c.left_on is null
group by c.level, c.department
order by coalesce(list_position(['executive', 'director', 'manager', 'staff'], c.level), 5),
         c.department nulls last
"""
