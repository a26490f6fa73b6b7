"""A message of an error in another language: found in a catalogue by its English text, values and all.

in_language("did you mean 'visit'?", "zh")   # 是不是想写“visit”？
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

PLACE = re.compile(r"(?<!\{)\{([a-z_]+)(?::([a-z]+))?\}(?!\})")  # a value in a pattern, with how it is said
_CHINESE = re.compile("[\u4e00-\u9fff”]")
_LATIN = re.compile(r"[A-Za-z0-9`{}*/+~\[%-]")


@dataclass(frozen=True)
class Pattern:
    """A message with values: its fixed parts in English, the names of the values between them, the translation."""

    parts: tuple[str, ...]
    names: tuple[str, ...]
    said: str

    @property
    def weight(self) -> int:
        """How many characters are fixed."""
        return sum(len(part) for part in self.parts)

    def values(self, text: str) -> Mapping[str, str] | None:
        """The values in `text`, None where it is another message."""
        first, last = self.parts[0], self.parts[-1]
        if not (text.startswith(first) and text.endswith(last)) or len(text) < self.weight:
            return None
        if any(part not in text for part in self.parts[1:-1]):
            return None
        found = _compiled(self.parts, self.names).fullmatch(text)
        return dict(zip(self.names, found.groups(), strict=True)) if found else None


@dataclass(frozen=True)
class Catalogue:
    """Messages in one language: those without values by their text, the others with the longest fixed text first."""

    plain: Mapping[str, str]
    patterns: tuple[Pattern, ...]

    def find(self, text: str) -> tuple[str, Mapping[str, str]] | None:
        """The translation of `text`, values still to be filled in, and its values; None where there is none."""
        if text in self.plain:
            return self.plain[text], {}
        for pattern in self.patterns:
            values = pattern.values(text)
            if values is not None:
                return pattern.said, values
        return None


@lru_cache(maxsize=4096)
def in_language(text: str, language: str) -> str:
    """A message or hint in `language`; as it is where no catalogue has it.

    One of several lines is several messages, unless it is one with a value of several lines.
    """
    if language != "zh" or not text:
        return text
    entries = _messages()
    lines = text.split("\n")
    several = len(lines) > 1 and any(entries.find(line) is None for line in lines if line)
    if several and entries.find(text) is not None:
        return _said(text, entries)
    return "\n".join(_said(line, entries) for line in lines)


def catalogue(entries: Mapping[str, str]) -> Catalogue:
    """Entries, English to translation, made ready to be looked up."""
    plain = {english: said for english, said in entries.items() if not PLACE.search(english)}
    patterns = [_pattern(english, said) for english, said in entries.items() if english not in plain]
    return Catalogue(plain, tuple(sorted(patterns, key=lambda pattern: -pattern.weight)))


def _pattern(english: str, said: str) -> Pattern:
    parts = PLACE.split(english)  # part, name, None, part, name, None, … part
    return Pattern(tuple(parts[::3]), tuple(parts[1::3]), said)


@cache
def _compiled(parts: tuple[str, ...], names: tuple[str, ...]) -> re.Pattern[str]:
    values = (r"([\d.,+-]+)" if name == "number" else "(.*?)" for name in names)
    return re.compile(
        re.escape(parts[0]) + "".join(v + re.escape(p) for v, p in zip(values, parts[1:], strict=True)), re.DOTALL
    )


@cache
def _messages() -> Catalogue:
    from engine.messages.zh import messages

    return catalogue(messages())


@cache
def _words() -> Catalogue:
    from engine.messages.zh import words

    return catalogue(words())


def _said(text: str, entries: Catalogue) -> str:
    found = entries.find(text)
    return text if found is None else _filled(*found)


def _filled(said: str, values: Mapping[str, str]) -> str:
    """A translation with its values; one that is said in Chinese too stands apart from Chinese where it is Latin."""
    parts = PLACE.split(said)
    done = parts[0]
    for name, way, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        value = _WAYS[way or "as_is"](values[name])
        if way and _CHINESE.match(done[-1:]) and _LATIN.match(value[:1]):
            value = f" {value}"
        if way and _LATIN.match(value[-1:]) and _CHINESE.match(rest[:1]):
            value = f"{value} "
        done += value + rest
    return done


def _word(text: str) -> str:
    return _said(text, _words())


def _joined(apart: str, joint: str) -> Callable[[str], str]:
    return lambda text: joint.join(text.split(apart))


def _kinds(apart: str, joint: str) -> Callable[[str], str]:
    return lambda text: joint.join(_word(each) for each in text.split(apart))


def _columns(text: str) -> str:
    """Names of columns; how many more there are ends them."""
    text = re.sub(r" and (\d+) more$", r" 等（另有 \1 列）", text)
    return "、".join("（无列名）" if name == "(no name)" else name for name in text.split(", "))


_WAYS: Mapping[str, Callable[[str], str]] = {
    "as_is": lambda text: text,
    "word": _word,
    "say": lambda text: _said(text, _messages()),
    "list": _joined(", ", "、"),
    "either": _joined(" or ", " 或 "),
    "both": _joined(" and ", " 和 "),
    "columns": _columns,
    "kinds": _kinds(", ", "、"),
    "chain": _kinds(" → ", " → "),
    "faults": _kinds("; ", "；"),
    "pairs": lambda text: text.replace("name of the column", "列名"),
    "type": lambda text: re.sub(r"^an? ", "", text),
}
