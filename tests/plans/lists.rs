//! Every list of the program at 100,000 terminals: each order, each filter, each search, and of each
//! the first page, the next, the one before and the last. No statement may scan, sort beside an index,
//! or read more rows than three pages hold; what counts reads no more than lists count.
use crate::fleet;
use crate::harness::{Role, START, TestApp};
use crate::on_both_engines;
use crate::one;
use crate::plan::Ear;
use posfleet::access::Scope;
use posfleet::app;
use posfleet::clock::Clock;
use posfleet::db::Spot;
use posfleet::http::{COUNTED, Turn, onward};
use posfleet::ids::EstablishmentId;
use posfleet::lists::Source;
use posfleet::terminals::{self, Filter, Matching, Presence, PresenceIs};

const ROWS: i64 = 50;
/// Work of the whole fleet among which the dashboard looks for failures of a scope.
const RECENT: i64 = 5_000;
/// Rows that one statement may read for a page.
const MOST: i64 = 3 * ROWS;

/// What each filter of each list is tried with. A list that is added says it here.
fn values(list: &str, filter: &str) -> &'static [&'static str] {
    // What terminals report is narrowed as they are.
    let list = if list == "status" { "terminals" } else { list };
    match (list, filter) {
        ("terminals", "q") => &[
            "T00012345",
            "1234",
            "000",
            "T",
            "7",
            "S00",
            "é 77",
            "café 1",
            "E7",
            "nowhere",
        ],
        ("terminals", "presence") => &[
            "never",
            "listening",
            "online",
            "late",
            "disconnected",
            "connected",
            "not-connected",
        ],
        ("terminals", "life") => &["registered", "active", "suspended", "retired", "all"],
        ("terminals", "model") => &["wiseasy-wpos-3", "feitian-f20"],
        ("terminals" | "points", "establishment") => &["E7"],
        ("terminals", "point_of_service") => &["P700"],
        ("terminals", "tag") => &["TAG 3"],
        ("terminals", "platform") => &["android", "none"],
        ("terminals", "version") => &["pos:4.7", "2.1", "nothing", "pos:nothing"],
        ("terminals", "licence") => &["waiting", "failed", "none"],
        ("terminals", "update") => &["none", "done", "failed"],
        ("terminals", "clock") => &["right", "off"],
        ("terminals", "action" | "error") => &["none", "nothing"],
        ("terminals", "fact") => &["point:700", "app:app:7", "model:feitian-f20"],
        ("establishments" | "points", "status") => &["open", "closed"],
        ("establishments", "q") => &["etab", "ment 4", "E1", "4", "nowhere"],
        ("points", "q") => &["café", "é 19", "P19", "1", "nowhere"],
        ("audit", "object") => &["T00012345"],
        ("audit", "actor") => &["operator-7"],
        ("audit", "action") => &["terminal.move", "terminal."],
        ("failed-sign-ins", "login") => &["operator-7", "nobody"],
        ("failed-sign-ins", "reason") => &["wrong-password", "dropped"],
        ("failed-sign-ins", "address") => &["10.0.0.7"],
        ("audit", "since" | "until") => &["1970-01-01", "1970-01-01T00:00:50Z"],
        ("licences" | "licence-numbers" | "licence-bare", filter) => values_of_licences(filter),
        ("exchanges", filter) => values_of_exchanges(filter),
        ("ecr-logs" | "pos-logs", filter) => values_of_logs(list, filter),
        _ => panic!("what is `{list}` to be filtered by `{filter}` with?"),
    }
}

fn values_of_licences(filter: &str) -> &'static [&'static str] {
    match filter {
        "q" => &["T00012345", "s00", "lic", "nowhere"],
        "sn" => &["s00", "1234"],
        "platform" => &["android", "droi"],
        "lic_id" => &["L123", "234"],
        "software" => &["pos3"],
        "state" => &["waiting", "confirmed", "superseded"],
        "expiring" => &["30", "expired"],
        "month" => &["2027-03"],
        _ => panic!("what are licences to be filtered by `{filter}` with?"),
    }
}

fn values_of_exchanges(filter: &str) -> &'static [&'static str] {
    match filter {
        "q" => &["77", "R77", "nothing"],
        "terminal" => &["T00000777", "T9"],
        // All but the last are rare.
        "state" => &[
            "unanswered",
            "failed",
            "alone",
            "malformed",
            "notice",
            "late",
            "declined",
            "answered",
        ],
        "result" => &["51", "00", "99"],
        "host" => &["h1", "nowhere"],
        "since" | "until" => &["2023-11-14", "2023-11-15T00:00:00Z"],
        _ => panic!("what are exchanges to be filtered by `{filter}` with?"),
    }
}

