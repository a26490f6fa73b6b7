"""YAML 1.2 text to plain data, keeping the line and column of every key and value.

Differs from a plain PyYAML loader: only `true` and `false` are booleans, dates stay text, a key that stands twice is
a fault, tags are not admitted, and aliases may not blow the document up.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import yaml

from engine.policy.characters import check_characters, forbidden, plain_lines, said
from engine.policy.faults import Fault, Place
from engine.policy.yaml_faults import escape_fault, reader_fault, syntax_fault

Path = tuple[str | int, ...]
VALUE = "\0value"  # appended to a path: the place of the value; the path itself is the place of its key
MAX_NODES = 100_000
MAX_DEPTH = 40
MAX_DIGITS = 30


class Unread:
    """Stands for a value whose fault is noted already; whoever meets it says nothing."""

    def __repr__(self) -> str:
        return "unread"


UNREAD = Unread()

_RESOLVERS = (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
)
_PLAIN_TAGS = {tag for tag, _, _ in _RESOLVERS} | {
    "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:map",
    "tag:yaml.org,2002:seq",
}
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t\n]+)*")


_RESOLVED: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = _RESOLVED


for _tag, _pattern, _first in _RESOLVERS:
    for _char in _first:
        _RESOLVED.setdefault("" if _char == "\0" else _char, []).append((_tag, re.compile(_pattern)))

_FastLoader: type[yaml.SafeLoader] | None = None
if yaml.__with_libyaml__:
    _FastLoader = type("_FastLoader", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": _RESOLVED})
# what libyaml reads otherwise, or places otherwise, or could be too deep for it
_SLOW_ONLY = re.compile(r"[\t?!]|[^\n]{500}|^(?:---|\.\.\.|%)|:\s*[\]},]", re.MULTILINE)
_MOST_BRACKETS = 100  # open at once, at most, for libyaml


@dataclass
class _Reading:
    file: str
    text: str
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    nodes: int = 0
    open: set[int] = field(default_factory=set)

    def place(self, mark: yaml.Mark) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def fault(self, code: str, mark: yaml.Mark, message: str, help: str = "", width: int = 1) -> None:
        self.faults.append(Fault(code, self.place(mark), message, help, width))


class _StopReading(Exception):
    pass


def load(text: str, file: str) -> tuple[object, Mapping[Path, Place], list[Fault]]:
    """Plain data of a YAML document; places by path (see VALUE); faults.

    Data is None where nothing could be read, and UNREAD in the place of each value that has a fault.
    """
    text = plain_lines(text)
    unreadable = check_characters(text, file)
    if unreadable is not None:
        return None, {}, [unreadable]
    reading = _Reading(file, text)
    data: object = None
    try:
        node = _composed(text)
        data = None if node is None else _plain(node, (), reading, 0)
    except yaml.MarkedYAMLError as error:
        reading.faults.append(syntax_fault(error, text, file))
    except yaml.reader.ReaderError as error:
        reading.faults.append(reader_fault(error, text, file))
    except (ValueError, OverflowError):  # PyYAML does not look at the number in "\U…"
        reading.faults.append(escape_fault(text, file))
    except RecursionError:
        reading.faults.append(_too_deep(Place(file, 1, 1)))
    except _StopReading:
        pass
    return data, reading.places, reading.faults


def _composed(text: str) -> yaml.Node | None:
    """The tree of a text: by libyaml, ten times as fast, where it is there and sees the text as PyYAML does.

    Faults are always PyYAML's own: their places are exact.
    """
    if _FastLoader is not None and not _SLOW_ONLY.search(text) and _brackets(text) <= _MOST_BRACKETS:
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return yaml.compose(text, Loader=_FastLoader)
    return yaml.compose(text, Loader=_Loader)


def _brackets(text: str) -> int:
    """The most brackets that are open at once, at least; those in texts and comments count too."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1 if depth else 0
        deepest = max(deepest, depth)
    return deepest


def _too_deep(place: Place) -> Fault:
    help = "look for brackets or indentation that were not meant"
    return Fault("yaml-depth", place, f"this is nested more than {MAX_DEPTH} levels deep", help)


