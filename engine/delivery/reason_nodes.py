"""A tree of reasons as marked text, the same for the terminal and for pages."""

from collections.abc import Mapping
from typing import Any

from engine.audit.reasons import Reason
from engine.delivery.document import Line, Node, Span, line
from engine.delivery.phrases import phrase
from engine.delivery.render import render, said
from engine.facts.told import TOLD
from engine.policy.model import Words

MAX_FIELDS = 8  # of a fact row
LONGEST = 40  # characters of a value


class ReasonNodes:
    """Lays out the reasons of one explanation; what was opened up once is not opened again.

    With `whole` nothing is cut short: every field of a row, every value in full.
    """

    def __init__(self, language: str, words: Mapping[str, Words], account: str | None, *, whole: bool = False) -> None:
        self.language, self.words, self.account, self.whole = language, words, account, whole
        self.shown: set[tuple[str, ...]] = set()  # what has been opened up once already

    def node(self, reason: Reason, subject: str = "", known: bool = False) -> Node:
        """A reason and all below it. `subject`: the fact that it is about, where it is not the account."""
        head, more = self.lines(reason, known)
        return Node(head, more, () if known else self._below(reason, subject))

    def _below(self, reason: Reason, subject: str) -> tuple[Node, ...]:
        found = []
        for child in reason.children:
            if plain_value(child) and reason.kind in ("condition", "severity") and len(reason.children) == 1:
                continue  # stands beside its condition already
            mark = _mark(child, subject)
            known = bool(child.children) and child.kind in ("value", "rows") and mark in self.shown
            self.shown.add(mark)
            if child.kind == "other":
                found.append(Node(*self.lines(child)))
                continue
            about = child.detail["subject"] if child.kind == "signal" else {"type": "", "id": subject}
            found.append(self.node(child, "" if about["type"] == "account" else about["id"], known))
        hidden = reason.detail.get("count", 0) - len(reason.children) if reason.kind == "rows" else 0
        if hidden > 0 and reason.children:
            found.append(Node(line((phrase("more_rows", self.language, count=hidden), "soft"))))
        return tuple(found)

    def lines(self, reason: Reason, known: bool = False) -> tuple[Line, tuple[Line, ...]]:
        """One reason without what is below it: its line, and further lines that belong to it."""
        match reason.kind:
            case "play":
                title = self.title(reason)
                return self._placed(reason, f"{phrase('play', self.language)} ", (title or reason.text, "strong")), ()
            case "signal":
                return self._signal(reason)
            case "level":
                return self._level(reason), ()
            case "rule":
                return self._rule(reason), ()
            case "other":
                first = reason.children[0].text if reason.children else ""
                return line(("✗ ", "bad"), (reason.text, "name"), f"  {first}"), ()
            case "condition":
                return self._verdict(reason), ()
            case "severity":
                return self._severity(reason), ()
            case "value":
                return self._defined(reason, known)
            case "weight":
                return line((said(reason.value, self.language), "strong"), "  ", self.title(reason) or reason.text), ()
            case "rows":
                return self._rows(reason, known), ()
            case "row":
                return self._row(reason), ()
        return line((phrase(reason.text, self.language, now=said(reason.detail.get("now"), self.language)), "note")), ()

    def title(self, reason: Reason) -> str:
        """The title of what it is about, in the reader's language where there is one."""
        titles = reason.detail.get("title") or {}
        return str(titles.get(self.language) or next(iter(titles.values()), ""))

    def because(self, reason: Reason) -> str:
        """What a signal says of its subject."""
        texts = reason.detail["because"]
        text = texts.get(self.language) or next(iter(texts.values()))
        return render(text, reason.detail["evidence"] or {}, self.language, self.words)

    def _signal(self, reason: Reason) -> tuple[Line, tuple[Line, ...]]:
        severity = reason.detail["severity"]
        title = (self.title(reason) or reason.text, "strong")
        head = self._placed(reason, title, "  ", (phrase(severity, self.language), severity))
        return head, (line((self.because(reason), "said")),)

    def _level(self, reason: Reason) -> Line:
        level = phrase(reason.text, self.language)
        if reason.detail.get("missing"):
            why = phrase("unjudged_for", self.language, types=", ".join(reason.detail["missing"]))
            return self._placed(reason, ("· ", "soft"), (level, reason.text), f"  {why}")
        return self._placed(reason, ("✓ ", "good") if reason.holds else ("✗ ", "bad"), (level, reason.text))

    def _rule(self, reason: Reason) -> Line:
        spans: list[str | Span] = [_verdict(reason.holds), (self.title(reason) or reason.text, "strong")]
        if reason.detail.get("missing"):
            types = ", ".join(reason.detail["missing"])
            spans.append(("  " + phrase("unjudged_for", self.language, types=types), "soft"))
        elif reason.detail.get("none"):
            spans.append(("  " + phrase("none_of", self.language, type=reason.detail["none"]), "soft"))
        return self._placed(reason, *spans)

    def _verdict(self, reason: Reason) -> Line:
        text = self._joined(reason.detail["joiner"]) if reason.detail.get("joiner") else reason.text
        spans: list[str | Span] = [_verdict(reason.holds), text]
        if len(reason.children) == 1 and plain_value(reason.children[0]):
            spans += ["   ", *self._value(reason.children[0])]
        return line(*spans)

    def _joined(self, joiner: str) -> str:
        return phrase(f"joined_{joiner}", self.language)

    def _severity(self, reason: Reason) -> Line:
        when = reason.detail["when"]
        when = phrase("otherwise", self.language) if when == "otherwise" else when
        before, _, after = phrase("severity_when", self.language, severity="\0", when=when).partition("\0")
        return line(before, (phrase(reason.text, self.language), reason.text), after)

    def _defined(self, reason: Reason, known: bool) -> tuple[Line, tuple[Line, ...]]:
        if known:
            return line(*self._value(reason, known)), ()
        defined = reason.detail.get("is")
        return self._placed(reason, *self._value(reason)), (line((f"= {defined}", "soft")),) if defined else ()

    def _value(self, reason: Reason, known: bool = False) -> list[str | Span]:
        value = phrase("missing", self.language) if reason.value is None else self.said(reason.value)
        spans: list[str | Span] = [(reason.text, "name"), " = ", (value, "strong")]
        if known:
            return [*spans, (f"  {phrase('above', self.language)}", "soft")]
        if isinstance(tier := reason.detail.get("tier"), str):
            spans.append((f"  {phrase('tier', self.language, tier=tier)}", "soft"))
        return spans

    def _rows(self, reason: Reason, known: bool) -> Line:
        detail = reason.detail
        name = "no_rows" if not detail["count"] else "taken_from_one" if detail["count"] == 1 else "taken_from"
        text = phrase(name, self.language, count=detail["count"], type=detail["type"])
        above = f"  {phrase('above', self.language)}" if known and detail["count"] else ""
        return line((text + above, "soft"))

    def _row(self, reason: Reason) -> Line:
        people = reason.detail["people"]
        fields = {
            name: people.get(value, value) if isinstance(value, str) else value
            for name, value in reason.detail["fields"].items()
            if name != "id" and (name, value) != ("account", self.account)
        }
        most = len(fields) if self.whole else MAX_FIELDS
        comma = phrase("comma", self.language)
        shown = comma.join(f"{name} {self.said(value)}" for name, value in list(fields.items())[:most])
        origin = self._origin(reason)
        return line(
            (reason.text, "row"), (f"  {phrase('in_brackets', self.language, text=origin)}" if origin else "", "soft"),
            (f"  {shown}", "soft"), (f"{comma}…" if len(fields) > most else "", "soft"),
        )  # fmt: skip

    def _origin(self, reason: Reason) -> str:
        """The source file and row of a fact."""
        origin = reason.detail.get("origin")
        if origin is None:
            return ""
        if origin["file"] == TOLD:
            return phrase("origin_told", self.language, number=str(origin["row"]))
        return phrase("origin_row", self.language, file=origin["file"], row=str(origin["row"]))

    def said(self, value: Any) -> str:
        """A value as people read it, cut short where it is long."""
        translated = self.words.get(value, {}).get(self.language) if isinstance(value, str) else None
        text = translated or said(value, self.language)
        return text if self.whole or len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def _placed(self, reason: Reason, *spans: str | Span) -> Line:
        place = reason.place
        return line(*spans, place="" if place is None else f"{place.file}:{place.line}")


def plain_value(reason: Reason) -> bool:
    """Whether it is nothing but a name and its value."""
    return reason.kind == "value" and not reason.children and reason.place is None and not reason.detail


def _verdict(holds: bool | None) -> Span:
    return {True: ("✓ ", "good"), False: ("✗ ", "bad"), None: ("· ", "soft")}[holds]


def _mark(reason: Reason, subject: str) -> tuple[str, ...]:
    """What tells a reason from others that look like it: for rows, which ones they are."""
    if reason.kind == "rows":
        return ("rows", *sorted(row.text for row in reason.children))
    return (reason.kind, subject, reason.text, str(reason.value), str(reason.place))