fn values_of_logs(list: &str, filter: &str) -> &'static [&'static str] {
    match filter {
        "terminal" => &["T00012345"],
        "till" => &["K7", "nowhere"],
        "from" | "until" => &["2026-11-20", "2026-10-12", "1970-01-01"],
        "format" if list == "ecr-logs" => &["zvt"],
        "format" => &["ndjson"],
        "establishment" => &["E7"],
        "point_of_service" => &["P700"],
        "unread" => &["yes"],
        _ => panic!("what are logs to be filtered by `{filter}` with?"),
    }
}

/// Every query that has one condition or one order.
fn queries(list: &Source) -> Vec<String> {
    let sorts = list.columns.iter().filter_map(|column| column.sort);
    let mut codes: Vec<&str> = sorts.flat_map(|(up, down)| [up, down]).collect();
    codes.dedup();
    let mut all = vec![String::new()];
    all.extend(codes.iter().map(|code| format!("sort={code}")));
    for filter in list.filters {
        for value in values(list.name, filter.name) {
            all.push(serde_urlencoded::to_string([(filter.name, value)]).unwrap());
        }
    }
    all
}

/// Reads the four pages of a query and says what is wrong with them.
fn try_pages(ear: &mut Ear, list: &Source, query: &str, most: i64) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut read = |what: &str, cursor: Option<&str>| {
        let turn = Turn::parse(cursor, Some(&ROWS.to_string())).unwrap();
        let page = (list.read)(&mut ear.conn, &Scope::All, query, &turn);
        let page = page.unwrap_or_else(|e| panic!("{}?{query}: {e:?}", list.name));
        let faults = ear.faults(most).into_iter();
        wrong.extend(faults.map(|fault| format!("{}?{query}, {what}: {fault}", list.name)));
        page
    };
    let first = read("the first page", None);
    if let Some(next) = &first.next {
        let next = read("the next page", Some(next));
        assert!(!next.items.is_empty(), "{}?{query}", list.name);
        let before = next.prev.expect("a way back");
        let back = read("the page before", Some(&before));
        assert_eq!(back.items, first.items, "{}?{query}", list.name);
    }
    read("the last page", Some("last"));
    wrong
}

