"""What losing customers costs: the documents' reckoning, exactly, from any inputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from engine.errors import UsageError
from engine.policy.faults import nearest
from engine.policy.model import Limit
from engine.reports.report import Part, Report
from engine.reports.table import As, Column, Said, Table

SOURCE = ("D3.econ.loss", "D3.econ.cost", "D1.econ.facts")


@dataclass(frozen=True)
class Given:
    """An input: its value as an exact fraction, how it reads, and where it comes from."""

    name: str
    value: Fraction
    kind: As
    source: Said


@dataclass(frozen=True)
class Loss:
    """What a year's loss of customers takes away, exactly: customers, revenue and profit a year."""

    customers: Fraction
    revenue: Fraction
    profit: Fraction


# limit → how it reads, the value where the policy has none, the catalogue entry that it is from
FACTORS: Mapping[str, tuple[As, str, str]] = {
    "econ_replace_low": (As.NUMBER, "5", "D3.econ.cost"),
    "econ_replace_high": (As.NUMBER, "10", "D3.econ.cost"),
    "econ_loyalty_step": (As.PERCENT, "0.05", "D1.econ.facts"),
    "econ_loyalty_profit": (As.PERCENT, "0.25", "D1.econ.facts"),
    "econ_sell_new": (As.PERCENT, "0.15", "D1.econ.facts"),
    "econ_sell_old": (As.PERCENT, "0.5", "D1.econ.facts"),
    "econ_retention_low": (As.PERCENT, "0.25", "D1.econ.facts"),
    "econ_retention_high": (As.PERCENT, "0.85", "D1.econ.facts"),
    "econ_referral": (As.PERCENT, "0.6", "D1.econ.facts"),
    "econ_tell_unhappy_low": (As.NUMBER, "8", "D1.econ.facts"),
    "econ_tell_unhappy_high": (As.NUMBER, "10", "D1.econ.facts"),
    "econ_tell_happy_low": (As.NUMBER, "2", "D1.econ.facts"),
    "econ_tell_happy_high": (As.NUMBER, "3", "D1.econ.facts"),
    "econ_point_factor": (As.NUMBER, "2", "D1.econ.facts"),
}
BASES = {"customers": As.INTEGER, "loss_rate": As.PERCENT, "revenue": As.MONEY, "margin": As.PERCENT}
_SHARES = ("loss_rate", "margin", *(name for name, (kind, *_) in FACTORS.items() if kind is As.PERCENT))
_DIVIDED_BY = ("econ_sell_new", "econ_sell_old", "econ_loyalty_step")


def loss(customers: Fraction, loss_rate: Fraction, revenue: Fraction, margin: Fraction) -> Loss:
    """The customers lost, the revenue they brought and the profit in it, a year. Nothing is rounded."""
    lost = customers * loss_rate
    return Loss(lost, lost * revenue, lost * revenue * margin)


def number(name: str, text: str) -> Fraction:
    """An input as a person wrote it, exactly: 0.05, 5%, 64000, 64,000. Raises UsageError."""
    plain = text.strip().replace(",", "").replace("，", "").replace("％", "%")
    percent = plain.endswith("%")
    try:
        exact = Decimal(plain.removesuffix("%"))
        if not exact.is_finite() or abs(exact.adjusted()) > 30:
            raise ArithmeticError
        value = Fraction(exact) / (100 if percent else 1)
    except ArithmeticError:
        raise UsageError(f"{name}: '{text[:40]}' is no number", "write it as 64000, 0.05 or 5%") from None
    if value < 0:
        raise UsageError(f"{name} is {text}; it cannot be below nothing", "give 0 or more")
    if name in _SHARES and value > 1 and name != "econ_retention_high":
        raise UsageError(f"{name} is {text}; a share is at most 1", "write five percent as 0.05 or 5%")
    if name in _DIVIDED_BY and value == 0:
        raise UsageError(f"{name} is 0, and something is divided by it", "give more than 0")
    if name == "customers" and value.denominator != 1:
        raise UsageError(f"customers is {text}; customers come whole", "give a whole number")
    return value


def given_bases(texts: Mapping[str, str]) -> dict[str, Given]:
    """Those of the four inputs that a person gave. Raises UsageError."""
    return {name: Given(name, number(name, text), BASES[name], Said("econ_by_option")) for name, text in texts.items()}


def factors(limits: Mapping[str, Limit], changed: Mapping[str, str]) -> dict[str, Given]:
    """The documents' figures: as changed for this once, else as the policy's limits set them. Raises UsageError."""
    for name in changed:
        if name not in FACTORS:
            raise UsageError(
                f"there is no input '{name}'", nearest(name, FACTORS) or f"choose from {', '.join(FACTORS)}"
            )
    found = {}
    for name, (kind, default, entry) in FACTORS.items():
        if name in changed:
            found[name] = Given(name, number(name, changed[name]), kind, Said("econ_by_option"))
            continue
        limit = limits.get(name)
        text = repr(limit.values[None]) if limit is not None and None in limit.values else default
        found[name] = Given(name, number(name, text), kind, Said("econ_by_document", {"entry": entry, "limit": name}))
    return found


