//! What the engines do for a statement that a list really ran: a connection tells every statement
//! with its values, and the engine explains it.
use crate::harness::Engine;
use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use posfleet::db::Conn;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Tables that hold a handful of rows whatever the size of the fleet, so that reading them whole is
/// the best that can be done.
const SMALL: &[&str] = &[
    "terminal_model",
    "terminal_count",
    "terminal_tag",
    "licence_setting",
    // A rule for an establishment here and there.
    "monitoring_log_keeping",
    // People and programs are hundreds, however many terminals they look after.
    "access_operator",
    "access_operator_role",
    "access_role",
    "access_client",
    "access_client_token",
];

/// A connection that tells what it runs.
pub(crate) struct Ear {
    pub(crate) conn: Conn,
    heard: Arc<Mutex<Vec<String>>>,
    /// Explains.
    beside: Conn,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

fn connect(engine: Engine, url: &str) -> Conn {
    match engine {
        Engine::Sqlite => {
            let mut conn = SqliteConnection::establish(url).unwrap();
            conn.batch_execute("PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY")
                .unwrap();
            Conn::Sqlite(conn)
        }
        Engine::Postgres => Conn::Postgres(PgConnection::establish(url).unwrap()),
    }
}

impl Ear {
    pub(crate) fn new(engine: Engine, url: &str) -> Self {
        let mut conn = connect(engine, url);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&heard);
        let listen = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                to.lock().unwrap().push(query.to_string());
            }
        };
        let listen: Box<dyn Instrumentation> = Box::new(listen);
        match &mut conn {
            Conn::Sqlite(c) => c.set_instrumentation(listen),
            Conn::Postgres(c) => c.set_instrumentation(listen),
        }
        let mut beside = connect(engine, url);
        // A scan that begins where another one left off reads few rows or all by mere chance.
        if let Conn::Postgres(c) = &mut beside {
            c.batch_execute("SET synchronize_seqscans = off").unwrap();
        }
        Self {
            conn,
            heard,
            beside,
        }
    }

    /// The statements since the last call, explained; faults of any are returned in words. `most` is
    /// how many rows a statement may read that does not say itself by its limit how many it reads.
    pub(crate) fn faults(&mut self, most: i64) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        self.faults_of(&heard, most)
    }

    /// The same of statements that somebody else has run.
    pub(crate) fn faults_of(&mut self, heard: &[String], most: i64) -> Vec<String> {
        assert!(!heard.is_empty(), "nothing was read");
        let told = heard.iter().filter_map(|told| {
            let statement = Statement::read(told);
            let wrong = match &mut self.beside {
                Conn::Sqlite(c) => on_sqlite(c, &statement),
                Conn::Postgres(c) => on_postgres(c, &statement, most),
            };
            wrong.map(|why| format!("{why}\n  {told}"))
        });
        told.collect()
    }

    /// Passes over what was heard.
    pub(crate) fn forget(&mut self) {
        self.heard.lock().unwrap().clear();
    }
}

struct Statement {
    sql: String,
    values: Vec<Literal>,
}

impl Statement {
    fn read(told: &str) -> Self {
        let (sql, values) = told.rsplit_once(" -- binds: ").expect("values are told");
        let mut rest = values;
        let Literal::List(values) = Literal::read(&mut rest) else {
            panic!("{values} are no values")
        };
        Self {
            sql: sql.to_owned(),
            values,
        }
    }

