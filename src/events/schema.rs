//! The outbox.
diesel::table! {
    event_outbox (id) {
        id -> BigInt,
        at -> BigInt,
        kind -> Text,
        subject -> Text,
        establishment_id -> Nullable<BigInt>,
        body -> Text,
    }
}
