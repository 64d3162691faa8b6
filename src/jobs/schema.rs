//! One row per background job.
diesel::table! {
    job_lease (name) {
        name -> Text,
        holder -> Nullable<Text>,
        until_at -> BigInt,
        next_at -> BigInt,
        last_began_at -> Nullable<BigInt>,
        last_done_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}
