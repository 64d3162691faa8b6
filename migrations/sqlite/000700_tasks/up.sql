-- Work that somebody asked for and that takes a while. The cursor says how far it is; whoever moves it
-- counts `steps` up in the same transaction as what the step did, so that no step counts twice.
CREATE TABLE task_task (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    -- Who lacks it cannot see the task.
    permission TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('operator', 'client', 'console')),
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_ip TEXT,
    -- The establishments that the actor saw when he began, as JSON; empty for all of them.
    scope TEXT,
    params TEXT NOT NULL,
    cursor TEXT NOT NULL,
    steps BIGINT NOT NULL,
    file_name TEXT,
    input_blob_id BIGINT REFERENCES storage_blob (id),
    output_blob_id BIGINT REFERENCES storage_blob (id),
    output_name TEXT,
    total BIGINT,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    error_code TEXT,
    error_args TEXT,
    -- The trial that this one repeats in earnest; the trial may be gone by now.
    follows_id BIGINT,
    told_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
);
-- What follows something that was tried follows it once, however often the button is pressed.
CREATE UNIQUE INDEX task_task_follows ON task_task (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX task_task_open ON task_task (id) WHERE state IN ('queued', 'running');
CREATE INDEX task_task_actor ON task_task (actor_kind, actor_id, id);
CREATE INDEX task_task_ended ON task_task (ended_at) WHERE ended_at IS NOT NULL;

-- What became of each row of a task. `mark` is a hash of the row as it came in.
CREATE TABLE task_row (
    task_id BIGINT NOT NULL REFERENCES task_task (id),
    place BIGINT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'same', 'skipped', 'failed')),
    code TEXT NOT NULL,
    args TEXT,
    mark BIGINT,
    PRIMARY KEY (task_id, place)
) WITHOUT ROWID;
CREATE INDEX task_row_outcome ON task_row (task_id, outcome, place);
-- The subject leads and nothing else is read: without statistics SQLite otherwise takes the primary key,
-- and reads every row of the task for each chunk of an import.
CREATE INDEX task_row_subject ON task_row (subject, task_id, place, outcome, mark);
