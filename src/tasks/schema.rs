//! The slice's tables.
diesel::table! {
    task_task (id) {
        id -> BigInt,
        kind -> Text,
        permission -> Text,
        state -> Text,
        actor_kind -> Text,
        actor_id -> BigInt,
        actor_name -> Text,
        actor_ip -> Nullable<Text>,
        scope -> Nullable<Text>,
        params -> Text,
        cursor -> Text,
        steps -> BigInt,
        file_name -> Nullable<Text>,
        input_blob_id -> Nullable<BigInt>,
        output_blob_id -> Nullable<BigInt>,
        output_name -> Nullable<Text>,
        total -> Nullable<BigInt>,
        done -> BigInt,
        failed -> BigInt,
        skipped -> BigInt,
        error_code -> Nullable<Text>,
        error_args -> Nullable<Text>,
        follows_id -> Nullable<BigInt>,
        told_at -> BigInt,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    task_row (task_id, place) {
        task_id -> BigInt,
        place -> BigInt,
        subject -> Text,
        outcome -> Text,
        code -> Text,
        args -> Nullable<Text>,
        mark -> Nullable<BigInt>,
    }
}
