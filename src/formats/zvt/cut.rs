//! Where one record of a row of telegrams ends and the next begins.
//!
//! What is decided for a record depends on the [`LONGEST_RECORD`] bytes from its beginning and on nothing else, so
//! that it is the same however the bytes arrive.
use super::super::tlv::bcd;
use super::super::{LONGEST_RECORD, Rest};
use super::frames::{self, DLE, STX};
use super::{bitmaps, commands};

/// How far back from [`LONGEST_RECORD`] a place is sought where no card number can be cut in two.
const LOOK_BACK: usize = 4096;
/// Bytes of data that are no telegram by chance.
const SPEAKING: usize = 4;
/// Bytes of telegrams that may turn out to be none, in one run of unreadable bytes.
const PATIENCE: usize = 4 * LONGEST_RECORD;

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Shape {
    /// A bare telegram.
    Bare,
    /// A telegram in a frame of a serial line.
    Framed,
    /// One byte that says that a frame arrived, or did not.
    Sign,
    /// No telegram.
    Unread,
    /// No telegram, and it goes on.
    TooLong,
}

/// The record at the front of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Cut {
    pub shape: Shape,
    pub length: usize,
}

/// What can be said of a place.
enum Found {
    Record(Cut),
    Nothing,
    /// More bytes would tell.
    Wait,
}

/// How sure one must be that a telegram begins here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// A record ended here, so a telegram is what is expected.
    Expected,
    /// Amid unreadable bytes.
    Certain,
}

/// A telegram's head: class, instruction, length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub class: u8,
    pub instr: u8,
    /// Bytes of the head.
    pub size: usize,
    /// Bytes of the data after it.
    pub data: usize,
}

impl Head {
    /// The head at the front, if all of it is there.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match *bytes {
            [class, instr, 0xff, low, high, ..] => Some(Self {
                class,
                instr,
                size: 5,
                data: usize::from(u16::from_le_bytes([low, high])),
            }),
            [_, _, 0xff, ..] => None,
            [class, instr, data, ..] => Some(Self {
                class,
                instr,
                size: 3,
                data: usize::from(data),
            }),
            _ => None,
        }
    }

    pub(super) const fn total(self) -> usize {
        self.size + self.data
    }
}

/// The bytes that a decision may rest on.
struct Window<'a> {
    bytes: &'a [u8],
    /// Nothing follows them.
    ends: bool,
    /// What follows them does not count.
    full: bool,
}

/// The record at the front; `None` where more bytes are needed to tell.
pub(super) fn next(bytes: &[u8], rest: Rest) -> Option<Cut> {
    let full = bytes.len() >= LONGEST_RECORD;
    let window = Window {
        bytes: bytes.get(..LONGEST_RECORD).unwrap_or(bytes),
        ends: !full && rest == Rest::Ends,
        full,
    };
    let mut patience = PATIENCE;
    match window.at(0, Need::Expected, &mut patience) {
        Found::Record(cut) => return Some(cut),
        Found::Wait => return None,
        Found::Nothing => {}
    }
    for at in 1..window.bytes.len() {
        match window.at(at, Need::Certain, &mut patience) {
            Found::Record(_) => {
                return Some(Cut {
                    shape: Shape::Unread,
                    length: at,
                });
            }
            Found::Wait => return None,
            Found::Nothing => {}
        }
    }
    if full {
        return Some(Cut {
            shape: Shape::TooLong,
            length: harmless_end(window.bytes),
        });
    }
    (window.ends && !bytes.is_empty()).then_some(Cut {
        shape: Shape::Unread,
        length: bytes.len(),
    })
}

/// The last place behind a byte that is part of no card number in any coding.
fn harmless_end(bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(LOOK_BACK);
    let harmless = |byte: &u8| matches!(byte & 0xf, 0xa..=0xc | 0xe) && byte >> 4 != 0xe;
    let last = bytes
        .get(from..)
        .and_then(|tail| tail.iter().rposition(harmless));
    last.map_or(bytes.len(), |at| from + at + 1)
}

