//! CSV as spreadsheets open it: UTF-8 with its mark, RFC 4180 quotes, words in the reader's
//! language, and between the values what a spreadsheet of that language expects there. A text that a spreadsheet would take for a formula is defused by an apostrophe in front;
//! [`plain`] takes it off again when such a file comes back.
use super::cell::{Cell, Column};
use crate::clock::Millis;
use crate::views::{Lang, Look, formats, text};
use bytes::Bytes;
use chrono::DateTime;
use chrono_tz::Tz;
use std::fmt::Write as _;

/// A piece of a file that is worth sending, in bytes.
const PIECE: usize = 64 << 10;
const MARK: char = '\u{feff}';

/// Writes rows and hands them out in pieces, so that a file of any length needs little memory.
pub struct Csv {
    look: Look,
    delimiter: char,
    out: String,
    /// Whether the row under way has a value already.
    within: bool,
}

impl Csv {
    #[must_use]
    pub fn new(look: Look) -> Self {
        Self {
            look,
            delimiter: delimiter(look.lang),
            out: MARK.to_string(),
            within: false,
        }
    }

    /// With commas, whatever the language: for programs.
    #[must_use]
    pub fn with_commas(self) -> Self {
        Self {
            delimiter: ',',
            ..self
        }
    }

    /// The header for people: labels in the reader's language.
    pub fn header(&mut self, columns: &[Column]) {
        for column in columns {
            let label = text(self.look.lang, column.label_key, &[]);
            self.value(&label);
        }
        self.end_row();
    }

    /// The header for programs: the columns' keys.
    pub fn keys(&mut self, columns: &[Column]) {
        for column in columns {
            self.value(column.key);
        }
        self.end_row();
    }

    pub fn row(&mut self, cells: &[Cell]) {
        for cell in cells {
            match said(self.look, cell) {
                Said::Text(text) => self.value(&defused(text)),
                Said::Plain(text) => self.value(&text),
            }
        }
        self.end_row();
    }

    /// A row of plain texts, such as one that came in and goes back.
    pub fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        for text in texts {
            self.value(&defused(text.to_owned()));
        }
        self.end_row();
    }

    /// Whether a piece is worth sending.
    #[must_use]
    pub fn is_much(&self) -> bool {
        self.out.len() >= PIECE
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.out).into()
    }

    fn value(&mut self, text: &str) {
        if self.within {
            self.out.push(self.delimiter);
        }
        self.within = true;
        let is_plain = !text.contains(['"', ',', ';', '\n', '\r', '\t'])
            && !text.starts_with(' ')
            && !text.ends_with(' ');
        if is_plain {
            self.out.push_str(text);
            return;
        }
        self.out.push('"');
        for letter in text.chars() {
            if letter == '"' {
                self.out.push('"');
            }
            self.out.push(letter);
        }
        self.out.push('"');
    }

    fn end_row(&mut self) {
        self.within = false;
        self.out.push_str("\r\n");
    }
}

/// Where numbers have a decimal comma, spreadsheets open only what has semicolons between values.
fn delimiter(lang: Lang) -> char {
    match lang {
        Lang::En => ',',
        Lang::Fr | Lang::Ru => ';',
    }
}

/// A cell as one text.
enum Said {
    /// Somebody's words: to be defused.
    Text(String),
    /// Ours: numbers and times.
    Plain(String),
}

fn said(look: Look, cell: &Cell) -> Said {
    match cell {
        Cell::Empty => Said::Plain(String::new()),
        Cell::Text(text) | Cell::Id { text, .. } | Cell::Link { text, .. } => {
            Said::Text(text.clone())
        }
        Cell::Number(n) | Cell::Bytes(n) | Cell::Seconds(n) | Cell::Count { n, .. } => {
            Said::Plain(n.to_string())
        }
        Cell::Time(at) | Cell::Ago(at) | Cell::Clock(at) => Said::Plain(moment(look, *at)),
        Cell::Day(at) => Said::Plain(day(*at)),
        Cell::Amount { .. }
        | Cell::Wall(_)
        | Cell::Pill(_)
        | Cell::Word(_)
        | Cell::Words(_)
        | Cell::Yes(_) => Said::Text(word(look, cell)),
    }
}

