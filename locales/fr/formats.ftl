# How logs are written, and what may be wrong with a record.
log-format-zvt = Télégrammes ZVT
log-format-zvt-lines = Télégrammes ZVT en texte
log-format-text = Texte
log-format-jpos = jPOS (XML)
log-format-iso8583-87-ascii = ISO 8583:1987, ASCII
log-format-iso8583-87-binary = ISO 8583:1987, binaire
log-format-iso8583-93-ascii = ISO 8583:1993, ASCII
log-format-iso8583-93-binary = ISO 8583:1993, binaire
log-format-ndjson = Lignes de JSON
log-encoding-utf-8 = UTF-8
log-encoding-windows-1251 = Windows-1251
log-encoding-ibm866 = CP866
log-encoding-iso-8859-1 = Latin-1
trouble-truncated = Tronqué
trouble-too-long = Trop long
trouble-malformed = Mal formé
trouble-bad-check-sum = Somme de contrôle fausse
