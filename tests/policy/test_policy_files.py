"""Which files make a policy, and which cannot be read."""

import os
from pathlib import Path

import pytest
from policy_help import BASE

from engine.errors import PolicyError
from engine.policy.files import MAX_BYTES, read_texts
from engine.policy.load import check, policy_hash


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("rules/measures", "playbooks", "templates/promise"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "rules" / "limits.yaml").write_bytes("\ufefflimits:\r\n  days: 3\r\n".encode())
    return tmp_path


def test_what_is_read(root: Path) -> None:
    for name in ("rules/measures/m.yml", "playbooks/p.yaml", "templates/promise/call.en.md", "rules/README.md"):
        (root / name).write_text("x", encoding="utf-8")
    for name in ("rules/.hidden.yaml", "rules/notes.txt", "playbooks/p.yaml~", "other.yaml"):
        (root / name).write_text("x", encoding="utf-8")
    (root / "rules" / "folder.yaml").mkdir()
    assert list(read_texts(root)) == [
        "rules/README.md", "rules/limits.yaml", "rules/measures/m.yml", "playbooks/p.yaml",
        "templates/promise/call.en.md",
    ]  # fmt: skip


def test_line_ends_and_byte_order_mark_do_not_matter(root: Path) -> None:
    texts = read_texts(root)
    assert texts == {"rules/limits.yaml": "limits:\n  days: 3\n"}
    assert check(texts).texts == check({"rules/limits.yaml": "\ufefflimits:\r\n  days: 3\r"}).texts
    assert policy_hash(texts) != policy_hash({"rules/limit.yaml": texts["rules/limits.yaml"]})


def test_no_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="the folder 'rules' is missing"):
        read_texts(tmp_path)


def test_a_file_that_is_too_large(root: Path) -> None:
    (root / "rules" / "big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PolicyError, match=r"rules/big\.yaml is larger than 400,000 bytes"):
        read_texts(root)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links cannot be made here")
@pytest.mark.parametrize(
    ("target", "said"),
    [
        (".", "leads outside the policy folder"),
        ("../../outside.yaml", "leads outside the policy folder"),
        ("link.yaml", "is a link that leads nowhere"),
        ("gone.yaml", "is a link that leads nowhere"),
    ],
)
def test_a_link_that_leads_outside_or_nowhere(root: Path, target: str, said: str) -> None:
    (root.parent / "outside.yaml").write_text("limits: {}", encoding="utf-8")
    (root / "rules" / "link.yaml").symlink_to(root.parent if target == "." else target)
    with pytest.raises(PolicyError, match=rf"rules/link\.yaml {said}"):
        read_texts(root)


@pytest.mark.skipif(os.name == "nt", reason="names are always text here")
def test_a_name_that_is_no_text(root: Path) -> None:
    try:
        (root / "rules" / os.fsdecode(b"\xb3\xd9.yaml")).write_text("x", encoding="utf-8")
    except OSError:
        pytest.skip("this disk admits no such name")
    with pytest.raises(PolicyError, match="the name of this file is not UTF-8 text") as caught:
        read_texts(root)
    caught.value.message.encode("utf-8")


def test_scenario_tests_are_no_part_of_a_policy() -> None:
    tests = {"rules/tests/mine.yaml": "tests: [{name: a test, nothing: order}]\n"}
    assert policy_hash(BASE | tests) == policy_hash(BASE)
    policy = check(BASE | tests).policy
    assert policy is not None
    assert policy.hash == policy_hash(BASE)
    assert policy.texts == BASE
    again = check(policy.texts).policy
    assert again is not None
    assert again.hash == policy.hash
