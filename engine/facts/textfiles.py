"""What a text file is made of: its encoding, and whether it is plain enough to be read without quoting."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FactsError
from engine.facts.limits import LINE_LIMIT

_CHUNK = 2**19
_SAMPLE = 2**16
_ODD = bytes(each for each in [*range(32), 127] if each not in b"\t\n\r")
_ODD_AT_LEAST = 16  # control characters that a text may hold, however short it is
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF file",
}


@dataclass(frozen=True)
class Text:
    """A text file that decodes without fault.

    `encoding`: a Python codec's name. `empty`: nothing but blanks. `plain`: UTF-8 without any quotation mark, control
    character, blank line or long line, all line ends alike, so that every line is a row.
    """

    encoding: str
    empty: bool
    plain: bool


@dataclass
class _Survey:
    """What has been seen of a file so far."""

    odd: bool = False
    newlines: int = 0
    returns: int = 0
    pairs: int = 0
    blank_line: bool = False
    run: int = 0  # bytes since the last line end
    longest: int = 0
    content: bool = False

    def take(self, chunk: bytes, before: bytes) -> None:
        """Look at one chunk; `before` is the end of the one before it."""
        seam = before[-3:] + chunk
        self.odd = self.odd or b'"' in chunk or len(chunk.translate(None, _ODD)) != len(chunk)
        newlines = chunk.count(b"\n")
        returns = chunk.count(b"\r")
        self.newlines += newlines
        self.returns += returns
        if returns:
            self.pairs += seam.count(b"\r\n") - before[-3:].count(b"\r\n")
            self.blank_line = self.blank_line or b"\n\r\n" in seam or b"\r\r" in seam
        self.blank_line = self.blank_line or b"\n\n" in seam
        self.content = self.content or bool(chunk.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"))
        if newlines or returns:
            first = min(at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0)
            self.longest = max(self.longest, self.run + first)
            self.run = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        else:
            self.run += len(chunk)
        self.longest = max(self.longest, self.run)

    @property
    def plain(self) -> bool:
        ends_alike = self.returns == 0 or self.returns == self.pairs == self.newlines
        return not self.odd and ends_alike and not self.blank_line and self.longest < _CHUNK


def inspect(path: Path, label: str) -> Text:
    """Find out the encoding by decoding all of the file strictly. FactsError where nothing fits."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    _refuse_binary(sample, label)
    if sample.startswith(codecs.BOM_UTF8):
        survey, fault = _decode(path, "utf-8", label)
        if fault is not None:
            raise FactsError(
                f"{label}: line {fault} is not UTF-8, although the file says it is", "save it as CSV UTF-8"
            )
        return Text("utf-8-sig", not survey.content, survey.plain and not sample[3:].startswith((b"\n", b"\r")))
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        survey, fault = _decode(path, "utf-16", label)
        if fault is not None:
            raise FactsError(
                f"{label}: line {fault} is not UTF-16, although the file says it is", "save it as CSV UTF-8"
            )
        return Text("utf-16", not survey.content, False)
    survey, fault = _decode(path, "utf-8", label)
    if fault is None:
        return Text("utf-8", not survey.content, survey.plain and not sample.startswith((b"\n", b"\r")))
    survey, other = _decode(path, "gb18030", label)
    if other is None:
        return Text("gb18030", not survey.content, False)
    raise FactsError(
        f"{label} is neither UTF-8 (see line {fault}) nor UTF-16 nor GB18030 (see line {other})", "save it as CSV UTF-8"
    )


def _refuse_binary(sample: bytes, label: str) -> None:
    for magic, what in _MAGIC.items():
        if sample.startswith(magic):
            raise FactsError(
                f"{label} is not a text file but {what}", "give it its right ending, or save it as CSV UTF-8"
            )
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    odd = len(sample) - len(sample.translate(None, _ODD))
    if odd > _ODD_AT_LEAST and odd * 20 > len(sample):
        raise FactsError(f"{label} is not a text file, or UTF-16 without its mark", "save it as CSV UTF-8")


def _decode(path: Path, encoding: str, label: str) -> tuple[_Survey, int | None]:
    """Survey the file; the line of the first byte that does not decode, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    survey, before = _Survey(), b""
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeError as fault:
                start = getattr(fault, "start", 0)
                return survey, survey.newlines + 1 + chunk[:start].count(b"\n")
            if not chunk:
                return survey, None
            survey.take(chunk, before)
            before = chunk[-3:]
            if survey.longest > LINE_LIMIT:
                raise FactsError(f"{label}: line {survey.newlines + 1} is longer than {LINE_LIMIT // 2**20} MB")


def has_empty_row(path: Path, delimiter: str, width: int) -> bool:
    """Whether some line of a plain file holds nothing but delimiters."""
    line = b"\n" + delimiter.encode() * (width - 1)
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            seam = before + chunk
            if line + b"\n" in seam or line + b"\r\n" in seam:
                return True
            before = seam[-len(line) - 2 :]
    return before.endswith(line)
