"""Texts of the policy filled in with tonight's values, in English or Chinese.

A text is rendered once: values are data, so braces, Markdown and line breaks in them mean nothing. Pages escape the
result for HTML themselves.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as Precision
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, UndefinedError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import PolicyError
from engine.policy.model import Words
from engine.policy.texts import dotted, template_faults, template_names

MISSING = "—"
_VALUE = "\ue000"  # marks where a value begins until the text is whole; values themselves cannot hold it
_JOINER = "\u2060"  # invisible; keeps a value at the start of a line from being read as a list or a heading
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ufeff]+")
_MARKUP_START = re.compile(
    rf"(?m)^([ \t]*){_VALUE}(?=[-*+][ \t]|#{{1,6}}[ \t]|\d+[.)][ \t]|[>|]|[-*_=]{{2}}|`{{3}}|~{{3}})"
)
_DOT = "·"  # joins the parts of a dotted name into one identifier
_EXACT = Precision(prec=60)  # every DECIMAL(38, 4) fits
_NESTED = frozenset((dict,))
_YES_NO = {"en": ("no", "yes"), "zh": ("否", "是")}


def render(text: str, names: Mapping[str, Any], language: str, words: Mapping[str, Words]) -> str:
    """`text` with its names filled in.

    `names` are keyed as evidence names are (`days_late`, `account.name`), or nested by their dots. `language` is en
    or zh; `words` say closed-list values (the policy's). Raises PolicyError for a text that may not be rendered or
    that reads a name not among `names`.
    """
    compiled = _compiled(text, language)
    flat = names if _NESTED.isdisjoint(map(type, names.values())) else dict(_flat(names))
    values = {inside: flat[name] for inside, name in compiled.names if name in flat}
    values[_WORDS] = words
    try:
        rendered = "".join(compiled.function(_Context(compiled.environment, values)))
    except UndefinedError as error:
        said_name = str(error.message).replace(_DOT, ".")
        raise PolicyError(f"a text reads a name that is not known here: {said_name}") from None
    if _MARKUP_START.search(rendered):
        rendered = _MARKUP_START.sub(rf"\1{_JOINER}", rendered)
    return rendered.replace(_VALUE, "")


def clean(text: str) -> str:
    """`text` on one line, without control characters and marks that turn the direction of writing."""
    return text if text.isprintable() else _UNSAFE.sub(" ", text)


def said(value: Any, language: str) -> str:
    """A value as people read it: — for a missing one, grouped thousands, dates and yes or no in the language."""
    match value:
        case str():
            return clean(value)
        case None:
            return MISSING
        case bool():
            return _YES_NO[language][value]
        case int():
            return f"{value:,}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日" if language == "zh" else value.isoformat()[:10]
        case float():
            return _trimmed(_rounded(value, 2))
        case Decimal():
            return _trimmed(_rounded(value, 4))
    return clean(str(value))


def _rounded(value: int | float | Decimal, places: int) -> Decimal | float:
    """`value` with so many decimal places, halves away from zero; infinite and not-a-number as they are."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or exact.adjusted() > 40:
        return value
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_EXACT)


def _trimmed(value: Decimal | float) -> str:
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _money(language: str, value: Any) -> Any:
    """Whole amounts without decimals, others with two."""
    if not _is_number(value):
        return value
    amount = f"{_rounded(value, 2):,f}"
    return amount.removesuffix(".00")


def _day(language: str, value: Any) -> Any:
    return said(value, language)


def _days(language: str, value: Any) -> Any:
    if not _is_number(value):
        return value
    count = said(value, language)
    return f"{count} 天" if language == "zh" else f"{count} day{'' if abs(value) == 1 else 's'}"


def _percent(language: str, value: Any) -> Any:
    if not _is_number(value):
        return value
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return f"{_trimmed(_rounded(exact * 100, 1))}%"


def _round(language: str, value: Any, places: int = 0) -> Any:
    return f"{_rounded(value, places):,f}" if _is_number(value) else value


_FILTERS = {"money": _money, "day": _day, "days": _days, "percent": _percent, "round": _round}
_WORDS = f"words{_DOT * 2}policy"  # no dotted name becomes this


