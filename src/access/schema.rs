//! The room's tables.
diesel::table! {
    access_role (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        permissions -> Text,
        is_built_in -> Bool,
        offered -> Text,
        needs_second_factor -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    access_operator (id) {
        id -> BigInt,
        login -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        state -> Text,
        all_establishments -> Bool,
        lang -> Nullable<Text>,
        theme -> Nullable<Text>,
        zone -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        last_sign_in_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    access_operator_role (operator_id, role_id) {
        operator_id -> BigInt,
        role_id -> BigInt,
    }
}
diesel::table! {
    access_operator_establishment (operator_id, establishment_id) {
        operator_id -> BigInt,
        establishment_id -> BigInt,
    }
}
diesel::table! {
    access_session (id) {
        id -> BigInt,
        hash -> Binary,
        operator_id -> BigInt,
        csrf -> Binary,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        idle_until_at -> BigInt,
        expires_at -> BigInt,
        ip -> Nullable<Text>,
        user_agent -> Text,
    }
}
diesel::table! {
    access_link (id) {
        id -> BigInt,
        hash -> Binary,
        operator_id -> BigInt,
        purpose -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    access_second_factor (operator_id) {
        operator_id -> BigInt,
        sealed_key -> Binary,
        last_step -> BigInt,
        wrong_tries -> BigInt,
        tried_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}
diesel::table! {
    access_recovery_code (id) {
        id -> BigInt,
        operator_id -> BigInt,
        hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    access_identity (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        operator_id -> BigInt,
        called -> Text,
        is_governed -> Bool,
        created_at -> BigInt,
    }
}
diesel::table! {
    access_challenge (hash) {
        hash -> Binary,
        operator_id -> BigInt,
        purpose -> Text,
        next -> Text,
        tries_left -> BigInt,
        expires_at -> BigInt,
    }
}
diesel::table! {
    access_client (id) {
        id -> BigInt,
        name -> Text,
        state -> Text,
        scopes -> Text,
        all_establishments -> Bool,
        version -> BigInt,
        per_minute -> Nullable<BigInt>,
        created_at -> BigInt,
        certificate_key -> Nullable<Binary>,
        certificate_until -> Nullable<BigInt>,
    }
}
diesel::table! {
    access_client_establishment (client_id, establishment_id) {
        client_id -> BigInt,
        establishment_id -> BigInt,
    }
}
diesel::table! {
    access_client_token (id) {
        id -> BigInt,
        client_id -> BigInt,
        hash -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        made_by_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    access_audit (id) {
        id -> BigInt,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<BigInt>,
        actor_name -> Text,
        from_ip -> Nullable<Text>,
        action -> Text,
        object_kind -> Text,
        object -> Text,
        establishment_id -> Nullable<BigInt>,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        prev_hash -> Binary,
        hash -> Binary,
    }
}
diesel::table! {
    access_failed_sign_in (id) {
        id -> BigInt,
        at -> BigInt,
        operator_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        reason -> Text,
        times -> BigInt,
    }
}
diesel::joinable!(access_operator_role -> access_role (role_id));
diesel::joinable!(access_failed_sign_in -> access_operator (operator_id));
diesel::joinable!(access_operator_role -> access_operator (operator_id));
diesel::joinable!(access_session -> access_operator (operator_id));
diesel::joinable!(access_link -> access_operator (operator_id));
diesel::joinable!(access_challenge -> access_operator (operator_id));
diesel::joinable!(access_client_token -> access_client (client_id));
diesel::allow_tables_to_appear_in_same_query!(
    access_operator,
    access_operator_role,
    access_role,
    access_session,
    access_link,
    access_second_factor,
    access_challenge,
    access_failed_sign_in,
);
diesel::allow_tables_to_appear_in_same_query!(access_client, access_client_token);
