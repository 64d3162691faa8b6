# Monitoring: what terminals report, and the fleet shared out by it.
monitoring-status = Status
monitoring-analysis = Analysis
monitoring-versions = Versions
monitoring-battery = Battery
monitoring-paper = Paper
monitoring-paper-ok = Enough
monitoring-paper-low = Low
monitoring-paper-out = Out
monitoring-clock = Clock
monitoring-offset = Clock offset (seconds)
monitoring-drift = Drift
monitoring-drift-model = Other model
monitoring-drift-serial = Other serial number
monitoring-drift-parameters = Other parameters
monitoring-drift-licence = Licence not in use
monitoring-drift-clock = Clock off
monitoring-told = Last status
monitoring-empty-text = Whatever terminals report of themselves is shown here.
monitoring-by = Shared out by
monitoring-by-model = Model
monitoring-by-platform = Platform
monitoring-by-version = Version
monitoring-by-connectivity = Connectivity
monitoring-by-update = Update
monitoring-by-licence = Licence
monitoring-by-point = Point of service
monitoring-by-action = Last action
monitoring-by-error = Error
monitoring-by-clock = Clock
monitoring-component = Component
monitoring-no-version = Not reported
monitoring-value = Value
monitoring-label = Meaning
monitoring-beside = Others, not on this page
monitoring-larger = Larger shares
monitoring-smaller = Smaller shares
error-monitoring-invalid = Some values cannot be accepted.
error-monitoring-no-such-property = The fleet cannot be shared out by this.
panel-history = Status history
monitoring-changed = What changed
monitoring-path = What
monitoring-old = Before
monitoring-new = After
monitoring-nothing = nothing
monitoring-no-changes = No change yet
monitoring-no-changes-text = Changes of what this terminal reports are kept here. Battery, signal, free storage and waiting offline transactions alone are no change.
monitoring-others = Others
monitoring-summed = Others, kept as one sum
# Days: what the fleet came to.
monitoring-days = Day by day
monitoring-day = Day
monitoring-period = Days shown
monitoring-last-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
monitoring-days-table = The same as a table
monitoring-days-hint = Days in UTC, each as it ended; the current one so far. Choose a day for its own shares.
monitoring-days-none = Nothing is kept of these days yet. What the fleet comes to is written down every hour.
monitoring-as-on = As it was at the end of { $day } (UTC).
monitoring-as-now = Show it as it is now
error-monitoring-no-such-day = This is no day, or it is yet to come. Write it as 2026-11-25.
error-monitoring-not-offered = Choose 7, 30, 90 or 365 days.
monitoring-more-changes = { $n ->
    [one] { $n } more change
   *[other] { $n } more changes
}
error-monitoring-no-such-period = Choose a first day that is not after the last one, and no more than 366 days.
error-monitoring-not-kept = This is not kept day by day. Choose another property, or no day.
error-monitoring-day-narrowed = Days are kept of the whole fleet and of each establishment. Clear the other filters.