impl Window<'_> {
    fn at(&self, at: usize, need: Need, patience: &mut usize) -> Found {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        match *bytes {
            [DLE, STX, ..] => self.frame(bytes),
            [DLE] => self.unknown(Found::Nothing),
            [0x06 | 0x15, DLE, STX, ..] => Found::Record(Cut {
                shape: Shape::Sign,
                length: 1,
            }),
            [0x06 | 0x15] if self.ends && need == Need::Expected => Found::Record(Cut {
                shape: Shape::Sign,
                length: 1,
            }),
            [0x06 | 0x15] | [0x06 | 0x15, DLE] => self.unknown(Found::Nothing),
            [class, ..] if commands::class(class) => self.bare(bytes, need, patience),
            _ => Found::Nothing,
        }
    }

    /// More bytes would tell, or there are none and this holds.
    fn unknown(&self, otherwise: Found) -> Found {
        if self.ends || self.full {
            otherwise
        } else {
            Found::Wait
        }
    }

    fn bare(&self, bytes: &[u8], need: Need, patience: &mut usize) -> Found {
        let all = Found::Record(Cut {
            shape: Shape::Bare,
            length: bytes.len(),
        });
        let Some(head) = Head::of(bytes) else {
            let known = bytes.get(1).is_none_or(|instr| {
                bytes
                    .first()
                    .is_some_and(|class| commands::known(*class, *instr))
            });
            return self.unknown(if known && self.ends && need == Need::Expected {
                all
            } else {
                Found::Nothing
            });
        };
        let known =
            commands::known(head.class, head.instr) && (head.class < 0x80 || head.data == 0);
        if head.total() > LONGEST_RECORD || need == Need::Certain && !known {
            return Found::Nothing;
        }
        let here = Found::Record(Cut {
            shape: Shape::Bare,
            length: head.total(),
        });
        if need == Need::Certain {
            let Some(left) = patience.checked_sub(head.total()) else {
                return Found::Nothing;
            };
            *patience = left;
        }
        let whole = bytes.len() >= head.total();
        if !whole && !self.ends {
            return self.unknown(here);
        }
        let data = bytes
            .get(head.size..head.total().min(bytes.len()))
            .unwrap_or_default();
        let body = bitmaps::parse(head.class, head.instr, data);
        let after = bytes.get(head.total()..).unwrap_or_default();
        // Any bytes make the data of some commands, and digits of a card number may look like a short one.
        let digits = bytes.get(..3).is_some_and(bcd::all_digits);
        let weak =
            body.holds_anything() || head.data < SPEAKING && (need == Need::Certain || digits);
        match (whole, need) {
            (true, _) if body.broken_at.is_none() && !weak => here,
            (true, Need::Expected) => self.followed(after, here),
            (true, Need::Certain) if body.broken_at.is_none() => self.followed(after, here),
            (false, _) if body.fits() && (known || !weak) => all,
            _ => Found::Nothing,
        }
    }

    /// A telegram whose data cannot be read is one all the same if another record follows it.
    fn followed(&self, after: &[u8], here: Found) -> Found {
        match *after {
            [] => self.unknown(here),
            [DLE, STX, ..] | [0x06 | 0x15, DLE, STX, ..] => here,
            [class, instr, ..] if commands::known(class, instr) => here,
            [class] if class == DLE || class == 0x15 || commands::class(class) => {
                if self.full {
                    here
                } else {
                    self.unknown(Found::Nothing)
                }
            }
            [0x06 | 0x15, DLE] => {
                if self.full {
                    here
                } else {
                    self.unknown(Found::Nothing)
                }
            }
            _ => Found::Nothing,
        }
    }

    fn frame(&self, bytes: &[u8]) -> Found {
        let inside = frames::unstuff(bytes);
        let record = |length| {
            Found::Record(Cut {
                shape: Shape::Framed,
                length,
            })
        };
        let head = Head::of(&inside.bytes);
        if inside.broken {
            return Found::Nothing;
        }
        if !inside.closed {
            let expected = inside
                .bytes
                .first()
                .is_none_or(|class| commands::class(*class))
                && head.is_none_or(|head| inside.bytes.len() <= head.total() + 2);
            return self.unknown(if expected && self.ends {
                record(bytes.len())
            } else {
                Found::Nothing
            });
        }
        let after = bytes.get(inside.end..).unwrap_or_default();
        let sum = after.get(..2);
        let sized = head.map(|head| inside.bytes.len().checked_sub(head.total()));
        match (sized, sum) {
            // The check sum stands inside.
            (Some(Some(2)), _) => record(inside.end),
            (Some(Some(0)), Some(_)) => record(inside.end + 2),
            (_, Some(sum)) if sum == frames::check_sum(&inside.bytes) => record(inside.end + 2),
            (_, Some(_)) => record(inside.end),
            (Some(Some(0)), None) => self.unknown(record(bytes.len())),
            (_, None) => self.unknown(record(inside.end)),
        }
    }
}
