//! The frame of a telegram on a serial line: `DLE STX`, the telegram with every DLE doubled, `DLE ETX`, a check
//! sum. Some loggers write the check sum before the `DLE ETX`.

pub(super) const DLE: u8 = 0x10;
pub(super) const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// A byte inside a frame, and where it stands; after a DLE on its second byte.
pub(super) struct Unstuffed {
    pub bytes: Vec<u8>,
    pub places: Vec<usize>,
    /// Where the first of them may stand.
    pub start: usize,
    /// Behind the `DLE ETX`, or where the bytes end without one.
    pub end: usize,
    pub closed: bool,
    /// Another frame begins within.
    pub broken: bool,
}

impl Unstuffed {
    const fn empty(start: usize, end: usize) -> Self {
        Self {
            bytes: Vec::new(),
            places: Vec::new(),
            start,
            end,
            closed: false,
            broken: false,
        }
    }
}

/// Reads from the `DLE STX` at the front of `raw` to the `DLE ETX`.
///
/// Any byte after a DLE stands for itself: so a doubled DLE that was overwritten as part of a card number keeps
/// its two bytes.
pub(super) fn unstuff(raw: &[u8]) -> Unstuffed {
    let mut inside = Unstuffed::empty(2, raw.len());
    let mut at = inside.start;
    while let Some(byte) = raw.get(at) {
        let place = if *byte == DLE { at + 1 } else { at };
        match (*byte, raw.get(place)) {
            (DLE, None) => {
                inside.bytes.push(DLE);
                inside.places.push(at);
            }
            (DLE, Some(&ETX)) => {
                inside.end = place + 1;
                inside.closed = true;
                break;
            }
            (DLE, Some(&STX)) => {
                inside.end = at;
                inside.broken = true;
                break;
            }
            (_, Some(value)) => {
                inside.bytes.push(*value);
                inside.places.push(place);
            }
            (_, None) => {}
        }
        at = place + 1;
    }
    inside
}

/// Writes bytes back over `raw`, of which `before` were there.
///
/// Where bytes were overwritten, those that take two bytes come first: in its place a DLE before a byte would tell
/// what the byte was.
pub(super) fn restuff(raw: &mut [u8], inside: &Unstuffed, before: &[u8]) {
    let mut start = inside.start;
    let mut index = 0;
    while let Some(place) = inside.places.get(index) {
        let new = |index: &usize| inside.bytes.get(*index) != before.get(*index);
        let count = (index..inside.bytes.len()).take_while(new).count();
        let last = inside
            .places
            .get((index + count).saturating_sub(1))
            .filter(|_| count > 0);
        if let (Some(values), Some(last)) = (inside.bytes.get(index..index + count), last) {
            rewrite(raw.get_mut(start..=*last).unwrap_or_default(), values);
        }
        start = last.unwrap_or(place) + 1;
        index += count.max(1);
    }
}

fn rewrite(raw: &mut [u8], values: &[u8]) {
    let mut twice = raw.len().saturating_sub(values.len());
    let mut places = raw.iter_mut();
    for value in values {
        if twice > 0 {
            places.by_ref().take(1).for_each(|place| *place = DLE);
            twice -= 1;
        }
        places.by_ref().take(1).for_each(|place| *place = *value);
    }
}

/// CRC 16 as ZVT takes it: over the telegram and the ETX, the low byte first.
pub(super) fn check_sum(telegram: &[u8]) -> [u8; 2] {
    let sum = telegram.iter().chain(&[ETX]).fold(0_u16, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0x8408
            } else {
                sum >> 1
            }
        })
    });
    sum.to_le_bytes()
}

/// A byte that stands inside a frame without a DLE before it: another than those that mean something.
pub(super) const fn inert(byte: u8) -> u8 {
    if matches!(byte, DLE | STX | ETX) {
        byte ^ 0x40
    } else {
        byte
    }
}

/// Reads bytes as if they stood in a frame, without regard to where frames begin and end, for bytes that are no frame.
pub(super) fn undouble(raw: &[u8]) -> Unstuffed {
    let mut inside = Unstuffed::empty(0, raw.len());
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let place = if *byte == DLE && at + 1 < raw.len() {
            at + 1
        } else {
            at
        };
        inside.bytes.push(raw.get(place).copied().unwrap_or(*byte));
        inside.places.push(place);
        at = place + 1;
    }
    inside
}