class _Texts(ImmutableSandboxedEnvironment):
    """Texts in one language. Names with dots are looked up whole, so no value is ever asked for an attribute."""

    def __init__(self, language: str) -> None:
        super().__init__(
            undefined=StrictUndefined, autoescape=False, cache_size=0, keep_trailing_newline=True,
            trim_blocks=True, lstrip_blocks=True, finalize=partial(_final, language),
        )  # fmt: skip
        self.globals.clear()
        self.filters = {name: partial(function, language) for name, function in _FILTERS.items()}
        self.filters["word"] = partial(_word, language)
        self.filters["_compare"] = _compare
        self.tests = {name: self.tests[name] for name in ("defined", "none")}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _rewrite(tree)
        return tree


def _final(language: str, value: Any) -> Any:
    """What is printed for a value; a marked string, so that a value's own first sign is known for one."""
    if type(value) is str:
        return _VALUE + (value if value.isprintable() else clean(value))
    return value if isinstance(value, StrictUndefined) else _VALUE + said(value, language)


def _word(language: str, value: Any, words: Mapping[str, Words]) -> Any:
    said_as = words.get(value) if isinstance(value, str) else None
    return said_as.get(language, value) if said_as else value


def _compare(left: Any, op: str, right: Any) -> bool:
    """A comparison as in rules: false when a side is missing or the two are of different kinds."""
    if left is None or right is None:
        return False
    if op in ("eq", "ne"):
        return bool((left == right) == (op == "eq"))
    try:
        return bool({"gt": left > right, "gteq": left >= right, "lt": left < right, "lteq": left <= right}[op])
    except TypeError:
        return False


def _rewrite(node: nodes.Node) -> None:
    """Turn dotted names into single ones and comparisons into `_compare`, below `node`."""
    for field, value in list(node.iter_fields()):
        if isinstance(value, list):
            setattr(node, field, [_rewritten(item) if isinstance(item, nodes.Node) else item for item in value])
        elif isinstance(value, nodes.Node):
            setattr(node, field, _rewritten(value))


def _rewritten(node: nodes.Node) -> nodes.Node:
    name = dotted(node)
    if name is not None and isinstance(node, nodes.Getattr):
        return nodes.Name(name.replace(".", _DOT), "load", lineno=node.lineno)
    _rewrite(node)
    if isinstance(node, nodes.Compare):
        return _comparison(node)
    if isinstance(node, nodes.Filter) and node.name == "word":
        node.args = [nodes.Name(_WORDS, "load", lineno=node.lineno)]
    return node


def _comparison(node: nodes.Compare) -> nodes.Expr:
    left = node.expr
    found: nodes.Expr | None = None
    for operand in node.ops:
        args: list[nodes.Expr] = [nodes.Const(operand.op), operand.expr]
        one = nodes.Filter(left, "_compare", args, [], None, None, lineno=node.lineno)
        found = one if found is None else nodes.And(found, one, lineno=node.lineno)
        left = operand.expr
    return found or node


class _Context(Context):
    """The names of one rendering; no more of a context is needed where nothing is called, included or exported."""

    def __init__(self, environment: Environment, values: dict[str, Any]) -> None:
        self.environment, self.parent = environment, values
        self.vars: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A text ready to be filled in: what it is called inside by what it is called in the text."""

    function: Callable[[Context], Iterable[str]]
    names: tuple[tuple[str, str], ...]
    environment: Environment


@lru_cache(maxsize=2)
def _environment(language: str) -> _Texts:
    return _Texts(language)


@lru_cache(maxsize=4096)
def _compiled(text: str, language: str) -> _Compiled:
    faults = template_faults(text)
    if faults:
        line, column, message = faults[0]
        raise PolicyError(f"a text cannot be rendered, line {line}, column {column}: {message}")
    environment = _environment(language)
    try:
        template = environment.from_string(text)
    except (TemplateError, SyntaxError, RecursionError) as error:
        raise PolicyError(f"a text cannot be rendered: {error}") from None
    names = dict.fromkeys(used.name for used in template_names(text))
    return _Compiled(template.root_render_func, tuple((n.replace(".", _DOT), n) for n in names), environment)


def _flat(names: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in names.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
