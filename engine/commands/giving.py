"""How an explanation is given out: on the terminal, as JSON for programs, as a page for the file."""

import io
import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from engine.delivery.phrases import phrase
from engine.terminal import PIPED, console

if TYPE_CHECKING:
    from engine.delivery.document import Document


class Explained(StrEnum):
    """How an explanation is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def give(
    data: Callable[[], Mapping[str, Any]], document: Callable[[], "Document"], form: Explained, output: Path | None,
    language: str,
) -> None:  # fmt: skip
    """Print the explanation, or write it to the file `output`, whole or not at all. Raises HoldfastError."""
    from engine.delivery.exports.writing import write_file, write_out

    if form is Explained.TEXT and output is None:
        from engine.delivery.document_text import document_text

        console().print(document_text(document()))
        return
    content = _content(data, document, form, language).encode()
    if output is None:
        write_out(content)
        return
    write_file(output, content)
    typer.echo(phrase("export_written", language, path=output))


def _content(
    data: Callable[[], Mapping[str, Any]], document: Callable[[], "Document"], form: Explained, language: str
) -> str:
    if form is Explained.JSON:
        return json.dumps(data(), ensure_ascii=False, indent=2, default=str) + "\n"
    if form is Explained.HTML:
        from engine.delivery.document_page import document_page

        return document_page(document(), language)
    from engine.delivery.document_text import document_text

    out = io.StringIO()
    Console(file=out, width=PIPED, highlight=False).print(document_text(document()))
    return out.getvalue()
