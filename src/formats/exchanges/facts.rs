//! What the fields of a message say for pairing it with its answer.
use super::{Message, Part};

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
