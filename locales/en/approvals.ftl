# Approvals: what one person may not do alone.
nav-approvals = Approvals
approval-one = Request for approval
approval-what = What
approval-size = How many
approval-state = State
approval-any-state = Any state
approval-whose = Whose requests
approval-mine = My requests
approval-everyones = All requests
approval-by = Requested by
approval-program = (API client)
approval-reason = Reason
approval-created = Requested
approval-expires = Decide before
approval-none-found = No request matches
approval-show-all = Show all requests
approval-empty = No requests
approval-empty-text = What one person may not do alone is asked for and decided here. Requests are kept for a year after their end.
approval-waiting = to be decided by you
approval-task = Follow the task
approval-withdraw = Withdraw
approval-asked-for = What is asked for
approval-decision = Decision
approval-decide-text = If you approve, it is done at once, in the name of { $by }. Your name is recorded with it.
approval-remark = Remark
approval-approve = Approve
approval-why-not = Reason for rejecting
approval-reject = Reject
approval-own-text = You asked for this, so another person has to decide. You can withdraw it until then.
approval-waits-text = Nobody has decided yet.
approval-history = History
approval-was-requested = Requested by { $by }
approval-was-approved = Approved by { $by }
approval-was-rejected = Rejected by { $by }
approval-was-withdrawn = Withdrawn by { $by }
approval-was-expired = Expired: nobody decided in time.

state-pending = To be decided
state-approved = Approved
state-rejected = Rejected
state-withdrawn = Withdrawn

said-approval-asked = The request waits for another person to approve it. Nothing is done until then.
said-approval-approved = You have approved the request. It is being done.
said-approval-rejected = You have rejected the request.
said-approval-withdrawn = You have withdrawn the request.

event-approval-requested = { $by } asks for an approval.
event-approval-approved = What { $by } asked for was approved.
event-approval-rejected = What { $by } asked for was rejected.
event-approval-withdrawn = { $by } has withdrawn a request for approval.
event-approval-expired = What { $by } asked for has expired: nobody decided in time.

error-approval-unknown = There is no such request. Requests are kept for a year after their end.
error-approval-no-kind = This server does not know how to do what was asked for. The request may come from a newer version.
error-approval-ended = This request has been decided or withdrawn already.
error-approval-expired = This request has expired: nobody decided in time. Whoever still needs it has to ask again.
error-approval-not-by-this = Only people and API clients can ask for an approval.
error-approval-not-by-a-program = An API client cannot approve anything. A person has to, on the page of the request.
error-approval-own = You asked for this yourself, so another person has to decide.
error-approval-own-program = An API client asked for this, and you have made a token for it. Another person has to approve.
error-approval-lacks-permission = You may not do this yourself, so you cannot decide about it.
error-approval-not-yours = Only the one who asked can withdraw a request.
error-approval-requester-gone = Whoever asked for this has been disabled, so it cannot be approved. You can reject it.
error-approval-requester-lacks = Whoever asked for this may no longer do it, so it cannot be approved. You can reject it.
error-approval-requester-narrowed = Whoever asked for this no longer sees all the establishments that it concerns, so it cannot be approved. You can reject it.
error-approval-reason-form = Give a reason, in at most { $n } characters.
error-approval-remark-form = Enter at most { $n } characters.
error-approval-file-gone = The list of what was chosen waited too long and is gone. Choose again.
error-approval-no-state = There is no state of that name. Choose one of the list.

permission-approvals-view = See requests for approval
permission-approvals-decide = Approve or reject what others ask for, where one may do it oneself

settings-governance = Second person
settings-governance-text = What one person may not do alone. Another person who may do it too has to approve it first.
settings-governance-bulk-above = Ask a second person above this many terminals (0 = never)
settings-governance-bulk-above-hint = With 0, one person may act on any number of terminals at once. With 100, an action on 101 or more needs an approval.
settings-governance-hours = Hours until a request expires
settings-governance-hours-hint = From 1 hour to 30 days (720). Requests that wait already keep their time.

terminals-bulk-second = { $n ->
    [one] An action on more than { $n } terminal needs the approval of another person.
   *[other] An action on more than { $n } terminals needs the approval of another person.
}
terminals-bulk-reason-hint = Whoever decides reads it, and it is kept in the audit log.
terminals-bulk-ask = Ask for approval
terminals-bulk-frozen = These are the terminals as they were chosen when it was asked for; none is added. Those that no longer match the filter, or have moved to another establishment, are left alone.
terminals-bulk-move-n = { $n ->
    [one] Move { $n } terminal
   *[other] Move { $n } terminals
}
terminals-bulk-set-interval-n = { $n ->
    [one] Set the check-in interval of { $n } terminal
   *[other] Set the check-in interval of { $n } terminals
}
terminals-bulk-tag-n = { $n ->
    [one] Add a tag to { $n } terminal
   *[other] Add a tag to { $n } terminals
}
terminals-bulk-untag-n = { $n ->
    [one] Take a tag off { $n } terminal
   *[other] Take a tag off { $n } terminals
}
terminals-bulk-suspend-n = { $n ->
    [one] Suspend { $n } terminal
   *[other] Suspend { $n } terminals
}
terminals-bulk-resume-n = { $n ->
    [one] Resume { $n } terminal
   *[other] Resume { $n } terminals
}
terminals-bulk-retire-n = { $n ->
    [one] Retire { $n } terminal
   *[other] Retire { $n } terminals
}
