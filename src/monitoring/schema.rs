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

diesel::table! {
    monitoring_day (establishment_id, name, day, value) {
        establishment_id -> BigInt,
        name -> Text,
        day -> Integer,
        value -> Text,
        n -> BigInt,
    }
}
