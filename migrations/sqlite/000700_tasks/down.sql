DROP TABLE task_row;
DROP TABLE task_task;
