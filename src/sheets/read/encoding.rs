//! Which encoding a text is in. A mark at its beginning decides; then whether all of it is UTF-8; then
//! which letters make sense.
//!
//! Only encodings in which the length of a text follows from its letters are read: UTF-8, UTF-16 and
//! those of one byte a letter. That is what makes every place in a file findable again.
use crate::sheets::Error;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much of a file, as far as it is not ASCII, is looked at for a guess.
const LOOK_AT: usize = 1 << 20;
/// How much of the beginning tells UTF-16 without a mark.
const HEAD: usize = 1 << 10;

/// One that files are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// Those that people are offered.
    pub const OFFERED: [&'static str; 6] = [
        "UTF-8",
        "UTF-16LE",
        "UTF-16BE",
        "windows-1251",
        "IBM866",
        "windows-1252",
    ];

    /// By one of its usual names, such as `utf-8`, `cp1251`, `cp866`, `latin1`.
    ///
    /// # Errors
    /// When there is no such encoding, or one that is not read here.
    pub fn parse(name: &str) -> Result<Self, Error> {
        encoding_rs::Encoding::for_label(name.trim().as_bytes())
            .and_then(Self::of)
            .ok_or_else(|| Error::NoSuchEncoding(name.trim().to_owned()))
    }

    fn of(found: &'static encoding_rs::Encoding) -> Option<Self> {
        let is_plain = found == UTF_8 || found == UTF_16LE || found == UTF_16BE;
        (is_plain || found.is_single_byte()).then_some(Self(found))
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_without_bom_handling()
    }

    /// True where a wrong byte is told rather than replaced.
    pub(super) fn is_strict(self) -> bool {
        self.0 == UTF_8
    }

    /// How many bytes of the file a decoded text stands for.
    pub(super) fn width(self, text: &str) -> u64 {
        let width = if self.0 == UTF_8 {
            text.len()
        } else if self.0.is_single_byte() {
            text.chars().count()
        } else {
            2 * text.chars().map(char::len_utf16).sum::<usize>()
        };
        width as u64
    }

    /// How many of these first bytes are its mark.
    pub(super) fn mark(self, head: &[u8]) -> usize {
        let mark: &[u8] = match self.0 {
            own if own == UTF_8 => b"\xef\xbb\xbf",
            own if own == UTF_16LE => b"\xff\xfe",
            own if own == UTF_16BE => b"\xfe\xff",
            _ => return 0,
        };
        if head.starts_with(mark) {
            mark.len()
        } else {
            0
        }
    }
}

impl Serialize for Encoding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

/// Looks at bytes as they pass.
pub(super) struct Guess {
    head: Vec<u8>,
    is_utf8: bool,
    /// The beginning of a letter that the next bytes complete.
    carry: Vec<u8>,
    detector: EncodingDetector,
    looked_at: usize,
}

impl Guess {
    pub(super) fn new() -> Self {
        Self {
            head: Vec::new(),
            is_utf8: true,
            carry: Vec::new(),
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            looked_at: 0,
        }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..room]);
        // Letters are told by their neighbours, so from the first odd one on nothing is left out.
        let begun = self.looked_at > 0 || !piece.is_ascii();
        if begun && self.looked_at < LOOK_AT {
            self.looked_at += piece.len();
            self.detector.feed(piece, false);
        }
        if self.is_utf8 {
            self.is_utf8 = self.goes_on(piece);
        }
    }

    /// Whether the text so far, with this piece, may be UTF-8.
    fn goes_on(&mut self, piece: &[u8]) -> bool {
        let mut rest = piece;
        while !self.carry.is_empty() {
            let Some((first, others)) = rest.split_first() else {
                return true;
            };
            self.carry.push(*first);
            rest = others;
            match std::str::from_utf8(&self.carry) {
                Ok(_) => self.carry.clear(),
                Err(e) if e.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => true,
            Err(e) if e.error_len().is_some() => false,
            Err(e) => {
                self.carry.extend_from_slice(&rest[e.valid_up_to()..]);
                true
            }
        }
    }

    /// `tld` is a hint at the language, such as `ru`.
    pub(super) fn finish(mut self, tld: Option<&str>) -> Result<Encoding, Error> {
        for marked in [UTF_8, UTF_16LE, UTF_16BE].map(Encoding) {
            if marked.mark(&self.head) > 0 {
                return Ok(marked);
            }
        }
        let zeros = |rest: usize| {
            let at = self.head.iter().enumerate();
            at.filter(|(i, b)| i % 2 == rest && **b == 0).count()
        };
        match (zeros(0), zeros(1)) {
            (0, 0) => {}
            (0, _) => return Ok(Encoding(UTF_16LE)),
            (_, 0) => return Ok(Encoding(UTF_16BE)),
            _ => return Err(Error::NotText),
        }
        if self.is_utf8 && self.carry.is_empty() {
            return Ok(Encoding(UTF_8));
        }
        self.detector.feed(b"", true);
        let tld = tld.map(str::as_bytes);
        let found = self.detector.guess(tld, Utf8Detection::Deny);
        Encoding::of(found).ok_or(Error::UnknownEncoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{IBM866, WINDOWS_1251, WINDOWS_1252};

    const RUSSIAN: &str = "Код;Название;Адрес\r\nP1;Кафе «У порта»;Санкт-Петербург, Невский, 1\r\n";
    const FRENCH: &str = "code;nom;adresse\r\nP1;Café du Port;2 rue de l’Évêché, Orléans\r\n";

    fn guessed(bytes: &[u8], step: usize) -> Result<&'static str, Error> {
        let mut guess = Guess::new();
        for piece in bytes.chunks(step) {
            guess.feed(piece);
        }
        guess.finish(None).map(Encoding::name)
    }

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn the_usual_encodings_are_recognised_however_they_arrive() {
        for step in [1, 7, 4096] {
            for (encoding, text) in [
                (WINDOWS_1251, RUSSIAN),
                (
                    IBM866,
                    "Код;Название\r\nP1;Кафе У порта, Санкт-Петербург\r\n",
                ),
                (WINDOWS_1252, FRENCH),
                (UTF_8, RUSSIAN),
                (UTF_8, "tid\r\nT1\r\n"),
            ] {
                let (bytes, _, lossy) = encoding.encode(text);
                assert!(!lossy, "{text}");
                assert_eq!(guessed(&bytes, step), Ok(encoding.name()), "{text} {step}");
            }
            for text in [RUSSIAN, "tid\r\nT1\r\n"] {
                let marked = format!("\u{feff}{text}");
                for one in [text, &marked] {
                    assert_eq!(guessed(&utf16(one, u16::to_le_bytes), step), Ok("UTF-16LE"));
                    assert_eq!(guessed(&utf16(one, u16::to_be_bytes), step), Ok("UTF-16BE"));
                }
            }
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(
            guessed(b"PK\x03\x04\0\0\0\0\x08\0x\0", 5),
            Err(Error::NotText)
        );
    }

    #[test]
    fn names_are_those_that_people_use() {
        for (said, name) in [
            ("cp1251", "windows-1251"),
            (" Latin1 ", "windows-1252"),
            ("cp866", "IBM866"),
            ("utf8", "UTF-8"),
        ] {
            assert_eq!(Encoding::parse(said).map(Encoding::name), Ok(name));
        }
        for bad in ["", "klingon", "gbk", "shift_jis"] {
            assert!(Encoding::parse(bad).is_err(), "{bad}");
        }
        for offered in Encoding::OFFERED {
            assert_eq!(Encoding::parse(offered).map(Encoding::name), Ok(offered));
        }
    }
}
