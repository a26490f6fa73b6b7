"""A workspace for each test of a night."""

from pathlib import Path

import pytest
from nights import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return Workspace(tmp_path, monkeypatch)
