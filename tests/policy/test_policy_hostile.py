"""Whatever is written into a policy gives faults in their places or a policy, soon; nothing of it is carried out."""

import sys
import time

from hostile import SHIPPED, expressions, files, judged, spoilt, template_like, yaml_like
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_help import BASE
from sqlglot.tokens import Tokenizer

from engine.policy.lexing import Unreadable, lexemes

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
EVENTS = {"os.system", "subprocess.Popen", "exec", "os.exec", "os.posix_spawn", "socket.connect", "open", "import"}


@settings(PATIENT, max_examples=150)
@given(files, yaml_like)
def test_anything_like_yaml(file: str, text: str) -> None:
    began = time.monotonic()
    judged(BASE | {file: text})
    assert time.monotonic() - began < 20


@settings(PATIENT, max_examples=100)
@given(files, st.text(max_size=200))
def test_any_text(file: str, text: str) -> None:
    judged(BASE | {file: text})


@settings(PATIENT, max_examples=150)
@given(template_like)
def test_any_template(text: str) -> None:
    because = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    rules = BASE["rules/base.yaml"].replace("{{ days_late | days }} late", because)
    judged(BASE | {"templates/promise/call.en.md": f"# {text}\n\n{text}", "rules/base.yaml": rules})


@settings(PATIENT, max_examples=60)
@given(spoilt())
def test_shipped_files_spoilt(texts: dict[str, str]) -> None:
    judged(texts)


@settings(PATIENT, max_examples=3)
@given(spoilt())
def test_the_shipped_policy_spoilt(texts: dict[str, str]) -> None:
    judged(SHIPPED | texts)


@settings(PATIENT, max_examples=200)
@given(expressions)
def test_any_expression(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    judged(
        BASE | {"rules/mine.yaml": f"risk: {{red: {quoted}}}\nmeasures: {{m: {{about: promise, value: {quoted}}}}}\n"}
    )


@settings(PATIENT, max_examples=300)
@given(expressions)
def test_the_parser_sees_the_same_words(text: str) -> None:
    try:
        words = lexemes(text)
    except Unreadable as unreadable:
        assert 0 <= unreadable.slip.start < unreadable.slip.end <= max(len(text), 1)
        return
    assert [(word.start, word.end) for word in words] == [(t.start, t.end + 1) for t in Tokenizer().tokenize(text)]


HOSTILE = {
    "rules/mine.yaml": """\
limits: {days: !!python/object/apply:os.system ["touch x"]}
words: {gift: {en: !!python/name:os.system x}}
measures:
  one: {about: account, value: "__import__('os').system('touch x')"}
  two: {about: account, from: order, take: "count(*) from read_csv('/etc/passwd')"}
  three: {about: account, value: "(select system('touch x'))"}
  four: {about: account, value: "getenv('HOME') = 'x' or load_extension('x')"}
signals:
  mine:
    title: {en: Mine}
    about: promise
    when: "text = 'x'); drop table promise; --'"
    severity: low
    because: {en: "{{ ''.__class__.__mro__[1].__subclasses__() }}{% include '/etc/passwd' %}{{ cycler.__init__ }}"}
""",
    "templates/promise/call.en.md": "# {{ config }}\n\n{{ lipsum.__globals__['os'].popen('touch x').read() }}\n",
    "playbooks/mine.yaml": """\
play: mine
about: promise
trigger: "exec('touch x')"
steps:
  - {id: call, assign: "os.system('x')", due: 1 day, template: ../../etc/passwd}
""",
}


def test_nothing_of_a_policy_is_carried_out() -> None:
    judged(BASE | HOSTILE)  # what is loaded only once is loaded now
    seen: list[str] = []
    watching = True

    def hook(event: str, _: object) -> None:
        if watching and event in EVENTS:
            seen.append(event)

    sys.addaudithook(hook)
    found = judged(BASE | HOSTILE)
    watching = False
    assert seen == []
    assert {fault.place.file for fault in found.faults} == set(HOSTILE)
    assert len(found.faults) >= 12
