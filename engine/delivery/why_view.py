"""Why a task came, and what a night concluded about somebody, as documents for the terminal and for pages."""

from datetime import date, timedelta

from engine.audit.explaining import Explanation, MatterWhy, SignalWhy, TaskWhy
from engine.audit.outcomes import Came
from engine.audit.reasons import Reason
from engine.delivery.came_words import came_lines, title_of, unmatched_line, word_line
from engine.delivery.document import Block, Document, Line, Node, Section, line, section
from engine.delivery.phrases import PHRASES, phrase
from engine.delivery.reason_nodes import ReasonNodes
from engine.delivery.render import clean, said
from engine.delivery.sealing_words import seal_words
from engine.policy.model import Play, Signal
from engine.policy.names import ACCOUNT


def task_document(found: TaskWhy, language: str, *, whole: bool = False) -> Document:
    """Why a task came, for all matters that it serves. `whole`: nothing is cut short."""
    task = found.task
    facts = [
        f"{phrase('task', language)} {task['id']}",
        f"{phrase('for', language)} {clean(task['assignee'] or phrase('late_nobody', language))}",
        f"{phrase('due', language)} {said(date.fromisoformat(task['due_on']), language)}",
        phrase(f"status_{task['status']}", language),
        f"{phrase('priority', language)} {task['priority']}",
    ]
    lead = [line(" · ".join(facts)), _by(found, language)]
    if found.asked not in ("", task["id"]):
        lead.append(line((phrase("why_part_of", language, id=found.asked, task=task["id"]), "soft")))
    sections = [Section((_tree(found, language, whole),)), *_words(found.came, language)]
    for also in found.also:
        name = f"contact_{also.task['contact']}"
        head = phrase("why_other_matter_plain", language, title=clean(also.task["title"]))
        if name in PHRASES:
            contact = phrase(name, language)
            head = phrase("why_other_matter", language, contact=contact, title=clean(also.task["title"]))
        sections.append(Section((_by(also, language), _tree(also, language, whole)), head))
        sections += _words(also.came, language)
    runs = dict.fromkeys((each.night.run.id, each.night.run) for each in (found, *found.also))
    return Document(clean(task["title"]), tuple(lead), tuple(sections), seal_words(language, *(run for _, run in runs)))


def about_document(found: Explanation, language: str, *, whole: bool = False) -> Document:
    """What a night concluded about an account, a person or another fact. `whole`: with every reason opened up."""
    view = _About(found, language, whole=whole)
    return Document(view.title(), view.lead(), view.sections(), seal_words(language, found.night.run))


