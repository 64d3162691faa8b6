//! What people keep about lists.
diesel::table! {
    list_view (id) {
        id -> BigInt,
        list -> Text,
        name -> Text,
        query -> Text,
        owner_id -> BigInt,
        is_shared -> Bool,
        reach -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    list_choice (operator_id, list) {
        operator_id -> BigInt,
        list -> Text,
        chosen -> Text,
        updated_at -> BigInt,
    }
}
