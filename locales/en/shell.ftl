# The shell around every page.
app-name = posfleet
app-description = Keeps a fleet of payment terminals licensed, watched and up to date.
skip-to-content = Skip to content
menu = Menu
main-navigation = Main navigation
breadcrumb = Breadcrumb
search = Search
search-everything = Search terminals, serial numbers and establishments
search-hint = TID, serial, establishment
look = Language and theme
language = Language
theme = Theme
theme-auto = As on this device
theme-light = Light
theme-dark = Dark
account = Account
sign-out = Sign out
close = Close
more = More
yes = Yes
no = No
terminal-time = terminal’s own time
save = Save
cancel = Cancel
optional = (optional)
previous = Previous
next = Next
pages = Pages
filters = Filters
filter-remove = Remove this filter
filters-clear = Clear all
copied = Copied
copy-what = Copy { $what }
updated = Updated
title-error = Error:
there-is-a-problem = There is a problem

nav-fleet = Fleet
nav-watch = Watch
nav-monitoring = Monitoring
nav-admin = Administration
nav-dashboard = Dashboard
nav-terminals = Terminals
nav-network = Network
nav-licences = Licences
nav-about = About

keys-title = Keyboard shortcuts
keys-search = Go to search
keys-help = Show this list
keys-on = Single-key shortcuts are on

live-paused = Live updates paused.
live-refresh = Refresh
live-changed = This page was updated.
live-new = New: { $n } ·
live-show = Show

# Counting and measuring.
percent = { $n }%
pager-count = { $n ->
    [0] Nothing found
    [one] { $n } result
   *[other] { $n } results
}
pager-count-more = { $n }+ results
pager-range = { $from }–{ $to } of { $n }
pager-range-more = { $from }–{ $to } of more than { $n }
count-terminals = { $n ->
    [one] { $n } terminal
   *[other] { $n } terminals
}
bytes-b = { $n } B
bytes-kb = { $n } kB
bytes-mb = { $n } MB
bytes-gb = { $n } GB
bytes-tb = { $n } TB
ago-now = just now
ago-minutes = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
in-minutes = { $n ->
    [one] in { $n } minute
   *[other] in { $n } minutes
}
in-hours = { $n ->
    [one] in { $n } hour
   *[other] in { $n } hours
}
in-days = { $n ->
    [one] in { $n } day
   *[other] in { $n } days
}
lasting-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
lasting-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
lasting-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
lasting-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}

# States: the word beside the shape.
state-never = Never connected
state-listening = Listening
state-online = Online
state-late = Late
state-disconnected = Disconnected
state-clock-off = Clock off
state-registered = Registered
state-active = Active
state-suspended = Suspended
state-retired = Retired
state-disabled = Disabled
state-waiting = Waiting
state-held = Held
state-offered = Offered
state-downloading = Downloading
state-installing = Installing
state-cancelling = Cancelling
state-done = Done
state-failed = Failed
state-refused = Refused
state-expired = Expired
state-cancelled = Cancelled
state-open = Open
state-closed = Closed
state-none = None
state-issued = Issued
state-used = Used
state-dead = Dead
state-valid = Valid
state-revoked = Revoked
state-delivered = Delivered
state-fetched = Fetched

# The languages that people are written to in.
language-en = English
language-fr = French
language-ru = Russian
