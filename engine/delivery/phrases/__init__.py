"""The words that holdfast itself says to people, in English and Chinese; task texts are the policy's.

Each subject has a module with its `PHRASES`: name → (English, Chinese). A name stands in one module only.
"""

from collections.abc import Iterable, Mapping
from itertools import chain

from engine.delivery.phrases import (
    backtest,
    capacity,
    common,
    compare,
    definitions,
    delivering,
    exports,
    figures,
    handover,
    history,
    ledger,
    promises,
    reports,
    tasks,
    told,
    verify,
    versions,
    why,
    why_not,
)

_SUBJECTS = (
    backtest.PHRASES,
    capacity.PHRASES,
    common.PHRASES,
    compare.PHRASES,
    definitions.PHRASES,
    delivering.PHRASES,
    exports.PHRASES,
    figures.PHRASES,
    handover.PHRASES,
    history.PHRASES,
    ledger.PHRASES,
    promises.PHRASES,
    reports.PHRASES,
    tasks.PHRASES,
    told.PHRASES,
    verify.PHRASES,
    versions.PHRASES,
    why.PHRASES,
    why_not.PHRASES,
)
PHRASES: Mapping[str, tuple[str, str]] = dict(chain.from_iterable(subject.items() for subject in _SUBJECTS))


def phrase(name: str, language: str, /, **values: object) -> str:
    """A phrase in the language, with its values filled in. Numbers get thousands separators."""
    text = PHRASES[name][1 if language == "zh" else 0]
    return text.format(**{key: f"{value:,}" if type(value) is int else value for key, value in values.items()})


def listed(items: Iterable[object], language: str) -> str:
    """Several things one after the other, as the language sets them apart."""
    return ("、" if language == "zh" else ", ").join(map(str, items))
