//! Every list's files, opened by `LibreOffice` and read back: they have the rows, the kinds and the
//! texts of the list. Formulas stay texts, codes keep their zeros, times are times.
//!
//! Needs `LibreOffice`, which `scripts/test` brings.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]
mod harness;

use harness::{Persona, TestApp};
use posfleet::access::{Permission, Surface};
use posfleet::app;
use posfleet::sheets::plain;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a cell is for `LibreOffice`.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Text,
    Number,
    Date,
    Other(String),
}

type Table = Vec<Vec<(Kind, String)>>;

/// Names that a spreadsheet would like to reckon with.
const ODD: [&str; 6] = [
    "=1+1",
    "+33 1 23 45",
    "@SUM(A1)",
    "-5",
    "Кафе «Причал», №7",
    "a\"b;c,d",
];

async fn arrange(app: &TestApp, api: &Persona) {
    for (at, name) in ODD.iter().enumerate() {
        let owner = json!({ "name": name, "time_zone": "Europe/Paris", "country": "FR" });
        api.put(&format!("/api/v1/establishments/00{at}"), owner)
            .await
            .expect(201);
        let shop = json!({ "establishment": format!("00{at}"), "name": name,
                           "address": name, "manager_name": name });
        api.put(&format!("/api/v1/points-of-service/000{at}"), shop)
            .await
            .expect(201);
        let wish = json!({ "serial_number": format!("0012{at}"), "model": "feitian-f20",
                           "point_of_service": format!("000{at}"), "interval_s": 86_400 - at });
        api.put(&format!("/api/v1/terminals/0004{at}"), wish)
            .await
            .expect(201);
    }
    app.device("T1").await.check_in().await;
    let wrong = [("login", "nobody"), ("password", "not the password")];
    let answer = app.visitor().submit("/sign-in", "/sign-in", &wrong).await;
    answer.expect(422);
    // It is written a moment later.
    while app
        .database()
        .count("SELECT count(*) AS n FROM access_failed_sign_in")
        == 0
    {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The rows of our own CSV; the header apart.
fn csv_rows(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut row, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    let header = rows.remove(0);
    (header, rows)
}

/// The first table of a flat `OpenDocument` file.
fn table(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(
        !text.contains("table:formula="),
        "{}: a formula",
        path.display()
    );
    let begins = text.find("<table:table ").expect("a table");
    let text = &text[begins..text.find("</table:table>").expect("its end")];
    let mut rows = Vec::new();
    for piece in text.split("<table:table-row").skip(1) {
        let row = piece.split("</table:table-row>").next().unwrap_or_default();
        let mut cells = Vec::new();
        for cell in row.split("<table:table-cell").skip(1) {
            let (head, rest) = cell.split_once('>').unwrap_or((cell, ""));
            let kind = match attribute(head, "office:value-type").as_deref() {
                Some("float") => Kind::Number,
                Some("date") => Kind::Date,
                Some("string") | None => Kind::Text,
                Some(other) => Kind::Other(other.to_owned()),
            };
            let value = match kind {
                Kind::Number => attribute(head, "office:value").unwrap_or_default(),
                Kind::Date => attribute(head, "office:date-value").unwrap_or_default(),
                _ if head.ends_with('/') => String::new(),
                _ => paragraphs(rest),
            };
            let times: usize = attribute(head, "table:number-columns-repeated")
                .and_then(|n| n.parse().ok())
                .unwrap_or(1);
            // The empty end of a row is repeated thousands of times.
            for _ in 0..times.min(64) {
                cells.push((kind.clone(), value.clone()));
            }
        }
        while cells.last().is_some_and(|(_, text)| text.is_empty()) {
            cells.pop();
        }
        if !cells.is_empty() {
            rows.push(cells);
        }
    }
    rows
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn paragraphs(cell: &str) -> String {
    let cell = cell.split("</table:table-cell>").next().unwrap_or(cell);
    let lines = cell.split("<text:p>").skip(1);
    let line = |line: &str| {
        let line = line.split("</text:p>").next().unwrap_or_default();
        let mut plain = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('<') {
            plain.push_str(before);
            let (tag, after) = after.split_once('>').unwrap_or((after, ""));
            if tag.starts_with("text:s") {
                plain.push(' ');
            }
            rest = after;
        }
        plain.push_str(rest);
        unescaped(&plain)
    };
    lines.map(line).collect::<Vec<_>>().join("\n")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Has `LibreOffice` open all of `files` in one start and save them as flat `OpenDocument`.
fn opened(folder: &Path, files: &[PathBuf], filter: Option<&str>) {
    let home = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut office = Command::new("soffice");
    office.args(["--headless", "--norestore", &home]);
    if let Some(filter) = filter {
        office.arg(format!("--infilter={filter}"));
    }
    office
        .args(["--convert-to", "fods", "--outdir"])
        .arg(folder.join("read"))
        .args(files);
    let ended = office.output().expect("soffice, of libreoffice-calc-nogui");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
}

/// What the list itself says of the same rows, where it says so over JSON.
async fn listed(api: &Persona, path: &str) -> Vec<Value> {
    let answer = api.get(&format!("{path}?page_size=200")).await;
    let items = answer.json()["items"].as_array().cloned();
    items.unwrap_or_default()
}

fn same_text(ours: &str, theirs: &str) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    flat(ours) == flat(theirs)
}

/// Compares a workbook with the CSV of the same list, cell by cell.
fn compare(name: &str, rows: &[Vec<String>], book: &Table, kinds: &mut BTreeMap<String, usize>) {
    assert_eq!(book.len(), rows.len() + 1, "{name}: rows of the workbook");
    for (row, cells) in rows.iter().zip(&book[1..]) {
        for (at, text) in row.iter().enumerate() {
            let text = plain(text);
            let (kind, value) = cells
                .get(at)
                .cloned()
                .unwrap_or((Kind::Text, String::new()));
            *kinds.entry(format!("{kind:?}")).or_default() += 1;
            let is_same = match kind {
                Kind::Text => same_text(text, &value),
                Kind::Number => text.parse::<f64>() == value.parse::<f64>(),
                // 2027-01-15 08:00:00 and 2027-01-15T08:00:00.
                Kind::Date => {
                    let value = value.replace('T', " ");
                    !text.is_empty() && (value.starts_with(text) || text.starts_with(&value))
                }
                Kind::Other(_) => false,
            };
            assert!(
                is_same,
                "{name}: {text:?} became {kind:?} {value:?} in {row:?}"
            );
            // Who looks like a number and begins with a zero is a code.
            let is_code =
                text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
            assert!(
                !is_code || kind_is_text(cells.get(at)),
                "{name}: {text} lost its kind"
            );
        }
    }
}

fn kind_is_text(cell: Option<&(Kind, String)>) -> bool {
    cell.is_some_and(|(kind, _)| *kind == Kind::Text)
}

/// A list's files, as we made them, and what it says of itself.
struct Exported {
    name: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    items: Vec<Value>,
    text: PathBuf,
    book: PathBuf,
}

/// Every list that has files, whichever those are.
fn lists() -> Vec<String> {
    let declared = app::routes().declared().into_iter();
    let paths = declared
        .filter(|(_, _, declared)| declared.surface == Surface::Api)
        .filter_map(|(_, path, _)| path.strip_suffix(".csv").map(str::to_owned));
    paths.filter(|path| !path.contains('{')).collect()
}

async fn export(api: &Persona, path: &str, folder: &Path) -> Exported {
    let name = path.trim_start_matches("/api/v1/").replace('/', "-");
    let csv = api
        .get(&format!("{path}.csv?columns=all"))
        .await
        .expect(200);
    let xlsx = api
        .get(&format!("{path}.xlsx?columns=all"))
        .await
        .expect(200);
    let (text, book) = (
        folder.join(format!("{name}-text.csv")),
        folder.join(format!("{name}.xlsx")),
    );
    std::fs::write(&text, &csv.body).unwrap();
    std::fs::write(&book, &xlsx.body).unwrap();
    let (header, rows) = csv_rows(&csv.body);
    let items = listed(api, path).await;
    Exported {
        name,
        header,
        rows,
        items,
        text,
        book,
    }
}

/// Compares what `LibreOffice` read in our CSV with what we wrote.
fn compare_text(of: &Exported, read: &Table) {
    assert_eq!(read.len(), of.rows.len() + 1, "{}: rows", of.name);
    for (row, cells) in of.rows.iter().zip(&read[1..]) {
        for (at, ours) in row.iter().enumerate() {
            let theirs = cells.get(at).map_or("", |cell| cell.1.as_str());
            let name = &of.name;
            assert!(
                same_text(ours, theirs),
                "{name}: {ours:?} became {theirs:?}"
            );
        }
    }
}

/// The same as the list says over JSON, wherever it calls a value by the column's key.
fn compare_listed(of: &Exported) {
    let by_id = of.rows.iter().map(|row| (plain(&row[0]), row));
    let by_id: BTreeMap<&str, &Vec<String>> = by_id.collect();
    for item in &of.items {
        let id = item[&of.header[0]].as_str();
        let Some(row) = id.and_then(|id| by_id.get(id)) else {
            continue;
        };
        for (key, cell) in of.header.iter().zip(row.iter()) {
            let is_plain = matches!(key.as_str(), "tid" | "serial_number" | "name");
            if let Some(text) = item[key].as_str().filter(|_| is_plain) {
                let same = same_text(text, plain(cell));
                assert!(same, "{}.{key}: {text} and {cell}", of.name);
            }
        }
    }
}

on_both_engines! {
    async fn every_export_has_the_rows_kinds_and_texts_of_its_list(app: TestApp) {
        let api = app.client(Permission::ALL).await;
        arrange(&app, &api).await;
        let folder = tempfile::tempdir().unwrap();
        let read = folder.path().join("read");
        std::fs::create_dir(&read).unwrap();
        let mut all = Vec::new();
        for path in lists() {
            all.push(export(&api, &path, folder.path()).await);
        }
        assert!(all.len() >= 5, "there are more lists than {}", all.len());
        // Commas, quotes, UTF-8, and every column taken as the text that it is.
        let texts: Vec<String> = (1..=30).map(|column| format!("{column}/2")).collect();
        let filter = format!("CSV:44,34,76,1,{}", texts.join("/"));
        let files = |file: fn(&Exported) -> &PathBuf| -> Vec<PathBuf> {
            all.iter().map(|one| file(one).clone()).collect()
        };
        opened(folder.path(), &files(|one| &one.text), Some(&filter));
        opened(folder.path(), &files(|one| &one.book), None);

        let mut kinds = BTreeMap::new();
        for one in &all {
            compare_text(one, &table(&read.join(format!("{}-text.fods", one.name))));
            let book = table(&read.join(format!("{}.fods", one.name)));
            compare(&one.name, &one.rows, &book, &mut kinds);
            compare_listed(one);
        }
        let terminals = all.iter().find(|one| one.name == "terminals").expect("terminals");
        assert!(terminals.rows.iter().any(|row| row[0] == "00040"), "{:?}", terminals.rows);
        for kind in ["Text", "Number", "Date"] {
            assert!(kinds.contains_key(kind), "no {kind}: {kinds:?}");
        }
        eprintln!("{} lists, cells by kind {kinds:?}", all.len());
    }
}
