# Logs that terminals send: of the exchange with the till (ECR) and with the payment host (POS).
logs-ecr = ECR log
logs-pos = POS log
logs-exchanges = Exchanges
logs-files = Files
logs-number = Log
logs-till = Till
logs-day = Day
logs-from = From day
logs-until = Until day
logs-name = Name on the terminal
logs-format = Format
logs-encoding = Encoding
logs-state = State
logs-size = Size
logs-stored = Size packed
logs-packed = { $size } packed
logs-records = Records
logs-unread = Not read
logs-unread-yes = Only with records that could not be read
logs-scrubbed = Masked
logs-scrubbed-none = Nothing
logs-scrubbed-of = Card numbers: { $pans_n }, tracks: { $tracks_n }, PIN blocks: { $pins_n }, verification values: { $cvvs_n }
logs-pans = Card numbers masked
logs-tracks = Tracks masked
logs-pins = PIN blocks masked
logs-cvvs = Verification values masked
logs-changed = Last piece came
logs-begun = First piece came
logs-about = About this log
logs-coming = This log is not whole: the terminal goes on sending it.
logs-ended = This log grows no more: its terminal was moved or got another device, sent another file under this name, or sent this one for longer than logs are kept. What came later stands in another log.
logs-goes-on = { $n ->
    [one] It goes on with a file of which { $n } byte stands in other logs before it.
   *[other] It goes on with a file of which { $n } bytes stand in other logs before it.
}
logs-find = Find logs
logs-none = No log yet
logs-none-text = Logs are shown here as soon as terminals send them, by themselves or when asked on the page of a terminal.
logs-none-found = No log matches
logs-none-found-text = Clear a filter, or ask the terminal for its log.
logs-save-zip = Save as zip
logs-save-hint = An archive holds up to 500 logs, and 4 GB of them.
logs-save-gz = Save
logs-save-plain = Save unpacked
logs-search = Search in this log
logs-search-hint = Text in any case, or bytes such as hex:04 0f. Look for a card by its last four digits.
logs-search-on = Search on from here
logs-search-end = Back to the log
logs-found = { $n ->
    [0] Nothing was found.
    [one] { $n } record was found.
   *[other] { $n } records were found.
}
logs-found-so-far = { $n ->
    [0] Nothing was found yet; searched up to { $percent_n } % of the log.
    [one] { $n } record was found so far; searched up to { $percent_n } % of the log.
   *[other] { $n } records were found so far; searched up to { $percent_n } % of the log.
}
logs-nothing-found = Nothing found here
logs-no-records = No record here
logs-no-records-text = Nothing came of this log yet, or this place lies beyond its end.
logs-go-record = Record number
logs-go-record-hint = 1 to { $n }
logs-go-percent = Place in the log
logs-go-percent-hint = In percent; 50 is the middle
logs-go = Go
logs-first = First
logs-middle = Middle
logs-last = Last
logs-pages-below = Pages, below the records
logs-record-here = Record { $n } in its place
logs-text = Text of the record
logs-raw = { $n ->
    [one] { $n } byte
   *[other] { $n } bytes
}
logs-not-decoded = Not decoded
panel-logs = Logs
logs-records-n = { $n ->
    [one] { $n } record
   *[other] { $n } records
}
logs-unread-n = { $n } not read
logs-all-of-terminal = All of this terminal
logs-none-of-terminal = None yet.
logs-ask = Ask for logs
logs-ask-kind = Which log
logs-ask-from-hint = Without days, the terminal sends whatever it keeps.
logs-ask-go = Ask the terminal
logs-asked = Asked for
logs-asked-at = When
logs-asked-by = By
logs-asked-done = Answered
logs-asked-came = What came
logs-asked-nothing = Nothing new
logs-asked-deleted = Deleted since
logs-asked-more = all of them
logs-keeping = How long logs are kept
logs-keeping-text = A log is deleted when nothing was added to it for so many days; without a rule, { $n ->
    [one] { $n } day
   *[other] { $n } days
}.
logs-keeping-rules = Rules
logs-keeping-all = All that have no rule of their own
logs-keeping-days = Days
logs-keeping-confirm = Delete what is older
logs-keeping-days-hint = 1 to 3,650. Empty takes the rule back.
logs-keeping-whose-hint = Empty is for all that have no rule of their own.
logs-keeping-set = Set a rule
logs-freed = Deleted in the last 30 days
logs-freed-logs = Logs
logs-freed-bytes = Storage freed
logs-freed-none = Nothing was deleted.
logs-freed-total = { $n ->
    [one] Together { $n } log of { $size }, which freed { $freed }.
   *[other] Together { $n } logs of { $size }, which freed { $freed }.
}
logs-freed-more = { $n ->
    [one] { $n } earlier line is not shown; the sum holds it too.
   *[other] { $n } earlier lines are not shown; the sum holds them too.
}
state-coming = Being sent
state-whole = Whole
state-ended = Ended
log-way-from-till = Till to terminal
log-way-to-till = Terminal to till
log-way-to-host = Terminal to host
log-way-from-host = Host to terminal
error-log-unknown = There is no such log.
error-log-day-form = This is no day. Write it as 2026-11-25.
error-log-no-such-format = Logs of this kind have no such format.
error-log-no-such-choice = There is no such choice.
error-log-no-such-sort = Logs are ordered by day only.
error-log-no-such-terminal = There is no such terminal.
error-log-no-such-kind = Say which logs: ecr or pos.
error-log-no-number = This must be a number.
error-log-no-hex = Write bytes as pairs of hexadecimal digits, such as hex:04 0f.
error-log-search-too-long = Search for 200 characters at most.
error-log-no-card-numbers = Card numbers are not kept, so there is none to find. Look for the last four digits.
error-log-shorter = Logs that would be kept today are deleted for good then. Confirm that.
error-log-nothing-sought = Say what to search for.
error-log-none-chosen = Choose at least one log.
error-log-too-many-chosen = An archive holds up to 500 logs, and 4 GB of them. Choose fewer.
error-log-narrow-search = Too many logs would have to be looked through for that. Narrow the search, by terminal or by days.
