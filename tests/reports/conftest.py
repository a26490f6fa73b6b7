"""One night of the example company for all tests of reports."""

from pathlib import Path

import pytest
from reporting import night_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the example company's night of 2026-11-22."""
    return night_of(tmp_path_factory.mktemp("example"), ROOT / "examples" / "company" / "facts")
