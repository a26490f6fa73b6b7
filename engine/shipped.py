"""Where the policy and the examples that come with the engine are found."""

from pathlib import Path

from engine.errors import HoldfastError

POLICY_FOLDERS = ("rules", "playbooks", "templates")


def shipped_root() -> Path:
    """The folder that holds the shipped `rules`, `playbooks`, `templates` and `examples`.

    In an installed wheel they lie inside the package, in a checkout beside it. Raises HoldfastError where the
    installation is not whole.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "_shipped", package.parent):
        if all((root / folder).is_dir() for folder in POLICY_FOLDERS):
            return root
    raise HoldfastError("the shipped policy is missing from this installation", "install holdfast again")


def shipped_example(name: str) -> Path:
    """The folder of the shipped example called `name`. Raises HoldfastError where there is none."""
    folder = shipped_root() / "examples" / name
    if not folder.is_dir():
        raise HoldfastError(f"the example '{name}' is missing from this installation", "install holdfast again")
    return folder
