"""A policy folder to a checked policy, or to all of its faults at once.

policy = load_policy(Path("workspace"))          # raises PolicyFaults
checked = check(read_texts(Path("workspace")))   # checked.policy is None where there are faults
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import PolicyError
from engine.policy import expressions as ex
from engine.policy.building import Builder
from engine.policy.cadence import expand_cadence
from engine.policy.cadence_checks import check_cadence
from engine.policy.characters import plain_lines
from engine.policy.collect import MOST_FAULTS, Draft, Enough, Entry, collect
from engine.policy.contract_file import build_contract
from engine.policy.faults import Fault, show_all
from engine.policy.files import read_texts
from engine.policy.limits import build_limits
from engine.policy.measures import build_measure
from engine.policy.model import Policy, Signal, Tiers
from engine.policy.plays import build_play
from engine.policy.rules import build_risk, build_signal
from engine.policy.scenarios import TESTS_FOLDER
from engine.policy.strata import Cycle, Key, said, strata
from engine.policy.template_files import read_templates
from engine.policy.tiers import build_tiers
from engine.policy.wrong import Broken

__all__ = ["Checked", "PolicyFaults", "check", "load_policy", "policy_hash", "read_texts"]

T = TypeVar("T")


class PolicyFaults(PolicyError):
    """A policy that cannot be used; its message shows every fault with its place."""

    def __init__(self, faults: tuple[Fault, ...], texts: Mapping[str, str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        if len(faults) >= MOST_FAULTS:
            count = f"more than {MOST_FAULTS} faults"
        self.faults, self.texts, self.count = faults, texts, f"{count} in the policy"
        super().__init__(show_all(faults, texts, "en", self.count))

    def said(self, language: str) -> tuple[str, str]:
        """Every fault in `language`; there is no hint besides."""
        return show_all(self.faults, self.texts, language, self.count), ""


@dataclass(frozen=True)
class Checked:
    """What the check gave: a policy, or faults in the order of files and lines."""

    policy: Policy | None
    faults: tuple[Fault, ...]
    texts: Mapping[str, str]


def load_policy(root: Path) -> Policy:
    """The policy in the folders rules, playbooks and templates below `root`. Raises PolicyFaults, PolicyError."""
    return _sound(tuple(sorted(read_texts(root).items())))


@lru_cache(maxsize=1)  # a week of nights reads the same texts again and again
def _sound(texts: tuple[tuple[str, str], ...]) -> Policy:
    checked = check(dict(texts))
    if checked.policy is None:
        raise PolicyFaults(checked.faults, checked.texts)
    return checked.policy


def check(texts: Mapping[str, str]) -> Checked:
    """Check policy texts, keyed as by `read_texts`; all faults at once."""
    texts = {file: plain_lines(text) for file, text in texts.items()}
    draft = Draft(texts)
    policy = None
    with suppress(Enough):
        policy = _check(draft)
    faults = sorted(_distinct(draft.faults), key=lambda fault: (fault.place, fault.message))
    return Checked(None if faults else policy, tuple(faults), texts)


def _distinct(faults: list[Fault]) -> list[Fault]:
    """Each fault once, though two things may have met it."""
    return list({(fault.code, fault.place, fault.message): fault for fault in reversed(faults)}.values())


def _check(draft: Draft) -> Policy | None:
    """The policy, None where anything in it has a fault; faults go to the draft. Raises Enough."""
    collect(draft)
    contract, faulty = build_contract(draft)
    cadence = expand_cadence(draft, contract, faulty)
    builder = Builder(draft, contract, build_limits(draft), build_measure, faulty)
    check_cadence(builder, cadence)
    tiers = _try(lambda: build_tiers(builder))
    for name, entry in draft.measures.items():
        if entry.shape is not None:
            _try(lambda name=name, shape=entry.shape: _build_measure(builder, name, shape.about))  # type: ignore[misc]
    signals = _all(draft.signals, lambda entry: build_signal(builder, entry))
    risk = build_risk(builder)
    templates = read_templates(builder)
    plays = _all(draft.plays, lambda entry: build_play(builder, entry, templates))
    levels = _strata(draft, builder, tiers, signals)
    if draft.faults or tiers is None:
        return None
    return Policy(
        hash=policy_hash(draft.texts),
        texts=_without_tests(draft.texts),
        contract=contract,
        limits=builder.limits,
        measures=builder.measures,
        tiers=tiers,
        signals=_with_needs(signals, levels),
        risk=risk,
        plays=plays,
        templates=templates.found,
        words={name: entry.shape or {} for name, entry in draft.words.items()},
        strata=levels,
        cadence=cadence.table,
    )


def _build_measure(builder: Builder, name: str, about: str) -> None:
    builder.type_of(about, builder.draft.measures[name].spot / "about")
    builder.measure_kind(about, name)


def _without_tests(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that say what is concluded: scenario tests only try them out."""
    return {file: text for file, text in texts.items() if not file.startswith(TESTS_FOLDER)}


