"""An explanation on the terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from engine.delivery.document import Block, Document, Grid, Line, Node

_STYLES = {
    "strong": "bold", "soft": "dim", "said": "italic", "good": "green", "bad": "red", "name": "cyan",
    "row": "dim cyan", "note": "bold red", "critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan",
    "red": "bold red", "amber": "bold yellow", "green": "bold green", "new": "red", "gone": "green",
    "changed": "yellow",
}  # fmt: skip


def document_text(found: Document) -> RenderableType:
    """The whole explanation, without what it is sealed by."""
    return Group(*_parts(found))


def _parts(found: Document) -> Iterator[RenderableType]:
    yield Text(found.title, "bold")
    yield from (_line(each) for each in found.lead)
    for section in found.sections:
        yield Text(f"\n{section.heading}" if section.heading else "", "bold")
        for before, block in zip((None, *section.blocks), section.blocks, strict=False):
            if isinstance(before, Node) and before.more:
                yield Text("")
            yield _block(block)


def _block(block: Block) -> RenderableType:
    if isinstance(block, Line):
        return _line(block)
    if isinstance(block, Grid):
        grid = Table.grid(padding=(0, 2, 0, 0))
        for n in range(max((len(row) for row in block.rows), default=0)):
            grid.add_column(no_wrap=n < block.fixed, overflow="fold")
        for row in block.rows:
            grid.add_row(*(_text(cell) for cell in row))
        return grid
    tree = Tree(_head(block), guide_style="dim")
    _grow(tree, block)
    return tree


def _grow(tree: Tree, node: Node) -> None:
    for child in node.children:
        _grow(tree.add(_head(child)), child)


def _head(node: Node) -> RenderableType:
    return Group(_line(node.line), *(_line(each) for each in node.more)) if node.more else _line(node.line)


def _line(line: Line) -> RenderableType:
    if not line.place:
        return _text(line)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(_text(line), Text(line.place, style="dim"))
    return grid


def _text(line: Line) -> Text:
    return Text.assemble(*((text, _STYLES.get(mark, "")) for text, mark in line.spans))
