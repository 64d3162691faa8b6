//! Where a message begins and ends: each has a length before it, or none and ends where its fields do.
use super::super::{Packager, cuts};
use super::unpack::{self, Bitmap, Layout, State};
use crate::formats::{LONGEST_RECORD, Rest, Trouble};

/// A header of the transport (TPDU) begins so, and is so long.
const TPDU: (u8, usize) = (0x60, 5);
/// A message without a length before it has at least so many fields, or anything would be one.
const FEWEST: usize = 2;
/// A message type and two bitmaps are so long at most.
const LONGEST_HEAD: usize = 36;

/// What stands before a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Its length in two bytes, the higher one first.
    TwoBytes,
    /// Its length in four digits.
    FourDigits,
    /// Nothing.
    Bare,
}

/// A record: a message, or what could not be taken for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) struct Frame8583 {
    pub(super) length: usize,
    /// Where the message begins in the record.
    pub(super) start: usize,
    pub(super) layout: Option<Layout>,
    pub(super) trouble: Option<Trouble>,
}

enum Fit {
    No,
    /// It may be one; more bytes would tell.
    Short,
    Is(Frame8583),
}

/// The record at the front; none where what follows decides about it, or nothing is there.
pub(super) fn next(packager: Packager, raw: &[u8], rest: Rest) -> Option<Frame8583> {
    let window = cuts::window(raw, rest);
    if window.bytes.is_empty() {
        return None;
    }
    let mut best: Option<Frame8583> = None;
    for frame in [Frame::TwoBytes, Frame::FourDigits, Frame::Bare] {
        match fit(packager, frame, window.bytes, window.complete) {
            Fit::Is(found) if found.trouble.is_none() => return Some(found),
            Fit::Is(found) => best = best.or(Some(found)),
            Fit::Short if !window.complete => return None,
            Fit::Short | Fit::No => {}
        }
    }
    if let Some(best) = best.as_ref().filter(|best| best.length > 0) {
        return Some(best.clone());
    }
    // Nothing says how long it is: up to where a message begins that can be read, but not within what could be.
    let layout = best.and_then(|best| best.layout);
    let is_cut = |layout: &&Layout| layout.state == State::Short && layout.places.len() >= FEWEST;
    let sure = layout.as_ref().filter(is_cut);
    let length = resync(packager, &window, sure.map_or(1, |layout| layout.end))?;
    let layout = layout.filter(|layout| layout.end <= length);
    let trouble = Some(Trouble::Malformed);
    Some(Frame8583 {
        length,
        start: 0,
        layout,
        trouble,
    })
}

fn fit(packager: Packager, frame: Frame, bytes: &[u8], complete: bool) -> Fit {
    let Some((prefix, stated)) = prefix(frame, bytes) else {
        return if bytes.len() < 4 { Fit::Short } else { Fit::No };
    };
    match stated {
        None => bare(packager, bytes, complete),
        Some(stated) => framed(packager, bytes, prefix, stated, complete),
    }
}

/// The length of what stands before the message, and the length that it states.
fn prefix(frame: Frame, bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    match frame {
        Frame::TwoBytes => {
            let stated = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
            Some((2, Some(usize::from(stated))))
        }
        Frame::FourDigits => {
            let digits = bytes
                .get(..4)
                .filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
            let stated = std::str::from_utf8(digits).ok()?.parse().ok()?;
            Some((4, Some(stated)))
        }
        Frame::Bare => Some((0, None)),
    }
}

fn framed(packager: Packager, bytes: &[u8], prefix: usize, stated: usize, complete: bool) -> Fit {
    let least = if unpack::is_packed(packager) { 10 } else { 12 };
    let Some(length) = prefix
        .checked_add(stated)
        .filter(|all| *all <= LONGEST_RECORD)
    else {
        return Fit::No;
    };
    let Some(body) = bytes
        .get(prefix..length.min(bytes.len()))
        .filter(|_| stated >= least)
    else {
        return Fit::No;
    };
    let skip = if body.first() == Some(&TPDU.0) {
        TPDU.1
    } else {
        0
    };
    let message = body.get(skip..).unwrap_or_default();
    match unpack::mti(packager, message) {
        Err(State::Short) if bytes.len() < length => {
            return Fit::Short;
        }
        Err(_) => return Fit::No,
        Ok(_) => {}
    }
    if bytes.len() < length && !complete {
        return Fit::Short;
    }
    let start = prefix.saturating_add(skip);
    let is = |length, layout, trouble| {
        Fit::Is(Frame8583 {
            length,
            start,
            layout,
            trouble,
        })
    };
    let layout = best_layout(packager, message, true);
    let state = layout.as_ref().map(|layout| layout.state);
    let end = layout.as_ref().map_or(0, |layout| layout.end);
    let begun = layout.is_none() && message.len() < LONGEST_HEAD;
    if bytes.len() < length && (state == Some(State::Short) || begun) {
        return is(bytes.len(), layout, Some(Trouble::Truncated));
    }
    if state == Some(State::Whole) && end == message.len() && bytes.len() >= length {
        return is(length, layout, None);
    }
    match misstated(packager, bytes, complete, (start, length), layout) {
        Ok(Some((layout, length))) => is(length, layout, Some(Trouble::Malformed)),
        Ok(None) => Fit::No,
        Err(_) => Fit::Short,
    }
}