def policy_hash(texts: Mapping[str, str]) -> str:
    """Names a policy by its whole text but the scenario tests."""
    texts = _without_tests(texts)
    digest = hashlib.sha256()
    for name in sorted(texts):
        for part in (name.encode(), texts[name].encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _try(build: Callable[[], T]) -> T | None:
    try:
        return build()
    except Broken:
        return None


def _all(entries: Mapping[str, Entry[Any]], build: Callable[[Entry[Any]], T]) -> dict[str, T]:
    built: dict[str, T] = {}
    for name, entry in entries.items():
        try:
            built[name] = build(entry)
        except Broken:
            continue
    return built


def _strata(draft: Draft, builder: Builder, tiers: Tiers | None, signals: Mapping[str, Signal]) -> dict[Key, int]:
    try:
        return strata(builder.measures, tiers, signals)
    except Cycle as cycle:
        for ring in cycle.rings:
            _note_ring(draft, ring)
        return {}


def _note_ring(draft: Draft, ring: list[Key]) -> None:
    """A fault for things that rest on each other, at the one that stands first."""
    kept: Mapping[str, Mapping[str, Entry[Any]]] = {
        "measure": draft.measures, "signal": draft.signals, "tier": draft.tiers
    }  # fmt: skip
    entries = [kept[key[0]][key[-1] if len(key) > 1 else "tiers"] for key in ring]
    start = min(range(len(ring)), key=lambda i: entries[i].place)
    names = " → ".join(said(key) for key in [*ring[start:], *ring[:start], ring[start]])
    message = f"{said(ring[0])} rests on itself" if len(ring) == 1 else f"these rest on each other: {names}"
    help = "remove it from its own conditions" if len(ring) == 1 else "let one of them do without the next"
    first = entries[start]
    draft.fault("cycle", first.place, message, help, len(first.name))


def _with_needs(signals: Mapping[str, Signal], levels: Mapping[Key, int]) -> dict[str, Signal]:
    """Signals whose needs hold those of the signals that they cannot do without."""
    done: dict[str, Signal] = {}
    for name in sorted(signals, key=lambda name: levels["signal", name]):
        signal = signals[name]
        rests = (done[rule].needs for rule in _indispensable(signal.when) if rule in done)
        done[name] = replace(signal, needs=signal.needs.union(*rests))
    return {name: done[name] for name in signals}


def _indispensable(node: ex.Expression) -> frozenset[str]:
    """The signals without whose judgement a condition says nothing.

    `… and not signal('x')` is a proviso beside something that says why: an x that is not judged holds nobody back.
    """
    match node:
        case ex.And() if any(not _is_proviso(arg) and not _is_active(arg) for arg in node.args):
            return frozenset().union(*(_indispensable(arg) for arg in node.args if not _is_proviso(arg)))
        case ex.Holds():
            return frozenset({node.rule})
        case ex.Or():
            return frozenset.intersection(*(_indispensable(arg) for arg in node.args))
        case ex.Not():
            return frozenset(ex.rules_in(node))
        case _:
            return frozenset().union(*(_indispensable(child) for child in ex.children(node)))


def _is_proviso(node: ex.Expression) -> bool:
    """Whether it is the `not` of signals alone."""
    return isinstance(node, ex.Not) and not any(ex.refs(node)) and any(ex.rules_in(node))


def _is_active(node: ex.Expression) -> bool:
    """Whether it asks only that an account or person is active, which is no reason for anything."""
    return isinstance(node, ex.Ref) and node.name == "active"
