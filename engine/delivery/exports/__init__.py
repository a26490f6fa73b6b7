"""Task lists as files for others: workbook, calendar, text, pages. Each form is a function of plain values."""
