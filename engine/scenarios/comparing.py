"""What a test expects against what came."""

from collections.abc import Iterator

from engine.scenarios.model import SIGNALS, TASKS, Difference, Fired, Outcome, Scenario, Wanted

GREEN = "green"


def differences(scenario: Scenario, outcome: Outcome) -> tuple[Difference, ...]:
    """Every expectation that was not met."""
    return tuple(_all(scenario, outcome))


def matching(wanted: Wanted, fired: tuple[Fired, ...]) -> list[Fired]:
    """What came of that which is wanted."""
    return [one for one in fired if one.name in wanted.names and not _unlike(wanted, one)]


def _all(scenario: Scenario, outcome: Outcome) -> Iterator[Difference]:
    both = (
        (SIGNALS, scenario.signals, scenario.no_signals, outcome.signals),
        (TASKS, scenario.tasks, scenario.no_tasks, outcome.tasks),
    )
    for kind, expected, excluded, fired in both:
        for wanted in expected:
            if not matching(wanted, fired):
                yield _missing(kind, wanted, fired, outcome)
        for wanted in excluded:
            for one in matching(wanted, fired):
                yield Difference("unwanted", {"kind": kind, "fired": one})
            if wanted.names <= outcome.unjudged.keys():
                yield _unjudged("vacuous", kind, wanted, outcome)
        if kind in scenario.only:
            hoped = [one for wanted in expected for one in matching(wanted, fired)]
            for one in fired:
                if one not in hoped:
                    yield Difference("more", {"kind": kind, "fired": one})
    for account, level in scenario.risk.items():
        found = outcome.risk.get(account, GREEN)
        if found != level:
            yield Difference("risk", {"account": account, "wanted": level, "found": found})
    for name in scenario.unjudged:
        if name not in outcome.unjudged:
            yield Difference("judged", {"name": name})


def _missing(kind: str, wanted: Wanted, fired: tuple[Fired, ...], outcome: Outcome) -> Difference:
    if wanted.names <= outcome.unjudged.keys():
        return _unjudged("unjudged", kind, wanted, outcome)
    same = [one for one in fired if one.name in wanted.names]
    near = sorted((one for one in same if not _elsewhere(wanted, one)), key=lambda one: len(_unlike(wanted, one)))
    if near:
        unlike = _unlike(wanted, near[0])
        return Difference("other", {"kind": kind, "wanted": wanted, "fired": near[0], "unlike": unlike})
    if same:
        return Difference("elsewhere", {"kind": kind, "wanted": wanted, "all": tuple(same)})
    return Difference(
        "missing", {"kind": kind, "wanted": wanted, "all": tuple(dict.fromkeys(one.name for one in fired))}
    )


def _elsewhere(wanted: Wanted, one: Fired) -> bool:
    """Whether it came for another fact or account."""
    return not {"account", "subject"}.isdisjoint(_unlike(wanted, one))


def _unjudged(sentence: str, kind: str, wanted: Wanted, outcome: Outcome) -> Difference:
    types = sorted({type for name in wanted.names for type in outcome.unjudged[name]})
    return Difference(sentence, {"kind": kind, "wanted": wanted, "types": tuple(types)})


def _unlike(wanted: Wanted, one: Fired) -> list[str]:
    """The fields that are other than wanted."""
    return [name for name, value in wanted.fields.items() if one.get(name) != value]
