"""Texts that nobody should write into a policy: random ones, and shipped ones spoilt at random."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from engine.policy.faults import show
from engine.policy.load import Checked, check, read_texts

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = read_texts(ROOT)
NEEDED = ("rules/facts.yaml", "rules/limits.yaml")  # what makes most of any one shipped file readable alone


def _words(text: str) -> list[str]:
    return text.split()


_KEYS = _words("""
limits tiers cadence cadence_signals measures signals risk words play title about trigger steps escalate when let
severity because touches from by where take value id assign due template after source weight fields known_from
ref one_of planned en zh A B red sales visit match classes rank_by matrix
""")
_VALUES = _words("""
account promise order rep spend amount today 'visit' sum(amount) otherwise high signal('promise-overdue') workday 1
3.5 true null owner.manager promise/call limit.days tier = 'A' top 5% rest every 1..2 months {{ x }} 承诺 ＝ ' "
&a *a !!python/object:os.system | > >- - ? : # % @ ` ~ {} [] , \\ 1e999 0x10 ../..
""")
_VALUES += ["\t", "\u202e", "\ud800", "\x00", "\u2028", "\r\n", ""]

_scalars = st.lists(st.sampled_from(_VALUES), max_size=5).map(" ".join) | st.text(max_size=12)
_lines = st.builds(
    lambda indent, dash, key, colon, value: " " * indent + dash + key + colon + value,
    st.integers(0, 8),
    st.sampled_from(["", "", "", "- ", "? "]),
    st.sampled_from(_KEYS) | st.text(max_size=6),
    st.sampled_from([": ", ": ", ":", "", "："]),
    _scalars,
)
yaml_like = st.lists(_lines, max_size=12).map("\n".join)
files = st.sampled_from(
    ["rules/facts.yaml", "rules/mine.yaml", "playbooks/mine.yaml", "templates/promise/call.en.md", "rules/base.yaml"]
)

_WORDS = _words("""
and or not = <> < <= > >= ( ) , . + - * / is null in between like case when then else end date 'visit' '2026-01-31'
5 0.5 1e9 true false today tier account owner limit grace_days share value text kind 'gift' due_on kept_on urged
insisted rep manager account.tier account.spend limit.grace_days signal coalesce least abs floor year month_start
add_months workdays count select from ; -- /* " ' ` % :: || 承 （ ‘ '' $1 @x {{ ? [ ] days_late
""")
_WORDS += ["\u00a0", "\x07", "\n", "\t"]
expressions = st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(_WORDS), max_size=10
).map("".join)


_BRACES = _words("""
{{ }} {% %} {# #} {%- -%} if endif else elif for in endfor set include raw endraw | . ( ) [ ] == != ' " kind value 客户
due_on money days round account.name reasons reason and not is none 'gift' 'rebaet' + - ~ }
""")
template_like = st.lists(st.sampled_from([*_BRACES, "\n"]), max_size=16).map(" ".join)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, str]:
    """A shipped file with some lines gone, doubled, swapped or changed in a character, with what it needs beside it."""
    file = draw(st.sampled_from(sorted(SHIPPED)))
    lines = SHIPPED[file].split("\n")
    for _ in range(draw(st.integers(1, 4))):
        how = draw(st.sampled_from(["delete", "double", "swap", "indent", "type", "cut"]))
        at = draw(st.integers(0, len(lines) - 1)) if lines else 0
        if not lines:
            break
        if how == "delete":
            del lines[at]
        elif how == "double":
            lines.insert(at, lines[at])
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif how == "indent":
            lines[at] = draw(st.sampled_from([" ", "  ", "\t", "- "])) + lines[at]
        else:
            column = draw(st.integers(0, len(lines[at])))
            put = draw(st.sampled_from(list("{}[]'\",:#&*!|>%@`-.=()x0 ＝：“\\\n") + _VALUES)) if how == "type" else ""
            gone = 1 if how == "cut" else draw(st.integers(0, 1))
            lines[at] = lines[at][:column] + put + lines[at][column + gone :]
    return {name: SHIPPED[name] for name in NEEDED} | {file: "\n".join(lines)}


def judged(texts: Mapping[str, str]) -> Checked:
    """What the check gives, having looked that it is a policy or faults, each of them in its place."""
    found = check(texts)
    assert (found.policy is None) == bool(found.faults)
    for fault in found.faults:
        lines = found.texts.get(fault.place.file, "").split("\n")
        assert 1 <= fault.place.line <= len(lines), fault
        assert 1 <= fault.place.column <= len(lines[fault.place.line - 1]) + 1, fault
        assert fault.width >= 1
        assert fault.message
        assert fault.help, fault
        show(fault, found.texts).encode("utf-8")
    return found
