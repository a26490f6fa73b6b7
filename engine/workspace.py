"""A workspace: the folder of one firm, with its settings, policy, facts and store."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from engine.action.calendar import Calendar
from engine.errors import HoldfastError, UsageError
from engine.facts.sources import Source
from engine.messages.spoken import language_in, speak
from engine.policy.faults import Fault, Place, nearest, show_all
from engine.policy.model import LANGUAGES
from engine.policy.reading import Spot
from engine.policy.yaml12 import load
from engine.sending.terms import masked
from engine.settings import FIRST_SETTINGS, Settings, read_settings
from engine.shipped import POLICY_FOLDERS, shipped_root
from engine.store.restoring import finish_rollback
from engine.store.signing import sign_with

SETTINGS_FILE = "holdfast.yaml"


@dataclass(frozen=True)
class Workspace:
    """An opened workspace: its folder, as an absolute path, and its settings."""

    root: Path
    settings: Settings

    @property
    def language(self) -> str:
        """The language of titles and task texts."""
        return self.settings.language

    @property
    def languages(self) -> Mapping[str, str]:
        """The language of those people, by rep id, who read another one."""
        return self.settings.languages

    @property
    def calendar(self) -> Calendar:
        """The days that are worked."""
        return self.settings.calendar

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the facts are, with absolute paths."""
        return self.settings.sources

    @property
    def rules(self) -> Path:
        """The folder of the rules."""
        return self.root / "rules"

    @property
    def playbooks(self) -> Path:
        """The folder of the plays."""
        return self.root / "playbooks"

    @property
    def templates(self) -> Path:
        """The folder of the task texts."""
        return self.root / "templates"

    @property
    def store(self) -> Path:
        """The folder of all that runs write; it may not be there yet."""
        return self.root / "store"

    @property
    def database(self) -> Path:
        """The file of tasks, human actions, runs and the ledger."""
        return self.store / "holdfast.db"

    @property
    def snapshots(self) -> Path:
        """The folder of frozen facts."""
        return self.store / "snapshots"

    @property
    def runs(self) -> Path:
        """The folder of what each run derived."""
        return self.store / "runs"

    def language_of(self, rep: str) -> str:
        """The language that the person with id `rep` reads."""
        return self.languages.get(rep, self.language)


class SettingsFaults(HoldfastError):
    """Settings that cannot be used; the message shows every fault with its place."""

    def __init__(self, faults: list[Fault], texts: Mapping[str, str]) -> None:
        super().__init__(show_all(faults, texts, "en"))
        self.faults, self.texts = faults, texts

    def said(self, language: str) -> tuple[str, str]:
        """Every fault in `language`; there is no hint besides."""
        return show_all(self.faults, self.texts, language), ""


def open_workspace(folder: Path | None = None) -> Workspace:
    """The workspace in `folder`; without one, that of the current folder or the nearest above it.

    A rollback of its policy that was broken off is finished first. Raises UsageError where there is none,
    HoldfastError with every fault and its place where holdfast.yaml is wrong.
    """
    root = _nearest_root() if folder is None else folder.absolute()
    file = root / SETTINGS_FILE
    if not file.is_file():
        raise UsageError(f"no workspace in {root}: {SETTINGS_FILE} is missing", f"make one: holdfast init {folder}")
    text, name = _text(file), _shown(file)
    speak(language_in(text))
    data, places, faults = load(text, name)
    settings = None
    if not faults:
        settings, faults = read_settings(data, Spot(places or {(): Place(name, 1, 1)}), root)
    if settings is None:
        faults.sort(key=lambda fault: fault.place)
        raise SettingsFaults(faults, {name: masked(text, data)})
    speak(settings.language)
    opened = Workspace(root, settings)
    sign_with(opened.store, settings.keys.private)
    finish_rollback(root, opened.store)
    return opened


def init_workspace(folder: Path, language: str) -> Workspace:
    """A new workspace in `folder`, with a copy of the shipped policy and settings that explain themselves.

    The folder may exist if it is empty but for hidden files. Nothing is left behind on failure. Raises UsageError
    for any other folder and for an unknown language, HoldfastError where the disk refuses.
    """
    if language not in LANGUAGES:
        hint = nearest(language, LANGUAGES) or f"one of: {', '.join(LANGUAGES)}"
        raise UsageError(f"unknown language '{language}'", hint)
    speak(language)
    folder = folder.absolute()
    try:
        _refuse_taken(folder)
        with _draft(folder) as draft:
            for name in POLICY_FOLDERS:
                _copy(shipped_root() / name, draft / name)
            (draft / "facts").mkdir()
            (draft / "store").mkdir()
            (draft / SETTINGS_FILE).write_text(FIRST_SETTINGS[language], encoding="utf-8", newline="\n")
    except OSError as error:
        raise HoldfastError(
            f"{folder} cannot be written: {error.strerror or error}", "choose another folder"
        ) from error
    return open_workspace(folder)


def _nearest_root() -> Path:
    here = Path.cwd()
    for root in (here, *here.parents):
        if (root / SETTINGS_FILE).is_file():
            return root
    raise UsageError(
        f"no workspace here: there is no {SETTINGS_FILE} in {here} or above it",
        "make one with `holdfast init DIR`, or name it with `--workspace DIR`",
    )


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise HoldfastError(f"{_shown(file)}:{line}: this is not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        raise HoldfastError(f"{_shown(file)} cannot be read: {error.strerror or error}") from error


def _shown(file: Path) -> str:
    """The path as a person in the current folder would write it."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _refuse_taken(folder: Path) -> None:
    if (folder / SETTINGS_FILE).exists():
        raise UsageError(f"{folder} is a workspace already", "give the name of a new folder")
    if folder.is_dir():
        if seen := min((p.name for p in folder.iterdir() if not p.name.startswith(".")), default=None):
            raise UsageError(f"{folder} is not empty: it holds {seen}", "give the name of a new folder")
    elif folder.exists():
        raise UsageError(f"{folder} is a file", "give the name of a new folder")


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A hidden folder to build in, whose contents become those of `folder` in the end, or vanish on any failure.

    A new folder comes into being by one rename. In one that exists, whose own identity must stay (somebody may stand
    in it), the entries are moved one by one, the settings last, for they make it a workspace.
    """
    exists = folder.is_dir()
    made = [] if exists else [parent for parent in folder.parents if not parent.exists()]
    draft = (folder if exists else folder.parent) / f".{folder.name}.{secrets.token_hex(4)}.new"
    moved: list[Path] = []
    try:
        draft.mkdir(parents=True)
        yield draft
        if not exists:
            draft.rename(folder)
            return
        for entry in sorted(draft.iterdir(), key=lambda p: (p.name == SETTINGS_FILE, p.name)):
            moved.append(entry.rename(folder / entry.name))
        draft.rmdir()
    except BaseException:
        for entry in moved:
            entry.unlink() if entry.is_file() else shutil.rmtree(entry)
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):
            for parent in made:
                parent.rmdir()
        raise


def _copy(source: Path, target: Path) -> None:
    """The folder's contents anew, without hidden and compiled files, and writable whatever the source's rights are."""
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            _copy(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())
