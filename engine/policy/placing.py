"""Where the characters of a YAML value stand in its file: through quotes, escapes and folded lines."""

from engine.policy.faults import Place

_HEX = {"x": 2, "u": 4, "U": 8}


def locate(text: str, start: Place, value: str, first: int, last: int) -> tuple[Place, int]:
    """Where the characters `first` to `last` (exclusive) of `value` stand, and how many they are on that line.

    `text` is the file, `start` the place of the value's first character there. Where the two do not run alike, it is
    the start of the value.
    """
    last = min(max(last, first + 1), len(value))
    places = _indexes(text, _index(text, start), value[:last])
    if not places or first >= last:
        return start, 1
    begin, end = places[first], places[last - 1] + 1
    line_start = text.rfind("\n", 0, begin) + 1
    line_end = text.find("\n", begin)
    line_end = len(text) if line_end < 0 else line_end
    width = len(text[begin : min(end, line_end)].rstrip())
    return Place(start.file, text.count("\n", 0, begin) + 1, begin - line_start + 1), max(width, 1)


def _index(text: str, place: Place) -> int:
    at = 0
    for _ in range(place.line - 1):
        at = text.find("\n", at) + 1
    return at + place.column - 1


def _indexes(text: str, at: int, value: str) -> list[int]:
    """The index in `text` of each character of `value`, empty where they do not run alike."""
    quote = text[at - 1 : at] if at and text[at - 1 : at] in ("'", '"') else ""
    found = []
    for char in value:
        if not char.isspace() or (quote == '"' and text[at : at + 1] == "\\"):
            at = _skip(text, at, quote, char)
            if at >= len(text):
                return []
            found.append(at)
            taken = _taken(text, at, quote)
            if taken == 1 and text[at] != char:
                return []
            at += taken
        else:
            found.append(min(at, len(text) - 1))
            at += text[at : at + 1] == char and char != "\n"
    return found


def _skip(text: str, at: int, quote: str, char: str) -> int:
    """Past the white space, and in double quotes the escaped line ends, before `char`."""
    while at < len(text):
        if quote == '"' and text[at : at + 2] == "\\\n":
            at += 2
        elif text[at].isspace() and text[at] != char:
            at += 1
        else:
            break
    return at


def _taken(text: str, at: int, quote: str) -> int:
    """How many characters of the file make the one at `at`."""
    if quote == "'" and text[at : at + 2] == "''":
        return 2
    if quote == '"' and text[at] == "\\":
        return 2 + _HEX.get(text[at + 1 : at + 2], 0)
    return 1
