"""What a manager wrote into the cadence table, checked where it stands there."""

from dataclasses import replace

from engine.policy.building import Builder
from engine.policy.cadence import Cadence
from engine.policy.fitting import said
from engine.policy.kinds import Kind
from engine.policy.names import ACCOUNT, Scope
from engine.policy.rules import lets_of
from engine.policy.wrong import Broken


def check_cadence(builder: Builder, cadence: Cadence) -> None:
    """Check each line's `when`, and the measure it rests on.

    A signal whose line has a fault loses its shape, so that nothing is said of the text that was made from it.
    """
    for rule, lines in cadence.lines.items():
        entry = builder.draft.signals[rule]
        if not entry.generated or entry.shape is None:
            continue
        broken = False
        try:
            _check_measure(builder, cadence.measures[rule])
            lets = lets_of(builder, entry.shape, builder.account(), entry.spot / "let")
            scope = Scope(builder, ACCOUNT, lets=lets.values, signals=True)
            for line in lines.values():
                if line.when is not None:
                    try:
                        builder.compile(line.when, scope, line.when_spot, Kind.BOOLEAN)
                    except Broken:
                        broken = True
        except Broken:
            broken = True
        if broken:
            builder.draft.signals[rule] = replace(entry, shape=None)


def _check_measure(builder: Builder, name: str) -> None:
    entry = builder.draft.measures[name]
    kind = builder.measure_kind(ACCOUNT, name)
    if kind is Kind.DATE:
        return
    what = f"it is {said(kind)}" if kind else "it is not about account"
    help = "remove it, for the cadence makes one of its own; or choose another name"
    message = f"the cadence needs '{name}' as the day of the last contact, but {what}"
    builder.draft.fault("name-taken", entry.place, message, help, len(name))
    raise Broken