class _About:
    def __init__(self, found: Explanation, language: str, *, whole: bool) -> None:
        self.found, self.language, self.whole = found, language, whole
        self.words = found.night.policy.words
        account = found.asked.id if found.asked.kind == ACCOUNT else None
        self.nodes = ReasonNodes(language, self.words, account, whole=whole)

    def title(self) -> str:
        found, language = self.found, self.language
        asked, on = found.asked, said(found.night.run.today, language)
        name = asked.id
        if asked.name:
            name = phrase("name_and_id", language, name=clean(asked.name), id=asked.id)
        if found.rule is not None:
            rule = title_of(found.rule.title, language, found.rule.name)
            phrased = "why_rule_of" if isinstance(found.rule, Signal) else "why_play_of"
            return phrase(phrased if found.holds else "why_not_held", language, rule=rule, name=name, on=on)
        if found.risk is not None:
            return phrase("why_risk_of", language, name=name, level=phrase(found.risk.text, language), on=on)
        return phrase("why_signals_of", language, name=name, on=on)

    def lead(self) -> tuple[Line, ...]:
        found, language = self.found, self.language
        lines = [line((phrase("by_run", language, run=found.night.run.id), "soft"))]
        for kind, id in found.asked.also:
            name = "why_also" if kind == "task" else "why_also_fact"
            command = f"holdfast why {id}" + ("" if kind == "task" else f" --as {kind}")
            shown = found.asked.id if kind == "task" else id
            lines.append(line((phrase(name, language, id=shown, type=kind, command=command), "soft")))
        if self.gone:
            lines.append(line(phrase("why_no_fact", language)))
        lines += [self.nodes.lines(note)[0] for note in found.night.notes]
        return tuple(lines)

    @property
    def gone(self) -> bool:
        """Whether the facts of the night no longer have what is asked about."""
        return self.found.night.behind.fact(self.found.asked.kind, self.found.asked.id) is None

    def sections(self) -> tuple[Section, ...]:
        found = self.found
        if found.rule is not None:
            return self._of_rule(found.rule) if found.holds else self._absent(found.rule)
        parts: tuple[Section, ...] = ()
        if found.risk is not None:
            parts += (Section(self._risk(found.risk), phrase("why_risk", self.language)),)
        elif not found.signals and not found.matters:
            parts += (Section((line(phrase("why_nothing", self.language)),)),)
        parts += section([self._signal(each) for each in found.signals], phrase("why_signals", self.language))
        parts += section([self._matter(each) for each in found.matters], phrase("why_matters", self.language))
        return parts if self.whole else (*parts, Section(self._hints()))

    def _of_rule(self, rule: Signal | Play) -> tuple[Section, ...]:
        found: list[Section] = []
        for each in self.found.signals:
            found.append(Section((self.nodes.node(each.reason),)))
            found.append(Section(self._came(each), phrase("why_matter", self.language)))
        for matter in self.found.matters:
            lines = came_lines(matter.came, self.language)
            subject = matter.came.subject if rule.about != ACCOUNT else ""
            head = Node(line((f"{rule.about} {subject}", "strong")), tuple(lines))
            found.append(Section((head,) if subject else tuple(lines)))
            if matter.reason is not None:
                found.append(Section((self.nodes.node(matter.reason),), phrase("why_match", self.language)))
        if self.found.hidden:
            found.append(Section((line((phrase("why_more", self.language, count=self.found.hidden), "soft")),)))
        return tuple(found)

    def _absent(self, rule: Signal | Play) -> tuple[Section, ...]:
        found, asked, lines = self.found, self.found.asked, []
        if found.unjudged:
            lines.append(line(phrase("why_unjudged", self.language, types=", ".join(found.unjudged))))
        failing = section(
            [self.nodes.node(found.failing)] if found.failing else [], phrase("first_failing", self.language)
        )
        if found.lately is not None:
            lines.append(line(phrase("why_lately", self.language, on=found.lately.today)))
        if asked.kind == ACCOUNT and not self.whole and not self.gone:
            command = f"holdfast why-not {asked.id} {rule.name} --on {found.night.run.today}"
            lines.append(line((phrase("why_ask_not", self.language, command=command), "soft")))
        return (*failing, *section(lines))

    def _risk(self, risk: Reason) -> tuple[Block, ...]:
        *levels, score = risk.children
        blocks: list[Block] = [self.nodes.node(level) for level in levels]
        if score.children:
            heavy = [weight for weight in score.children if weight.value]
            added = " + ".join(said(weight.value, self.language) for weight in heavy)
            total = (said(score.value, self.language), "strong")
            name = (phrase("why_score", self.language), "name")
            weights = tuple(Node(self.nodes.lines(weight)[0]) for weight in heavy)
            blocks.append(Node(line(name, " = ", total, f" = {added}" if len(heavy) > 1 else ""), (), weights))
        if not self.found.signals:
            blocks.append(line(phrase("why_no_signal", self.language)))
            blocks += self._next()
        return tuple(blocks)

    def _next(self) -> list[Block]:
        following, language = self.found.next, self.language
        if following is None:
            return [line(phrase("why_no_next", language))]
        day = said(self.found.night.run.today + timedelta(following.days), language)
        name = "why_next_one" if following.days == 1 else "why_next"
        return [
            line(phrase(name, language, days=following.days, day=day)),
            *(
                line("- ", (title_of(signal.title, language, signal.name), "strong"), f"  {signal.name}",
                     place=f"{signal.place.file}:{signal.place.line}")
                for signal in following.signals
            ),
        ]  # fmt: skip

    def _signal(self, each: SignalWhy) -> Node:
        head, more = self.nodes.lines(each.reason)
        conclusion = each.conclusion
        head = Line((*head.spans, (f"  {conclusion.signal.name}", "soft")), head.place)
        if conclusion.subject != self.found.asked.id:
            more = (*more, line((f"{conclusion.signal.about} {conclusion.subject}", "row")))
        return Node(head, more, (*self._opened(each.reason, "why_holds"), *self._came(each)))

    def _came(self, each: SignalWhy) -> tuple[Node, ...]:
        """What came of a signal; why plays that ask for more did not match, where nothing came or all is wanted."""
        found = [self._came_node(came) for came in each.came]
        if not found or self.whole or self.found.rule is not None:
            signals, whole = self.found.night.policy.signals, self.whole
            found += [
                Node(unmatched_line(unmatched, signals, self.language, whole=whole)) for unmatched in each.unmatched
            ]
        return tuple(found) or (Node(line((phrase("came_no_play", self.language), "soft"))),)

    def _came_node(self, came: Came) -> Node:
        title = title_of(came.play.title, self.language, came.play.name)
        head = line(f"{phrase('play', self.language)} ", (title, "strong"), place=_placed(came.play))
        brief = self.found.rule is None and not self.whole
        return Node(head, tuple(came_lines(came, self.language, titles=not brief)))

    def _matter(self, matter: MatterWhy) -> Node:
        node = self._came_node(matter.came)
        below = self._opened(matter.reason, "why_match") if matter.reason is not None else ()
        return Node(node.line, node.more, below)

    def _opened(self, reason: Reason, heading: str) -> tuple[Node, ...]:
        """The whole reason under a heading of its own, where all is wanted."""
        return (
            Node(line((phrase(heading, self.language), "soft")), (), self.nodes.node(reason).children),
        ) * self.whole

    def _hints(self) -> tuple[Block, ...]:
        found, lines = self.found, []
        id = found.asked.id
        if found.signals:
            command = f"holdfast why {id} {found.signals[0].conclusion.signal.name}"
            lines.append(line((phrase("why_hint", self.language, command=command), "soft")))
        if found.asked.kind == ACCOUNT and not self.gone:
            lines.append(line((phrase("why_hint_not", self.language, command=f"holdfast why-not {id} RULE"), "soft")))
        return tuple(lines)


def _by(found: TaskWhy, language: str) -> Line:
    run = found.night.run
    return line(
        (f"{phrase('made_in', language)} {run.id} · {phrase('policy', language)} {run.policy[:12]}", "soft")
    )  # fmt: skip


def _tree(found: TaskWhy, language: str, whole: bool) -> Node:
    return ReasonNodes(language, found.policy.words, found.task["account"], whole=whole).node(found.reason)


def _words(came: Came | None, language: str) -> tuple[Section, ...]:
    words = came.words if came is not None else ()
    return section([word_line(word, language) for word in words], phrase("why_words", language))


def _placed(rule: Signal | Play) -> str:
    return f"{rule.place.file}:{rule.place.line}"
