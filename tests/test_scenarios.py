"""Scenario tests: the shipped suite, and the runner itself."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.action.calendar import Calendar
from engine.action.night import Settings
from engine.delivery.render import render
from engine.delivery.tests_view import coverage_lines, failed, summary
from engine.errors import PolicyError
from engine.policy.load import load_policy, read_texts
from engine.policy.model import Policy
from engine.scenarios.coverage import coverage
from engine.scenarios.model import Result
from engine.scenarios.reading import ScenarioFaults, read_scenarios
from engine.scenarios.suite import run_tests

ROOT = Path(__file__).parent.parent
FILE = "rules/tests/mine.yaml"
PROMISE = "promise: [{id: p1, kind: delivery, made_on: today - 50, due_on: today - 10}]"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(ROOT)


def run(policy: Policy, texts: Mapping[str, str], both: bool = False) -> list[Result]:
    settings = Settings(ROOT / "nowhere", Calendar("CN"), "en", {}, render)
    return list(run_tests(policy, read_scenarios(policy, texts), settings, Calendar("CN"), both))


def one(policy: Policy, test: str, on: str = "2026-11-22", both: bool = False) -> str:
    """What a single test, given by its keys below `name`, says when it fails; empty where it passes."""
    lines = "".join(f"    {line}\n" for line in test.splitlines())
    [result] = run(policy, {FILE: f"on: {on}\ntests:\n  - name: mine\n{lines}"}, both)
    return failed(result, "en") if result.differences else ""


def faults(policy: Policy, test: str) -> str:
    with pytest.raises(ScenarioFaults) as caught:
        one(policy, test)
    return caught.value.message


def test_the_shipped_policy_passes_its_tests_and_they_leave_nothing_out(policy: Policy) -> None:
    results = run(policy, read_texts(ROOT))
    wrong = [failed(result, "en") for result in results if result.differences]
    assert not wrong, "\n".join(wrong)
    left_out = coverage(policy, results)
    assert not any((left_out.signals, left_out.severities, left_out.plays, left_out.steps, left_out.limits)), left_out


def test_the_shipped_tests_hold_with_any_calendar(policy: Policy) -> None:
    for country in (None, "US", "DE"):
        calendar = Calendar(country)
        settings = Settings(ROOT / "nowhere", calendar, "zh", {}, render)
        scenarios = read_scenarios(policy, read_texts(ROOT), "complaints.yaml")
        wrong = [r for r in run_tests(policy, scenarios, settings, calendar) if r.differences]
        assert not wrong, (country, [failed(result, "en") for result in wrong])


def test_the_example_in_the_docs_passes(policy: Policy) -> None:
    text = (ROOT / "docs" / "tests.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    assert not [r.differences for r in run(policy, {FILE: example}, both=True) if r.differences]


def test_what_differs_is_said(policy: Policy) -> None:
    said = one(policy, f"given:\n  {PROMISE}\nexpect: {{signals: [{{rule: promise-overdue, severity: high}}]}}")
    assert "expected signal promise-overdue (severity high); it came" in said
    assert "severity low" in said
    said = one(policy, f"given:\n  {PROMISE}\nexpect: {{signals: [reward-overdue]}}")
    assert "expected signal reward-overdue, which did not come; what came: promise-overdue" in said
    said = one(policy, f"given:\n  {PROMISE}\nnot: {{signals: [D0.cause.broken-promise], tasks: [keep-the-promise]}}")
    assert "signal promise-overdue (account a1, about p1, severity low) came and should not" in said
    assert "task keep-the-promise (account a1, about p1, step call, for r1, due 2026-11-23) came and should not" in said
    said = one(policy, f"given:\n  {PROMISE}\nexpect: {{risk: {{a1: red}}}}\nonly: tasks")
    assert "expected a1 to be red; it is amber" in said
    assert "task keep-the-promise" in said
    assert "nothing else should" in said


def test_what_was_not_judged_proves_nothing(policy: Policy) -> None:
    said = one(policy, "given: {account: [{tier: A}]}\nnot: {signals: [silent]}")
    assert "add interaction, order to `given:` or `nothing:`" in said
    said = one(policy, "given: {account: [{tier: A}]}\nexpect: {signals: [silent]}")
    assert "was not judged: there are no facts of interaction, order" in said
    assert one(policy, "given: {account: [{tier: A}]}\nexpect: {unjudged: [silent]}") == ""
    assert "silent was judged" in one(policy, "nothing: [interaction, order]\nexpect: {unjudged: [silent]}")


def test_both_engines_and_a_whole_night_agree(policy: Policy) -> None:
    test = (
        "given:\n  rep: [{id: s1, role: service}]\n  complaint: [{opened_on: today - 20}]\n"
        "done: [{play: listen, step: record}]\nexpect: {tasks: [{play: listen, step: verify, assignee: s1}]}"
    )
    assert one(policy, test, both=True) == ""


def test_little_has_to_be_written(policy: Policy) -> None:
    assert one(policy, f"given: {{{PROMISE}}}\nexpect: {{tasks: [{{account: a1, assignee: r1, subject: p1}}]}}") == ""
    assert one(policy, f"given:\n  {PROMISE}\n  account: [{{owner: null}}]\nexpect: {{signals: [orphan]}}") == ""
    boss = "rep: [{id: r1, left_on: today}, {id: m1, left_on: today}]"
    assert one(policy, f"given:\n  {PROMISE}\n  {boss}\nexpect: {{tasks: [{{assignee: d1}}]}}") == ""
    orders = "order: [{ordered_on: today - 31, every: 20, times: 4, amount: 10}]"
    assert (
        one(policy, f"given: {{{orders}}}\nexpect: {{signals: [purchase-overdue]}}\nnot: {{signals: [gone-quiet]}}")
        == ""
    )


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("given: {promis: []}\nonly: true", [":4:13: there is no fact type 'promis'", "did you mean 'promise'?"]),
        ("given: {promise: [{kin: gift}]}\nonly: true", ["'kin' is not a field of promise", "did you mean 'kind'?"]),
        ("given: {promise: [{kind: gft, made_on: today}]}\nonly: true", ["not one of", "did you mean gift"]),
        ("given: {promise: [{kind: gift}]}\nonly: true", ["'made_on' of promise is required, but empty"]),
        ("given: {promise: [{kind: gift, made_on: today minus 3}]}\nonly: true", ["'today minus 3' is not a day"]),
        ("given: {promise: [{kind: gift, made_on: 22.11.}]}\nonly: true", ["'made_on' of promise does not fit"]),
        ("given: {account: [{owner: r9}]}\nonly: true", ["there is no rep 'r9'", "there are: d1, m1, r1"]),
        ("given: {account: [{id: x}, {id: x}]}\nonly: true", ["there is another account 'x'"]),
        ("given: {order: [{times: 0, ordered_on: today, amount: 1}]}\nonly: true", ["'times' is not a whole number"]),
        ("nothing: [ordr]\nonly: true", ["there is no fact type 'ordr'", "did you mean 'order'?"]),
        ("expect: {signals: [promise-overdu]}", [":4:24: there is no signal 'promise-overdu'", "'promise-overdue'"]),
        ("expect: {signals: [{rule: silent, account: a2}]}", ["there is no account 'a2'", "there are: a1"]),
        ("expect: {signals: [{rule: silent, severty: low}]}", ["unknown key 'severty'", "did you mean 'severity'?"]),
        ("expect: {signals: [{rule: silent, severity: hi}]}", ["'hi' is not a value of 'severity'"]),
        ("expect: {tasks: [{play: listen, step: tel}]}", ["there is no step 'tel'", "did you mean 'tell'?"]),
        ("expect: {tasks: [{play: save, assignee: r7}]}", ["there is no rep 'r7'"]),
        ("expect: {tasks: [{play: save, due: soon}]}", ["'soon' is not a day"]),
        ("expect: {risk: {a3: red}}", ["there is no account 'a3'"]),
        ("expect: {unjudged: [silnt]}", ["did you mean 'silent'?"]),
        ("done: [{play: lisen, step: tell}]\nonly: true", ["did you mean 'listen'?"]),
        ("on: yesterday\nonly: true", ["'yesterday' is not a day"]),
        ("given: {}", ["test 'mine' expects nothing"]),
        ("expects: {}", ["unknown key 'expects'", "did you mean 'expect'?"]),
    ],
)  # fmt: skip
def test_faults_have_places_and_the_nearest_name(policy: Policy, test: str, said: list[str]) -> None:
    message = faults(policy, test)
    assert FILE in message
    for part in said:
        assert part in message


def test_all_faults_come_at_once(policy: Policy) -> None:
    message = faults(policy, "given: {promis: [], account: [{tier: D}]}\nexpect: {signals: [nothing-such]}")
    assert message.endswith("3 faults in the tests")


def test_no_tests_is_a_fault(policy: Policy) -> None:
    with pytest.raises(PolicyError, match="there are no tests"):
        run(policy, {FILE: "# none yet\n"})
    with pytest.raises(PolicyError, match="no test has 'zebra'"):
        read_scenarios(policy, read_texts(ROOT), "zebra")
    with pytest.raises(ScenarioFaults, match="begins with `tests:`"):
        run(policy, {FILE: "- name: x\n"})


def test_coverage_names_what_is_left_out(policy: Policy) -> None:
    test = f"given: {{{PROMISE}}}\nexpect: {{signals: [promise-overdue]}}"
    results = run(
        policy, {FILE: f"on: 2026-11-22\ntests:\n  - name: x\n    {test.replace(chr(10), chr(10) + '    ')}\n"}
    )
    left_out = coverage(policy, results)
    assert "silent" in left_out.signals
    assert "promise-overdue" not in left_out.signals
    assert "promise-overdue critical" in left_out.severities
    assert "listen/record" in left_out.steps
    assert "promise_grace_days A" in left_out.limits
    assert any(line.startswith("Signals that no test expects") for line in coverage_lines(left_out, "en"))
    assert summary(results, 1, "zh") == "测试 1 个，全部通过（1.0 秒）。"


def holdfast(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "branch"
    assert holdfast("init", folder, "--lang", "en").returncode == 0
    tests = folder / "rules" / "tests"
    assert (tests / "promises.yaml").is_file()
    done = holdfast("test", "-w", folder, "--only", "minivan")
    assert (done.returncode, done.stdout.startswith("Tests: 1, all passed")) == (0, True), done.stderr
    limits = folder / "rules" / "limits.yaml"
    limits.write_text(limits.read_text(encoding="utf-8").replace("{A: 0, B: 1, C: 3}", "{A: 0, B: 2, C: 3}"), "utf-8")
    done = holdfast("test", "-w", folder, "--only", "promises.yaml")
    assert done.returncode == 3
    assert "failed: a promise is late the day after its grace" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    (tests / "mine.yaml").write_text("tests:\n  - nam: x\n", encoding="utf-8")
    done = holdfast("test", "-w", folder)
    assert done.returncode == 1
    assert "rules/tests/mine.yaml:2:5: unknown key 'nam'" in done.stderr
    assert holdfast("check", "-w", folder).returncode == 0
    shutil.rmtree(tests)
    done = holdfast("test", "-w", folder)
    assert (done.returncode, "there are no tests in rules/tests" in done.stderr) == (1, True)
