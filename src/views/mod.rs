//! What people read: pages from handlebars templates, words from Fluent, dates and numbers by ICU,
//! charts by plotters.
pub mod assets;
pub mod bars;
mod cell;
pub mod chart;
pub mod formats;
mod helpers;
mod icon;
mod look;
mod page;
mod qr;
mod state;
mod words;

pub use icon::icon;
pub use look::{Lang, Look, Theme};
pub use page::{Error, Views};
pub use qr::qr;
pub use state::{STATES, Tone, tone};
pub use words::{key_of, text, text_of};
