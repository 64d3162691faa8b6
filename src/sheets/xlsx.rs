//! Workbooks: numbers as numbers, times as times in the viewer's zone, codes as text, and never a
//! formula. Rows go to a temporary file as they come, so a workbook of any length needs little
//! memory.
use super::cell::{Cell, Column};
use super::csv::{local, word};
use super::error::Error;
use crate::clock::Millis;
use crate::views::{Look, text};
use chrono::NaiveDateTime;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::io::Write;
use std::path::Path;

/// What a sheet holds below its header.
const MAX_ROWS: u32 = 1_048_575;
/// What a cell holds, in UTF-16.
const MAX_TEXT: usize = 32_767;
/// What a spreadsheet's numbers, which are floating, tell exactly.
const MAX_NUMBER: i64 = 1 << 53;
const MAX_NAME: usize = 31;
const WIDTH: f64 = 18.0;
const MS_PER_DAY: f64 = 86_400_000.0;
/// From the day that spreadsheets count from to 1970.
const DAYS_BEFORE: f64 = 25_569.0;

impl From<XlsxError> for Error {
    fn from(cause: XlsxError) -> Self {
        Self::Workbook(cause.to_string())
    }
}

/// A workbook of one sheet.
pub struct Xlsx {
    workbook: Workbook,
    look: Look,
    rows: u32,
    moment: Format,
    day: Format,
}

impl Xlsx {
    /// `title` names the sheet; the rows wait in files of `folder`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(look: Look, title: &str, columns: &[Column], folder: &Path) -> Result<Self, Error> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name(title))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (at, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(at, WIDTH)?;
            let label = text(look.lang, column.label_key, &[]);
            sheet.write_string_with_format(0, at, label, &bold)?;
        }
        Ok(Self {
            workbook,
            look,
            rows: 0,
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
        })
    }

    /// # Errors
    /// When the sheet is full, or a file cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        if self.rows == MAX_ROWS {
            return Err(Error::TooManyRows);
        }
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (at, cell) in (0_u16..).zip(cells) {
            let (look, place) = (self.look, (self.rows, at));
            match cell {
                Cell::Empty => {}
                Cell::Text(text) | Cell::Id { text, .. } | Cell::Link { text, .. } => {
                    write_text(sheet, place, text)?;
                }
                Cell::Number(n) | Cell::Count { n, .. } | Cell::Bytes(n) | Cell::Seconds(n) => {
                    write_number(sheet, place, *n)?;
                }
                Cell::Time(when) | Cell::Ago(when) | Cell::Clock(when) => {
                    let when = local(look, *when).map(|when| when.naive_local());
                    write_time(sheet, place, when, &self.moment)?;
                }
                Cell::Day(when) => {
                    let when = Millis::to_utc(*when).map(|when| when.naive_utc());
                    write_time(sheet, place, when, &self.day)?;
                }
                Cell::Amount { .. }
                | Cell::Wall(_)
                | Cell::Pill(_)
                | Cell::Word(_)
                | Cell::Words(_)
                | Cell::Yes(_) => {
                    write_text(sheet, place, &word(look, cell))?;
                }
            }
        }
        Ok(())
    }

    /// Puts the whole workbook into a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, into: impl Write + Send) -> Result<(), Error> {
        Ok(self.workbook.save_to_writer(into)?)
    }
}

type Place = (u32, u16);

fn write_text(sheet: &mut Worksheet, (row, at): Place, text: &str) -> Result<(), Error> {
    let mut left = MAX_TEXT;
    let fits = text.chars().take_while(|letter| {
        let room = left >= letter.len_utf16();
        left = left.saturating_sub(letter.len_utf16());
        room
    });
    // XML has no way to hold other control characters.
    let clean: String = fits
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect();
    sheet.write_string(row, at, clean)?;
    Ok(())
}

fn write_number(sheet: &mut Worksheet, (row, at): Place, n: i64) -> Result<(), Error> {
    if n.abs() > MAX_NUMBER {
        return write_text(sheet, (row, at), &n.to_string());
    }
    #[expect(clippy::cast_precision_loss, reason = "it is small enough")]
    sheet.write_number(row, at, n as f64)?;
    Ok(())
}

fn write_time(
    sheet: &mut Worksheet,
    (row, at): Place,
    when: Option<NaiveDateTime>,
    format: &Format,
) -> Result<(), Error> {
    let Some(when) = when else { return Ok(()) };
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our times need 43 bits"
    )]
    let days = when.and_utc().timestamp_millis() as f64 / MS_PER_DAY + DAYS_BEFORE;
    if days < 1.0 {
        // Before 1900 spreadsheets have no times.
        return write_text(sheet, (row, at), &when.to_string());
    }
    sheet.write_number_with_format(row, at, days, format)?;
    Ok(())
}

/// A title as a sheet may be called.
fn name(title: &str) -> String {
    let clean: String = title
        .chars()
        .map(|c| {
            if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .take(MAX_NAME)
        .collect();
    let clean = clean.trim().trim_matches('\'').to_owned();
    if clean.is_empty() {
        "posfleet".to_owned()
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    /// The sheet's XML.
    fn written(look: Look, rows: &[Vec<Cell>]) -> String {
        const COLUMNS: &[Column] = &[Column::new("tid", "task-subject")];
        let folder = tempfile::tempdir().unwrap();
        let mut xlsx = Xlsx::new(look, "a/b: 'c'", COLUMNS, folder.path()).unwrap();
        for row in rows {
            xlsx.row(row).unwrap();
        }
        let path = folder.path().join("x.xlsx");
        xlsx.finish(std::fs::File::create(&path).unwrap()).unwrap();
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "temporary files are gone");
        let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut xml = String::new();
        let mut sheet = zip.by_name("xl/worksheets/sheet1.xml").unwrap();
        sheet.read_to_string(&mut xml).unwrap();
        xml
    }

    #[test]
    fn numbers_are_numbers_and_codes_are_text() {
        let look = Look {
            zone: chrono_tz::Europe::Paris,
            ..Look::default()
        };
        let noon = Millis::parse("2026-01-01T11:00:00Z").unwrap();
        let row = vec![
            Cell::id("00042"),
            Cell::Number(42),
            Cell::text("=1+1"),
            Cell::Time(noon),
            Cell::Number(i64::MAX),
            Cell::text("a\u{b}b"),
        ];
        let xml = written(look, &[row]);
        assert!(!xml.contains("<f>"), "{xml}");
        for part in [
            ">00042<",
            "<v>42</v>",
            ">=1+1<",
            "<v>46023.5</v>",
            ">9223372036854775807<",
            ">ab<",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
    }

    #[test]
    fn a_sheet_has_a_name_that_it_may_have() {
        assert_eq!(name("a/b: 'c'"), "a b  'c");
        assert_eq!(name("///"), "posfleet");
        assert_eq!(name(&"ж".repeat(50)).chars().count(), MAX_NAME);
    }
}
