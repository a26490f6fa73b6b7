"""An explanation as one page for the file: HTML that needs no network, prints on A4, and takes every text as text."""

from typing import Any

from markupsafe import Markup

from engine.delivery.document import Block, Document, Grid, Line, Node
from engine.delivery.page import PAGES, page_templates
from engine.delivery.phrases import phrase
from engine.delivery.render import clean


def document_page(found: Document, language: str) -> str:
    """The whole page as text."""
    sheets = (PAGES / name for name in ("report.css", "document.css"))
    return (
        page_templates()
        .get_template("document.html")
        .render(
            language=language,
            title=clean(found.title),
            style=Markup("".join(sheet.read_text(encoding="utf-8") for sheet in sheets)),  # noqa: S704  our own files
            lead=[_line(each) for each in found.lead],
            sections=[
                {"heading": clean(section.heading), "blocks": [_block(block) for block in section.blocks]}
                for section in found.sections
            ],
            seal_heading=phrase("page_seal", language),
            seal=[(clean(what), clean(value)) for what, value in found.seal],
        )
    )


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Grid):
        return {"kind": "grid", "rows": [[_line(cell) for cell in row] for row in block.rows], "fixed": block.fixed}
    if isinstance(block, Node):
        return {"kind": "tree", "node": _node(block)}
    return {"kind": "line", "line": _line(block)}


def _node(node: Node) -> dict[str, Any]:
    return {
        "line": _line(node.line), "more": [_line(each) for each in node.more],
        "children": [_node(child) for child in node.children],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {"spans": [(clean(text), mark) for text, mark in line.spans], "place": clean(line.place)}
