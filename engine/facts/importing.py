"""The way in: sources are read, typed, checked and frozen; what does not fit is set aside and listed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FactsError
from engine.facts.checks import Checked, check_all
from engine.facts.loading import Loaded, load
from engine.facts.readers import Raw
from engine.facts.readers_csv import read_csv
from engine.facts.readers_excel import read_workbook
from engine.facts.readers_json import read_jsonl
from engine.facts.readers_parquet import read_parquet
from engine.facts.rejects import first_reasons, told_rejects, write_rejects
from engine.facts.snapshot import Snapshot, write_snapshot
from engine.facts.sources import Format, Input, Source, find_inputs
from engine.facts.told import Settled, ToldRow, add_told
from engine.facts.work import Bench, reading, workbench
from engine.policy.contract import Contract

_REASONS_TOLD = 3
_ROUNDING = 1e-6  # rows; 0.29 * 100 is a little less than 29
_NEEDED = "account"
_READERS = {Format.CSV: read_csv, Format.JSONL: read_jsonl, Format.PARQUET: read_parquet}


@dataclass(frozen=True)
class Imported:
    """What an import came to. `rejected`: rows set aside; `warnings`: refs that lead nowhere and read as missing.

    `rejects_path`: where both are listed; None where there are none. `notices`: sentences for the person who watches.
    `settled`: what was told that a source now says as well.
    """

    snapshot: Snapshot
    rejected: int
    warnings: int
    rejects_path: Path | None
    notices: tuple[str, ...]
    settled: tuple[Settled, ...] = ()


def import_facts(
    contract: Contract,
    sources: Path | Sequence[Source],
    store_folder: Path,
    rejects_path: Path,
    reject_share: float,
    progress: Callable[[str], None] | None = None,
    told: Iterable[ToldRow] = (),
    language: str = "en",
) -> Imported:
    """Read the sources into a snapshot under `store_folder`.

    `sources`: a folder, a workbook, or a list. `reject_share`: the largest share (0 to 1) of one type's rows that may
    be set aside. `told`: what people told, ordered by type; it counts in no share. `language`: of the reasons in
    the list of rejects. FactsError where a source cannot be
    read or too much of it does not fit, and then nothing is written but the list at `rejects_path`; StoreError where
    the snapshot cannot be written.
    """
    say = progress or (lambda _: None)
    inputs, notices = find_inputs(contract, sources)
    with workbench() as bench:
        loaded, said = _load_all(bench, contract, inputs, say)
        loaded, settled, told_notices = add_told(bench, contract, loaded, told)
        notices += said + told_notices
        if _NEEDED in contract and _NEEDED not in loaded:
            hint = f"add {_NEEDED}.csv; " + " ".join(notices) if notices else f"add {_NEEDED}.csv"
            raise FactsError(f"there is no source for {_NEEDED}, which everything else hangs on", hint)
        say("checking ids and refs")
        checked, said = check_all(bench, loaded)
        notices += said
        listed = write_rejects(bench, rejects_path, language)
        _refuse_too_many(bench, checked, reject_share, rejects_path)
        say("writing the snapshot")
        snapshot = write_snapshot(bench, contract, checked, store_folder)
    return Imported(
        snapshot,
        sum(each.rejected for each in checked),
        sum(each.warnings for each in checked),
        rejects_path if listed else None,
        notices,
        settled,
    )


def _load_all(
    bench: Bench, contract: Contract, inputs: Sequence[Input], say: Callable[[str], None]
) -> tuple[dict[str, list[Loaded]], tuple[str, ...]]:
    """Every input as a typed table, by type in the contract's order; all faults at once."""
    faults: list[FactsError] = []
    notices: tuple[str, ...] = ()
    tables: list[Loaded] = []
    for given in inputs:
        say(f"reading {given.label}")
        try:
            raws, said = _read(bench, contract, given)
            notices += said
            for raw in raws:
                tables.append(load(bench, raw, len(tables)))
                notices += raw.notices
        except FactsError as fault:
            faults.append(fault)
    if faults:
        raise FactsError(
            "\n".join(each.message for each in faults),
            "\n".join(dict.fromkeys(each.hint for each in faults if each.hint)),
        )
    by_type = {name: [each for each in tables if each.type.name == name] for name in contract}
    return {name: each for name, each in by_type.items() if each}, notices


def _read(bench: Bench, contract: Contract, given: Input) -> tuple[list[Raw], tuple[str, ...]]:
    with reading(given.label):
        if given.format is Format.XLSX:
            return read_workbook(bench, given, contract)
        if given.type is None:
            raise FactsError(f"{given.label}: its fact type is not known", "name the type of this source")
        return [_READERS[given.format](bench, given, given.type)], ()


def _refuse_too_many(bench: Bench, checked: Sequence[Checked], share: float, rejects_path: Path) -> None:
    told: list[str] = []
    for each in checked:
        rejected = each.rejected - told_rejects(bench, each.type.name)
        if rejected > share * each.rows + _ROUNDING:
            told.append(f"{each.type.name}: {rejected} of {each.rows} rows do not fit (at most {share:.1%} may)")
            told += [f"  {reason}" for reason in first_reasons(bench, each.type.name, _REASONS_TOLD)]
    if told:
        raise FactsError("\n".join(told), f"the full list is in {rejects_path}")