/// A message that does not end where its length says ends where its fields do if another one begins there, or else
/// where its length says if one begins there. One that cannot be read and leads nowhere is none.
fn misstated(
    packager: Packager,
    bytes: &[u8],
    complete: bool,
    (start, stated): (usize, usize),
    layout: Option<Layout>,
) -> Result<Option<(Option<Layout>, usize)>, State> {
    let begins = |at: usize| match bytes.get(at..) {
        Some(after) => begins(packager, after, complete),
        None => Ok(false),
    };
    let state = layout.as_ref().map(|layout| layout.state);
    let end = start.saturating_add(layout.as_ref().map_or(0, |layout| layout.end));
    if state == Some(State::Whole) && begins(end)? {
        return Ok(Some((layout, end)));
    }
    if begins(stated)? {
        return Ok(Some((layout, stated)));
    }
    let other = match state {
        Some(State::Whole) => layout,
        Some(State::Short) => {
            best_layout(packager, bytes.get(start..).unwrap_or_default(), complete)
        }
        _ => None,
    };
    let Some(other) = other else { return Ok(None) };
    if other.state == State::Short && !complete {
        return Err(State::Short);
    }
    let end = start.saturating_add(other.end);
    Ok((other.state == State::Whole).then_some((Some(other), end)))
}

/// Whether a message may begin with these bytes, or none is left.
fn begins(packager: Packager, bytes: &[u8], complete: bool) -> Result<bool, State> {
    if bytes.len() < 11 && !complete {
        return Err(State::Short);
    }
    let at = |skip: usize| unpack::mti(packager, bytes.get(skip..).unwrap_or_default()).is_ok();
    let framed = |skip: usize| {
        at(skip) || bytes.get(skip) == Some(&TPDU.0) && at(skip.saturating_add(TPDU.1))
    };
    let digits = bytes.iter().take(4).all(u8::is_ascii_digit);
    Ok(bytes.is_empty() || at(0) || framed(2) || digits && framed(4))
}

fn bare(packager: Packager, bytes: &[u8], complete: bool) -> Fit {
    let Some(layout) = best_layout(packager, bytes, complete) else {
        let begun = unpack::mti(packager, bytes);
        // A bitmap that is not all there yet.
        let short =
            matches!(begun, Err(State::Short)) || begun.is_ok() && bytes.len() < LONGEST_HEAD;
        return if short { Fit::Short } else { Fit::No };
    };
    let (length, trouble) = match layout.state {
        State::Short if !complete => return Fit::Short,
        State::Short => (0, Some(Trouble::Truncated)),
        State::Broken => (0, Some(Trouble::Malformed)),
        State::Whole if layout.places.len() < FEWEST => return Fit::No,
        State::Whole => match ending(packager, bytes.get(layout.end..).unwrap_or_default()) {
            None if !complete => return Fit::Short,
            ending => (layout.end.saturating_add(ending.unwrap_or_default()), None),
        },
    };
    Fit::Is(Frame8583 {
        length,
        start: 0,
        layout: Some(layout),
        trouble,
    })
}

/// The end of a line behind a message in text; none where more bytes would tell.
fn ending(packager: Packager, behind: &[u8]) -> Option<usize> {
    match behind {
        _ if unpack::is_packed(packager) => Some(0),
        [] | [b'\r'] => None,
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] => Some(1),
        _ => Some(0),
    }
}

/// With the bitmap written in whichever way leads further.
fn best_layout(packager: Packager, message: &[u8], complete: bool) -> Option<Layout> {
    let as_bytes = || unpack::layout(packager, Bitmap::Bytes, message).ok();
    if unpack::is_packed(packager) {
        return as_bytes();
    }
    match unpack::layout(packager, Bitmap::Hex, message) {
        Ok(layout) if layout.state != State::Broken => Some(layout),
        Ok(layout) => match as_bytes() {
            Some(other) if other.state == State::Whole => Some(other),
            // It may yet turn out to be whole.
            Some(other) if other.state == State::Short && !complete => Some(other),
            _ => Some(layout),
        },
        // Bytes that could yet be the digits of a bitmap.
        Err(State::Short) => None,
        Err(_) => as_bytes(),
    }
}

/// What can be read of a message that begins here, if it is enough for one.
pub(super) fn likely(packager: Packager, bytes: &[u8]) -> Option<Layout> {
    best_layout(packager, bytes, true).filter(|layout| layout.places.len() > FEWEST)
}

/// How far it is to the next message that can be read and begins at `from` or behind, or to the end of the window.
fn resync(packager: Packager, window: &cuts::Window<'_>, from: usize) -> Option<usize> {
    let half = LONGEST_RECORD / 2;
    let ends = window.complete && window.bytes.len() < LONGEST_RECORD;
    for at in from..window.bytes.len() {
        let bytes = window.bytes.get(at..).unwrap_or_default();
        for frame in [Frame::TwoBytes, Frame::FourDigits, Frame::Bare] {
            match fit(packager, frame, bytes, ends) {
                Fit::Is(found) if found.trouble.is_none() => return Some(at),
                Fit::Short if !window.complete => return None,
                // It goes on behind the window.
                Fit::Short if window.bytes.len() == LONGEST_RECORD && at > half => return Some(at),
                Fit::Is(_) | Fit::Short | Fit::No => {}
            }
        }
    }
    window.complete.then_some(window.bytes.len())
}
