"""What the README shows is true: its rule, the fault it prints, its settings, its commands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.policy.load import PolicyFaults, load_policy
from engine.workspace import Workspace, init_workspace, open_workspace

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A fresh workspace with the README's rule in it, but not yet its templates."""
    made = init_workspace(tmp_path / "firm", "en")
    example = next(text for text in YAML if text.startswith("# rules/limits.yaml"))
    for part in re.split(r"(?m)^(?=# (?:rules|playbooks)/)", example):
        if part.strip():
            head, body = part.split("\n", 1)
            name = head.removeprefix("# ").replace("rules/limits.yaml", "rules/limits-samples.yaml")
            (made.root / name).write_text(body, encoding="utf-8")
    return made


def test_the_fault_is_what_check_prints(workspace: Workspace) -> None:
    shown = re.search(r"<!-- fault -->\n```\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    with pytest.raises(PolicyFaults) as caught:
        load_policy(workspace.root)
    assert str(caught.value.message) == shown[1]


def test_the_rule_is_sound_once_its_templates_are_written(workspace: Workspace) -> None:
    (workspace.templates / "sample").mkdir()
    for language, text in {
        "en": "# Ask {{ account.name }}\n\nCall.\n",
        "zh": "# 回访{{ account.name }}\n\n请致电。\n",
    }.items():
        (workspace.templates / "sample" / f"call.{language}.md").write_text(text, encoding="utf-8")
    assert "ask-about-sample" in load_policy(workspace.root).plays


def test_the_settings_are_read(tmp_path: Path) -> None:
    made = init_workspace(tmp_path / "firm", "en")
    settings = next(text for text in YAML if text.startswith("language:"))
    (made.root / "holdfast.yaml").write_text(settings, encoding="utf-8")
    opened = open_workspace(made.root)
    assert (opened.language, opened.language_of("r7")) == ("zh", "en")
    assert [source.type for source in opened.sources] == ["account", "interaction", None]
    assert opened.sources[1].values["channel"]["拜访"] == "visit"


def test_every_command_stands_in_the_readme() -> None:
    shown = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = set(re.findall(r"^│ (\w[\w-]*)  ", shown, re.MULTILINE))
    assert {"init", "run", "why-not"} <= commands
    told = " ".join(row.split(" | ")[0] for row in README.splitlines() if row.startswith("| `"))
    assert {name for name in commands if not re.search(rf"`{name}[` ]", told)} == set()


def test_its_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
