"""The published versions of a policy, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from engine.delivery.phrases import phrase
from engine.delivery.render import clean
from engine.reports.report import Part, Report
from engine.reports.table import As, Column, Said, Table
from engine.store.versions import Version

IN_A_LINE = 3  # changes that the log names


def published_view(version: Version, new: bool, language: str) -> RenderableType:
    """What publishing came to: the version with what it changed, or that nothing had changed."""
    said = Text(phrase("version_published" if new else "version_same", language, number=version.number), "bold")
    return Group(said, *(_changes(version, language, None) if new else ()))


def log_view(versions: Sequence[Version], runs: Mapping[int, int], unpublished: bool, language: str) -> RenderableType:
    """The versions, the last one first."""
    if not versions:
        return Text(phrase("no_versions", language))
    parts: list[RenderableType] = [Text(phrase("versions", language), "bold")]
    if unpublished:
        parts.append(Text(phrase("unpublished", language), "yellow"))
    for version in versions:
        parts.append(Text())
        parts += _head(version, runs.get(version.number, 0), language)
        parts += _changes(version, language, IN_A_LINE)
    return Group(*parts)


def version_view(version: Version, runs: int, language: str) -> RenderableType:
    """One version with all that it changed."""
    return Group(*_head(version, runs, language), *_changes(version, language, None))


def version_json(version: Version, runs: int) -> dict[str, Any]:
    """The object that `holdfast policy show --format json` prints."""
    return {
        "number": version.number, "policy": version.policy, "at": version.at.isoformat(), "by": version.who,
        "approved_by": version.approved_by, "note": version.note, "rolled_back_to": version.rolled_back_to,
        "runs": runs, "changes": None if version.changes is None else [dict(change) for change in version.changes],
    }  # fmt: skip


def log_report(versions: Sequence[Version], runs: Mapping[int, int]) -> Report:
    """The versions as a table."""
    columns = (
        Column("number", As.INTEGER), Column("published_at"), Column("who"), Column("approved_by"), Column("note"),
        Column("rolled_back_to", As.INTEGER), Column("changes", As.INTEGER), Column("runs", As.INTEGER),
        Column("policy"),
    )  # fmt: skip
    rows = tuple(
        (
            v.number, v.at.isoformat(timespec="seconds"), v.who, v.approved_by, v.note, v.rolled_back_to,
            None if v.changes is None else len(v.changes), runs.get(v.number, 0), v.policy,
        )
        for v in versions
    )  # fmt: skip
    return Report(Said("versions"), (Part("versions", Table(Said("versions"), columns, rows)),))


def _head(version: Version, runs: int, language: str) -> list[Text]:
    head = Text(phrase("version_head", language, number=version.number), "bold")
    facts = [f"{version.at:%Y-%m-%d %H:%M}", phrase("version_by", language, who=clean(version.who))]
    if version.approved_by:
        facts.append(phrase("version_approved", language, who=clean(version.approved_by)))
    facts.append(phrase("version_runs", language, count=runs))
    head.append("  " + " · ".join(facts), "not bold")
    return [head, *([Text(f"  {clean(version.note)}")] if version.note else [])]


def _changes(version: Version, language: str, most: int | None) -> Iterator[Text]:
    changes = version.changes
    if changes is None:
        name = "version_first" if version.number == 1 else "version_unknown"
        yield Text("  " + phrase(name, language), "dim")
        return
    if not changes:
        yield Text("  " + phrase("version_nothing", language), "dim")
        return
    for change in changes[:most]:
        kind, how = (phrase(f"{name}_{change[name]}", language) for name in ("kind", "how"))
        what = " ".join(filter(None, (kind, clean(change["name"]), how)))
        detail = f"  {clean(change['detail'])}" if change["detail"] else ""
        yield Text.assemble(f"  {what}{detail}", (f"  {change['place']}", "dim"))
    if most is not None and len(changes) > most:
        left = phrase("version_more", language, count=len(changes) - most, number=version.number)
        yield Text(f"  {left}", "dim")
