//! A first look at a file, while it comes in.
use super::encoding::Guess;
use super::{Encoding, MAX_RECORD, Place, Records};
use crate::sheets::Error;
use serde::{Deserialize, Serialize};

/// A line that is longer holds a record that is too long, in any encoding.
const MAX_LINE: usize = 2 * MAX_RECORD;
/// The beginning is kept, for the header.
const HEAD: usize = MAX_LINE + 1024;
/// What may stand between values; the earlier one wins where two are as frequent.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub encoding: Encoding,
    pub delimiter: char,
    pub header: Vec<String>,
    /// Where the first record begins.
    pub begins: Place,
    /// Rows below the header, as far as lines tell.
    pub rows: i64,
}

/// Looks at every piece of a file as it passes.
pub struct Survey {
    guess: Guess,
    head: Vec<u8>,
    feeds: i64,
    returns: i64,
    /// Bytes since the last end of a line.
    line: usize,
}

impl Default for Survey {
    fn default() -> Self {
        Self {
            guess: Guess::new(),
            head: Vec::new(),
            feeds: 0,
            returns: 0,
            line: 0,
        }
    }
}

impl Survey {
    /// # Errors
    /// When a line is longer than any record may be: nothing more of the file need come.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.guess.feed(piece);
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..room]);
        for line in piece.split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
            self.line += line.len();
            if self.line > MAX_LINE {
                let row = 1 + self.feeds.max(self.returns);
                return Err(Error::TooLong { row });
            }
            match line.last() {
                Some(b'\n') => self.feeds += 1,
                Some(b'\r') => self.returns += 1,
                _ => continue,
            }
            self.line = 0;
        }
        Ok(())
    }

    /// What the file is like. `told` is its encoding where somebody knows better than we can guess;
    /// `hint` is the language's domain, such as `ru`.
    ///
    /// # Errors
    /// When it has no header or no rows, or its encoding cannot be told.
    pub fn finish(self, told: Option<Encoding>, hint: Option<&str>) -> Result<Layout, Error> {
        let encoding = match told {
            Some(encoding) => encoding,
            None => self.guess.finish(hint)?,
        };
        let mark = encoding.mark(&self.head);
        let mut layout = Layout {
            encoding,
            delimiter: ',',
            header: Vec::new(),
            begins: Place {
                offset: mark as u64,
                row: 1,
            },
            rows: 0,
        };
        let whole = self.head.len() < HEAD;
        let first = first_line(encoding, &self.head[mark..], whole);
        if let Some(said) = first
            .strip_prefix("sep=")
            .and_then(|rest| rest.chars().next())
        {
            // Excel's own way to say it, on a line before the header.
            layout.delimiter = said;
            layout.begins = pass(&layout, &self.head, whole)?.1;
        } else {
            layout.delimiter = delimiter(&first);
        }
        let (header, begins) = pass(&layout, &self.head, whole)?;
        layout.header = header;
        layout.begins = begins;
        let lines = self.feeds.max(self.returns) + i64::from(self.line > 0);
        layout.rows = (lines - (begins.row - 1)).max(0);
        if layout.rows == 0 {
            return Err(Error::NoRows);
        }
        Ok(layout)
    }
}

/// The record at the beginning of `layout`, and the place behind it.
fn pass(layout: &Layout, head: &[u8], whole: bool) -> Result<(Vec<String>, Place), Error> {
    let from = usize::try_from(layout.begins.offset).unwrap_or(usize::MAX);
    let mut records = Records::new(layout, layout.begins);
    records.feed(head.get(from..).unwrap_or_default());
    let mut first = records.next()?;
    if first.is_none() && whole {
        records.end();
        first = records.next()?;
    }
    let first = first.ok_or(Error::NoHeader)?;
    if records.is_broken() {
        // It is refused at once, with the row where that is.
        while records.next()?.is_some() {}
    }
    Ok((first.fields, first.next))
}

/// The first line that is not blank.
fn first_line(encoding: Encoding, head: &[u8], whole: bool) -> String {
    let mut text = String::new();
    let mut decoder = encoding.decoder();
    let most = decoder.max_utf8_buffer_length(head.len());
    text.reserve(most.unwrap_or(head.len() * 3 + 16));
    // A letter that is cut off at the end of the head is in no first line.
    let _all = decoder.decode_to_string(head, &mut text, whole);
    // A tab may be what `sep=` names.
    let mut lines = text.split(['\n', '\r']).map(|line| line.trim_matches(' '));
    lines
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// The one that stands most often between the header's values.
fn delimiter(header: &str) -> char {
    let mut counts = [0; DELIMITERS.len()];
    let mut quoted = false;
    for letter in header.chars() {
        quoted ^= letter == '"';
        let at = DELIMITERS.iter().position(|one| *one == letter);
        if let Some(at) = at.filter(|_| !quoted) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let at = counts.iter().position(|count| *count == most);
    DELIMITERS[at.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveyed(bytes: &[u8]) -> Result<Layout, Error> {
        let mut survey = Survey::default();
        for piece in bytes.chunks(1000) {
            survey.feed(piece)?;
        }
        survey.finish(None, None)
    }

    #[test]
    fn the_delimiter_is_what_the_header_uses() {
        for (header, found) in [
            ("tid,model", ','),
            ("tid;model,serial;x", ';'),
            ("tid\tmodel", '\t'),
            ("\"a;b;c\",d", ','),
            ("tid", ','),
            ("a|b", '|'),
        ] {
            let layout = surveyed(format!("{header}\n1\n").as_bytes()).unwrap();
            assert_eq!(layout.delimiter, found, "{header}");
        }
        for said in ['|', '\t'] {
            let text = format!("sep={said}\r\na{said}b\r\n1{said}2\r\n");
            let layout = surveyed(text.as_bytes()).unwrap();
            assert_eq!(
                (layout.delimiter, layout.begins.row, layout.rows),
                (said, 3, 1)
            );
            assert_eq!(layout.header, ["a", "b"]);
        }
    }

    #[test]
    fn rows_are_counted_by_their_lines() {
        for (text, rows) in [("a\n1\n2\n", 2), ("a\r1\r2", 2), ("a\r\n1\r\n2\r\n3", 3)] {
            assert_eq!(surveyed(text.as_bytes()).unwrap().rows, rows, "{text:?}");
        }
    }

    #[test]
    fn a_file_without_header_or_rows_is_told_so() {
        assert_eq!(surveyed(b"tid;model\r\n"), Err(Error::NoRows));
        assert_eq!(surveyed(b"\n\n\n"), Err(Error::NoHeader));
    }

    #[test]
    fn a_line_of_many_megabytes_is_refused_early() {
        let mut survey = Survey::default();
        survey.feed(b"tid\nT1\n").unwrap();
        let piece = vec![b'x'; 64 << 10];
        let refused = (0..3000)
            .map(|_| survey.feed(&piece))
            .position(|r| r.is_err());
        assert_eq!(refused, Some(2));
        assert!(survey.head.len() <= HEAD);
    }
}
