//! The room's tables.
diesel::table! {
    setting_group (name) {
        name -> Text,
        body -> Text,
        version -> BigInt,
        changed_at -> BigInt,
        changed_by -> Text,
    }
}

diesel::table! {
    setting_change (id) {
        id -> BigInt,
        name -> Text,
        body -> Text,
        changed_at -> BigInt,
        changed_by -> Text,
    }
}
