"""A digest in the forms of chat robots: WeCom, DingTalk, Feishu, Slack.

Names and texts are data: in no form can they become markup, a link under another name, or a call to everybody
(@all). What is too long for a form is cut at whole tasks, and the message says how many more there are.

Limits as the makers state them: WeCom 4,096 bytes of Markdown; DingTalk and Feishu 20,000 bytes of a request; Slack
50 blocks and 3,000 characters a block, and in fact about 13,000 characters in all.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.delivery.exports.people import weekday
from engine.delivery.phrases import phrase
from engine.sending.digest import Digest
from engine.sending.words import Lengths, Line, Section, counts, name_of, sections

Payload = dict[str, Any]
_LENGTHS = Lengths(title=120, reason=160, reasons=2)
_GONE = 5
_MARKUP = str.maketrans({
    "<": "＜", ">": "＞", "*": "＊", "`": "｀", "[": "［", "]": "］", "~": "～", "\\": "＼", "|": "｜", "@": "＠",
})  # fmt: skip
_SLACK = str.maketrans({"*": "＊", "`": "｀", "~": "～", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_EDGES = re.compile(r"(?<!\w)_|_(?!\w)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_START = re.compile(r"^(?=[#\-+=>]|\d+[.)])")


@dataclass(frozen=True)
class _Group:
    """What a message says of one person; `name` is empty where the message has a single one."""

    name: str
    counts: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class _Text:
    """All that a message says, before it has a form."""

    title: str
    counts: str
    groups: tuple[_Group, ...]
    more: str = ""


def payload(form: str, digests: Sequence[Digest], today: date, language: str, most: int) -> Payload:
    """The JSON that a robot takes, with at most `most` tasks a person, or fewer where the form has no room."""
    build, fits = _FORMS[form]
    everyone = len(digests)
    sizes = [(everyone, shown) for shown in range(most, 0, -1)] + [(people, 0) for people in range(everyone, -1, -1)]

    def made(people: int, shown: int) -> Payload:
        return build(_text(digests, people, today, language, shown), language)

    first, last = 0, len(sizes) - 1  # the smallest is taken whatever it is
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if fits(made(*sizes[middle])) else (middle + 1, last)
    return made(*sizes[first])


def preview(form: str, content: Payload) -> str:
    """A payload as somebody reads it, for a terminal."""
    match form:
        case "wecom":
            return str(content["markdown"]["content"])
        case "dingtalk":
            return str(content["markdown"]["text"])
        case "feishu":
            card = content["card"]
            texts = [card["header"]["title"]["content"], *(e["text"]["content"] for e in card["elements"])]
        case _:
            texts = [block["text"]["text"] for block in content["blocks"]]
    return "\n\n".join(texts)


def _text(digests: Sequence[Digest], people: int, today: date, language: str, most: int) -> _Text:
    groups = []
    for digest in digests[:people]:
        shown = digest.cut(most, min(most, _GONE))
        parts = list(sections(shown, today, language, _LENGTHS))
        if shown.more and not shown.items:
            parts.insert(0, Section("", (), phrase("digest_more", language, count=shown.more)))
        name = name_of(digest) if len(digests) > 1 else ""
        groups.append(_Group(name, counts((digest,), language), tuple(parts)))
    left = len(digests) - people
    day = phrase("digest_day", language, day=today)
    title = phrase("digest_subject_chat", language, day=day, weekday=weekday(today, language))
    if len(digests) == 1:
        title = f"{name_of(digests[0])}{'：' if language == 'zh' else ': '}{title}"
    more = phrase("digest_more_people", language, count=left) if left else ""
    return _Text(title, counts(digests, language), tuple(groups), more)


def _plain(text: str) -> str:
    """Text in which nothing works as Markdown, an HTML tag or a mention: such signs are written full width."""
    return _START.sub("\u2060", _ENTITY.sub("＆", _EDGES.sub("＿", text.translate(_MARKUP))))


def _slack_text(text: str) -> str:
    return _EDGES.sub("＿", text.translate(_SLACK))


def _blocks(text: _Text, plain: Callable[[str], str], bold: str, mark: str, language: str) -> list[str]:
    """The message in pieces: a person, a heading, a task, a sentence each. `mark` stands before facts and reasons."""
    why = phrase("export_why", language) + ("：" if language == "zh" else ": ")

    def task(line: Line) -> str:
        rows = [f"{bold}{plain(line.title)}{bold}", f"{mark}{plain(line.facts)}"]
        return "\n".join([*rows, *(f"{mark}{plain(why + reason)}" for reason in line.because)])

    found = [plain(text.counts)]
    for group in text.groups:
        if group.name:
            found.append(f"{bold}{plain(group.name)}{bold}  {plain(group.counts)}")
        for part in group.sections:
            found += [f"{bold}— {plain(part.heading)} —{bold}"] if part.heading else []
            found += [task(line) for line in part.lines]
            found += [plain(part.more)] if part.more else []
    return [*found, plain(text.more)] if text.more else found


def _wecom(text: _Text, language: str) -> Payload:
    lines = [f"## {_plain(text.title)}", *_blocks(text, _plain, "**", "> ", language)]
    return {"msgtype": "markdown", "markdown": {"content": "\n".join(lines)}}


def _dingtalk(text: _Text, language: str) -> Payload:
    parts = [f"### {_plain(text.title)}"]
    parts += [block.replace("\n", "  \n") for block in _blocks(text, _plain, "**", "> ", language)]
    return {
        "msgtype": "markdown",
        "markdown": {"title": _plain(text.title), "text": "\n\n".join(parts)},
        "at": {"isAtAll": False, "atMobiles": [], "atUserIds": []},
    }


def _feishu(text: _Text, language: str) -> Payload:
    elements = [
        {"tag": "div", "text": {"tag": "plain_text", "content": block}}
        for block in _joined(_blocks(text, lambda said: said, "", "    ", language), 40, 10_000)
    ]
    return {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"title": {"tag": "plain_text", "content": text.title}, "template": "blue"},
            "elements": elements,
        },
    }


def _slack(text: _Text, language: str) -> Payload:
    header: Payload = {"type": "header", "text": {"type": "plain_text", "text": _plain(text.title), "emoji": False}}
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": block, "verbatim": True}}
        for block in _joined(_blocks(text, _slack_text, "*", "    ", language), 45, 2_900)
    ]
    said = f"{_slack_text(text.title)} · {_slack_text(text.counts)}"
    return {"text": said, "blocks": [header, *blocks], "unfurl_links": False, "unfurl_media": False}


def _joined(blocks: Sequence[str], most: int, length: int) -> list[str]:
    """The pieces put together so that there are about `most`, none longer than `length`."""
    each = -(-len(blocks) // most)
    found: list[str] = []
    held = 0
    for block in blocks:
        if found and held < each and len(found[-1]) + 2 + len(block) <= length:
            found[-1] += f"\n\n{block}"
            held += 1
        else:
            found.append(block)
            held = 1
    return found


def size(content: Payload) -> int:
    """The bytes of a payload on its way."""
    return len(json.dumps(content, ensure_ascii=False).encode())


def _letters(content: Payload) -> int:
    return sum(len(block["text"]["text"]) for block in content["blocks"])


_FORMS: dict[str, tuple[Callable[[_Text, str], Payload], Callable[[Payload], bool]]] = {
    "wecom": (_wecom, lambda found: len(found["markdown"]["content"].encode()) <= 4_096),
    "dingtalk": (_dingtalk, lambda found: size(found) <= 19_000),
    "feishu": (_feishu, lambda found: size(found) <= 19_000),
    "slack": (_slack, lambda found: len(found["blocks"]) <= 50 and _letters(found) <= 12_000),
}
