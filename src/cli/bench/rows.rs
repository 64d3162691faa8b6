//! The files of an invented fleet that is to be imported: points of service, terminals and licences.
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::ops::Range;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Establishments, among which the points of service are dealt out.
const OWNERS: usize = 40;
/// Connections over which licences are deposited one by one, and one in how many is.
const DISTRIBUTORS: usize = 8;
const ONE_BY_ONE: usize = 10;
/// Licences of one archive; the server takes no more.
const ARCHIVE: usize = 10_000;
/// What those in archives are for.
const SOFTWARE: &str = "payments";
/// Between the parts of a form; no part contains it.
const BOUNDARY: &str = "posfleet-bench-e5f1c7";

#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) terminals: usize,
    pub(super) points: usize,
    pub(super) licences: usize,
}

/// One kind of import, in as many requests as it takes.
pub(super) struct Job {
    pub(super) what: String,
    pub(super) files: Vec<File>,
    /// Connections that they are sent over.
    pub(super) at_once: usize,
}

/// What one request brings.
pub(super) struct File {
    pub(super) method: &'static str,
    pub(super) path: String,
    /// Content type.
    pub(super) kind: String,
    pub(super) body: Vec<u8>,
}

/// Code and JSON of each establishment.
pub(super) fn establishments() -> impl Iterator<Item = (String, Value)> {
    (0..OWNERS).map(|n| {
        let body = json!({
            "name": format!("Establishment {n:03}"), "time_zone": "Europe/Paris", "country": "FR",
        });
        (owner(n), body)
    })
}

fn owner(n: usize) -> String {
    format!("E{:03}", n % OWNERS)
}

fn point(n: usize) -> String {
    format!("P{n:05}")
}

pub(super) fn jobs(sizes: Sizes) -> anyhow::Result<Vec<Job>> {
    let single = sizes.licences.div_ceil(ONE_BY_ONE);
    Ok(vec![
        table("points of service", "points", sizes.points, points(sizes)),
        table("terminals", "terminals", sizes.terminals, terminals(sizes)),
        Job {
            what: format!("{} licences in zips, with a table", sizes.licences),
            files: vec![bundle(sizes.licences)?],
            at_once: 1,
        },
        Job {
            what: format!("{single} more licences, one by one"),
            files: (0..single).map(deposit).collect(),
            at_once: DISTRIBUTORS,
        },
    ])
}

fn table(what: &str, path: &str, rows: usize, csv: String) -> Job {
    Job {
        what: format!("{rows} {what}"),
        files: vec![File {
            method: "POST",
            path: format!("/api/v1/imports/{path}"),
            kind: "text/csv".to_owned(),
            body: csv.into_bytes(),
        }],
        at_once: 1,
    }
}

/// A file of a few hundred bytes.
fn licence(n: usize, software: &str) -> Vec<u8> {
    let serial = serial(n);
    let mut text = format!("POS-LICENCE 1\nserial: {serial}\nsoftware: {software}\n");
    for line in 0..8 {
        let seal = (n * 8 + line).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Writing into a String cannot fail.
        writeln!(text, "{seal:016x}{:016x}", seal.rotate_left(17)).ok();
    }
    text.into_bytes()
}

/// One that a distributor deposits by itself.
fn deposit(n: usize) -> File {
    let (serial, software) = (serial(n), "settlement");
    File {
        method: "PUT",
        path: format!(
            "/api/v1/licences?file_name={serial}.lic&serial_number={serial}&software={software}"
        ),
        kind: "application/octet-stream".to_owned(),
        body: licence(n, software),
    }
}

/// All of them in archives, and the table that says what each is for: a form as a browser sends it.
fn bundle(licences: usize) -> anyhow::Result<File> {
    let mut table = String::from("file_name,serial_number,software\r\n");
    for n in 0..licences {
        let serial = serial(n);
        // Writing into a String cannot fail.
        write!(table, "{serial}.lic,{serial},{SOFTWARE}\r\n").ok();
    }
    let mut body = Vec::new();
    part(&mut body, ("table.csv", "csv"), table.as_bytes())?;
    for from in (0..licences).step_by(ARCHIVE) {
        let archive = archive(from..licences.min(from + ARCHIVE))?;
        part(&mut body, ("licences.zip", "file"), &archive)?;
    }
    write!(body, "--{BOUNDARY}--\r\n")?;
    Ok(File {
        method: "POST",
        path: "/api/v1/licences/import".to_owned(),
        kind: format!("multipart/form-data; boundary={BOUNDARY}"),
        body,
    })
}

fn archive(numbers: Range<usize>) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for n in numbers {
        let name = format!("{}.lic", serial(n));
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(&licence(n, SOFTWARE))?;
    }
    Ok(archive.finish()?.into_inner())
}

fn part(body: &mut Vec<u8>, (file, name): (&str, &str), bytes: &[u8]) -> std::io::Result<()> {
    write!(
        body,
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; \
         filename=\"{file}\"\r\n\r\n"
    )?;
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n");
    Ok(())
}

fn points(sizes: Sizes) -> String {
    let mut csv = String::from("code,establishment,name,address,manager_name\r\n");
    for n in 0..sizes.points {
        let (code, owner) = (point(n), owner(n));
        // Writing into a String cannot fail.
        write!(
            csv,
            "{code},{owner},\"Shop {n}, corner\",\"{n} rue de la Paix, Paris\",Manager {n}\r\n"
        )
        .ok();
    }
    csv
}

fn terminals(sizes: Sizes) -> String {
    let mut csv = String::from("tid,serial_number,model,point_of_service,interval_s\r\n");
    for n in 0..sizes.terminals {
        let point = point(n % sizes.points.max(1));
        // Writing into a String cannot fail.
        write!(csv, "IMP{n:07},{},feitian-f20,{point},300\r\n", serial(n)).ok();
    }
    csv
}

fn serial(n: usize) -> String {
    format!("F20-{n:08}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_in_the_file() {
        let sizes = Sizes {
            terminals: 7,
            points: 3,
            licences: 5,
        };
        let jobs = jobs(sizes).expect("files are made");
        let lines = |at: usize| jobs[at].files[0].body.split(|b| *b == b'\n').count() - 2;
        assert_eq!((lines(0), lines(1)), (3, 7));
        assert_eq!(jobs[0].what, "3 points of service");
        let text = String::from_utf8_lossy(&jobs[2].files[0].body);
        let head = "file_name,serial_number,software\r\nF20-00000000.lic,F20-00000000,payments\r\n";
        assert!(text.contains(head) && text.contains("F20-00000004.lic,"));
        assert_eq!(jobs[3].files.len(), 1);
    }
}
