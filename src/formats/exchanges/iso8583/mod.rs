//! ISO 8583 messages as they went over the line, one after the other.
//!
//! Before each may stand its length, in two bytes or in four digits, and behind that a transport header of five
//! bytes that begins with `60`; where neither leads to a message that can be read, it is taken to begin at once and to
//! end where its fields do, with the line end behind it. That is found out anew at each message. In ASCII the
//! bitmaps and other bits are hexadecimal digits or bytes, whichever can be read.
//!
//! What cannot be read goes on to the next message that can, and is searched for card data in every coding.
#[cfg(test)]
mod any_tests;
mod frames;
#[cfg(test)]
mod packing;
#[cfg(test)]
mod tests;
mod unpack;

use super::fields::{self, Holds};
use super::{Message, Packager, Part, facts, shown, values};
use crate::formats::row::{self, Records};
use crate::formats::{Counts, Direction, Encoding, Field, Record, Rest, Trouble, lines, tlv};
use frames::Frame8583;
use unpack::{Coding, Layout, Place};

const FILL: u8 = b'*';
/// Of what cannot be read to its end not more fields than this may be there by chance.
const FEW: usize = 2;

/// Messages that are packed so.
pub(in crate::formats) struct Messages(pub(in crate::formats) Packager);

impl Records for Messages {
    type Cut = Frame8583;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Frame8583)> {
        frames::next(self.0, bytes, rest).map(|frame| (frame.length, frame))
    }

    fn clean(&self, record: &mut [u8], frame: &Frame8583) -> (Counts, bool) {
        (mask(self.0, record, frame), frame.trouble.is_some())
    }

    fn show(&self, record: &[u8], frame: &Frame8583, _: Option<&Record>) -> Record {
        read_record(record, frame)
    }
}

fn mask(packager: Packager, record: &mut [u8], frame: &Frame8583) -> Counts {
    let mut counts = Counts::default();
    let message = record.get_mut(frame.start..).unwrap_or_default();
    let mut end = 0;
    if let Some(layout) = &frame.layout {
        end = layout.end;
        for place in &layout.places {
            counts.add(mask_field(
                message.get_mut(place.at.clone()).unwrap_or_default(),
                place,
            ));
        }
    }
    if frame.trouble.is_some() {
        counts.add(mask_anywhere(packager, message));
        let layout = frame.layout.as_ref();
        let unreached = layout
            .filter(|layout| is_sure(frame, layout))
            .and_then(|layout| layout.unreached);
        if let Some(holds) = unreached {
            // It is in there, and nothing tells where.
            counts.add(values::mask_whole(
                holds,
                message.get_mut(end..).unwrap_or_default(),
                FILL,
            ));
        }
        // What was read may be something else as well.
        let first = layout
            .and_then(|layout| layout.places.first())
            .map_or(end, |place| place.at.start);
        counts.add(values::mask_unread(
            message.get_mut(first..).unwrap_or_default(),
        ));
    }
    counts
}

/// Of what cannot be read, every place is tried where a message might begin.
fn mask_anywhere(packager: Packager, record: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    for at in 0..record.len() {
        let message = record.get_mut(at..).unwrap_or_default();
        let Some(layout) = frames::likely(packager, message) else {
            continue;
        };
        for place in &layout.places {
            if fields::holds(place.number).is_secret() {
                counts.add(mask_field(
                    message.get_mut(place.at.clone()).unwrap_or_default(),
                    place,
                ));
            }
        }
    }
    counts
}

/// Whether it is a message for all that is wrong with it: it stands where its length says, or enough of it can be read.
fn is_sure(frame: &Frame8583, layout: &Layout) -> bool {
    let framed = frame.start > 0 && frame.trouble == Some(Trouble::Malformed);
    framed || layout.places.len() > FEW
}

fn mask_field(value: &mut [u8], place: &Place) -> Counts {
    let mut counts = Counts::default();
    let written = value.iter().all(|b| b.is_ascii_hexdigit() || *b == FILL);
    match (fields::holds(place.number), place.coding) {
        (Holds::Pan, Coding::Bcd(_)) => counts.pans = u32::from(tlv::bcd::mask_pan(value, 0)),
        (Holds::Track, Coding::Bcd(_)) => counts.tracks = u32::from(tlv::bcd::mask_track(value)),
        (Holds::Pin, Coding::Bytes) => counts.pins = u32::from(tlv::bcd::mask_all(value)),
        (Holds::Emv, _) if !written => counts = tlv::mask(value),
        (Holds::Free, _) => counts = values::mask_bytes(value),
        // None of them is as long as a card number.
        (Holds::Told, Coding::Bcd(_)) => {}
        (holds, _) => counts = values::mask(holds, value, FILL),
    }
    counts
}

