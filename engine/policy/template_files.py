"""Template files: templates/<folder>/<name>.<language>.md, first line `# title`, the rest the body."""

import re
from dataclasses import dataclass, field

from engine.policy.building import Builder
from engine.policy.characters import check_characters
from engine.policy.faults import Place
from engine.policy.model import LANGUAGES, Template
from engine.policy.reading import Spot
from engine.policy.text_checks import text_sound

MAX_LENGTH = 20_000  # characters
_FILE = re.compile(r"templates/(?P<name>[a-z0-9][a-z0-9_/-]*)\.(?P<language>[a-z]+)\.md")


@dataclass
class Templates:
    """Every template by (name, language), those in `faulty` with a fault; `names` of all, also of unreadable ones."""

    found: dict[tuple[str, str], Template] = field(default_factory=dict)
    faulty: set[tuple[str, str]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def of(self, name: str) -> list[Template]:
        """The template of this name in each language that it has."""
        return [template for (called, _), template in self.found.items() if called == name]


def read_templates(builder: Builder) -> Templates:
    """The templates of the draft's texts; faults go to the draft."""
    templates = Templates()
    draft = builder.draft
    for file in sorted(draft.texts):
        if not file.startswith("templates/") or not file.endswith(".md") or file.endswith("README.md"):
            continue
        found = _FILE.fullmatch(file)
        if found is None or found["language"] not in LANGUAGES:
            templates.names.add(file.removeprefix("templates/").removesuffix(".md").split(".")[0])
            message = "this template's name does not tell its language"
            help = f"call it name.{LANGUAGES[0]}.md or name.{LANGUAGES[1]}.md, in small letters"
            draft.fault("template-name", Place(file, 1, 1), message, help)
            continue
        key = (found["name"], found["language"])
        templates.names.add(found["name"])
        template = _read(builder, file, *key)
        if template is None:
            continue
        templates.found[key] = template
        parts = ((template.title, template.place), (template.body, template.body_place))
        sound = [text_sound(builder, text, Spot({(): place})) for text, place in parts]
        if not all(sound):
            templates.faulty.add(key)
    return templates


def _read(builder: Builder, file: str, name: str, language: str) -> Template | None:
    draft = builder.draft
    text = draft.texts[file]
    unreadable = check_characters(text, file)
    if unreadable is not None:
        draft.add([unreadable])
        return None
    if len(text) > MAX_LENGTH:
        message = f"this template is longer than {MAX_LENGTH:,} characters"
        draft.fault("too-long", Place(file, 1, 1), message, "a task should be read in a minute: shorten it")
        return None
    first, _, rest = text.partition("\n")
    title = first[2:].strip()
    if not first.startswith("# ") or not title:
        help = "write it in the first line, behind `# `"
        draft.fault("template-title", Place(file, 1, 1), "this template has no title", help, max(len(first), 1))
        return None
    body = rest.strip("\n")
    skipped = len(rest) - len(rest.lstrip("\n"))
    if not body.strip():
        message = "this template has a title but no text"
        draft.fault("template-empty", Place(file, 1, 1), message, "write below it what is to be done", len(first))
        return None
    column = 3 + len(first[2:]) - len(first[2:].lstrip())
    return Template(name, language, title, body, Place(file, 1, column), Place(file, 2 + skipped, 1))
