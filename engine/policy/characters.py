"""Characters that no policy file may hold: unreadable ones, and such as make a text look like another one."""

import re

from engine.policy.faults import Fault, Place

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def plain_lines(text: str) -> str:
    """The text without a byte order mark, its line ends as \\n alone."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def check_characters(text: str, file: str) -> Fault | None:
    """What makes a file unreadable as a whole, the first such thing only."""
    if found := _SURROGATE.search(text):
        help = "save it as UTF-8: in most editors this is a choice in `Save as`"
        return Fault("not-utf8", place_at(text, found.start(), file), "this file is not UTF-8 text", help)
    if found := _CONTROL.search(text):
        return Fault("character", place_at(text, found.start(), file), *said(found.group()))
    if found := _TURNING.search(text):
        return Fault("character", place_at(text, found.start(), file), *said(found.group()))
    return None


def forbidden(text: str) -> str:
    """The first character of a value that it may not hold, or an empty text."""
    found = _SURROGATE.search(text) or _CONTROL.search(text) or _TURNING.search(text)
    return found.group() if found else ""


def said(char: str) -> tuple[str, str]:
    """What is wrong with a character, and the way out."""
    if _SURROGATE.match(char):
        return f"U+{ord(char):04X} is half of a character", "write the character itself"
    if _TURNING.match(char):
        message = f"the invisible character U+{ord(char):04X} turns the direction of reading"
        return message, "remove it: the text must read as it is"
    return f"the invisible character U+{ord(char):04X} is not admitted", "remove it, or type the line anew"


def place_at(text: str, at: int, file: str) -> Place:
    """The place of the character with index `at`."""
    return Place(file, text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)
