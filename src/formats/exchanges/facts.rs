//! What the fields of a message say for pairing it with its answer.
use super::{Message, Original, Part, fields};

/// A record that could not be read: something failed, and what that was is not known.
pub(super) fn unreadable(at: usize, length: usize) -> Message {
    Message {
        failure: Some("unreadable".to_owned()),
        ..Message::blank(at, length, Part::Failure)
    }
}

/// Enters what the fields say; `of` answers the value of a field by its number.
pub(super) fn enter<'a>(message: &mut Message, of: impl Fn(u8) -> Option<&'a str>) {
    let stated = |number| {
        let value = of(number)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    message.processing_code = stated(3);
    message.amount = of(4).and_then(amount);
    message.currency = stated(49);
    message.stan = of(11).and_then(stan);
    message.rrn = stated(37);
    message.terminal = stated(41);
    message.transmitted = stated(7);
    message.local_time = local_time(stated(12), stated(13));
    message.result = stated(39);
    message.card = stated(2);
    let of_1987 = stated(90).and_then(|text| original(&text, '0', 10));
    message.original = of_1987.or_else(|| original(&stated(56)?, '1', 12));
}

/// Original data elements: a message type of the version, a STAN, and a time of so many digits. Where another version
/// has another field of that number, it holds no such type.
fn original(text: &str, version: char, digits: usize) -> Option<Original> {
    let (mti, rest) = text.split_at_checked(4)?;
    let (number, rest) = rest.split_at_checked(6)?;
    let is_told = number.bytes().any(|b| b != b'0') && number.bytes().all(|b| b.is_ascii_digit());
    let is_its = mti.starts_with(version) && fields::is_mti(mti.as_bytes());
    if !is_told || !is_its {
        return None;
    }
    Some(Original {
        mti: mti.to_owned(),
        stan: stan(number)?,
        sent: rest.get(..digits).and_then(moment),
    })
}

/// A time as stated, unless it is nothing but zeros.
pub(super) fn moment(text: &str) -> Option<String> {
    let text = text.trim();
    text.bytes().any(|b| b != b'0').then(|| text.to_owned())
}

/// Minor units; an amount that is not all digits is none.
pub(super) fn amount(text: &str) -> Option<i64> {
    let digits = text.trim();
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

/// The number without leading zeros: what writes it and what answers may pad it differently.
pub(super) fn stan(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.trim_start_matches('0');
    match (text.is_empty(), bare.is_empty()) {
        (true, _) => None,
        (false, true) => Some("0".to_owned()),
        (false, false) => Some(bare.to_owned()),
    }
}

/// 1987 has the time in 12 and the day in 13; 1993 has both in 12.
fn local_time(twelve: Option<String>, thirteen: Option<String>) -> Option<String> {
    match (twelve, thirteen) {
        (Some(time), Some(day)) if time.len() == 6 && day.len() == 4 => Some(day + &time),
        (Some(time), _) => Some(time),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::original;

    #[test]
    fn what_a_reversal_names_is_read_or_left_alone() {
        let told = |text: &str, version, digits| {
            let it = original(text, version, digits)?;
            Some(format!(
                "{} {} {}",
                it.mti,
                it.stan,
                it.sent.unwrap_or_default()
            ))
        };
        let of_1987 = |text: &str| told(text, '0', 10);
        let tail = "0000012345600000654321";
        let whole = format!("02000000421125101112{tail}");
        assert_eq!(of_1987(&whole).as_deref(), Some("0200 42 1125101112"));
        // Its time is left out, or stands for nothing.
        for text in ["0100000042", "01000000420000000000", "010000004211251"] {
            assert_eq!(of_1987(text).as_deref(), Some("0100 42 "), "{text}");
        }
        for text in [
            "",
            "0",
            "0200",
            "020000000",
            "02000000000000000000",
            "0200abcdef",
            "9200000042",
            "1200000042",
            "éé00000042",
            "020000é042",
            &"0".repeat(42),
        ] {
            assert_eq!(of_1987(text), None, "{text}");
        }
        let of_1993 = told("120000004225112510111206123456", '1', 12);
        assert_eq!(of_1993.as_deref(), Some("1200 42 251125101112"));
    }
}
