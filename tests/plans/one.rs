//! What the pages of one terminal and of one task read, what each chunk of an import asks, and what is
//! told of requests for approval: they cost the same however much has been written about all others.
use crate::harness::Database;
use crate::plan::Ear;
use posfleet::access::{Actor, Permissions, Scope, Who};
use posfleet::approvals;
use posfleet::clock::Millis;
use posfleet::events;
use posfleet::http::Turn;
use posfleet::ids::{EstablishmentId, OperatorId, TaskId, Tid};
use posfleet::monitoring::{self, Day};
use posfleet::tasks::{self, Outcome, Viewer};
use posfleet::terminals;

/// Tasks that are there, and the rows of the longest of them.
const TASKS: i64 = 300;
const ROWS: i64 = 100_000;
/// Requests for approval, of which the last few wait. Of late, or they were forgotten meanwhile.
const REQUESTS: i64 = 20_000;
const WAITING: i64 = 20;
const PAGE: i64 = 50;
/// Changes of status of two thousand terminals, and days that counts are kept of.
const CHANGES: i64 = 1_000_000;
const DAYS: i64 = 400;
/// Changes that are kept of one terminal, and counted.
const KEPT: i64 = 1_000;
/// Rows that one statement may read for a page.
const MOST: i64 = 3 * PAGE;

/// Tasks of the past, two of which were long, and sessions.
pub(crate) fn history(database: &Database) {
    crate::fleet::insert(
        database,
        "task_task (kind, permission, state, actor_kind, actor_id, actor_name, params, cursor, steps,
             done, failed, skipped, told_at, created_at, ended_at)",
        TASKS,
        "'import.terminals', 'terminals.manage', 'done', 'console', 0, 'console', '{}', 'null', 1,
         n, 0, 0, 1799999000000 + n, 1799999000000 + n, 1799999000000 + n",
    );
    for task in ["1", "2"] {
        crate::fleet::insert(
            database,
            "task_row (task_id, place, subject, outcome, code, mark)",
            ROWS,
            &format!(
                "{task}, n, 'T' || n, CASE WHEN n % 1000 = 7 THEN 'failed' ELSE 'done' END,
                 'created', n"
            ),
        );
    }
    crate::fleet::insert(
        database,
        "terminal_session (terminal_id, session_id, started_at, changed_at)",
        ROWS,
        "1 + n % 2000, 's' || n, n, n",
    );
    crate::fleet::insert(
        database,
        "monitoring_change (terminal_id, establishment_id, at, body_diff)",
        CHANGES,
        "1 + n % 2000, 1 + n % 50, 1790000000000 + n * 9000, '[]'",
    );
    crate::fleet::insert(
        database,
        "monitoring_day (establishment_id, name, day, value, n)",
        51 * DAYS * 4,
        "(n - 1) % 51, 'connectivity', 20833 - (n - 1) / 204, 'v' || (((n - 1) / 51) % 4), n",
    );
    crate::fleet::insert(
        database,
        "approval_request (kind, permission, state, actor_kind, actor_id, actor_name,
             all_establishments, params, facts, reason, created_at, expires_at, ended_at)",
        REQUESTS,
        &format!(
            "'terminals.bulk', 'terminals.manage',
             CASE WHEN n > {ended} THEN 'pending' WHEN n % 100 = 0 THEN 'rejected' ELSE 'approved' END,
             'operator', n % 40, 'x', n % 2 = 0, '{{}}', '{{}}', 'x', 1799000000000 + n, 1800000000000 + n,
             CASE WHEN n > {ended} THEN NULL ELSE 1799000000000 + n END",
            ended = REQUESTS - WAITING,
        ),
    );
    crate::fleet::insert(
        database,
        "approval_place (request_id, establishment_id)",
        REQUESTS / 2,
        "2 * n - 1, 1 + n % 50",
    );
}

