"""Where facts come from: which file or sheet holds which type of fact."""

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from engine.errors import FactsError
from engine.policy.contract import Contract, FactType

_NONE: Mapping[str, str] = {}
_NO_WORDS: Mapping[str, Mapping[str, str]] = {}
_NAMED_AT_MOST = 10  # files named in one notice
_LONGEST_NAME = 80  # characters; longer words have no nearest name


@dataclass(frozen=True)
class Source:
    """One source as the workspace names it.

    `type` missing: the file's stem (or the sheet's name) is the type. `path`: a CSV, Parquet or JSON-lines file, a
    workbook, or a folder of them. `columns`: the contract's name → the column's name in the file. `values`: for a
    field, the file's words → the contract's.
    """

    type: str | None
    path: Path
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NONE)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NO_WORDS)


class Format(StrEnum):
    """How a file is written."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"
    XLSX = "xlsx"


ENDINGS: Mapping[str, Format] = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".xlsx": Format.XLSX,
}


@dataclass(frozen=True)
class Input:
    """One file to read. `type` is missing only for a workbook whose sheets name the types."""

    type: FactType | None
    path: Path
    format: Format
    label: str
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NONE)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NO_WORDS)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name closest to `word`, if any is close."""
    if len(word) > _LONGEST_NAME:
        return None
    by_fold = {each.casefold(): each for each in known if len(each) <= _LONGEST_NAME}
    found = get_close_matches(word.strip().casefold(), list(by_fold), n=1, cutoff=0.72)
    return by_fold[found[0]] if found else None


def find_inputs(contract: Contract, sources: Path | Sequence[Source]) -> tuple[tuple[Input, ...], tuple[str, ...]]:
    """The files to read, in a fixed order, and notices about files that are not read."""
    wanted = [Source(None, sources)] if isinstance(sources, Path) else list(sources)
    if not wanted:
        raise FactsError("no sources are named", "name a folder with --facts, or sources in holdfast.yaml")
    inputs: list[Input] = []
    notices: list[str] = []
    for source in wanted:
        _check_names(contract, source)
        mode = _mode(source.path)
        if stat.S_ISDIR(mode):
            found, said = _in_folder(contract, source)
            inputs += found
            notices += said
        elif stat.S_ISREG(mode):
            inputs.append(_file(contract, source))
        else:
            raise FactsError(f"{source.path} is neither a file nor a folder")
    return _labelled(inputs), tuple(notices)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError as fault:
        raise FactsError(f"there is no file or folder {path}") from fault
    except (OSError, ValueError, RuntimeError) as fault:
        told = getattr(fault, "strerror", None) or str(fault)
        raise FactsError(f"{path} cannot be opened: {told}") from fault


def _file(contract: Contract, source: Source) -> Input:
    path = source.path
    form = ENDINGS.get(path.suffix.lower())
    if form is None:
        raise FactsError(f"{path} is not a kind of file that can be read", f"known endings: {', '.join(ENDINGS)}")
    if source.sheet is not None and form is not Format.XLSX:
        raise FactsError(f"{path} has no sheets, yet sheet '{source.sheet}' is named for it")
    if source.type is not None:
        kind: FactType | None = contract[source.type]
    else:
        kind = _type_named(contract, path.stem) if source.sheet is None else _type_named(contract, source.sheet)
        if kind is None and form is not Format.XLSX:
            guess = nearest(path.stem, contract)
            hint = f"did you mean {guess}{path.suffix}?" if guess else "name the type of this source"
            raise FactsError(f"{path}: no fact type is called '{path.stem}'", hint)
    return Input(kind, path, form, path.name, source.sheet, source.columns, source.values)


