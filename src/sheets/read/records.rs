//! Records one after another, from any place on.
use super::survey::Layout;
use super::{Encoding, MAX_FIELDS, MAX_RECORD};
use crate::sheets::{Error, plain};
use encoding_rs::{Decoder, DecoderResult};
use serde::{Deserialize, Serialize};

/// A place between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bytes of the file before it.
    pub offset: u64,
    /// The number of the row that begins there, as a spreadsheet counts: the header is row 1.
    pub row: i64,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub row: i64,
    /// Trimmed, and without the apostrophe that keeps a spreadsheet from taking it for a formula.
    pub fields: Vec<String>,
    /// Where the next one begins.
    pub next: Place,
}

/// Takes bytes, gives records: [`Records::feed`] until [`Records::next`] gives one, then again;
/// [`Records::end`] when there are no more bytes. Bytes that are not in the file's encoding are told
/// once every record before them was given.
pub struct Records {
    encoding: Encoding,
    decoder: Decoder,
    parser: csv_core::Reader,
    text: String,
    /// What of `text` is behind us.
    read: usize,
    place: Place,
    ended: bool,
    /// Behind the text come bytes that are none.
    broken: bool,
    values: Vec<u8>,
    ends: Vec<usize>,
}

/// What one look at the text came to.
enum Look {
    /// Fields, and how much of the text they took.
    Found(Vec<String>, usize),
    NeedsMore,
}

impl Records {
    #[must_use]
    pub fn new(layout: &Layout, from: Place) -> Self {
        let delimiter = u8::try_from(layout.delimiter).unwrap_or(b',');
        Self {
            encoding: layout.encoding,
            decoder: layout.encoding.decoder(),
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: String::new(),
            read: 0,
            place: from,
            ended: false,
            broken: false,
            values: vec![0; MAX_RECORD],
            ends: vec![0; MAX_FIELDS],
        }
    }

