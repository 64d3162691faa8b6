//! The tables of this slice.

diesel::table! {
    terminal_model (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        manufacturer -> Text,
        platform -> Text,
        platform_is_confirmed -> Bool,
        aliases -> Text,
        component_updates -> Bool,
        third_party_apps -> Bool,
        key_loading -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    terminal_place (id) {
        id -> BigInt,
        tid -> Text,
        serial_number -> Text,
        search -> Text,
        serial_search -> Text,
        sort_key -> Text,
        is_retired -> Bool,
        model_id -> BigInt,
        establishment_id -> BigInt,
        point_of_service_id -> BigInt,
        life -> Text,
        interval_s -> Nullable<Integer>,
        log_level -> Nullable<Text>,
        last_work_number -> Integer,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    terminal_contact (terminal_id) {
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        credential_hash -> Nullable<Binary>,
        admitted -> Bool,
        presence -> Integer,
        has_work -> Bool,
        interval_s -> Integer,
        log_level -> Integer,
        told_interval_s -> Nullable<Integer>,
        profile_version -> Nullable<BigInt>,
        last_contact_at -> Nullable<BigInt>,
        sweep_at -> Nullable<BigInt>,
        status_digest -> Nullable<Binary>,
        listening_until -> Nullable<BigInt>,
        session_mark -> Nullable<BigInt>,
        seen_from -> Nullable<Text>,
        clock_offset_ms -> Nullable<BigInt>,
        clock_is_off -> Bool,
        is_retired -> Bool,
        sort_key -> Text,
        quiet_since -> BigInt,
    }
}

diesel::table! {
    terminal_term (is_retired, term, terminal_id) {
        is_retired -> Bool,
        term -> Text,
        terminal_id -> BigInt,
    }
}

diesel::table! {
    terminal_tag (id) {
        id -> BigInt,
        folded -> Text,
        name -> Text,
    }
}

diesel::table! {
    terminal_tagged (terminal_id, tag_id) {
        terminal_id -> BigInt,
        tag_id -> BigInt,
        establishment_id -> BigInt,
        is_retired -> Bool,
        sort_key -> Text,
    }
}

diesel::table! {
    terminal_fact (terminal_id, name) {
        terminal_id -> BigInt,
        name -> Text,
        value -> Text,
        establishment_id -> BigInt,
        is_retired -> Bool,
        sort_key -> Text,
    }
}

diesel::table! {
    terminal_fact_count (establishment_id, name, value) {
        establishment_id -> BigInt,
        name -> Text,
        value -> Text,
        n -> BigInt,
    }
}

diesel::table! {
    terminal_count (establishment_id, presence) {
        establishment_id -> BigInt,
        presence -> Integer,
        n -> BigInt,
    }
}

diesel::table! {
    terminal_device (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        serial_number -> Text,
        from_at -> BigInt,
        until_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    terminal_activation (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        nonce -> Binary,
        serial_number -> Text,
        code_hash -> Binary,
        attempts_left -> Integer,
        expires_at -> BigInt,
        created_at -> BigInt,
        created_by -> Text,
        used_at -> Nullable<BigInt>,
        idempotency_hash -> Nullable<Binary>,
    }
}

diesel::table! {
    terminal_credential (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        hash -> Binary,
        serial_number -> Text,
        issued_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoked_why -> Nullable<Text>,
        not_after -> Nullable<BigInt>,
        renew_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    terminal_certificate_offer (terminal_id) {
        terminal_id -> BigInt,
        hash -> Binary,
        not_after -> BigInt,
        offered_at -> BigInt,
    }
}

diesel::table! {
    terminal_refusal (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        at -> BigInt,
        code -> Text,
        seen_from -> Nullable<Text>,
        times -> BigInt,
    }
}

diesel::table! {
    terminal_stranger (id) {
        id -> BigInt,
        tid -> Text,
        serial_number -> Text,
        at -> BigInt,
        seen_from -> Nullable<Text>,
        times -> BigInt,
    }
}

diesel::table! {
    terminal_work (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        number -> Integer,
        kind -> Text,
        natural_key -> Text,
        state -> Text,
        is_open -> Bool,
        held_why -> Nullable<Text>,
        link -> Nullable<Text>,
        payload -> Text,
        created_at -> BigInt,
        created_by -> Text,
        not_before_at -> Nullable<BigInt>,
        offered_at -> Nullable<BigInt>,
        deadline_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        attempts -> Integer,
        progress -> Nullable<Integer>,
        outcome_code -> Nullable<Text>,
        outcome_detail -> Nullable<Text>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    terminal_report (terminal_id) {
        terminal_id -> BigInt,
        digest -> Binary,
        body -> Text,
        reported_at -> BigInt,
    }
}

diesel::table! {
    terminal_session (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        session_id -> Text,
        reference -> Nullable<Text>,
        title -> Nullable<Text>,
        seen_from -> Nullable<Text>,
        terminal_version -> Nullable<Text>,
        action_result -> Nullable<Text>,
        last_action -> Nullable<Text>,
        country_code -> Nullable<Text>,
        started_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    terminal_profile (kind, owner_id) {
        kind -> Text,
        owner_id -> BigInt,
        interval_s -> Nullable<Integer>,
        log_level -> Nullable<Text>,
        version -> BigInt,
        changed_at -> BigInt,
        changed_by -> Text,
    }
}

diesel::table! {
    terminal_profile_pending (kind, owner_id) {
        kind -> Text,
        owner_id -> BigInt,
        after_id -> BigInt,
        version -> BigInt,
        since_at -> BigInt,
    }
}

diesel::table! {
    terminal_profile_report (terminal_id) {
        terminal_id -> BigInt,
        version -> Text,
        body -> Text,
        reported_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    terminal_model,
    terminal_place,
    terminal_contact,
    terminal_term,
    terminal_tag,
    terminal_tagged,
    terminal_fact,
    terminal_fact_count,
    terminal_count,
    terminal_device,
    terminal_activation,
    terminal_credential,
    terminal_certificate_offer,
    terminal_refusal,
    terminal_stranger,
    terminal_work,
    terminal_report,
    terminal_session,
);
diesel::joinable!(terminal_place -> terminal_model (model_id));
diesel::joinable!(terminal_contact -> terminal_place (terminal_id));
diesel::joinable!(terminal_tagged -> terminal_place (terminal_id));
diesel::joinable!(terminal_tagged -> terminal_tag (tag_id));
diesel::joinable!(terminal_device -> terminal_place (terminal_id));
diesel::joinable!(terminal_activation -> terminal_place (terminal_id));
diesel::joinable!(terminal_credential -> terminal_place (terminal_id));
diesel::joinable!(terminal_refusal -> terminal_place (terminal_id));
diesel::joinable!(terminal_work -> terminal_place (terminal_id));
diesel::joinable!(terminal_report -> terminal_place (terminal_id));
diesel::joinable!(terminal_session -> terminal_place (terminal_id));
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    terminal_place::point_of_service_id,
    terminal_contact::presence,
);
