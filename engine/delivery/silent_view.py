"""Odd rules for the terminal: those that can match nobody, matched nobody for long, or match nearly everybody."""

from collections.abc import Iterator

from engine.audit.silent import Oddity, Silence
from engine.delivery.phrases import phrase
from engine.delivery.report_view import said_as
from engine.policy.impossible import Clash, impossible
from engine.policy.model import Policy
from engine.reports.report import Part, Report
from engine.reports.table import As, Column, Said, Table


def silent_report(found: Silence) -> Report:
    """The odd rules as a report of one table."""
    title = Said("silent_rules")
    columns = (Column("silent_rule"), Column("silent_why"), Column("place", spare=True))
    rows = tuple((each.rule, _why(each), str(each.place)) for each in found.oddities)
    notes = []
    if not rows and found.nights >= found.wanted:
        notes.append(Said("silent_none"))
    if found.nights < found.wanted:
        notes.append(Said("silent_young", {"nights": found.nights, "wanted": found.wanted}))
    names = ("rule", "kind", "place", "nights", "matched", "subjects", "type", "fields")
    data = tuple(
        (e.rule, e.kind, str(e.place), e.nights, e.matched, e.subjects, e.type, " ".join(e.fields))
        for e in found.oddities
    )
    plain = Table(title, tuple(Column(name, As.TEXT) for name in names), data)
    return Report(title, (Part("rules", Table(title, columns, rows, tuple(notes)), data=plain),))


def impossible_lines(policy: Policy, language: str) -> Iterator[str]:
    """A line for each signal, severity and play that no facts can ever meet."""
    for each in impossible(policy):
        why = said_as(_clash(each.why), language)
        if each.severity is None:
            yield phrase("impossible_rule", language, place=each.place, rule=each.rule, why=why)
        else:
            severity = policy.words.get(each.severity, {}).get(language, each.severity)
            yield phrase("impossible_severity", language, place=each.place, rule=each.rule, severity=severity, why=why)


def _why(each: Oddity) -> Said:
    match each.kind:
        case "unfilled":
            return Said("silent_unfilled", {"fields": ", ".join(each.fields)})
        case "nobody":
            return Said("silent_nobody", {"nights": each.nights})
        case "broad":
            count = Said("silent_subjects", {"count": each.subjects, "type": each.type})
            return Said("silent_broad", {"share": f"{each.matched / each.subjects:.0%}", "count": count})
    return Said("silent_impossible", {"why": _clash(each.why) if each.why is not None else ""})


def _clash(why: Clash) -> Said:
    return Said(f"impossible_{why.kind}", {"one": why.one, "two": why.two})