    /// More bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.text.drain(..self.read);
        self.read = 0;
        self.decode(bytes, false);
    }

    /// No more bytes will come.
    pub fn end(&mut self) {
        self.decode(b"", true);
        self.ended = !self.broken;
    }

    /// Whether bytes came that are not in the file's encoding.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    fn decode(&mut self, bytes: &[u8], last: bool) {
        if self.broken {
            return;
        }
        if !self.encoding.is_strict() {
            let most = self.decoder.max_utf8_buffer_length(bytes.len());
            self.text.reserve(most.unwrap_or(bytes.len() * 3 + 16));
            // There is room for all of it.
            let (_, read, _) = self.decoder.decode_to_string(bytes, &mut self.text, last);
            debug_assert_eq!(read, bytes.len());
            return;
        }
        let most = self
            .decoder
            .max_utf8_buffer_length_without_replacement(bytes.len());
        self.text.reserve(most.unwrap_or(bytes.len() * 3 + 16));
        let (result, _) =
            self.decoder
                .decode_to_string_without_replacement(bytes, &mut self.text, last);
        self.broken = result != DecoderResult::InputEmpty;
    }

    /// The next record that is not blank; `None` when more bytes are needed, or there is no more.
    ///
    /// # Errors
    /// When a record is too long, has too many fields, or is not in the file's encoding.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator could not be fed in between"
    )]
    pub fn next(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if !self.skip_blank_lines() {
                return self.no_more();
            }
            let row = self.place.row;
            let Look::Found(fields, took) = self.look()? else {
                return self.no_more();
            };
            self.pass(took);
            if fields.iter().any(|field| !field.is_empty()) {
                return Ok(Some(Record {
                    row,
                    fields,
                    next: self.place,
                }));
            }
        }
    }

    fn no_more(&self) -> Result<Option<Record>, Error> {
        if !self.broken {
            return Ok(None);
        }
        Err(Error::BrokenText {
            row: self.place.row,
            encoding: self.encoding.name(),
        })
    }

    /// Goes behind a record or a blank line.
    fn pass(&mut self, bytes: usize) {
        let behind = &self.text[self.read..self.read + bytes];
        self.place.offset += self.encoding.width(behind);
        self.place.row += 1;
        self.read += bytes;
    }

    /// False when there is nothing to look at (yet).
    fn skip_blank_lines(&mut self) -> bool {
        loop {
            let rest = &self.text.as_bytes()[self.read..];
            let blank = match rest {
                [] => return false,
                [b'\r', b'\n', ..] => 2,
                // Whether a line feed belongs to it is not known yet.
                [b'\r'] if !self.ended => return false,
                [b'\r' | b'\n', ..] => 1,
                _ => return true,
            };
            self.pass(blank);
        }
    }

    fn look(&mut self) -> Result<Look, Error> {
        let row = self.place.row;
        let rest = &self.text.as_bytes()[self.read..];
        self.parser.reset();
        let (result, mut took, mut written, mut n) =
            self.parser
                .read_record(rest, &mut self.values, &mut self.ends);
        let mut result = result;
        if result == csv_core::ReadRecordResult::InputEmpty && self.ended {
            let (last, _, more, ends) =
                self.parser
                    .read_record(b"", &mut self.values[written..], &mut self.ends[n..]);
            result = last;
            written += more;
            n += ends;
        }
        match result {
            csv_core::ReadRecordResult::Record => {}
            csv_core::ReadRecordResult::InputEmpty if rest.len() <= MAX_RECORD => {
                return Ok(Look::NeedsMore);
            }
            csv_core::ReadRecordResult::End => return Ok(Look::NeedsMore),
            csv_core::ReadRecordResult::OutputEndsFull => return Err(Error::TooManyFields { row }),
            csv_core::ReadRecordResult::InputEmpty | csv_core::ReadRecordResult::OutputFull => {
                return Err(Error::TooLong { row });
            }
        }
        if rest[..took].ends_with(b"\r") {
            match rest.get(took) {
                Some(b'\n') => took += 1,
                Some(_) => {}
                None if self.ended => {}
                None => return Ok(Look::NeedsMore),
            }
        }
        let values = &self.values[..written];
        let mut from = 0;
        let fields = self.ends[..n].iter().map(|end| {
            let value = &values[from..*end];
            from = *end;
            // Delimiters and quotes are ASCII, so what is between them is text as before.
            let text = String::from_utf8_lossy(value);
            clean(&text).to_owned()
        });
        Ok(Look::Found(fields.collect(), took))
    }
}

