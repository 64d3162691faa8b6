//! Text as a terminal prints it: code page 437, unless the container names another character set.

/// What code page 437 has above ASCII.
const UPPER: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
    "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
    "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

/// A character set as ZVT numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Cp437,
    Utf8,
    /// ISO 8859 with this number.
    Iso(u8),
}

impl Charset {
    /// The set of that number in tag 14.
    pub(super) const fn numbered(number: u8) -> Self {
        match number {
            1..=16 => Self::Iso(number),
            0xfe => Self::Utf8,
            _ => Self::Cp437,
        }
    }

    /// The text, without spaces at its end.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let text: String = match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Iso(number) => {
                match encoding_rs::Encoding::for_label(format!("iso-8859-{number}").as_bytes()) {
                    Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
                    None => old(bytes),
                }
            }
            Self::Cp437 => old(bytes),
        };
        text.trim_end_matches([' ', '\0']).to_owned()
    }
}

fn old(bytes: &[u8]) -> String {
    let upper: Vec<char> = UPPER.chars().collect();
    let read = |byte: &u8| match byte.checked_sub(0x80) {
        Some(index) => upper.get(usize::from(index)).copied().unwrap_or('?'),
        None if byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t' | 0) => '\u{fffd}',
        None => char::from(*byte),
    };
    bytes.iter().map(read).collect()
}