/// Everything wrong with how these are read.
pub(crate) fn faults(ear: &mut Ear) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut note = |ear: &mut Ear, most: i64, what: &str| {
        let faults = ear.faults(most).into_iter();
        wrong.extend(faults.map(|fault| format!("{what}: {fault}")));
    };
    let tid = Tid::parse("T00000008").unwrap();
    let terminal = terminals::find(&mut ear.conn, &Scope::All, &tid)
        .unwrap()
        .expect("a terminal")
        .id;
    note(ear, MOST, "a terminal");
    let sessions = terminals::sessions(&mut ear.conn, terminal).unwrap();
    assert!(!sessions.is_empty());
    note(ear, MOST, "sessions");
    let work = terminals::list_work(&mut ear.conn, terminal, PAGE).unwrap();
    assert!(!work.is_empty());
    note(ear, MOST, "work");
    let whole = terminals::find(&mut ear.conn, &Scope::All, &tid)
        .unwrap()
        .unwrap();
    for scope in [
        Scope::All,
        Scope::Only(vec![EstablishmentId(1 + (terminal.0 - 1) % 50)]),
    ] {
        let changes = monitoring::panel(&mut ear.conn, &whole, &scope, "").unwrap();
        assert_eq!(changes["items"].as_array().unwrap().len(), 50);
        note(ear, KEPT, "changes of a status");
    }
    // None is over, so every establishment is looked at.
    let now = Millis(1_700_000_200_000);
    monitoring::overdue_logs(&mut ear.conn, now, None).unwrap();
    note(ear, MOST, "logs whose days are over");
    let span = (Day(20833 - 29), Day(20833));
    let days = monitoring::days_of(&mut ear.conn, &Scope::All, None, "connectivity", span).unwrap();
    assert_eq!(days.len(), 30);
    note(ear, MOST, "a trend");
    let about = events::of_subject(&mut ear.conn, tid.as_str(), 100, |_| true).unwrap();
    assert!(!about.is_empty());
    note(ear, MOST, "the timeline");
    let viewer = Viewer {
        actor: Actor::console(),
        permissions: Permissions::all(),
    };
    let task = tasks::find(&mut ear.conn, &viewer, TaskId(1)).unwrap();
    note(ear, MOST, "a task");
    for outcome in [None, Some(Outcome::Done), Some(Outcome::Failed)] {
        for cursor in [None, Some("last")] {
            let turn = Turn::parse(cursor, Some(&PAGE.to_string())).unwrap();
            let page = tasks::rows_of(&mut ear.conn, &task, outcome, &turn).unwrap();
            assert_eq!(page.items.len(), 50);
            note(ear, MOST, "a task's rows");
        }
    }
    let asked: Vec<String> = (1..=20).map(|n| format!("T{}", n * 4000)).collect();
    let before = tasks::earlier(&mut ear.conn, TaskId(2), asked).unwrap();
    assert_eq!(before.len(), 20);
    note(ear, MOST, "the rows before a chunk of an import");
    wrong.extend(of_requests(ear));
    wrong
}

/// What a reader who sees everything is told of requests; one who does not looks through them, which
/// are hundreds and not a fleet.
fn of_requests(ear: &mut Ear) -> Vec<String> {
    use approvals::{State, Viewer, Whose};
    let mut wrong = Vec::new();
    let mut note = |ear: &mut Ear, what: &str| {
        let faults = ear.faults(MOST).into_iter();
        wrong.extend(faults.map(|fault| format!("{what}: {fault}")));
    };
    let viewer = Viewer {
        actor: Actor {
            who: Who::Operator(OperatorId(27), "x".to_owned()),
            scope: Scope::All,
            from: None,
        },
        permissions: Permissions::all(),
    };
    for which in [
        (Whose::Everyone, None),
        (Whose::Everyone, Some(State::Pending)),
        (Whose::Everyone, Some(State::Rejected)),
        (Whose::Mine, None),
    ] {
        for cursor in [None, Some("last")] {
            let turn = Turn::parse(cursor, Some(&PAGE.to_string())).unwrap();
            let page = approvals::list(&mut ear.conn, &viewer, which, &turn).unwrap();
            assert!(!page.items.is_empty(), "{which:?}, {cursor:?}");
            note(ear, "requests");
        }
    }
    let narrow = Scope::Only((1..=13).map(EstablishmentId).collect());
    for scope in [Scope::All, narrow] {
        let actor = Actor {
            scope,
            ..viewer.actor.clone()
        };
        let now = Millis(1_800_000_000_000);
        let n = approvals::waiting(&mut ear.conn, &actor, &viewer.permissions, now).unwrap();
        assert!(n > 0 && n < WAITING, "{n}");
        note(ear, "how many requests wait");
    }
    wrong
}
