# How logs are written, and what may be wrong with a record.
log-format-zvt = ZVT telegrams
log-format-zvt-lines = ZVT telegrams as text
log-format-text = Text
log-format-jpos = jPOS (XML)
log-format-iso8583-87-ascii = ISO 8583:1987, ASCII
log-format-iso8583-87-binary = ISO 8583:1987, binary
log-format-iso8583-93-ascii = ISO 8583:1993, ASCII
log-format-iso8583-93-binary = ISO 8583:1993, binary
log-format-ndjson = Lines of JSON
log-encoding-utf-8 = UTF-8
log-encoding-windows-1251 = Windows-1251
log-encoding-ibm866 = CP866
log-encoding-iso-8859-1 = Latin-1
trouble-truncated = Cut off
trouble-too-long = Too long
trouble-malformed = Malformed
trouble-bad-check-sum = Check sum does not match
