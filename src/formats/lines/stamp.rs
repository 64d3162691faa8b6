//! The time at the beginning of a line.

/// `d` is a digit, `a` a letter; everything else is itself. The longer before what they begin with.
const DATES: &[&str] = &[
    "dddd-dd-dd",
    "dddd/dd/dd",
    "dddd.dd.dd",
    "dd.dd.dddd",
    "dd/dd/dddd",
    "dd-dd-dddd",
    "dd aaa dddd",
    "dd-aaa-dddd",
    "dd/aaa/dddd",
    "aaa dd dddd",
    "aaa dd",
    "aaa  d",
    "dd.dd.dd",
    "dd/dd/dd",
    "dd-dd-dd",
    "dddddddd",
    "dddddd",
];
const BETWEEN: &[&str] = &[", ", "  ", " - ", "T", " ", "_", "-", ":", ";", "\t"];
const TIMES: &[&str] = &["dd:dd:dd", "dddddd", "dd:dd"];
const ZONES: &[&str] = &[
    "Z", "+dd:dd", "-dd:dd", "+dddd", "-dddd", " +dd:dd", " -dd:dd", " +dddd", " -dddd", " UTC",
    " GMT",
];

/// A time in front of a line.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    /// As the line states it.
    pub(super) text: &'a str,
    /// What stands behind it.
    pub(super) behind: &'a str,
}

/// The time with which the line begins, in brackets or bare.
pub(super) fn leading(line: &str) -> Option<Stamp<'_>> {
    let start = line.trim_start_matches([' ', '\t', '[', '(', '<', '"', '\u{feff}']);
    let (end, dated) = match dated(start) {
        Some(end) => (end, true),
        None => (clock(start, TIMES.get(..1)?)?, false),
    };
    let end = if dated || start.get(end..).is_some() {
        with_zone(start, end)
    } else {
        end
    };
    let behind = start.get(end..)?;
    if behind.starts_with(|one: char| one.is_alphanumeric()) {
        return None;
    }
    Some(Stamp {
        text: start.get(..end)?,
        behind,
    })
}

/// How far a date with a time behind it goes.
fn dated(text: &str) -> Option<usize> {
    DATES.iter().find_map(|date| {
        let day = fits(text, date)?;
        BETWEEN.iter().find_map(|gap| {
            let behind = text.get(day..)?;
            let length = fits(behind, gap)?;
            Some(day + length + clock(behind.get(length..)?, TIMES)?)
        })
    })
}

/// How far a time of day with its fraction goes.
fn clock(text: &str, forms: &[&str]) -> Option<usize> {
    let length = forms.iter().find_map(|form| fits(text, form))?;
    let mut parts = text.get(..length)?.split(':');
    if !parts
        .next()?
        .get(..2)?
        .parse::<u8>()
        .is_ok_and(|hour| hour < 24)
    {
        return None;
    }
    if parts.any(|part| part.parse::<u8>().map_or(true, |part| part > 60)) {
        return None;
    }
    let behind = text.get(length..)?;
    let fraction = behind.strip_prefix(['.', ',', ':']).map_or(0, |digits| {
        digits.bytes().take_while(u8::is_ascii_digit).count()
    });
    Some(if matches!(fraction, 1..=9) {
        length + 1 + fraction
    } else {
        length
    })
}

fn with_zone(text: &str, end: usize) -> usize {
    let behind = text.get(end..).unwrap_or_default();
    end + ZONES
        .iter()
        .find_map(|zone| fits(behind, zone))
        .unwrap_or(0)
}

/// How many bytes of the text's beginning have that form.
fn fits(text: &str, form: &str) -> Option<usize> {
    let head = text.as_bytes().get(..form.len())?;
    let fit = head
        .iter()
        .zip(form.bytes())
        .all(|(byte, place)| match place {
            b'd' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            _ => *byte == place,
        });
    (fit && text.is_char_boundary(form.len())).then_some(form.len())
}