on_both_engines! {
    async fn every_list_is_read_by_an_index(app: TestApp) {
        let ctx = app.ctx();
        fleet::build(&app);
        let (engine, url) = (app.database().engine, app.database().url().to_owned());
        let work = move || {
            let mut ear = Ear::new(engine, &url);
            let mut wrong = Vec::new();
            for list in app::lists(&Clock::manual(START)).all() {
                let began = std::time::Instant::now();
                for query in queries(list) {
                    // A search for a part of a word chooses between 500 licences at once.
                    let is_of_words = ["q=", "sn=", "lic_id=", "platform="]
                        .iter()
                        .any(|name| query.starts_with(name));
                    let most = match list.name {
                        "licences" | "licence-numbers" if is_of_words => 10 * ROWS,
                        // With each terminal come its facts, ten of them here; and for what no index knows,
                        // 200 logs are looked through at once.
                        "status" | "ecr-logs" | "pos-logs" => 10 * ROWS,
                        _ => MOST,
                    };
                    wrong.extend(try_pages(&mut ear, list, &query, most));
                }
                eprintln!("{engine:?}: {} in {:?}", list.name, began.elapsed());
            }
            wrong.extend(combinations(&mut ear));
            wrong.extend(middle(&mut ear));
            wrong.extend(reviews(&mut ear));
            wrong.extend(dashboard(&mut ear));
            wrong.extend(one::faults(&mut ear));
            wrong
        };
        let wrong = tokio::task::spawn_blocking(work).await.unwrap();
        assert!(wrong.is_empty(), "{} statements are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
        review_of_all(&app).await;
        drop(ctx);
    }
}

/// A page in the middle of a period costs what one at its edge does.
fn middle(ear: &mut Ear) -> Vec<String> {
    let lists = app::lists(&Clock::manual(START));
    let list = lists.find("exchanges").unwrap();
    let mut wrong = Vec::new();
    let there = Spot {
        rank: 0,
        key: format!("{:019}", 1_700_000_000_000_i64 + 100_000 * 400),
        id: 100_000,
    };
    for query in ["until=2023-11-16", "since=2023-11-14"] {
        let mut turn = onward(Some(&there), ROWS);
        for way in ["on", "back"] {
            let page = (list.read)(&mut ear.conn, &Scope::All, query, &turn).unwrap();
            assert!(!page.items.is_empty(), "{query}");
            let faults = ear.faults(MOST).into_iter();
            let told = |fault| format!("exchanges?{query}, {way} from the middle: {fault}");
            wrong.extend(faults.map(told));
            turn = Turn::parse(page.prev.as_deref(), Some(&ROWS.to_string())).unwrap();
        }
    }
    wrong
}

/// Of several conditions no statement reads more than lists count, and no page looks through more
/// than it says.
fn combinations(ear: &mut Ear) -> Vec<String> {
    let list = app::lists(&Clock::manual(START))
        .find("terminals")
        .unwrap()
        .clone();
    let few: Vec<EstablishmentId> = (1..=13).map(EstablishmentId).collect();
    let many: Vec<EstablishmentId> = (1..=40).map(EstablishmentId).collect();
    let mut wrong = Vec::new();
    for (scope, query, is_capped) in [
        (Scope::All, "presence=late&model=feitian-f20", false),
        (
            Scope::All,
            "presence=listening&life=registered&model=wiseasy-wpos-3",
            false,
        ),
        (Scope::All, "establishment=E7&sort=-seen", false),
        (Scope::All, "point_of_service=P700&q=000", false),
        (Scope::All, "presence=online&sort=serial", false),
        (Scope::All, "q=1234&sort=seen", false),
        // None of that model was never heard.
        (Scope::All, "presence=never&model=feitian-f20", true),
        (Scope::Only(few.clone()), "", false),
        (Scope::Only(few.clone()), "q=0001", false),
        (Scope::Only(few), "sort=seen", false),
        (Scope::Only(many), "presence=disconnected", false),
    ] {
        for cursor in [None, Some("last")] {
            let turn = Turn::parse(cursor, None).unwrap();
            let page = (list.read)(&mut ear.conn, &scope, query, &turn).unwrap();
            let faults = ear.faults(2 * (COUNTED + 1)).into_iter();
            wrong.extend(faults.map(|fault| format!("terminals?{query}: {fault}")));
            let way_on = if cursor.is_none() {
                &page.next
            } else {
                &page.prev
            };
            let is_told = page.capped == is_capped && (!is_capped || way_on.is_some());
            if !is_told || (page.items.is_empty() && !is_capped) {
                let (n, capped) = (page.items.len(), page.capped);
                wrong.push(format!("terminals?{query}: {n} rows, capped: {capped}"));
            }
        }
    }
    wrong
}

/// Whoever wants all that match reads them in pieces, each no dearer than the rows that it looks at.
fn reviews(ear: &mut Ear) -> Vec<String> {
    let few: Vec<EstablishmentId> = (1..=13).map(EstablishmentId).collect();
    let model = terminals::list_models(&mut ear.conn).unwrap()[0].id;
    let mut wrong = Vec::new();
    for (scope, filter) in [
        (Scope::All, Filter::default()),
        (
            Scope::All,
            Filter {
                text: "000".to_owned(),
                ..Filter::default()
            },
        ),
        (
            Scope::Only(few),
            Filter {
                presence: Some(PresenceIs::NotConnected),
                model: Some(model),
                ..Filter::default()
            },
        ),
    ] {
        let began = std::time::Instant::now();
        let matching = Matching::new(&mut ear.conn, &scope, &filter).unwrap();
        let mut picking = matching.all();
        let (mut all, mut pieces) = (0, 0);
        ear.forget();
        while let Some(some) = picking.next(&mut ear.conn).unwrap() {
            all += some.len();
            pieces += 1;
            // The first pieces stand for all; what either engine read for a piece is its own rows.
            let faults = if pieces < 4 {
                ear.faults(2_500)
            } else {
                Vec::new()
            };
            wrong.extend(
                faults
                    .into_iter()
                    .map(|it| format!("all of {filter:?}: {it}")),
            );
        }
        ear.forget();
        eprintln!(
            "{all} of {filter:?} in {pieces} pieces, {:?}",
            began.elapsed()
        );
    }
    wrong
}

/// The page that says what would be done to the whole fleet.
async fn review_of_all(app: &TestApp) {
    let root = app.operator(Role::Administrator).await;
    for query in ["", "presence=not-connected&model=wiseasy-wpos-3", "q=T000"] {
        let wish = [("action", "suspend"), ("all", "1"), ("query", query)];
        let began = std::time::Instant::now();
        let page = root
            .submit("/terminals", "/terminals/bulk/review", &wish)
            .await;
        let page = page.expect(200).text();
        let took = began.elapsed();
        let concerned = page
            .split("<strong>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap();
        eprintln!(
            "{:?}: a review of {concerned} ({query}) in {took:?}",
            app.database().engine
        );
        assert_ne!(concerned, "0");
    }
}

/// The first page that everybody opens costs the same at any size.
fn dashboard(ear: &mut Ear) -> Vec<String> {
    let some = Scope::Only(vec![EstablishmentId(3), EstablishmentId(7)]);
    let mut wrong = Vec::new();
    for scope in [Scope::All, some] {
        let conn = &mut ear.conn;
        terminals::presence_counts(conn, &scope).unwrap();
        terminals::most_in(conn, &scope, Presence::Disconnected, 5).unwrap();
        terminals::recent_failures(conn, &scope, 5).unwrap();
        let only = match &scope {
            Scope::All => None,
            Scope::Only(these) => Some(these.as_slice()),
        };
        posfleet::events::latest(conn, only, 10, |_| true).unwrap();
        wrong.extend(
            ear.faults(RECENT)
                .into_iter()
                .map(|fault| format!("dashboard: {fault}")),
        );
    }
    wrong
}
