//! The slice's tables.
diesel::table! {
    approval_request (id) {
        id -> BigInt,
        kind -> Text,
        permission -> Text,
        state -> Text,
        actor_kind -> Text,
        actor_id -> BigInt,
        actor_name -> Text,
        actor_ip -> Nullable<Text>,
        scope -> Nullable<Text>,
        all_establishments -> Bool,
        params -> Text,
        facts -> Text,
        size -> Nullable<BigInt>,
        input_blob_id -> Nullable<BigInt>,
        reason -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        remark -> Nullable<Text>,
        task_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    approval_place (request_id, establishment_id) {
        request_id -> BigInt,
        establishment_id -> BigInt,
    }
}
diesel::allow_tables_to_appear_in_same_query!(approval_request, approval_place);
