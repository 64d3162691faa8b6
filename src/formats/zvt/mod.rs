//! ZVT (PA 00P015): telegrams of a class, an instruction, a length and data, as they went between till and terminal.
//!
//! Each telegram is a record. Bytes that are none are one record up to the next telegram; nothing is dropped.
use super::row::Records;
use super::{Counts, Record, Rest, Trouble};
use cut::{Cut, Head, Shape};

mod bitmaps;
mod charset;
mod commands;
mod container;
mod cut;
mod frames;
pub(super) mod lines;
mod mask;
mod show;
#[cfg(test)]
mod tests;

/// Bytes of an unreadable record that are shown.
const SHOWN: usize = 512;

/// Telegrams one after the other.
pub(super) struct Telegrams;

impl Records for Telegrams {
    type Cut = Cut;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Cut)> {
        cut::next(bytes, rest).map(|cut| (cut.length, cut))
    }

    fn clean(&self, record: &mut [u8], cut: &Cut) -> (Counts, bool) {
        let counts = scrub_record(record, cut.shape);
        (counts, trouble(record, cut.shape).is_some())
    }

    fn show(&self, record: &[u8], cut: &Cut, _: Option<&Record>) -> Record {
        read_record(record, cut.shape)
    }
}

fn scrub_record(record: &mut [u8], shape: Shape) -> Counts {
    match shape {
        Shape::Sign => Counts::default(),
        Shape::Bare => mask::telegram(record),
        Shape::Framed => mask::frame(record),
        Shape::Unread | Shape::TooLong => mask::unread(record),
    }
}

fn read_record(record: &[u8], shape: Shape) -> Record {
    let mut read = match shape {
        Shape::Bare => show::telegram(record),
        Shape::Framed => show::telegram(&telegram_in(record)),
        Shape::Sign => {
            let sign = if record.first() == Some(&0x06) {
                "ack"
            } else {
                "nak"
            };
            show::plain(Some(format!("zvt-{sign}")), record)
        }
        Shape::Unread | Shape::TooLong => show::plain(None, record.get(..SHOWN).unwrap_or(record)),
    };
    read.length = record.len();
    read.trouble = trouble(record, shape);
    read
}

/// The telegram in a frame, without a check sum that may stand behind it.
fn telegram_in(frame: &[u8]) -> Vec<u8> {
    let mut inside = frames::unstuff(frame).bytes;
    if let Some(head) = Head::of(&inside) {
        inside.truncate(head.total());
    }
    inside
}

/// What is wrong with a record.
fn trouble(record: &[u8], shape: Shape) -> Option<Trouble> {
    match shape {
        Shape::Sign => None,
        Shape::Unread => Some(Trouble::Malformed),
        Shape::TooLong => Some(Trouble::TooLong),
        Shape::Bare => trouble_of(record),
        Shape::Framed => {
            let inside = frames::unstuff(record);
            if !inside.closed
                || Head::of(&inside.bytes).is_some_and(|head| head.total() > inside.bytes.len())
            {
                return Some(Trouble::Truncated);
            }
            trouble_of(&telegram_in(record)).or_else(|| sum_trouble(record, &inside))
        }
    }
}

fn trouble_of(telegram: &[u8]) -> Option<Trouble> {
    let Some(head) = Head::of(telegram) else {
        return Some(Trouble::Truncated);
    };
    let Some(data) = telegram.get(head.size..head.total()) else {
        return Some(Trouble::Truncated);
    };
    bitmaps::parse(head.class, head.instr, data)
        .broken_at
        .map(|_| Trouble::Malformed)
}

fn sum_trouble(record: &[u8], inside: &frames::Unstuffed) -> Option<Trouble> {
    let total = Head::of(&inside.bytes)?.total();
    let (telegram, within) = inside.bytes.split_at_checked(total)?;
    let after = record.get(inside.end..)?;
    match (within, after) {
        ([], [] | [_]) => Some(Trouble::Truncated),
        ([], sum) | (sum, []) if sum == frames::check_sum(telegram) => None,
        ([] | [_, _], _) => Some(Trouble::BadCheckSum),
        _ => Some(Trouble::Malformed),
    }
}