    /// How many rows it asks for, if it says so.
    fn limit(&self) -> Option<i64> {
        let (_, after) = self.sql.rsplit_once("LIMIT ")?;
        let place = after.trim_start_matches('$');
        let digits: String = place.chars().take_while(char::is_ascii_digit).collect();
        let value = match digits.parse::<usize>() {
            Ok(at) if after.starts_with('$') => self.values.get(at - 1)?,
            // SQLite's have no numbers: the limit's comes last, but for an offset.
            _ => self.values.last()?,
        };
        match value {
            Literal::Plain(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The statement with its values in it, as PostgreSQL reads them.
    fn whole(&self) -> String {
        let mut sql = self.sql.clone();
        for (at, value) in self.values.iter().enumerate().rev() {
            sql = sql.replace(&format!("${}", at + 1), &value.sql());
        }
        sql
    }
}

/// A value as Rust shows it.
#[derive(Debug, PartialEq)]
enum Literal {
    Plain(String),
    Text(String),
    List(Vec<Literal>),
}

impl Literal {
    fn read(rest: &mut &str) -> Self {
        let text = rest.trim_start();
        if let Some(after) = text.strip_prefix('[') {
            let (mut all, mut after) = (Vec::new(), after);
            loop {
                after = after.trim_start_matches([',', ' ']);
                if let Some(end) = after.strip_prefix(']') {
                    *rest = end;
                    return Self::List(all);
                }
                all.push(Self::read(&mut after));
            }
        }
        if let Some(mut after) = text.strip_prefix('"') {
            let mut out = String::new();
            loop {
                let mut letters = after.chars();
                match letters.next().expect("a text ends") {
                    '"' => {
                        *rest = letters.as_str();
                        return Self::Text(out);
                    }
                    '\\' => match letters.next().unwrap() {
                        'u' => {
                            let (code, end) = letters.as_str()[1..].split_once('}').unwrap();
                            out.push(
                                char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap(),
                            );
                            letters = end.chars();
                        }
                        'n' => out.push('\n'),
                        't' => out.push('\t'),
                        plain => out.push(plain),
                    },
                    plain => out.push(plain),
                }
                after = letters.as_str();
            }
        }
        let end = text.find(['(', ',', ']', ')']).unwrap_or(text.len());
        let word = &text[..end];
        if let Some(mut within) = text[end..].strip_prefix('(') {
            let value = Self::read(&mut within);
            *rest = within.strip_prefix(')').expect("a wrapped value ends");
            return value;
        }
        *rest = &text[end..];
        Self::Plain(if word == "None" {
            "NULL".to_owned()
        } else {
            word.to_owned()
        })
    }

    fn sql(&self) -> String {
        match self {
            Self::Plain(word) => word.clone(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::List(all) => {
                let all: Vec<String> = all
                    .iter()
                    .map(|one| match one {
                        Self::Text(text) => format!("\"{text}\""),
                        other => other.sql(),
                    })
                    .collect();
                format!("'{{{}}}'", all.join(","))
            }
        }
    }
}

/// Every table is searched by an index, and nothing is sorted beside it.
fn on_sqlite(conn: &mut SqliteConnection, statement: &Statement) -> Option<String> {
    // A list of no values finds nothing, and how many points there are is told by the establishments.
    let is_nothing = statement.sql.contains("(1=0)");
    if is_nothing
        || statement
            .sql
            .starts_with("SELECT `network_establishment`.`points`")
    {
        return None;
    }
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {}", statement.sql))
        .load(conn)
        .unwrap_or_else(|e| panic!("{}: {e}", statement.sql));
    // An index may hold only what a condition leaves; then there is nothing to be searched for in it.
    let is_of_some = statement
        .sql
        .contains(" FROM `event_outbox` WHERE substr(kind, 1, 4) <> 'log.' ORDER BY ");
    let is_first_rows =
        statement.limit().is_some() && (is_of_some || !statement.sql.contains(" WHERE "));
    let wrong = steps.into_iter().map(|step| step.detail).find(|step| {
        let scanned = step.strip_prefix("SCAN ").map(|rest| {
            let table = rest.split(' ').next().unwrap_or_default();
            // In the order of an index or of the table itself, as nothing is sorted.
            let is_bounded =
                statement.sql.starts_with("SELECT COUNT(*) FROM (") && table == "counted";
            !(is_first_rows || is_bounded || SMALL.contains(&table) || rest.starts_with("CONSTANT"))
        });
        let sorts =
            step.contains("TEMP B-TREE") && !SMALL.iter().any(|t| statement.sql.contains(t));
        // The rows of a task are many, and those of some subjects few.
        let reads_all =
            statement.sql.contains("`subject` IN") && !step.contains("task_row_subject");
        scanned.unwrap_or(false) || sorts || reads_all
    });
    wrong.map(|step| format!("SQLite: {step}"))
}

/// It reads no more rows than it says, or than three pages hold.
fn on_postgres(conn: &mut PgConnection, statement: &Statement, most: i64) -> Option<String> {
    let sql = statement.whole();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) {sql}");
    let plan: Plan = diesel::sql_query(&explain)
        .get_result(conn)
        .unwrap_or_else(|e| panic!("{explain}: {e}"));
    let plan: Value = serde_json::from_str(&plan.plan).unwrap();
    let read = rows_read(&plan[0]["Plan"]);
    // What counts asks for thousands; where that is nearly all there is, all is read at once.
    let most = match statement.limit() {
        Some(limit) if limit > most => 2 * limit,
        _ => most,
    };
    (read > most).then(|| format!("PostgreSQL reads {read} rows, not {most}: {plan:#}"))
}

fn rows_read(node: &Value) -> i64 {
    let number = |name: &str| node[name].as_f64().unwrap_or_default();
    let mut all = 0;
    let table = node["Relation Name"].as_str();
    if table.is_some_and(|table| !SMALL.contains(&table)) {
        let each = number("Actual Rows")
            + number("Rows Removed by Filter")
            + number("Rows Removed by Index Recheck");
        #[expect(clippy::cast_possible_truncation, reason = "rows are whole and few")]
        let read = (each * number("Actual Loops")).round() as i64;
        all += read;
    }
    let below = node["Plans"].as_array();
    all + below.into_iter().flatten().map(rows_read).sum::<i64>()
}

#[test]
fn values_are_read_as_rust_shows_them() {
    let told = r#"SELECT $1, $2 -- binds: [TerminalId(7), "a\"\u{1}b", Some(true), None, [1, 2]]"#;
    let statement = Statement::read(told);
    let sql: Vec<String> = statement.values.iter().map(Literal::sql).collect();
    assert_eq!(sql, ["7", "'a\"\u{1}b'", "true", "NULL", "'{1,2}'"]);
    assert_eq!(statement.whole(), "SELECT 7, 'a\"\u{1}b'");
}