def _plain(node: yaml.Node, path: Path, reading: _Reading, depth: int) -> object:
    reading.nodes += 1
    mark = node.start_mark
    if reading.nodes > MAX_NODES:
        help = "write the values out"
        reading.fault("yaml-alias-bomb", mark, f"aliases (*name) make more than {MAX_NODES:,} values of this", help)
        raise _StopReading
    if id(node) in reading.open:
        reading.fault("yaml-alias-loop", mark, "this value holds an alias (*name) of itself", "write the value out")
        raise _StopReading
    if depth > MAX_DEPTH:
        reading.faults.append(_too_deep(reading.place(mark)))
        raise _StopReading
    if node.tag not in _PLAIN_TAGS or node.tag == "tag:yaml.org,2002:binary":
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        width = len(reading.text[mark.index :].split(maxsplit=1)[0])
        reading.fault("yaml-tag", mark, f"the tag {tag} is not admitted", "write the plain value", width)
        return UNREAD
    reading.places[(*path, VALUE)] = _content_place(node, reading)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, reading)
    reading.open.add(id(node))
    try:
        if isinstance(node, yaml.SequenceNode):
            items = []
            for i, item in enumerate(node.value):
                reading.places[(*path, i)] = reading.place(item.start_mark)
                items.append(_plain(item, (*path, i), reading, depth + 1))
            return items
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - the only kind left
        return _mapping(node, path, reading, depth)
    finally:
        reading.open.discard(id(node))


def _mapping(node: yaml.MappingNode, path: Path, reading: _Reading, depth: int) -> object:
    found: dict[str, object] = {}
    whole = True
    for key_node, value_node in node.value:
        mark = key_node.start_mark
        if not isinstance(key_node, yaml.ScalarNode):
            help = "a text that begins with { or [ needs quotes around it"
            reading.fault("yaml-key", mark, "a bracket stands where a plain key must stand", help)
            whole = False
            continue
        key = key_node.value
        if not key:
            reading.fault("yaml-key", mark, "a key is missing before this colon", "write `key: value`")
            whole = False
            continue
        if key in found:
            first = reading.places[(*path, key)]
            reading.fault(
                "duplicate-key", mark, f"the key '{key}' stands here a second time",
                f"it stands first in line {first.line}; keep one of them", len(key),
            )  # fmt: skip
            continue
        reading.places[(*path, key)] = reading.place(mark)
        found[key] = _plain(value_node, (*path, key), reading, depth + 1)
    return found if whole else UNREAD


def _scalar(node: yaml.ScalarNode, reading: _Reading) -> object:
    text, mark = node.value, node.start_mark
    if bad := forbidden(text):
        reading.fault("character", mark, *said(bad))
        return UNREAD
    kind = "str" if node.style else node.tag.rsplit(":", 1)[1]
    if kind == "bool":
        return text.lower() == "true"
    if kind == "null":
        return None
    if kind in ("int", "float"):
        number = _number(text) if len(text) <= MAX_DIGITS else None
        if number is None:
            help = "put it in quotes if it is meant as text"
            reading.fault("yaml-number", mark, "this number is too large or too long", help, len(text))
            return UNREAD
        return number
    return text


def _number(text: str) -> int | float | None:
    """The number that a text spells; None where no double holds it."""
    if text.lstrip("+-").startswith(("0x", "0o")):
        return int(text, 0)
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if abs(number) != float("inf") else None


def _content_place(node: yaml.Node, reading: _Reading) -> Place:
    """Where the text itself starts: behind an anchor, a tag or a quote, or below a block header (| or >)."""
    found = _PROPERTIES.match(reading.text, node.start_mark.index)
    at = found.end() if found and node.end_mark.index > found.end() else node.start_mark.index
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    if style in ("'", '"'):
        at += 1
    elif style in ("|", ">") and isinstance(node, yaml.ScalarNode) and node.value.strip():
        at = reading.text.index("\n", at)
        while reading.text[at].isspace():
            at += 1
    line = reading.text.count("\n", node.start_mark.index, at)
    if not line:
        return Place(reading.file, node.start_mark.line + 1, node.start_mark.column + 1 + at - node.start_mark.index)
    return Place(reading.file, node.start_mark.line + 1 + line, at - reading.text.rfind("\n", 0, at))
