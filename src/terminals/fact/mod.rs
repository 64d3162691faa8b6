//! Facts: what is counted and filtered by of every terminal, a word each under a name. Each terminal
//! has one of every name in [`FIXED`] (`none` where there is nothing to say), so that the counts of
//! a name add up to the fleet, and one of every component and package that it reported, of a hundred of each at most.
//!
//! `terminal_fact` repeats what lists are narrowed and ordered by, so that one index serves them, and
//! `terminal_fact_count` counts those in service, by establishment and (as establishment 0) of all.
//! Both move in the transaction that changes a fact, whose terminal is claimed by it; what stays as it
//! is writes nothing.
//!
//! The platform is no fact: it belongs to the model, of which there are few, and follows from it.
mod model;
mod ops;
mod read_store;
mod store;

pub(super) use model::is_off;
pub use model::{
    APP, CLOCK, ERROR, FIXED, LAST_ACTION, LICENCE, MODEL, NONE, POINT, UPDATE, VALUES, VERSION,
};
pub use ops::set as set_facts;
pub(super) use ops::{
    New, acted, moved, place, place_many, reported, retire, set_model, tell_clock, worked,
};
pub(super) use read_store::{count_of, having, of_name, of_value};
pub use read_store::{
    counters_of, counts_of as counts_of_facts, establishments as counted_establishments, facts_of,
    names_of as fact_names, tally as fact_counts,
};
