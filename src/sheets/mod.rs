//! Sheets: what a table has in its columns and cells, apart from where it is shown. A page, a CSV
//! file and a workbook are made from the same cells, so none of them can tell another story.
//!
//! A [`Column`] is known by a key that never changes (it stands in addresses, in stored choices and
//! in files for machines) and by a label in the reader's language. A row is one [`Cell`] for each
//! column, in their order.
mod cell;
mod csv;
mod error;
mod read;
mod xlsx;

pub use cell::{Cell, Column, Shown};
pub use csv::{Csv, plain};
pub use error::Error;
pub use read::{
    Encoding, Layout, MAX_RECORD, Matched, Place, Record, Records, Survey, Wanted, match_header,
};
pub use xlsx::Xlsx;
