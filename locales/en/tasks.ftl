# Tasks: long work that somebody asked for.
nav-tasks = Tasks
task-one = Task
task-about = File or list
task-whose = Whose tasks
task-mine = My tasks
task-everyones = Everyone’s tasks
task-state = State
task-any-state = Any state
task-by = Asked for by
task-created = Asked for
task-started = Begun
task-ended = Ended
task-progress = Progress
task-rows-done = Rows handled
task-unchanged = Unchanged
task-fetch = Download the file
task-cancel = Cancel
task-continue = Continue
task-rows = Rows
task-all-rows = All
task-row = Row
task-subject = About
task-outcome = Outcome
task-code = Code
task-message = Message
task-rows-file = Download these rows as CSV
task-no-such-rows = No row has this outcome.
task-none-found = No task matches
task-show-mine = Show my tasks
task-empty = No tasks yet
task-empty-text = An import, an export or an action on many terminals runs in the background and is followed here. Tasks are kept for a week after their end.

state-queued = Waiting
state-running = Running
state-same = Unchanged
state-skipped = Left out

said-task-cancelled = The task was cancelled. What it had done stays done.
said-task-continued = The task goes on where it ended.

event-task-started = A task was begun.
event-task-ended = A task ended.

error-task-unknown = There is no such task. Tasks are kept for a week after their end.
error-task-overtaken = The task went on meanwhile. Look at it again.
error-task-ended = The task has ended already.
error-task-nothing-to-continue = Only a task that failed or was cancelled can be continued.
error-task-followed-already = This was done already. Look for it among the tasks.
error-task-no-longer-allowed = Whoever asked for this task may no longer do such things, so it was ended.
error-task-no-kind = This server does not know how to do this task. It may come from a newer version.
error-task-no-file = The task has no file to download.
error-task-file-gone = A file waited too long and is gone. Start again.
error-task-no-state = There is no state of that name. Choose one of the list.
error-task-no-outcome = There is no outcome of that name. Choose one of the list.
