"""However large or deep a policy is written, it is checked within seconds and refused in plain words."""

import time

import pytest
from policy_help import checked

SIGNAL = """\
signals:
  mine:
    title: {{en: {title}}}
    about: promise
    when: "{when}"
    severity: low
    because: {{en: "{because}"}}
"""


def signal(title: str = "Mine", when: str = "value > 5", because: str = "late") -> dict[str, str]:
    return {"rules/mine.yaml": SIGNAL.format(title=title, when=when, because=because)}


STEPS = "".join(
    f"  - {{id: s{i}, assign: owner, due: 1 day, template: promise/call, after: {[f's{j}' for j in range(i)]}}}\n"
    for i in range(30)
)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (signal(title="a" * 2001), ["too-long"]),
        (signal(because="a" * 2001), ["too-long"]),
        (signal(when=" or ".join(["value > 5"] * 400)), ["too-long"]),
        (signal(when=" or ".join(["value > 5"] * 300)), []),
        (signal(when=" + ".join(["value"] * 450) + " > 5"), ["too-deep"]),
        (signal(when=" + ".join(["value"] * 70) + " > 5"), ["too-large"]),
        (signal(when="not " * 900 + "insisted"), ["too-deep"]),
        (signal(when="- " * 1900 + "5 < 3"), ["too-deep"]),
        (signal(when="(" * 1900 + "value" + ")" * 1900 + " > 5"), ["too-deep"]),
        (signal(when="case when insisted then " * 100 + "1" + " end" * 100 + " > 5"), ["too-deep"]),
        (signal(because="{{ value }} " * 150), []),
        (signal(because="{{ valeu }} " * 150), ["unknown-name"] * 150),
        (signal(because="{{ " + "(" * 900 + " }}"), ["template-syntax"]),
        ({"templates/promise/call.en.md": "# Call\n\n" + "{{ due_on }} " * 1500}, []),
        ({"templates/promise/call.en.md": "# Call\n\n" + "a" * 20_001}, ["too-long"]),
        ({"rules/mine.yaml": "limits: " + "{a: " * 20_000}, ["yaml-depth"]),
        ({"rules/mine.yaml": "limits: " + "[" * 20_000}, ["yaml-depth"]),
        ({"rules/mine.yaml": "limits:\n" + "".join(f"  n{i}: {i}\n" for i in range(10_000))}, []),
        ({"rules/mine.yaml": "limits:\n" + "".join(f"  n{i}: x\n" for i in range(10_000))}, ["wrong-shape"] * 301),
        (
            {"playbooks/keep.yaml": f"play: keep\nabout: promise\ntrigger: signal('promise-overdue')\nsteps:\n{STEPS}"},
            [],
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else ",".join(value)[:30] or "sound",
)
def test_size(given: dict[str, str], codes: list[str]) -> None:
    began = time.monotonic()
    found = checked(given)
    assert [fault.code for fault in found.faults][: len(codes)] == codes
    assert len(found.faults) == len(codes) or len(codes) > 300
    assert time.monotonic() - began < 20  # of a machine that is busy; each takes a second or two
