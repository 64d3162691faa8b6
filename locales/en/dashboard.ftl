# The dashboard.
dashboard-terminals = Terminals
dashboard-listening = { $n } listening now
dashboard-by-presence = Terminals by connection
dashboard-state = State
dashboard-share = Share
dashboard-total-caption = { $n ->
    [one] terminal
   *[other] terminals
}
dashboard-empty = No terminals yet
dashboard-empty-text = Register a terminal: it appears here as soon as it is known.
dashboard-attention = Needs attention
dashboard-calm = Nothing needs your attention.
dashboard-latest = Latest events
dashboard-quiet = Nothing has happened yet.

# Events, as the dashboard and timelines tell them.
event-terminal-online = The terminal came online.
event-terminal-late = The terminal is overdue.
event-terminal-disconnected = The terminal has not been heard for a day.
event-terminal-credential-revoked = The terminal’s credential was revoked.
event-work-assigned = Work was assigned: { $work }.
event-work-offered = Work was offered to the terminal: { $work }.
event-work-downloading = The terminal is downloading: { $work }.
event-work-installing = The terminal is installing: { $work }.
event-work-put-off = The terminal will try again later: { $work }.
event-work-cancelling = Work is being cancelled: { $work }.
event-work-done = The terminal confirmed: { $work }.
event-work-failed = Work failed: { $work }.
event-work-refused = The terminal refused: { $work }.
event-work-expired = Work expired: { $work }.
event-work-cancelled = Work was cancelled: { $work }.

# About.
about-title = About this server
about-version = Version
about-build = Build
about-schema = Database schema
about-engine = Database engine
about-client = Oldest terminal client served
about-changes = What changed
about-changes-read = Read the list of changes
about-api = For programs
about-api-read = Description of the API
about-licence = Licence
about-licence-text = Open source under { $licence }.

# Pages of failures: heading, then what to do.
try-again = Try again
to-front-page = To the dashboard
failure-code = Code
failure-request = Request
failure-400 = This request cannot be read
failure-400-advice = Go back and try once more. If you followed a link, it may be incomplete.
failure-403 = You may not do this
failure-403-advice = An administrator can change what your role allows.
failure-404 = Page not found
failure-404-advice = Check the address. What you look for may be gone, or belong to an establishment that you do not see.
failure-405 = This address does not work that way
failure-405-advice = Open the page from the navigation instead.
failure-409 = Something else came first
failure-409-advice = Go back, reload the page and look at the present state before you try again.
failure-413 = This is too large
failure-413-advice = Send a smaller file or less text.
failure-415 = This kind of content is not accepted
failure-415-advice = Use the form on the page.
failure-421 = This is not the server you meant
failure-421-advice = Use the address that your administrator gave you.
failure-422 = Something in the address or the form does not fit
failure-422-advice = Go back and check what was entered.
failure-429 = Too many requests
failure-429-advice = Wait a little, then try again.
failure-500 = The server failed
failure-500-advice = It is not your fault. Try again; if it happens again, give the request number to your administrator, the log has the details.
failure-503 = The server is busy
failure-503-advice = Try again in a few seconds.
failure-other = This did not work
failure-other-advice = Go back and try again.

error-views-render = The page could not be made.
error-http-not-found = There is nothing at this address.
error-http-method-not-allowed = This address does not answer that method.
error-db-busy = The server has too much to do right now. Try again in a few seconds.
error-db-disk-full = The server’s disk is full. Tell your administrator.
error-db-zero-byte = Text with a zero byte cannot be stored or searched. Take it out.
error-db-fault = The server failed. Its log has the details under the request’s number.

# Global search.
search-title = Search
search-results = Results for “{ $q }”
search-start = Search the fleet
search-start-text = Enter any part of a TID, a serial number, or the name or code of an establishment or point of service.
search-nothing = Nothing found
search-nothing-text = Check the spelling, or enter only a part.
search-terminals = Terminals
search-establishments = Establishments
search-points = Points of service
search-all = Show all { $n }
search-all-more = Show all (more than { $n })
search-serial = Serial number
search-tid = TID
search-code = Code
search-name = Name
search-connection = Connection
search-establishment = Establishment
search-limited = Only what belongs to your establishments is searched.
search-no-terminals = Your role does not show terminals, so they are not searched.
dashboard-approvals = Requests wait for your decision
dashboard-late = Terminals are overdue