/// A value as it was meant.
fn clean(value: &str) -> &str {
    plain(value.trim_start_matches(' ')).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::Survey;
    use encoding_rs::{IBM866, UTF_8, WINDOWS_1251};
    use proptest::prelude::*;

    fn survey(bytes: &[u8]) -> Layout {
        let mut survey = Survey::default();
        survey.feed(bytes).unwrap();
        survey.finish(None, None).unwrap()
    }

    /// All records from a place on, fed in steps.
    fn read(bytes: &[u8], layout: &Layout, from: Place, step: usize) -> Result<Vec<Record>, Error> {
        let start = usize::try_from(from.offset).unwrap();
        let mut records = Records::new(layout, from);
        let mut all = Vec::new();
        for piece in bytes[start..].chunks(step) {
            records.feed(piece);
            while let Some(record) = records.next()? {
                all.push(record);
            }
        }
        records.end();
        while let Some(record) = records.next()? {
            all.push(record);
        }
        Ok(all)
    }

    fn utf16(text: &str) -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    const TEXT: &str = "tid;имя\r\nT1;\"Кафе; «У порта»\"\r\n\r\n;\r\n T2 ;\"две\nстроки\"\r\nT3;\"он сказал \"\"да\"\"\"\rT4;'=1+1\nT5;";

    #[test]
    fn records_are_read_alike_in_every_encoding_and_from_every_place() {
        let mut files = vec![utf16(TEXT)];
        files.push(TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect());
        for encoding in [UTF_8, WINDOWS_1251, IBM866] {
            // IBM866 has no such quotes.
            let text = if encoding == IBM866 {
                TEXT.replace(['«', '»'], "'")
            } else {
                TEXT.to_owned()
            };
            files.push(encoding.encode(&text).0.into_owned());
        }
        for bytes in files {
            let layout = survey(&bytes);
            assert_eq!((layout.delimiter, layout.header.len()), (';', 2));
            let all = read(&bytes, &layout, layout.begins, 4096).unwrap();
            let rows: Vec<_> = all.iter().map(|r| (r.row, r.fields[0].as_str())).collect();
            assert_eq!(
                rows,
                [(2, "T1"), (5, "T2"), (6, "T3"), (7, "T4"), (8, "T5")]
            );
            assert_eq!(all[1].fields[1], "две\nстроки");
            assert_eq!(all[2].fields[1], "он сказал \"да\"");
            assert_eq!(all[3].fields[1], "=1+1");
            for step in [1, 2, 3, 5, 64] {
                assert_eq!(read(&bytes, &layout, layout.begins, step).unwrap(), all);
            }
            for (i, record) in all.iter().enumerate() {
                let rest = read(&bytes, &layout, record.next, 3).unwrap();
                assert_eq!(rest, all[i + 1..], "after {record:?}");
            }
            let end = all.last().map(|record| record.next.offset);
            assert_eq!(end, Some(bytes.len() as u64));
        }
    }

    #[test]
    fn a_record_without_end_is_refused() {
        let start = b"tid;name\nT1;\"".to_vec();
        let layout = survey(b"tid;name\nT1;x\n");
        let endless = [start, vec![b'x'; 3 * MAX_RECORD]].concat();
        let refused = read(&endless, &layout, layout.begins, 10_000);
        assert_eq!(refused, Err(Error::TooLong { row: 2 }));
        let wide = format!("tid;name\n{}\n", ";x".repeat(MAX_FIELDS + 1));
        let refused = read(wide.as_bytes(), &layout, layout.begins, 100);
        assert_eq!(refused, Err(Error::TooManyFields { row: 2 }));
    }

    #[test]
    fn what_is_said_to_be_utf_8_must_be() {
        let layout = survey(b"\xef\xbb\xbftid\nT1\n");
        let bytes = b"\xef\xbb\xbftid\nT1\nT\xff2\nT3\n";
        let start = usize::try_from(layout.begins.offset).unwrap();
        for step in [1, 4, 100] {
            let mut records = Records::new(&layout, layout.begins);
            let mut good = Vec::new();
            let refused = bytes[start..].chunks(step).try_for_each(|piece| {
                records.feed(piece);
                while let Some(record) = records.next()? {
                    good.push(record.fields[0].clone());
                }
                Ok(())
            });
            assert!(
                matches!(refused, Err(Error::BrokenText { row: 3, .. })),
                "{refused:?}"
            );
            assert_eq!(good, ["T1"], "what is before it is read");
        }
        let cut = read(b"\xef\xbb\xbftid\nT1\nT\xc3", &layout, layout.begins, 4);
        assert!(
            matches!(cut, Err(Error::BrokenText { row: 3, .. })),
            "{cut:?}"
        );
    }

    proptest! {
        #[test]
        fn what_we_write_we_read(rows in prop::collection::vec(
            prop::collection::vec("[a-zA-Zж é\"',;=+\\-\n\r]{0,12}", 2), 1..20), step in 1_usize..40)
        {
            let mut csv = crate::sheets::Csv::new(crate::views::Look::default());
            csv.texts(["a", "b"]);
            for row in &rows {
                csv.texts(row.iter().map(String::as_str));
            }
            let bytes = csv.take();
            let layout = survey(&bytes);
            let all = read(&bytes, &layout, layout.begins, step).unwrap();
            let back: Vec<_> = all.into_iter().map(|record| record.fields).collect();
            let told: Vec<Vec<String>> = rows
                .into_iter()
                .map(|row| row.iter().map(|v| clean(v).to_owned()).collect())
                .filter(|row: &Vec<String>| row.iter().any(|v| !v.is_empty()))
                .collect();
            prop_assert_eq!(back, told);
        }
    }
}
