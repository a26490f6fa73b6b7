"""Reading YAML: the fast way gives what the exact way gives, for sound texts and for broken ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.yaml12 import load

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("rules", "playbooks") for path in (ROOT / folder).rglob("*.yaml"))
PIECES = (
    ":", "-", "[", "]", "{", "}", "'", '"', "#", "&a ", "*a", "!", "|\n", ">-\n", "%", "@", "`", ",", "\n", " ", "中",
    ": ", "- ", "---\n", "...", "<<: ", "\\", "!!str ", "0x1f", "1e400", "~", "yes", "2026-01-31", "|+2\n  a\n\n",
)  # fmt: skip
FAST, EXACT = "# \n", "# ?\n"  # a question mark anywhere has PyYAML itself read the text


def both(text: str) -> None:
    data, places, faults = load(FAST + text, "f.yaml")
    assert (repr(data), dict(places), faults) == (lambda d, p, f: (repr(d), dict(p), f))(*load(EXACT + text, "f.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_files(path: Path) -> None:
    both(path.read_text(encoding="utf-8"))


@given(st.data())
def test_broken_texts(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    text = text[start : start + data.draw(st.integers(0, 800))]
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + data.draw(st.integers(0, 3)) :]
    both(text)


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "- " * 5000, "a: " * 300 + "b", "{a: " * 90 + "}" * 90, "\n".join(" " * n + "a:" for n in range(450))],
)
def test_deep_texts(text: str) -> None:
    both(text)
    assert load(text, "f.yaml")[2]
