//! Blobs, and keys that no blob owns.
diesel::table! {
    storage_blob (id) {
        id -> BigInt,
        sha256 -> Text,
        size_bytes -> BigInt,
        store_key -> Text,
        content_type -> Text,
        state -> Text,
        ref_count -> BigInt,
        created_at -> BigInt,
        condemned_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    storage_loose (store_key) {
        store_key -> Text,
        state -> Text,
        due_at -> BigInt,
    }
}