def _in_folder(contract: Contract, source: Source) -> tuple[list[Input], list[str]]:
    folder = source.path
    if source.type is not None or source.sheet is not None:
        raise FactsError(f"{folder} is a folder; a type or sheet can only be given for a file")
    try:
        entries = sorted(folder.iterdir(), key=lambda each: each.name)
    except OSError as fault:
        raise FactsError(f"the folder {folder} cannot be read: {fault.strerror}") from fault
    inputs: list[Input] = []
    notices: list[str] = []
    unknown: list[str] = []
    for path in entries:
        if path.name.startswith((".", "~$")):
            continue
        kind, form = _type_named(contract, path.stem), ENDINGS.get(path.suffix.lower())
        if kind is not None and form is not None:
            mode = _mode(path)
            if not stat.S_ISREG(mode):
                what = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
                raise FactsError(f"{path} is {what}, where a file of {kind.name} facts was expected")
            inputs.append(Input(kind, path, form, path.name, None, source.columns, source.values))
        elif path.is_dir():
            continue
        else:
            notices_for = _unread(contract, path, form)
            notices += notices_for
            unknown += [] if notices_for else [path.name]
    if unknown:
        more = f" and {len(unknown) - _NAMED_AT_MOST} more" if len(unknown) > _NAMED_AT_MOST else ""
        notices.append(f"not read, no fact type of that name: {', '.join(unknown[:_NAMED_AT_MOST])}{more}")
    if not inputs:
        raise FactsError(
            f"no facts found in {folder}: looked for a file per fact type, such as account.csv, order.parquet, "
            f"promise.jsonl or rep.xlsx",
            " ".join(notices) or f"fact types: {', '.join(contract)}",
        )
    return inputs, notices


def _unread(contract: Contract, path: Path, form: Format | None) -> list[str]:
    """A notice for a file whose name is nearly right."""
    stem = path.name.split(".")[0]
    kind = _type_named(contract, path.stem) or _type_named(contract, stem)
    if kind is not None:
        return [f"{path.name} is not read: known endings are {', '.join(ENDINGS)}"]
    guess = nearest(path.stem, contract)
    if guess is not None:
        return [f"{path.name} is not read; did you mean {guess}{path.suffix if form else '.csv'}?"]
    if form is Format.XLSX:
        return [
            f"{path.name} is not read: in a folder a workbook bears the name of one fact type; "
            f"a workbook with a sheet per type is given by itself"
        ]
    return []


def _type_named(contract: Contract, word: str) -> FactType | None:
    folded = word.strip().casefold()
    return next((kind for kind in contract.values() if kind.name.casefold() == folded), None)


def _check_names(contract: Contract, source: Source) -> None:
    """Every name in a source's mapping must be one of the contract's."""
    if source.type is not None and source.type not in contract:
        guess = nearest(source.type, contract)
        raise FactsError(
            f"sources: there is no fact type '{source.type}'",
            f"did you mean {guess}?" if guess else f"fact types: {', '.join(contract)}",
        )
    kinds = [contract[source.type]] if source.type is not None else list(contract.values())
    known = {"id"} | {each for kind in kinds for each in kind.fields}
    where = f"sources, {source.type or source.path.name}"
    for each in [*source.columns, *source.values]:
        if each not in known:
            guess = nearest(each, known)
            raise FactsError(
                f"{where}: there is no field '{each}'",
                f"did you mean {guess}?" if guess else f"fields: {', '.join(sorted(known))}",
            )
    for name, words in source.values.items():
        lists = [kind.fields[name].one_of for kind in kinds if name in kind.fields]
        options = {str(option) for one_of in lists for option in one_of}
        for word, meaning in words.items():
            if options and all(lists) and meaning not in options:
                guess = nearest(meaning, options)
                hint = f"did you mean {guess}?" if guess else f"{name} is one of {', '.join(sorted(options))}"
                raise FactsError(f"{where}: '{word}' is mapped to '{meaning}', which {name} cannot be", hint)


def _labelled(inputs: list[Input]) -> tuple[Input, ...]:
    """The same inputs; where two files bear one name, their labels become full paths."""
    names = [each.label for each in inputs]
    paths = {each.label: {one.path for one in inputs if one.label == each.label} for each in inputs}
    return tuple(
        Input(each.type, each.path, each.format, str(each.path), each.sheet, each.columns, each.values)
        if names.count(each.label) > 1 and len(paths[each.label]) > 1
        else each
        for each in inputs
    )