/// Overwrites card data in a message that is stated as a whole, as text or as hexadecimal digits.
pub(super) fn mask_stated(text: &mut [u8]) -> Counts {
    if let Some(counts) = mask_message(text) {
        return counts;
    }
    let hex = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
    let read = hex
        .then(|| tlv::hex::with_bytes(text, mask_message))
        .flatten();
    read.unwrap_or_else(|| {
        let mut counts = values::mask(Holds::Free, text, FILL);
        if hex {
            counts.add(tlv::hex::with_bytes(text, values::mask_bytes));
        }
        counts
    })
}

/// A message and nothing else, packed in any way.
fn mask_message(bytes: &mut [u8]) -> Option<Counts> {
    const ANY: [Packager; 4] = [
        Packager::Ascii87,
        Packager::Ascii93,
        Packager::Binary87,
        Packager::Binary93,
    ];
    let read = |packager| {
        let frame = frames::next(packager, bytes, Rest::Ends)?;
        (frame.length == bytes.len() && frame.trouble.is_none()).then_some((packager, frame))
    };
    let (packager, frame) = ANY.into_iter().find_map(read)?;
    Some(mask(packager, bytes, &frame))
}

fn read_record(bytes: &[u8], frame: &Frame8583) -> Record {
    let message = bytes.get(frame.start..).unwrap_or_default();
    let mti = frame
        .layout
        .as_ref()
        .map(|layout| lines::decode(Encoding::Utf8, &layout.mti));
    let mti = mti.as_deref();
    Record {
        at: 0,
        length: bytes.len(),
        time: None,
        direction: mti.and_then(fields::part).and_then(direction),
        kind: mti.and_then(fields::kind),
        text: match mti {
            Some(mti) => mti.to_owned(),
            None => text(bytes),
        },
        fields: frame
            .layout
            .as_ref()
            .map(|layout| read_fields(layout, message))
            .unwrap_or_default(),
        trouble: frame.trouble,
    }
}

const fn direction(part: Part) -> Option<Direction> {
    match part {
        Part::Request => Some(Direction::ToHost),
        Part::Answer => Some(Direction::FromHost),
        Part::Notice | Part::Failure => None,
    }
}

/// Text, or the digits of bytes that are none.
fn text(bytes: &[u8]) -> String {
    if bytes
        .iter()
        .all(|b| matches!(b, b' '..|b'\r'| b'\n' | b'\t'))
    {
        return lines::decode(Encoding::Utf8, bytes);
    }
    tlv::hex::written(bytes).to_ascii_uppercase()
}

fn read_fields(layout: &Layout, message: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    for place in &layout.places {
        shown::field(
            &mut fields,
            &place.number.to_string(),
            value(place, message),
            0,
        );
    }
    fields
}

fn value(place: &Place, message: &[u8]) -> String {
    let bytes = message.get(place.at.clone()).unwrap_or_default();
    match place.coding {
        Coding::Text | Coding::Hex => text(bytes),
        Coding::Bytes => tlv::hex::written(bytes).to_ascii_uppercase(),
        Coding::Bcd(count) => number(bytes, count),
        Coding::SignedBcd => {
            let (sign, digits) = bytes.split_at_checked(1).unwrap_or_default();
            text(sign) + &unpack::digits_of(digits)
        }
    }
}

/// So many digits of BCD. Of an odd number one nibble fills up: the last where it says so, else the first.
fn number(bytes: &[u8], count: usize) -> String {
    let digits = unpack::digits_of(bytes);
    if digits.len() == count {
        return digits;
    }
    match digits.strip_suffix('F') {
        Some(before) => before.to_owned(),
        None => digits.get(1..).unwrap_or_default().to_owned(),
    }
}

/// What the messages say of requests and their answers. None states when it was logged, and field 7 has no year.
pub(in crate::formats) fn messages(packager: Packager, bytes: &[u8]) -> Vec<Message> {
    row::records(&Messages(packager), bytes)
        .filter_map(|(at, record, frame)| message(at, record, &frame))
        .collect()
}

fn message(at: usize, record: &[u8], frame: &Frame8583) -> Option<Message> {
    let mut message = match frame.trouble {
        Some(_) => facts::unreadable(at, record.len()),
        None => Message::blank(at, record.len(), Part::Request),
    };
    let Some(layout) = &frame.layout else {
        return frame.trouble.map(|_| message);
    };
    let mti = lines::decode(Encoding::Utf8, &layout.mti);
    if frame.trouble.is_none() {
        message.part = fields::part(&mti)?;
    }
    let bytes = record.get(frame.start..).unwrap_or_default();
    let values: Vec<(u8, String)> = layout
        .places
        .iter()
        .map(|place| (place.number, value(place, bytes)))
        .collect();
    facts::enter(&mut message, |number| {
        values
            .iter()
            .find(|(of, _)| *of == number)
            .map(|(_, value)| value.as_str())
    });
    message.mti = Some(mti);
    Some(message)
}
