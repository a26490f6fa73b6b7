"""An explanation as a tree on the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from engine.audit.reasons import Reason
from engine.delivery.phrases import phrase
from engine.delivery.render import render, said
from engine.policy.model import Words

MAX_FIELDS = 8  # of a fact row
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}


def why_view(reason: Reason, head: Mapping[str, Any], language: str, words: Mapping[str, Words]) -> RenderableType:
    """The tree under a heading. `head`: the task as `explain_task` gives it."""
    title = Text.assemble((f"{head['title']}", "bold"))
    facts = [
        f"{phrase('task', language)} {head['id']}",
        f"{phrase('for', language)} {head['assignee']}",
        f"{phrase('due', language)} {said(head['due_on'], language)}",
        phrase(head["status"], language),
        f"{phrase('priority', language)} {head['priority']}",
    ]
    run = f"{phrase('made_in', language)} {head['run']} · {phrase('policy', language)} {str(head['policy'])[:12]}"
    view = ReasonView(language, words, head["account"])
    tree = Tree(view.line(reason), guide_style="dim")
    view.grow(tree, reason)
    return Group(title, Text(" · ".join(facts)), Text(run, style="dim"), Text(""), tree)


class ReasonView:
    """Draws the reasons of one explanation; what was opened up once is not opened again."""

    def __init__(self, language: str, words: Mapping[str, Words], account: str | None) -> None:
        self.language, self.words, self.account = language, words, account
        self.shown: set[tuple[str, ...]] = set()  # what has been opened up once already

    def grow(self, tree: Tree, reason: Reason, subject: str = "") -> None:
        """Hang the reasons below one. `subject`: the fact that they are about, where it is not the account."""
        for child in reason.children:
            if _plain(child) and reason.kind in ("condition", "severity") and len(reason.children) == 1:
                continue  # stands beside its condition already
            mark = _mark(child, subject)
            known = bool(child.children) and child.kind in ("value", "rows") and mark in self.shown
            self.shown.add(mark)
            node = tree.add(self.line(child, known))
            if not known:
                about = child.detail["subject"] if child.kind == "signal" else {"type": "", "id": subject}
                if child.kind != "other":
                    self.grow(node, child, "" if about["type"] == "account" else about["id"])
        hidden = reason.detail.get("count", 0) - len(reason.children) if reason.kind == "rows" else 0
        if hidden > 0 and reason.children:
            tree.add(Text(phrase("more_rows", self.language, count=hidden), style="dim"))

    def line(self, reason: Reason, known: bool = False) -> RenderableType:
        """One reason without what is below it."""
        match reason.kind:
            case "play":
                title = self._title(reason)
                return self._placed(
                    Text.assemble(f"{phrase('play', self.language)} ", (title or reason.text, "bold")), reason
                )
            case "signal":
                return self._signal(reason)
            case "rule":
                return self._rule(reason)
            case "other":
                first = reason.children[0].text if reason.children else ""
                return Text.assemble(("✗ ", "red"), (reason.text, "cyan"), f"  {first}")
            case "condition":
                return self._verdict(reason)
            case "severity":
                when = reason.detail["when"]
                when = phrase("otherwise", self.language) if when == "otherwise" else when
                severity = Text(phrase(reason.text, self.language), style=_STYLES[reason.text])
                pattern = phrase("severity_when", self.language, severity="\0", when=when)
                before, _, after = pattern.partition("\0")
                return Text.assemble(before, severity, after)
            case "value":
                return self._defined(reason, known)
            case "rows":
                return self._rows(reason, known)
            case "row":
                return self._row(reason)
        return Text(
            phrase(reason.text, self.language, now=said(reason.detail.get("now"), self.language)), style="bold red"
        )

    def _title(self, reason: Reason) -> str:
        titles = reason.detail.get("title") or {}
        return str(titles.get(self.language) or next(iter(titles.values()), ""))

    def _signal(self, reason: Reason) -> RenderableType:
        detail = reason.detail
        severity = detail["severity"]
        head = Text.assemble(
            (self._title(reason) or reason.text, "bold"), "  ", (phrase(severity, self.language), _STYLES[severity]),
        )  # fmt: skip
        texts = detail["because"]
        text = texts.get(self.language) or next(iter(texts.values()))
        because = render(text, detail["evidence"] or {}, self.language, self.words)
        return Group(self._placed(head, reason), Text(because, style="italic"))

    def _rule(self, reason: Reason) -> RenderableType:
        mark, style = ("✓ ", "green") if reason.holds else ("✗ ", "red")
        line = Text.assemble((mark, style), (self._title(reason) or reason.text, "bold"))
        if reason.detail.get("missing"):
            line.append("  " + phrase("unjudged_for", self.language, types=", ".join(reason.detail["missing"])), "dim")
        elif reason.detail.get("none"):
            line.append("  " + phrase("none_of", self.language, type=reason.detail["none"]), "dim")
        return self._placed(line, reason)

    def _verdict(self, reason: Reason) -> RenderableType:
        mark, style = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("· ", "dim")}[reason.holds]
        text = f"{reason.detail['joiner']}:" if reason.detail.get("joiner") else reason.text
        line = Text.assemble((mark, style), text)
        if len(reason.children) == 1 and _plain(reason.children[0]):
            line.append("   ").append(self._value(reason.children[0]))
        return line

    def _defined(self, reason: Reason, known: bool) -> RenderableType:
        if known:
            return self._value(reason, known)
        line = self._placed(self._value(reason), reason)
        return Group(line, Text(f"= {reason.detail['is']}", style="dim")) if reason.detail.get("is") else line

    def _value(self, reason: Reason, known: bool = False) -> Text:
        value = phrase("missing", self.language) if reason.value is None else self._said(reason.value)
        text = Text.assemble((reason.text, "cyan"), " = ", (value, "bold"))
        if known:
            return text.append(f"  {phrase('above', self.language)}", style="dim")
        if isinstance(tier := reason.detail.get("tier"), str):
            text.append(f"  {phrase('tier', self.language, tier=tier)}", style="dim")
        return text

    def _rows(self, reason: Reason, known: bool) -> RenderableType:
        detail = reason.detail
        name = "taken_from" if detail["count"] else "no_rows"
        text = phrase(name, self.language, count=detail["count"], type=detail["type"])
        above = f"  {phrase('above', self.language)}" if known and detail["count"] else ""
        return Text(text + above, style="dim")

    def _row(self, reason: Reason) -> RenderableType:
        people = reason.detail["people"]
        fields = {
            name: people.get(value, value) if isinstance(value, str) else value
            for name, value in reason.detail["fields"].items()
            if name != "id" and (name, value) != ("account", self.account)
        }
        shown = [f"{name} {self._said(value)}" for name, value in list(fields.items())[:MAX_FIELDS]]
        text = Text.assemble((reason.text, "dim cyan"), ("  " + ", ".join(shown), "dim"))
        if len(fields) > MAX_FIELDS:
            text.append(", …", style="dim")
        return text

    def _said(self, value: Any) -> str:
        translated = self.words.get(value, {}).get(self.language) if isinstance(value, str) else None
        text = translated or said(value, self.language)
        return text if len(text) <= 40 else text[:39] + "…"

    def _placed(self, text: Text, reason: Reason) -> RenderableType:
        if reason.place is None:
            return text
        grid = Table.grid(expand=True, padding=(0, 1))
        grid.add_column(ratio=1)
        grid.add_column(justify="right", no_wrap=True)
        grid.add_row(text, Text(f"{reason.place.file}:{reason.place.line}", style="dim"))
        return grid


def _plain(reason: Reason) -> bool:
    """Whether it is nothing but a name and its value."""
    return reason.kind == "value" and not reason.children and reason.place is None and not reason.detail


def _mark(reason: Reason, subject: str) -> tuple[str, ...]:
    """What tells a reason from others that look like it: for rows, which ones they are."""
    if reason.kind == "rows":
        return ("rows", *sorted(row.text for row in reason.children))
    return (reason.kind, subject, reason.text, str(reason.value), str(reason.place))
