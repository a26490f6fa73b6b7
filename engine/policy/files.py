"""The files of a policy folder, as text."""

from pathlib import Path

from engine.errors import PolicyError
from engine.policy.characters import plain_lines

FOLDERS = ("rules", "playbooks", "templates")
SUFFIXES = (".yaml", ".yml", ".md")
MAX_BYTES = 400_000  # of one file
MAX_TOTAL = 4_000_000


def read_texts(root: Path) -> dict[str, str]:
    """Every policy file below `root`, by its path from there, with / between the parts. Raises PolicyError.

    Bytes that are not UTF-8 come as lone surrogates, for `check` to find and place.
    """
    if not (root / "rules").is_dir():
        raise PolicyError(
            f"there is no policy in {root}: the folder 'rules' is missing", "make one with `holdfast init DIR`"
        )
    texts: dict[str, str] = {}
    total = 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix not in SUFFIXES or any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            _check_path(path, root, name)
            if path.is_file():
                texts[name] = _text(path, name)
                total += len(texts[name])
        if total > MAX_TOTAL:
            raise PolicyError(f"the policy holds more than {MAX_TOTAL:,} characters", "remove what does not belong")
    return texts


def _check_path(path: Path, root: Path, name: str) -> None:
    try:
        name.encode("utf-8")
        inside = path.resolve().is_relative_to(root.resolve())
        there = path.exists()
    except UnicodeEncodeError as error:
        shown = name.encode("utf-8", errors="replace").decode()
        raise PolicyError(f"{shown}: the name of this file is not UTF-8 text", "rename it") from error
    except (OSError, RuntimeError):  # a link that leads to itself
        inside = there = False
    if not there:
        raise PolicyError(f"{name} is a link that leads nowhere", "remove it, or put the file there")
    if not inside:
        raise PolicyError(f"{name} leads outside the policy folder", "put a copy of the file there instead of a link")


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(
            f"{name} cannot be read: {error.strerror or error}", "look at the rights of the file"
        ) from error
    if len(data) > MAX_BYTES:
        raise PolicyError(
            f"{name} is larger than {MAX_BYTES:,} bytes", "split it, or remove what does not belong there"
        )
    return plain_lines(data.decode("utf-8", errors="surrogateescape"))
