//! Licence files, what they are found by, the terminals that have none, and the slice's setting.
diesel::table! {
    licence_file (id) {
        id -> BigInt,
        terminal_id -> Nullable<BigInt>,
        tid -> Text,
        tid_search -> Text,
        establishment_id -> Nullable<BigInt>,
        serial_number -> Text,
        serial_key -> Text,
        platform -> Text,
        platform_key -> Text,
        software -> Text,
        software_key -> Text,
        lic_id -> Text,
        lic_id_key -> Text,
        valid_from -> Nullable<BigInt>,
        valid_until -> Nullable<BigInt>,
        until_key -> BigInt,
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
        source -> Text,
        source_id -> Nullable<BigInt>,
        fetched_at -> Nullable<BigInt>,
        confirmed_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        first_fetched_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    licence_term (field, term, owner_id) {
        field -> Text,
        term -> Text,
        owner_id -> BigInt,
    }
}

diesel::table! {
    licence_bare (terminal_id) {
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        tid -> Text,
        sort_key -> Text,
        serial_number -> Text,
        since_at -> BigInt,
    }
}

diesel::table! {
    licence_setting (id) {
        id -> BigInt,
        file_pattern -> Text,
        version -> BigInt,
        updated_at -> Nullable<BigInt>,
        updated_by -> Nullable<Text>,
    }
}

diesel::joinable!(licence_term -> licence_file (owner_id));
diesel::allow_tables_to_appear_in_same_query!(licence_file, licence_term);
