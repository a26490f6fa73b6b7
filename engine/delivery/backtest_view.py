"""A back-test and a sweep as reports: tables for people, every figure with its interval for programs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from engine.audit.backtest.counting import Ground, RuleFigures
from engine.audit.backtest.intervals import Figure
from engine.audit.backtest.looking import BackTest, Sweep
from engine.audit.backtest.scores import Scores
from engine.audit.backtest.terms import Period, Terms
from engine.reports.report import Chart, Form, Part, Report, Series
from engine.reports.table import As, Column, Said, Table

CHARTED = 4  # rules with a curve of their own
_FEW = Said("backtest_few")
_SHARES = ("precision", "recall", "acted_precision")
_PLACES = {"lift": 1, "lead": 0, "false_alarms": 1}
_TOLD = ("precision", "recall", "lift")
_TIMED = ("lead", "false_alarms")
_ALL = (*_TOLD, *_TIMED, "acted_precision")
_COUNTS = ("alarms", "hits", "losses", "caught", "acted", "acted_hits")


def backtest_report(found: BackTest, wanted: Sequence[str] = ()) -> Report:
    """The report: what the rules tell, when, and scores. Rules without any figure are only counted.

    `wanted`: rules that stand there in any case.
    """
    title = Said("backtest_page", {"first": found.period.first, "last": found.period.last})
    told = [each for each in found.signals if each.rule in wanted or _tells(each)]
    rules = [*sorted(told, key=_worth), *found.risk]
    parts = [
        Part("rules", _table(Said("backtest_rules"), rules, _told_columns(), _told)),
        Part("timing", _table(Said("backtest_timing"), rules, _timed_columns(), _timed)),
    ]
    if found.scores is not None:
        parts.append(_scores(found.scores, found.terms))
    notes = [*_notes(found.ground, found.period, found.terms)]
    if any(each.acted for each in rules):
        notes.append(Said("backtest_acted_note", {"days": found.terms.acted_days}))
    rest = [each for each in found.signals if each not in told]
    if few := sum(1 for each in rest if each.alarms + each.acted):
        notes.append(Said("backtest_few_rules", {"count": few, "least": found.terms.least_alarms}))
    if quiet := sum(1 for each in rest if not each.alarms + each.acted):
        notes.append(Said("backtest_quiet_rules", {"count": quiet}))
    if found.not_judged:
        notes.append(Said("backtest_not_judged", {"count": len(found.not_judged)}))
    return Report(title, tuple(parts), notes=tuple(notes))


def backtest_json(found: BackTest) -> dict[str, Any]:
    """All figures for programs: null where the data are not enough."""
    scores = found.scores
    return {
        **_period_json(found.ground, found.period, found.terms),
        "signals": [_figures_json(each) for each in found.signals],
        "risk": [{"level": each.rule.removeprefix("risk."), **_figures_json(each)} for each in found.risk],
        "scores": None if scores is None else {
            "day": scores.day.isoformat(), "customers": scores.customers, "gone": scores.gone,
            "auc": {name: _ends(figure) for name, figure in scores.auc.items()},
            "with_cycle": {
                "customers": scores.cyclic, "gone": scores.cyclic_gone,
                "auc": {name: _ends(figure) for name, figure in scores.cyclic_auc.items()},
            },
            "bg_nbd": asdict(scores.alive) if scores.alive is not None else None,
        },
        "not_judged": [{"rule": rule, "missing": list(types)} for rule, types in found.not_judged.items()],
    }  # fmt: skip


def sweep_json(found: Sweep) -> dict[str, Any]:
    """All figures of a sweep for programs."""
    values = [
        {"value": each.value, "now": each.now, "rules": [_figures_json(rule) for rule in each.rules]}
        for each in found.values
    ]
    return {**_period_json(found.ground, found.period, found.terms), "limit": found.limit, "values": values}


def backtest_csv(found: BackTest) -> Table:
    """A row per signal and risk level, with every figure."""
    rows = tuple(_csv_row(each) for each in (*found.signals, *found.risk))
    return Table(Said("backtest_rules"), (Column("rule"), *_csv_columns()), rows)


def sweep_csv(found: Sweep) -> Table:
    """A row per value and rule, with every figure."""
    columns = (Column("limit"), Column("value"), Column("now"), Column("rule"), *_csv_columns())
    rows = tuple((found.limit, each.value, each.now, *_csv_row(rule)) for each in found.values for rule in each.rules)
    return Table(Said("backtest_tuned", {"limit": found.limit}), columns, rows)


def sweep_report(found: Sweep) -> Report:
    """The report of a sweep: a row per rule and value, and for the first rules a curve."""
    title = Said("backtest_tuned", {"limit": found.limit})
    told, timed = [], []
    for rule in found.rules:
        for value in found.values:
            [figures] = [each for each in value.rules if each.rule == rule]
            said = Said("backtest_value_now", {"value": value.value}) if value.now else value.value
            told.append((_rule(rule), said, *_told(figures)[1:]))
            timed.append((_rule(rule), said, *_timed(figures)[1:]))
    first = (Column("rule"), Column("limit_value"))
    drawn = (_curve(found, rule) for rule in found.rules)
    curves = tuple(chart for chart in drawn if any(v is not None for s in chart.series for v in s.values))[:CHARTED]
    parts = (
        Part("rules", Table(title, (*first, *_told_columns()[1:]), tuple(told)), curves),
        Part("timing", Table(Said("backtest_timing"), (*first, *_timed_columns()[1:]), tuple(timed))),
    )
    return Report(title, parts, notes=tuple(_notes(found.ground, found.period, found.terms)))


def _tells(figures: RuleFigures) -> bool:
    """Whether there is any figure of it beside the rate of false alarms."""
    return any(each is not None for each in (figures.precision, figures.acted_precision)) or figures.caught > 0


def _worth(figures: RuleFigures) -> tuple[Any, ...]:
    """The order of signals: those that tell most first, by the lower end of the lift; then by their alarms."""
    low = figures.lift.low if figures.lift is not None else -1.0
    return (-low, -figures.alarms, figures.rule)


def _table(
    title: Said, figures: Iterable[RuleFigures], columns: tuple[Column, ...],
    row: Callable[[RuleFigures], tuple[Any, ...]],
) -> Table:  # fmt: skip
    return Table(title, columns, tuple(row(each) for each in figures))


def _told_columns() -> tuple[Column, ...]:
    return (Column("rule"), Column("alarms", As.INTEGER), *(Column(name, As.NUMBER) for name in _TOLD))


def _told(figures: RuleFigures) -> tuple[Any, ...]:
    return (_rule(figures.rule), figures.alarms, *(_shown(name, getattr(figures, name)) for name in _TOLD))


def _timed_columns() -> tuple[Column, ...]:
    named = (Column(name, As.NUMBER) for name in _TIMED)
    return (Column("rule"), *named, Column("acted", As.INTEGER), Column("acted_precision", As.NUMBER))


def _timed(figures: RuleFigures) -> tuple[Any, ...]:
    shown = (_shown(name, getattr(figures, name)) for name in _TIMED)
    acted = _shown("acted_precision", figures.acted_precision) if figures.acted else None
    return (_rule(figures.rule), *shown, figures.acted, acted)


def _rule(rule: str) -> str | Said:
    return Said(rule) if rule.startswith("risk.") else rule


def _shown(name: str, figure: Figure | None) -> str | Said:
    """A figure and its interval in few signs."""
    if figure is None:
        return _FEW
    if name in _SHARES:
        value, low, high = (f"{100 * each:.0f}" for each in (figure.value, figure.low, figure.high))
        return f"{value}% ({low}–{high})"
    places = _PLACES.get(name, 2)
    return f"{figure.value:.{places}f} ({figure.low:.{places}f}–{figure.high:.{places}f})"


def _csv_columns() -> tuple[Column, ...]:
    figures = (f"{name}{end}" for name in _ALL for end in ("", "_low", "_high"))
    return tuple(Column(name) for name in (*_COUNTS, *figures))


def _csv_row(figures: RuleFigures) -> tuple[Any, ...]:
    ends = [_ends(getattr(figures, name)) for name in _ALL]
    flat = (each[key] if each else None for each in ends for key in ("value", "low", "high"))
    return (figures.rule, *(getattr(figures, name) for name in _COUNTS), *flat)


def _figures_json(figures: RuleFigures) -> dict[str, Any]:
    counts = {name: getattr(figures, name) for name in _COUNTS}
    return {"rule": figures.rule, **counts, **{name: _ends(getattr(figures, name)) for name in _ALL}}


def _ends(figure: Figure | None) -> dict[str, float] | None:
    if figure is None:
        return None
    return {name: round(getattr(figure, name), 6) for name in ("value", "low", "high")}


def _period_json(ground: Ground, period: Period, terms: Terms) -> dict[str, Any]:
    return {
        "first": period.first.isoformat(), "last": period.last.isoformat(), "end": period.end.isoformat(),
        "every": period.every, "terms": asdict(terms), "days": ground.days, "customers": ground.accounts,
        "customer_months": round(ground.months, 2), "losses": ground.losses, "stated_losses": ground.stated,
        "base_rate": _ends(ground.base), "censored": ground.censored, "undated": ground.undated,
    }  # fmt: skip


def _scores(scores: Scores, terms: Terms) -> Part:
    title = Said("backtest_scores", {"horizon": terms.horizon, "day": scores.day})
    rows = tuple(
        (Said(f"score_{name}"), _shown("auc", figure), _shown("auc", scores.cyclic_auc[name]))
        for name, figure in scores.auc.items()
    )
    customers = {"customers": scores.customers, "gone": scores.gone, "horizon": terms.horizon}
    cyclic = {"cyclic": scores.cyclic, "cyclic_gone": scores.cyclic_gone}
    notes = [Said("backtest_score_ground", {**customers, **cyclic}), Said("backtest_auc")]
    if scores.alive is not None:
        names = ("r", "alpha", "a", "b")
        notes.append(Said("backtest_alive", {name: f"{getattr(scores.alive, name):.3f}" for name in names}))
    return Part(
        "scores",
        Table(
            title,
            (Column("score_name"), *(Column(name, As.NUMBER) for name in ("auc", "auc_cyclic"))),
            rows,
            tuple(notes),
        ),
    )


def _notes(ground: Ground, period: Period, terms: Terms) -> Iterator[Said]:
    span = {"first": period.first, "last": period.last, "every": period.every, "days": ground.days}
    yield Said("backtest_ground", {**span, "accounts": ground.accounts, "months": round(ground.months)})
    yield Said("backtest_losses", {"losses": ground.losses, "stated": ground.stated})
    if ground.base is None:
        yield Said("backtest_no_base", {"least": terms.least_losses, "losses": ground.losses})
    else:
        base = f"{100 * ground.base.value:.1f}% ({100 * ground.base.low:.1f}–{100 * ground.base.high:.1f})"
        yield Said("backtest_base", {"base": base, "horizon": terms.horizon})
    if ground.losses > ground.stated:
        cycles = {"cycles": f"{terms.lost_cycles:g}", "least": terms.lost_least_days, "days": terms.lost_days}
        yield Said("backtest_definition", cycles)
        yield Said("backtest_mechanical")
    yield Said("backtest_alarm", {"horizon": terms.horizon})
    yield Said("backtest_intervals")
    least = (terms.least_alarms, terms.least_losses)
    yield Said("backtest_least", {"alarms": least[0], "losses": least[1]})
    for name in ("censored", "undated"):
        if count := getattr(ground, name):
            yield Said(f"backtest_{name}", {"count": count})


def _curve(found: Sweep, rule: str) -> Chart:
    """Precision and recall by the values of the limit."""
    figures = [next(each for each in value.rules if each.rule == rule) for value in found.values]
    series = tuple(
        Series(Said(f"column_{name}"), tuple(None if f is None else f.value for f in _each(figures, name)))
        for name in ("precision", "recall")
    )
    title = Said("backtest_curve", {"rule": _rule(rule), "limit": found.limit})
    labels = tuple(value.value for value in found.values)
    return Chart(title, Form.LINES, labels, series, As.PERCENT)


def _each(figures: Sequence[RuleFigures], name: str) -> list[Figure | None]:
    return [getattr(each, name) for each in figures]
