//! What of a log comes again: the same bytes as those that are here, or another file under its name.

/// Whether these bytes are those that were kept, before they were scrubbed.
pub(super) fn is_same(came: &[u8], kept: &[u8]) -> bool {
    let mut pairs = came.iter().zip(kept).enumerate();
    let fits = |(at, (came, kept_byte)): (usize, (&u8, &u8))| {
        may_become(*came, *kept_byte) || is_in_escape(kept, at)
    };
    came.len() <= kept.len() && pairs.all(fits)
}

/// Stars and lines as JSON and XML escape them, in part.
const ESCAPED: [&[u8]; 7] = [b"u002a", b"42;", b"2a;", b"2A;", b"95;", b"5f;", b"5F;"];

/// Whether a mask that is written as an escape stands there.
fn is_in_escape(kept: &[u8], at: usize) -> bool {
    let near = at.saturating_sub(7)..kept.len().min(at.saturating_add(8));
    let near = kept.get(near).unwrap_or_default();
    let mut all = ESCAPED.iter();
    all.any(|star| near.windows(star.len()).any(|some| some == *star))
}

/// Whether scrubbing leaves a byte as it is, or makes that one of it: a star, in jPOS a line, the digit `E`, or a nibble
/// of that.
fn may_become(came: u8, kept: u8) -> bool {
    let nibble = |came: u8, kept: u8| came == kept || kept == 0xe;
    let is_masked = matches!(kept, b'*' | b'_' | b'E' | b'e');
    is_masked || (nibble(came >> 4, kept >> 4) && nibble(came & 0xf, kept & 0xf))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Encoding, Format, Packager, Rest, scrub};

    /// A card number, put together here so that it stands nowhere.
    fn pan() -> String {
        format!("4{}", "1".repeat(15))
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
        digits.map(byte).collect()
    }

    fn logs() -> Vec<(Format, Vec<u8>)> {
        let pan = pan();
        let telegram = format!("040f0c040000001250000022f108{pan}");
        let message = format!("0200{}16{pan}000000{:06}", "4000000000000000", 7);
        let framed = |message: &str| {
            let length = u8::try_from(message.len()).unwrap();
            [&[0, length], message.as_bytes()].concat()
        };
        vec![
            (Format::Text, format!("10:00:01 card {pan} cvv 123\n10:00:02 ;{pan}=29122010000012300?\n").into()),
            (Format::Zvt, hex(&telegram)),
            (Format::ZvtLines, format!("10:00:00.000 <- {}\n", telegram.to_uppercase()).into()),
            (Format::Ndjson, format!("{{\"mti\":\"0200\",\"card\":\"{pan}\",\"fields\":{{\"35\":\"{pan}D29122010000012300\",\"52\":\"0123456789ABCDEF\"}}}}\n").into()),
            (Format::Jpos, format!("<log realm=\"a\" at=\"x\">\n<isomsg>\n<field id=\"0\" value=\"0200\"/>\n<field id=\"2\" value=\"{pan}\"/>\n<field id=\"35\" value=\"{pan}=29122010000012300\"/>\n<field id=\"52\" value=\"0123456789ABCDEF\" type=\"binary\"/>\n</isomsg>\n</log>\n").into()),
            (Format::Iso8583(Packager::Ascii87), framed(&message)),
        ]
    }

    #[test]
    fn what_was_scrubbed_is_known_again() {
        for (format, raw) in logs() {
            let mut kept = raw.clone();
            let done = scrub(format, Encoding::Utf8, &mut kept, Rest::Ends);
            assert!(
                done.counts.pans + done.counts.tracks > 0,
                "{}",
                format.name()
            );
            assert!(
                kept != raw && is_same(&raw, &kept),
                "{}: {}",
                format.name(),
                String::from_utf8_lossy(&kept)
            );
            assert!(
                is_same(&kept, &kept) && is_same(&raw[..5], &kept),
                "{}",
                format.name()
            );
        }
    }

    #[test]
    fn a_star_may_be_written_as_an_escape() {
        let digits = pan().into_bytes().into_iter();
        let escaped: Vec<String> = digits.map(|digit| format!("\\u{digit:04x}")).collect();
        let escaped = escaped.concat();
        let raw = format!("{{\"mti\":\"0200\",\"card\":\"{escaped}\"}}\n").into_bytes();
        let mut kept = raw.clone();
        let done = scrub(Format::Ndjson, Encoding::Utf8, &mut kept, Rest::Ends);
        assert_eq!(done.taken, raw.len());
        assert!(
            kept != raw && is_same(&raw, &kept),
            "{}",
            String::from_utf8_lossy(&kept)
        );
    }

    #[test]
    fn another_file_is_told_from_it() {
        assert!(!is_same(b"2026-11-26 10:00", b"2026-11-25 10:00"));
        assert!(
            !is_same(b"one\ntwo\n", b"one\n"),
            "it is longer than what is here"
        );
        assert!(!is_same(&[0x04, 0x0f], &[0x04, 0x0c]));
        assert!(is_same(b"", b"") && is_same(&[0x41, 0x11], &[0xee, 0x1e]));
    }
}
