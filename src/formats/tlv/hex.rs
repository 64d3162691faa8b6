//! Bytes written as hexadecimal digits, with whatever stands between the digits.

/// The digits as EMV and ZVT logs write them.
pub(in crate::formats) fn written(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The value of one digit.
pub(in crate::formats) fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Gives the bytes that the digits of `text` stand for to `change`, and writes back what it changed, digit by
/// digit and in the case the text is written in. What is no digit is passed over; a last half byte is read with F.
pub(in crate::formats) fn with_bytes<T>(text: &mut [u8], change: impl FnOnce(&mut [u8]) -> T) -> T {
    let digits: Vec<usize> = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_hexdigit())
        .map(|(at, _)| at)
        .collect();
    with_bytes_at(text, &digits, change)
}

/// The same for the digits that stand at `places`.
pub(in crate::formats) fn with_bytes_at<T>(
    text: &mut [u8],
    places: &[usize],
    change: impl FnOnce(&mut [u8]) -> T,
) -> T {
    let lower = places
        .iter()
        .filter_map(|at| text.get(*at))
        .any(u8::is_ascii_lowercase);
    let nibbles: Vec<u8> = places
        .iter()
        .filter_map(|at| text.get(*at).and_then(|byte| digit(*byte)))
        .collect();
    let mut bytes: Vec<u8> = nibbles
        .chunks(2)
        .map(|pair| pair.first().copied().unwrap_or(0xf) << 4 | pair.get(1).copied().unwrap_or(0xf))
        .collect();
    let before = bytes.clone();
    let result = change(&mut bytes);
    for (index, at) in places.iter().enumerate() {
        let (Some(new), Some(old)) = (nibble(&bytes, index), nibble(&before, index)) else {
            break;
        };
        if let Some(place) = text.get_mut(*at).filter(|_| new != old) {
            let digits = if lower {
                b"0123456789abcdef"
            } else {
                b"0123456789ABCDEF"
            };
            *place = digits.get(usize::from(new)).copied().unwrap_or(*place);
        }
    }
    result
}

fn nibble(bytes: &[u8], index: usize) -> Option<u8> {
    let byte = *bytes.get(index / 2)?;
    Some(if index.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 0xf
    })
}