def economics_parts(bases: Mapping[str, Given], given: Mapping[str, Given]) -> tuple[Part, ...]:
    """The loss, what follows from it by the documents' figures, and every input with its source."""
    return (_loss(bases), _follows(bases, given), _inputs({**bases, **given}))


def economics_of(bases: Mapping[str, Given], given: Mapping[str, Given]) -> Report:
    """The report on inputs alone, without facts."""
    return Report(Said("econ_title"), economics_parts(bases, given))


def _loss(bases: Mapping[str, Given]) -> Part:
    found = loss(*(bases[name].value for name in BASES))
    rows = (
        (Said("econ_customers"), decimal(bases["customers"].value), Said("econ_how_given")),
        (Said("econ_lost"), decimal(found.customers), Said("econ_how_lost")),
        (Said("econ_revenue"), decimal(found.revenue), Said("econ_how_revenue")),
        (Said("econ_profit"), decimal(found.profit), Said("econ_how_profit")),
    )
    names = ("customers", "lost_customers", "lost_revenue", "lost_profit")
    columns = (Column("figure"), Column("value", As.MONEY), Column("how"))
    data = Table(
        Said("econ_loss"), (Column("figure"), Column("value", As.MONEY)),
        tuple((name, row[1]) for name, row in zip(names, rows, strict=True)),
    )  # fmt: skip
    return Part("loss", Table(Said("econ_loss"), columns, rows), (), data, (Said("define_econ_loss"),))


def _follows(bases: Mapping[str, Given], given: Mapping[str, Given]) -> Part:
    base = {name: each.value for name, each in (*bases.items(), *given.items())}
    lost = base["customers"] * base["loss_rate"]
    kept = base["customers"] - lost
    profit = base["customers"] * base["revenue"] * base["margin"]
    steps = base["loss_rate"] / base["econ_loyalty_step"]

    def of(low: Fraction, high: Fraction | None = None, *, up: bool = False) -> tuple[Decimal, Decimal | None]:
        def shown(value: Fraction) -> Decimal:
            return Decimal(ceil(value)) if up else decimal(value)

        return shown(low), None if high is None else shown(high)

    lines: dict[str, tuple[Decimal, Decimal | None]] = {
        "profit_now": of(profit),
        "loyalty": of(min(steps * base["econ_loyalty_profit"], Fraction(1)) * profit),
        "retention": of(profit * base["econ_retention_low"], profit * base["econ_retention_high"]),
        "point": of(profit * base["econ_point_factor"]),
        "tries_new": of(lost / base["econ_sell_new"], up=True),
        "tries_old": of(lost / base["econ_sell_old"], up=True),
        "referred": of(lost * base["econ_referral"], up=True),
        "told_bad": of(lost * base["econ_tell_unhappy_low"], lost * base["econ_tell_unhappy_high"], up=True),
        "told_good": of(kept * base["econ_tell_happy_low"], kept * base["econ_tell_happy_high"], up=True),
    }
    columns = (Column("figure"), Column("from", As.MONEY), Column("to", As.MONEY))
    rows = tuple((Said(f"econ_{name}"), low, high) for name, (low, high) in lines.items())
    data = Table(Said("econ_follows"), columns, tuple((name, *values) for name, values in lines.items()))
    people = Table(Said("econ_follows"), columns, rows, (Said("econ_sayings"),))
    return Part("follows", people, (), data, (Said("define_econ_follows"),))


def _inputs(given: Mapping[str, Given]) -> Part:
    columns = (Column("input"), Column("value"), Column("source"))
    rows = tuple((Said(f"input_{g.name}"), SHOWN[g.kind](g.value), g.source) for g in given.values())
    data = Table(
        Said("econ_inputs"), (Column("input"), Column("value", As.NUMBER), Column("source")),
        tuple((g.name, decimal(g.value), g.source) for g in given.values()),
    )  # fmt: skip
    return Part("inputs", Table(Said("econ_inputs"), columns, rows, (Said("econ_change"),)), data=data)


def decimal(value: Fraction) -> Decimal:
    """The number in decimals: exact where it has at most 12 places, else rounded to 4."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) == value and -exact.as_tuple().exponent <= 12:  # type: ignore[operator]
        return exact.quantize(Decimal(1)) if value.denominator == 1 else exact.normalize()
    return exact.quantize(Decimal("0.0001"))


def _plain(value: Fraction) -> str:
    text = f"{decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(value: Fraction) -> str:
    return f"{_plain(value * 100)}%"


SHOWN: Mapping[As, Callable[[Fraction], str]] = {
    As.INTEGER: _plain, As.NUMBER: _plain, As.MONEY: _plain, As.PERCENT: _percent,
}  # fmt: skip
