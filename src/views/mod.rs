//! What people read: pages from handlebars templates, words from Fluent, dates and numbers by ICU,
//! charts by plotters.
mod look;
mod page;

pub use look::{Lang, Look, Theme};
pub use page::{Error, Views, text};