/// The words of a cell that is told by a message, or with what it counts; empty for any other.
pub(super) fn word(look: Look, cell: &Cell) -> String {
    match cell {
        // As programs and spreadsheets of any language read it.
        Cell::Amount {
            minor,
            places,
            unit,
        } => format!("{} {unit}", formats::plain_amount(*minor, *places)),
        // Not to be taken for a time in the reader's zone.
        Cell::Wall(at) => {
            let shown = moment(look.in_utc(), *at);
            format!("{shown} ({})", text(look.lang, "terminal-time", &[]))
        }
        Cell::Pill(state) => text(look.lang, &crate::views::key_of("state-", state), &[]),
        Cell::Word(key) => text(look.lang, key, &[]),
        Cell::Words(keys) => {
            let words = keys.iter().map(|key| text(look.lang, key, &[]));
            words.collect::<Vec<_>>().join("; ")
        }
        Cell::Yes(true) => text(look.lang, "yes", &[]),
        Cell::Yes(false) => text(look.lang, "no", &[]),
        _ => String::new(),
    }
}

/// A moment in the viewer's zone; `None` where calendars end.
pub(super) fn local(look: Look, at: Millis) -> Option<DateTime<Tz>> {
    Some(at.to_utc()?.with_timezone(&look.zone))
}

fn moment(look: Look, at: Millis) -> String {
    local(look, at).map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
}

fn day(at: Millis) -> String {
    at.to_utc()
        .map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
}

/// True for what a spreadsheet may take for a formula or a command.
fn is_live(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn defused(text: String) -> String {
    if !is_live(&text) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 1);
    let written = write!(safe, "'{text}");
    debug_assert!(written.is_ok(), "a string takes all");
    safe
}

/// A text without the apostrophe that defused it.
#[must_use]
pub fn plain(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| is_live(rest))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::new("tid", "task-subject").always(),
        Column::new("n", "task-row"),
    ];

    fn written(look: Look, cells: &[Cell]) -> String {
        let mut csv = Csv::new(look);
        csv.row(cells);
        String::from_utf8(csv.take().to_vec()).unwrap()
    }

    #[test]
    fn the_header_is_for_people_or_for_programs() {
        let look = Look {
            lang: Lang::Fr,
            ..Look::default()
        };
        let mut csv = Csv::new(look);
        csv.header(COLUMNS);
        csv.keys(COLUMNS);
        assert_eq!(csv.take(), "\u{feff}Objet;Ligne\r\ntid;n\r\n".as_bytes());
        csv.row(&[Cell::Empty, Cell::Number(-7)]);
        assert_eq!(csv.take(), ";-7\r\n".as_bytes(), "the mark comes once");
        let mut csv = Csv::new(look).with_commas();
        csv.keys(COLUMNS);
        assert_eq!(csv.take(), "\u{feff}tid,n\r\n".as_bytes());
    }

    #[test]
    fn a_value_stays_one_value() {
        let row = ["a,b", "c;d", "e\"f", "g\r\nh", " i ", "é Ж"].map(Cell::text);
        let text = written(Look::default(), &row);
        assert_eq!(
            text,
            "\u{feff}\"a,b\",\"c;d\",\"e\"\"f\",\"g\r\nh\",\" i \",é Ж\r\n"
        );
    }

    #[test]
    fn a_formula_is_defused_and_comes_back_as_it_was() {
        for live in [
            "=1+1",
            "+1",
            "-1",
            "@x",
            "\tx",
            "\rx",
            "＝1",
            "=cmd|'/C calc'!A0",
        ] {
            let text = written(Look::default(), &[Cell::text(live)]);
            let value = text.trim_start_matches('\u{feff}').trim_start_matches('"');
            assert!(value.starts_with('\''), "{text}");
            assert_eq!(plain(&defused(live.to_owned())), live);
        }
        assert_eq!(plain("'quoted"), "'quoted");
        assert_eq!(plain("'"), "'");
    }

    #[test]
    fn times_are_the_viewers_and_codes_keep_their_zeros() {
        let look = Look {
            zone: chrono_tz::Europe::Paris,
            ..Look::default()
        };
        let at = Millis::parse("2026-07-01T22:30:00Z").unwrap();
        let day = Millis::parse("2026-07-02T00:00:00Z").unwrap();
        let money = Cell::Amount {
            minor: 123_405,
            places: 2,
            unit: "EUR",
        };
        let row = [
            Cell::Time(at),
            Cell::Day(day),
            Cell::id("00042"),
            Cell::Yes(true),
            money,
        ];
        let text = written(look, &row);
        assert!(
            text.ends_with("2026-07-02 00:30:00,2026-07-02,00042,Yes,1234.05 EUR\r\n"),
            "{text}"
        );
    }
}
