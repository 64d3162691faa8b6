//! The encodings in which terminals and tills write, and how one is told from another.
use encoding_rs::{IBM866, UTF_8, WINDOWS_1251, WINDOWS_1252};

/// How the letters of a log are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    Utf8,
    /// Russian as Windows writes it.
    Cp1251,
    /// Russian as DOS and most fiscal printers write it.
    Cp866,
    /// West European.
    Latin1,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Cp1251, Self::Cp866, Self::Latin1];

    /// Its name, as registered for the Internet.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp1251 => "windows-1251",
            Self::Cp866 => "ibm866",
            Self::Latin1 => "iso-8859-1",
        }
    }

    /// The encoding of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// The encoding of a text that begins with these bytes. Where they hold nothing but ASCII it is UTF-8.
pub(in crate::formats) fn detect(first: &[u8]) -> Encoding {
    if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
        // UTF-16: no encoding of ours, and of all of them this one loses nothing.
        return Encoding::Latin1;
    }
    if is_utf8(first) {
        return Encoding::Utf8;
    }
    let seen = Seen::of(first);
    if seen.accented * 2 >= seen.letters {
        Encoding::Latin1
    } else if seen.dos > seen.windows {
        Encoding::Cp866
    } else {
        Encoding::Cp1251
    }
}

/// Whether it is UTF-8, but for a character cut off at the end and a rare broken one.
fn is_utf8(first: &[u8]) -> bool {
    let mut good = 0_usize;
    let mut bad = 0_usize;
    for chunk in first.utf8_chunks() {
        good += chunk.valid().chars().filter(|one| !one.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    let cut = std::str::from_utf8(first).is_err_and(|error| error.error_len().is_none());
    let bad = bad.saturating_sub(usize::from(cut));
    bad == 0 || good > bad.saturating_mul(8)
}

/// What was seen of the bytes above ASCII.
#[derive(Default)]
struct Seen {
    letters: usize,
    /// Those that stand beside an ASCII letter, no more than two in a row, as those of a West European word do.
    accented: usize,
    /// Those that are letters of Russian in CP866 and none in CP1251.
    dos: usize,
    /// The other way round.
    windows: usize,
}

impl Seen {
    fn of(first: &[u8]) -> Self {
        let mut seen = Self::default();
        let mut before = 0;
        let mut runs = first.chunk_by(|a, b| (*a < 0x80) == (*b < 0x80)).peekable();
        while let Some(run) = runs.next() {
            let after = runs
                .peek()
                .and_then(|next| next.first())
                .copied()
                .unwrap_or(0);
            if run.first().is_some_and(|byte| *byte >= 0x80) {
                seen.add(run, before, after);
            }
            before = run.last().copied().unwrap_or(0);
        }
        seen
    }

    fn add(&mut self, run: &[u8], before: u8, after: u8) {
        for same in run.chunk_by(|a, b| a == b) {
            // A line drawn across a receipt.
            let Some(byte) = same.first().filter(|_| same.len() < 3) else {
                continue;
            };
            self.letters += same.len();
            match byte {
                0x80..=0xaf => self.dos += same.len(),
                0xc0..=0xdf | 0xf2..=0xfb | 0xfd..=0xff => self.windows += same.len(),
                _ => {}
            }
        }
        let beside = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
        self.accented += if beside && run.len() <= 2 {
            run.len()
        } else {
            0
        };
    }
}

/// The text of these bytes, controls shown as their pictures. What the encoding has no character for becomes U+FFFD.
pub(in crate::formats) fn decode(encoding: Encoding, bytes: &[u8]) -> String {
    let coder = match encoding {
        Encoding::Utf8 => UTF_8,
        Encoding::Cp1251 => WINDOWS_1251,
        Encoding::Cp866 => IBM866,
        Encoding::Latin1 => WINDOWS_1252,
    };
    let (text, _) = coder.decode_without_bom_handling(bytes);
    if text.contains(|one: char| one != '\t' && one.is_control()) {
        text.chars().map(picture).collect()
    } else {
        text.into_owned()
    }
}

fn picture(one: char) -> char {
    match one {
        '\t' => one,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(one)).unwrap_or(one),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
        _ => one,
    }
}
