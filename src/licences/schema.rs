//! Licence files.
diesel::table! {
    licence_file (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        tid -> Text,
        tid_search -> Text,
        establishment_id -> BigInt,
        file_name -> Text,
        file_search -> Text,
        size_bytes -> BigInt,
        sha256 -> Text,
        blob_id -> Nullable<BigInt>,
        state -> Text,
        is_current -> Bool,
        work_id -> Nullable<BigInt>,
        outcome_code -> Nullable<Text>,
        uploaded_at -> BigInt,
        uploaded_by -> Text,
        fetched_at -> Nullable<BigInt>,
        confirmed_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        first_fetched_at -> Nullable<BigInt>,
    }
}
