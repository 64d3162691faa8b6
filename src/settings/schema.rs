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

diesel::table! {
    setting_logo (id) {
        id -> BigInt,
        blob_id -> Nullable<BigInt>,
        content_type -> Text,
        width -> BigInt,
        height -> BigInt,
        version -> BigInt,
        changed_at -> BigInt,
        changed_by -> Text,
    }
}
