"""What an explanation rests on, in words for its page."""

from engine import __version__
from engine.audit.sealed_night import seal_of
from engine.delivery.phrases import phrase
from engine.store.sealed import SealedRun

Seal = tuple[tuple[str, str], ...]


def seal_words(language: str, *runs: SealedRun) -> Seal:
    """The runs, their days and hashes, and how to check them; all in full, so that a page can be filed."""
    found: list[tuple[str, str]] = []
    for run in runs:
        found += [(phrase(f"seal_{name}", language), str(value)) for name, value in seal_of(run).items()]
    found.append((phrase("seal_by", language), f"holdfast {__version__}"))
    found.append((phrase("seal_how", language), phrase("seal_check", language)))
    return tuple(found)
