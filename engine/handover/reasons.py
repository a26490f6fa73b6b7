"""Why a customer is proposed to somebody, as phrases: what speaks for it, and what does not."""

from collections.abc import Iterator

from engine.handover.candidates import Candidate, Moving
from engine.handover.proposing import Fit, Proposal
from engine.reports.table import Said


def reasons(customer: Moving, person: Candidate, proposal: Proposal, fit: Fit) -> tuple[Said, ...]:
    """The reasons for one proposal, the weightiest first."""
    return tuple(_reasons(customer, person, proposal, fit))


def _reasons(customer: Moving, person: Candidate, proposal: Proposal, fit: Fit) -> Iterator[Said]:
    if fit.second:
        yield Said("handover_why_second")
    if fit.department:
        yield Said("handover_why_department")
    elif person.department:
        yield Said("handover_why_other_department", {"department": person.department})
    else:
        yield Said("handover_why_no_department")
    if fit.region is not None:
        yield Said("handover_why_region" if fit.region else "handover_why_no_region", {"region": person.region or ""})
    if fit.rated:
        said = "handover_why_short" if fit.short else "handover_why_skilled"
        yield Said(said, {"tier": customer.tier, "short": fit.short})
    if proposal.free >= 0:
        yield Said("handover_why_room", {"hours": f"{proposal.free:g}"})
    else:
        yield Said("handover_why_over", {"hours": f"{-proposal.free:g}"})
    if person.assumed:
        yield Said("handover_why_assumed", {"hours": f"{person.capacity:g}"})
