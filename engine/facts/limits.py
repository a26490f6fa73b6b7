"""How much of what the importer takes in."""

TEXT_LIMIT = 100_000  # characters in one cell
SHOWN_LIMIT = 200  # characters of a rejected value that are shown
LINE_LIMIT = 64 * 2**20  # bytes in one line of a text file
WORKBOOK_LIMIT = 2 * 2**30  # bytes of a workbook, unpacked
WORKBOOK_MEMORY = 4 * 2**30  # address space of the process that reads a workbook
WORKBOOK_SECONDS = 900
WORK_MEMORY = "1000MB"  # for DuckDB while importing; it spills beyond
CONTROLS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}]"  # RE2: control characters other than tab and line ends
CONTROLS_AND_BREAKS = r"[\x00-\x1F\x7F-\x{9F}]"  # RE2: every control character
BLANKS = " \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029"
BLANKS += "\u202f\u205f\u3000\ufeff"  # trimmed from both ends of a cell
