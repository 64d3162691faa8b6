//! The files of an invented fleet that is to be imported: points of service, terminals and licences.
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Establishments, among which the points of service are dealt out.
const OWNERS: usize = 40;
/// Connections over which licences are deposited.
const DISTRIBUTORS: usize = 8;

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
    pub(super) kind: &'static str,
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

pub(super) fn jobs(sizes: Sizes) -> Vec<Job> {
    vec![
        table("points of service", "points", sizes.points, points(sizes)),
        table("terminals", "terminals", sizes.terminals, terminals(sizes)),
        Job {
            what: format!("{} licences", sizes.licences),
            files: (0..sizes.licences).map(licence).collect(),
            at_once: DISTRIBUTORS,
        },
    ]
}

fn table(what: &str, path: &str, rows: usize, csv: String) -> Job {
    Job {
        what: format!("{rows} {what}"),
        files: vec![File {
            method: "POST",
            path: format!("/api/v1/imports/{path}"),
            kind: "text/csv",
            body: csv.into_bytes(),
        }],
        at_once: 1,
    }
}

/// A file of a few hundred bytes, deposited with what is to be known of it.
fn licence(n: usize) -> File {
    let serial = serial(n);
    let mut text = format!("POS-LICENCE 1\nserial: {serial}\nsoftware: pos.payments 4\n");
    for line in 0..8 {
        let seal = (n * 8 + line).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Writing into a String cannot fail.
        writeln!(text, "{seal:016x}{:016x}", seal.rotate_left(17)).ok();
    }
    File {
        method: "PUT",
        path: format!("/api/v1/licences?file_name={serial}.lic&serial_number={serial}"),
        kind: "application/octet-stream",
        body: text.into_bytes(),
    }
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
        let jobs = jobs(sizes);
        let lines = |at: usize| jobs[at].files[0].body.split(|b| *b == b'\n').count() - 2;
        assert_eq!((lines(0), lines(1)), (3, 7));
        assert_eq!(jobs[0].what, "3 points of service");
        assert_eq!(jobs[2].files.len(), 5);
        assert_ne!(jobs[2].files[0].body, jobs[2].files[1].body);
    }
}
