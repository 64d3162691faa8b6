//! `posfleet`: the one binary. Arguments only; the work is in the library.
fn main() {}
