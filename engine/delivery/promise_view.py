"""What `holdfast promise check` says: for people, and as JSON."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import clean, render
from engine.policy.model import Words
from engine.telling.guard import Verdict

_STYLES = {"promise": "bold green", "hedge": "bold yellow", "persuade": "bold yellow", "refuse": "bold red"}


def verdict_view(found: Verdict, language: str, words: Mapping[str, Words]) -> RenderableType:
    """The verdict with its reason, limits, offer, approval and wording, for a terminal."""
    said = found.verdict if language == "en" else f"{phrase(f'verdict_{found.verdict}', language)} ({found.verdict})"
    head = Text(phrase("verdict", language) + (": " if language == "en" else "："))
    head.append(said, _STYLES.get(found.verdict, "bold"))
    lines = Table.grid(padding=(0, 2))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(overflow="fold")
    for name, text in _lines(found, language, words):
        lines.add_row("  " + phrase(name, language), Text(text))
    wording = Group(Text(found.text_title, style="bold"), Text(found.text))
    return Group(
        head, lines, Text("  " + phrase("verdict_wording", language), style="dim"), Padding(wording, (0, 0, 0, 4))
    )


def verdict_json(found: Verdict) -> dict[str, Any]:
    """The same for programs."""
    names, wish = found.names, found.wish
    return {
        "verdict": found.verdict,
        "title": found.title,
        "because": found.because,
        "account": found.account,
        "account_name": found.account_name,
        "tier": found.tier,
        "wish": {
            name: _plain(wish.get(name))
            for name in ("kind", "rep", "due_on", "value", "certainty", "insisted", "answers_risk")
        },
        "within_limits": found.within,
        "limits": {
            "lead_days": {
                "wished": names["promise_lead"],
                "least": names["promise_least_lead"],
                "kept": not names["promise_too_soon"],
            },
            "value": {
                "wished": _plain(wish.get("value")),
                "most": _plain(found.most_value),
                "kept": not names["promise_too_much"],
                "share_of_price": bool(names["promise_is_share"]),
            },
        },
        "reserve": found.reserve,
        "offer": None if found.offer is None else {name: _plain(value) for name, value in found.offer.items()},
        "approval": {
            "needed": found.needs_approval,
            "by": names["promise_approver_id"] if found.needs_approval else None,
            "name": names["promise_approver"] if found.needs_approval else None,
            "given": found.approved,
        },
        "template": found.template,
        "text": {"title": found.text_title, "body": found.text},
        "source": list(found.source),
    }


def _lines(found: Verdict, language: str, words: Mapping[str, Words]) -> Iterator[tuple[str, str]]:
    def show(text: str, value: Any) -> str:
        return render(text, {"x": value}, language, words)

    names, wish = found.names, found.wish
    money = "{{ x | percent }}" if names["promise_is_share"] else "{{ x | money }}"
    name = clean(found.account_name)
    yield "verdict_customer", phrase("verdict_of_tier", language, name=name, account=found.account, tier=found.tier)
    yield "verdict_why", found.because
    limits = []
    if names["promise_lead"] is not None:
        kept = "verdict_lead_missed" if names["promise_too_soon"] else "verdict_lead_met"
        lead, least = (show("{{ x | days }}", names[n]) for n in ("promise_lead", "promise_least_lead"))
        limits.append(phrase(kept, language, lead=lead, least=least))
    if wish.get("value") is not None:
        kept = "verdict_value_missed" if names["promise_too_much"] else "verdict_value_met"
        value, most = (show(money, v) for v in (wish["value"], found.most_value))
        limits.append(phrase(kept, language, value=value, most=most))
    yield "verdict_limits", "\n".join(limits) or phrase("verdict_no_limit", language)
    yield "verdict_offer", "\n".join(_offer(found, language, show, money))
    yield "verdict_approval", _approval(found, language)
    if wish.get("answers_risk"):
        yield "verdict_risk", show("{{ x | word }}", wish["answers_risk"])


def _offer(found: Verdict, language: str, show: Any, money: str) -> Iterator[str]:
    offer, wish = found.offer, found.wish
    if offer is None:
        yield phrase("verdict_offer_nothing", language)
        return
    for field, form, name in (("due_on", "{{ x }}", "day"), ("value", money, "value")):
        if offer[field] is None:
            continue
        same = wish.get(field) is not None and float_of(offer[field]) == float_of(wish[field])
        said = f"verdict_offer_{name}" if same or wish.get(field) is None else f"verdict_offer_{name}_was"
        yield phrase(said, language, **{name: show(form, offer[field]), "was": show(form, wish.get(field))})
    if found.verdict == "hedge":
        yield phrase("verdict_offer_reserve", language, share=show("{{ x | percent }}", found.reserve))


def _approval(found: Verdict, language: str) -> str:
    if found.needs_approval:
        who = clean(str(found.names["promise_approver"] or "")) or phrase("verdict_manager", language)
        return phrase("verdict_approval_by", language, who=who)
    if found.approved:
        who, why = (clean(str(found.wish.get(name) or "")) for name in ("approved_by", "approval_reason"))
        return phrase("verdict_approval_given", language, who=who, why=why)
    return phrase("verdict_approval_none", language)


def float_of(value: Any) -> Any:
    """Amounts of different kinds in one that compares."""
    return float(value) if isinstance(value, Decimal | int | float) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value
