# How logs are written, and what may be wrong with a record.
log-format-zvt = Телеграммы ZVT
log-format-zvt-lines = Телеграммы ZVT текстом
log-format-text = Текст
log-format-jpos = jPOS (XML)
log-format-iso8583-87-ascii = ISO 8583:1987, ASCII
log-format-iso8583-87-binary = ISO 8583:1987, двоичный
log-format-iso8583-93-ascii = ISO 8583:1993, ASCII
log-format-iso8583-93-binary = ISO 8583:1993, двоичный
log-format-ndjson = Строки JSON
log-encoding-utf-8 = UTF-8
log-encoding-windows-1251 = Windows-1251
log-encoding-ibm866 = CP866
log-encoding-iso-8859-1 = Latin-1
trouble-truncated = Обрывается
trouble-too-long = Слишком длинная
trouble-malformed = Нарушена структура
trouble-bad-check-sum = Контрольная сумма не сходится
