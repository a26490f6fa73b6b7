"""How accounts are classed: by rank, or by turnover and profit. Source: D1.tier.abc, D1.tier.matrix."""

import re
from contextlib import suppress

from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.collect import Entry
from engine.policy.faults import Place, nearest
from engine.policy.fitting import said
from engine.policy.kinds import Kind
from engine.policy.model import TIERS, Tiers
from engine.policy.names import ACCOUNT, Scope
from engine.policy.reading import Spot
from engine.policy.shapes import MatrixShape, TiersShape
from engine.policy.wrong import Broken

_TOP = re.compile(r"top\s+([0-9]+(?:\.[0-9]+)?)\s*%")
REST = "rest"
_CELLS = {"high_high": (True, True), "high_low": (True, False), "low_low": (False, False), "low_high": (False, True)}
_FORM = "write {A: top 5%, B: top 20%, C: rest}"

Classes = tuple[tuple[str, float | None], ...]


def build_tiers(builder: Builder) -> Tiers:
    """The tiers; where the policy has none, everyone is in the last class. Raises Broken with its faults noted."""
    entry = builder.draft.tiers.get("tiers")
    if entry is None:
        return Tiers("rank", None, ((TIERS[-1], None),), None, None, {}, Place("rules/tiers.yaml", 1, 1))
    if entry.shape is None:
        raise Broken
    builder.account()
    shape, spot = entry.shape, entry.spot
    measure: str | None = None
    classes: Classes = ()
    broken = False
    try:
        measure, classes = _rank(builder, entry, shape)
    except Broken:
        broken = True
    turnover = profit = None
    cells: dict[tuple[bool, bool], str] = {}
    if shape.matrix is not None:
        try:
            turnover, profit, cells = _matrix(builder, shape.matrix, spot / "matrix")
        except Broken:
            broken = True
    elif shape.by == "matrix":
        help = "add `matrix:` with high_turnover, high_profit and classes"
        builder.draft.fault("tier-form", (spot / "by").value, "`by: matrix` needs the key 'matrix'", help, 6)
        broken = True
    if broken:
        raise Broken
    return Tiers(shape.by, measure, classes, turnover, profit, cells, spot.key, tuple(shape.source))


def _matrix(
    builder: Builder, shape: MatrixShape, spot: Spot
) -> tuple[ex.Expression, ex.Expression, dict[tuple[bool, bool], str]]:
    scope = Scope(builder, ACCOUNT)
    conditions: list[ex.Expression] = []
    broken = False
    for name, text in (("high_turnover", shape.high_turnover), ("high_profit", shape.high_profit)):
        try:
            conditions.append(builder.compile(text, scope, spot / name, Kind.BOOLEAN).value)
        except Broken:
            broken = True
    missing = [name for name in _CELLS if name not in shape.classes]
    if missing:
        help = f"add {missing[0]}: the first word is for turnover, the second for profit"
        message = f"no class is given for {' and '.join(missing)}"
        builder.draft.fault("tier-cells", (spot / "classes").key, message, help, len("classes"))
        broken = True
    if broken:
        raise Broken
    return conditions[0], conditions[1], {_CELLS[name]: tier for name, tier in shape.classes.items()}


def _rank(builder: Builder, entry: Entry[TiersShape], shape: TiersShape) -> tuple[str | None, Classes]:
    spot = entry.spot
    if shape.rank_by is None or shape.classes is None:
        if not entry.sound:
            raise Broken
        if shape.by == "rank" or shape.rank_by or shape.classes:
            missing = "rank_by" if shape.rank_by is None else "classes"
            message = f"tiers by rank need the key '{missing}'"
            help = "write rank_by: spend" if missing == "rank_by" else _FORM
            builder.draft.fault("tier-form", spot.key, message, help, len("tiers"))
            raise Broken
        return None, ()
    classes: Classes | None = None
    with suppress(Broken):
        classes = _classes(builder, {str(tier): text for tier, text in shape.classes.items()}, spot / "classes")
    _check_rank_by(builder, shape.rank_by, spot / "rank_by")
    if classes is None:
        raise Broken
    return shape.rank_by, classes


def _check_rank_by(builder: Builder, name: str, spot: Spot) -> None:
    kind = builder.measure_kind(ACCOUNT, name)
    if kind is None and name in builder.draft.suspects:
        raise Broken
    if kind is None:
        names = list(builder.measure_names(ACCOUNT))
        help = nearest(name, names) or f"the measures: {', '.join(names[:8]) or 'none yet'}"
        message = f"there is no measure '{name}' about account"
        builder.draft.fault("unknown-name", spot.value, message, help, len(name))
        raise Broken
    if not kind.numeric:
        message = f"accounts are ranked by a number, but '{name}' is {said(kind)}"
        builder.draft.fault("wrong-kind", spot.value, message, "name a measure that is a number", len(name))
        raise Broken


def _classes(builder: Builder, given: dict[str, str], spot: Spot) -> Classes:
    if not given:
        builder.draft.fault("tier-class", spot.key, "no class is given", _FORM, len("classes"))
        raise Broken
    classes: list[tuple[str, float | None]] = []
    below, before = 0.0, ""
    for i, (tier, text) in enumerate(given.items()):
        here, text, last = spot / tier, text.strip(), i == len(given) - 1
        found = _TOP.fullmatch(text)
        share = float(found[1]) / 100 if found else None
        message, help = "", _FORM
        if text == REST and not last:
            message, help = "what stands below `rest` is never reached", "move this class to the end"
        elif last and text != REST:
            message, help = "nothing says which class all others get", f"end with a class that is `{REST}`"
        elif share is None and text != REST:
            message = f"'{text}' is no class"
        elif share is not None and not 0 < share <= 1:
            message, help = f"'{text}' is no share of the accounts", "write a share between 0 % and 100 %"
        elif share is not None and share <= below:
            message = f"nobody is left for {tier}: {before} reaches as far"
            help = "shares count from the top: 20% holds the first 5% too"
        if message:
            builder.draft.fault("tier-class", here.value, message, help, max(len(text), 1))
            raise Broken
        below, before = share or below, tier
        classes.append((tier, share))
    return tuple(classes)
