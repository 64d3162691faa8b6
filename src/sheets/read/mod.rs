//! Reading CSV files as people have them: in whatever encoding, with whatever delimiter, of any size.
//!
//! While a file comes in, a [`Survey`] looks at every byte that passes and then says how the file is
//! to be read: a [`Layout`]. [`Records`] reads by it from any [`Place`] between two records, so that
//! whoever was interrupted goes on where he was. A record has an upper size, and no file is ever held
//! as a whole.
mod encoding;
mod header;
mod records;
mod survey;

pub use encoding::Encoding;
pub use header::{Matched, Wanted, match_header};
pub use records::{Place, Record, Records};
pub use survey::{Layout, Survey};

/// The longest record, in bytes of UTF-8.
pub const MAX_RECORD: usize = 64 << 10;
/// The most fields of a record.
pub(in crate::sheets) const MAX_FIELDS: usize = 256;
