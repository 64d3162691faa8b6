//! Searching a log: piece by piece, so much of it at a time, never held whole. Whoever searches goes on
//! where the last answer stopped.
use super::leaf::{self, Line, Which};
use super::model::{Held, Log, Piece};
use super::shown::Words;
use super::{hex, store};
use crate::context::Ctx;
use crate::fold::fold;
use crate::formats::holds_card;
use crate::monitoring::Error;
use actix_web::web;
use std::time::Duration;
use tokio::time::Instant;

/// What one answer looks through, how long it may take, and what it finds at most.
const BYTES: i64 = 8 << 20;
const LASTING: Duration = Duration::from_secs(3);
const FOUND: usize = 50;
/// Pieces whose places are read at once.
const AHEAD: i64 = 32;
/// The longest that may be searched for, in characters.
const LONGEST: usize = 200;
const HEX: &str = "hex:";

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Needle {
    /// Text, folded: in what is decoded, in the words for it, and in the values of fields.
    Text(String),
    Bytes(Vec<u8>),
}

impl Needle {
    /// Reads `hex:04 0f` as bytes, and anything else as text; nothing to search for is `None`.
    ///
    /// # Errors
    /// When it is too long, no bytes, or a card number: none is kept, and what is looked for stands in addresses.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, Error> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(Error::field("q", "log.search-too-long"));
        }
        let has_mark = text
            .get(..HEX.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(HEX));
        if has_mark {
            let digits = text.get(HEX.len()..).unwrap_or_default();
            let bytes = hex::parse(digits).ok_or_else(|| Error::field("q", "log.no-hex"))?;
            // In digits of BCD, or in those of ASCII.
            if holds_card(&hex::digits(&bytes)) || holds_card(&String::from_utf8_lossy(&bytes)) {
                return Err(Error::CardNumber);
            }
            return Ok(Some(Self::Bytes(bytes)));
        }
        if holds_card(text) {
            return Err(Error::CardNumber);
        }
        let text = fold(text);
        Ok((!text.is_empty()).then_some(Self::Text(text)))
    }

    /// The lines that have it; what is compared is folded, which takes its time.
    async fn among(&self, all: Vec<Line>, mut words: Words) -> Result<(Vec<Line>, Words), Error> {
        let own = self.clone();
        let looking = web::block(move || {
            let mut has = |line: &Line| own.is_in(line, &mut words);
            let found: Vec<Line> = all.into_iter().filter(&mut has).collect();
            (found, words)
        });
        looking.await.map_err(|_| Error::Crowded)
    }

    fn is_in(&self, line: &Line, words: &mut Words) -> bool {
        match self {
            Self::Bytes(bytes) => line.raw.windows(bytes.len()).any(|part| part == bytes),
            Self::Text(text) => {
                let record = &line.record;
                let has = |of: &str| fold(of).contains(text.as_str());
                has(&record.text)
                    || record.time.as_deref().is_some_and(has)
                    || record
                        .kind
                        .as_deref()
                        .is_some_and(|it| words.folded(it).contains(text))
                    || record
                        .fields
                        .iter()
                        .any(|field| has(&field.value) || words.folded_name(field).contains(text))
            }
        }
    }
}

/// What was found so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) lines: Vec<Line>,
    /// From where to search on; `None` where the log is at its end.
    pub(super) on_from: Option<i64>,
}

/// Searches on from a byte of the log.
pub(super) async fn search(
    ctx: &Ctx,
    log: &Log,
    needle: &Needle,
    from: i64,
    mut words: Words,
) -> Result<Found, Error> {
    let (begun, id) = (Instant::now(), log.id);
    let (mut lines, mut looked, mut at) = (Vec::new(), 0_i64, from.max(0));
    let begins = Held::Byte(at);
    let holding = ctx.db.read(move |conn| store::piece_of(conn, id, begins));
    let mut next: Vec<Piece> = holding.await?.into_iter().collect();
    loop {
        if next.is_empty() {
            let from = at;
            let read = ctx
                .db
                .read(move |conn| store::pieces(conn, id, from, AHEAD));
            next = read.await?;
            next.reverse();
        }
        let Some(piece) = next.pop() else {
            // It was deleted meanwhile: what was found until then is no answer.
            if at < log.size_bytes {
                return Err(Error::NoLog);
            }
            return Ok(Found {
                lines,
                on_from: None,
            });
        };
        let behind = Which::From(Held::Byte(at), usize::MAX);
        let behind = leaf::lines(ctx, log, piece, behind).await?;
        let (found, known) = needle.among(behind, words).await?;
        words = known;
        for line in found {
            let end = line.end();
            lines.push(line);
            if lines.len() == FOUND {
                let on_from = (end < log.size_bytes).then_some(end);
                return Ok(Found { lines, on_from });
            }
        }
        at = piece.at.saturating_add(piece.length);
        looked = looked.saturating_add(piece.length);
        if looked >= BYTES || begun.elapsed() >= LASTING {
            let on_from = (at < log.size_bytes).then_some(at);
            return Ok(Found { lines, on_from });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded_and_bytes_are_marked() {
        let text = |it: &str| Some(Needle::Text(it.to_owned()));
        assert_eq!(
            Needle::parse(" ОПЛАТА  Ёлка ").unwrap(),
            text("оплата елка")
        );
        assert_eq!(
            Needle::parse("HEX:04 0F").unwrap(),
            Some(Needle::Bytes(vec![4, 15]))
        );
        assert_eq!(Needle::parse("  ").unwrap(), None);
        assert!(Needle::parse("hex:0").is_err() && Needle::parse("hex:").is_err());
        assert!(Needle::parse(&"x".repeat(201)).is_err());
    }

    #[test]
    fn a_card_number_is_not_looked_for() {
        let pan = format!("4{}", "1".repeat(15));
        // Digits are 30 to 39 in ASCII.
        let ascii = format!(
            "3{}",
            pan.chars().map(String::from).collect::<Vec<_>>().join("3")
        );
        for text in [
            pan.clone(),
            format!("card {pan}"),
            format!("hex:{pan}"),
            format!("hex:{ascii}"),
        ] {
            let refused = Needle::parse(&text);
            assert!(matches!(refused, Err(Error::CardNumber)), "{text:?}");
        }
        assert!(Needle::parse("1111").is_ok() && Needle::parse("hex:11 11").is_ok());
    }
}
