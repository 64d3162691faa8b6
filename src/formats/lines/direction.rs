//! Which way a line says that something went. The terminal is taken for the one who writes.
use super::super::Direction;

/// The arrows, and whether they point to the right.
const ARROWS: &[(&str, bool)] = &[
    ("-->", true),
    ("==>", true),
    ("->", true),
    ("=>", true),
    (">>", true),
    ("\u{2192}", true),
    ("<--", false),
    ("<==", false),
    ("<-", false),
    ("<=", false),
    ("<<", false),
    ("\u{2190}", false),
];

/// So many characters at the beginning of a line say which way it went.
const HEAD: usize = 48;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Till,
    Terminal,
    Host,
}

/// Which way the line went, if it says so without doubt. `line` is what stands behind the time.
pub(super) fn of(line: &str) -> Option<Direction> {
    let end = line
        .char_indices()
        .nth(HEAD)
        .map_or(line.len(), |(at, _)| at);
    let head = line.get(..end)?.to_lowercase();
    by_arrow(&head).or_else(|| by_word(&head))
}

fn by_arrow(head: &str) -> Option<Direction> {
    let found =
        |(arrow, right): &(&str, bool)| head.find(arrow).map(|at| (at, arrow.len(), *right));
    let (at, length, right) = ARROWS
        .iter()
        .filter_map(found)
        .min_by_key(|(at, length, _)| (*at, usize::MAX - length))?;
    let before = head.get(..at)?;
    let left = before
        .split(|one: char| !one.is_alphanumeric())
        .rfind(|word| !word.is_empty());
    let behind = head.get(at + length..)?;
    let other = behind
        .split(|one: char| !one.is_alphanumeric())
        .find(|word| !word.is_empty());
    let (from, to) = if right { (left, other) } else { (other, left) };
    match (from.and_then(side), to.and_then(side)) {
        (Some(Side::Till), _) | (None, Some(Side::Terminal)) => Some(Direction::FromTill),
        (_, Some(Side::Till)) => Some(Direction::ToTill),
        (_, Some(Side::Host)) => Some(Direction::ToHost),
        (Some(Side::Host), _) => Some(Direction::FromHost),
        (Some(Side::Terminal), _) => Some(Direction::ToTill),
        // A bare arrow at the very beginning: out of the terminal, or into it.
        (None, None) if left.is_none() => Some(if right {
            Direction::ToTill
        } else {
            Direction::FromTill
        }),
        (None, None) => None,
    }
}

fn side(word: &str) -> Option<Side> {
    Some(match word {
        "ecr" | "till" | "kasse" | "caisse" | "cash" | "касса" | "ккм" | "ккт" => {
            Side::Till
        }
        "pt" | "eft" | "terminal" | "pinpad" | "tpe" | "терминал" | "пинпад" => {
            Side::Terminal
        }
        "host" | "acquirer" | "хост" | "банк" => Side::Host,
        _ => return None,
    })
}

fn by_word(head: &str) -> Option<Direction> {
    let words = || {
        head.split(|one: char| !one.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(5)
    };
    let out = words().find_map(|word| match word {
        "tx"
        | "send"
        | "sent"
        | "sending"
        | "gesendet"
        | "sende"
        | "envoi"
        | "envoyé"
        | "отправлено"
        | "отправка" => Some(true),
        "rx" | "recv" | "rcvd" | "receive" | "received" | "empfangen" | "empfange" | "reçu"
        | "réception" | "получено" | "приём" | "прием" => Some(false),
        _ => None,
    })?;
    let host = words().any(|word| side(word) == Some(Side::Host));
    Some(match (out, host) {
        (true, false) => Direction::ToTill,
        (false, false) => Direction::FromTill,
        (true, true) => Direction::ToHost,
        (false, true) => Direction::FromHost,
    })
}
