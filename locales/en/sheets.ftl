# Sheets: tables as files.

error-sheet-too-long = Row { $row } is longer than { $max } bytes. A quote that is not closed may be the cause.
error-sheet-too-many-fields = Row { $row } has more than { $max } values. Another separator may be meant.
error-sheet-not-text = This is not a text file. Save the table as CSV and choose that file.
error-sheet-unknown-encoding = The encoding of the file cannot be recognised. Choose it, or save the file as UTF-8.
error-sheet-no-such-encoding = There is no encoding { $encoding }. Choose one of the list.
error-sheet-broken-text = Row { $row } is not { $encoding }. Save the file as UTF-8.
error-sheet-no-header = The file has no header. Name the columns in its first row.
error-sheet-no-rows = The file has no rows below its header. Add some, then choose it again.
error-sheet-column-missing = The header lacks: { $columns }. Name the columns as they are listed on this page.
error-sheet-column-twice = The header has a column twice: { $columns }. Remove one of the two.
error-sheet-too-many-rows = A workbook has at most 1,048,575 rows. Take CSV, or narrow the list.
error-sheet-workbook = The workbook could not be written. Try again.
