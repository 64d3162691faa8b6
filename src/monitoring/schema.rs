//! The tables of this slice.

diesel::table! {
    monitoring_change (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        at -> BigInt,
        body_diff -> Text,
    }
}
