"""A workspace without the shipped policy, for tests that bring a small one of their own."""

import shutil
from pathlib import Path

from engine.workspace import Workspace, init_workspace


def bare_workspace(folder: Path, language: str = "en") -> Workspace:
    """A new workspace that holds the fact contract and no policy."""
    made = init_workspace(folder, language)
    for part in (made.rules, made.playbooks, made.templates):
        for entry in part.iterdir():
            if entry.name != "facts.yaml":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return made
