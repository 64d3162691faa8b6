//! The network's tables.
diesel::table! {
    network_establishment (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        search -> Text,
        time_zone -> Text,
        country -> Nullable<Text>,
        language -> Text,
        currency -> Nullable<Text>,
        status -> Text,
        points -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    network_point_of_service (id) {
        id -> BigInt,
        establishment_id -> BigInt,
        code -> Text,
        name -> Text,
        search -> Text,
        address -> Text,
        manager_name -> Text,
        opening_hours -> Text,
        status -> Text,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    network_establishment_term (term, establishment_id) {
        term -> Text,
        establishment_id -> BigInt,
    }
}

diesel::table! {
    network_point_term (term, point_id) {
        term -> Text,
        point_id -> BigInt,
    }
}

diesel::joinable!(network_point_of_service -> network_establishment (establishment_id));
diesel::allow_tables_to_appear_in_same_query!(
    network_establishment,
    network_point_of_service,
    network_establishment_term,
    network_point_term,
);
