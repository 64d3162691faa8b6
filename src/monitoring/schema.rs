//! The tables of this slice.

diesel::table! {
    monitoring_change (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        at -> BigInt,
        body_diff -> Text,
    }
}

diesel::table! {
    monitoring_day (establishment_id, name, day, value) {
        establishment_id -> BigInt,
        name -> Text,
        day -> Integer,
        value -> Text,
        n -> BigInt,
    }
}

diesel::table! {
    monitoring_log (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        kind -> Text,
        name -> Text,
        format -> Text,
        encoding -> Text,
        till -> Text,
        day -> Text,
        begun_at -> BigInt,
        changed_at -> BigInt,
        whole -> Bool,
        size_bytes -> BigInt,
        stored_bytes -> BigInt,
        records -> BigInt,
        unread -> BigInt,
        pans -> BigInt,
        tracks -> BigInt,
        pins -> BigInt,
        cvvs -> BigInt,
        before_bytes -> BigInt,
        device -> Text,
    }
}

diesel::table! {
    monitoring_log_asked (work_id, log_id) {
        work_id -> BigInt,
        log_id -> BigInt,
    }
}

diesel::table! {
    monitoring_log_piece (log_id, at) {
        log_id -> BigInt,
        at -> BigInt,
        length -> BigInt,
        stored_bytes -> BigInt,
        first_record -> BigInt,
        records -> BigInt,
        blob_id -> BigInt,
    }
}

diesel::table! {
    monitoring_log_taken (terminal_id) {
        terminal_id -> BigInt,
        day -> Integer,
        bytes -> BigInt,
    }
}

diesel::table! {
    monitoring_log_keeping (establishment_id, kind) {
        establishment_id -> BigInt,
        kind -> Text,
        days -> Integer,
    }
}

diesel::table! {
    monitoring_log_freed (establishment_id, kind, day) {
        establishment_id -> BigInt,
        kind -> Text,
        day -> Integer,
        logs -> BigInt,
        size_bytes -> BigInt,
        stored_bytes -> BigInt,
    }
}

diesel::table! {
    monitoring_exchange (id) {
        id -> BigInt,
        terminal_id -> BigInt,
        establishment_id -> BigInt,
        log_id -> BigInt,
        request_at -> Nullable<BigInt>,
        answer_log -> Nullable<BigInt>,
        answer_at -> Nullable<BigInt>,
        pair_key -> Text,
        is_half -> Bool,
        sort_ms -> BigInt,
        begun_ms -> Nullable<BigInt>,
        answered_ms -> Nullable<BigInt>,
        round_trip_ms -> Nullable<BigInt>,
        state -> Text,
        late -> Bool,
        declined -> Bool,
        tries -> BigInt,
        failure -> Nullable<Text>,
        failure_at -> Nullable<BigInt>,
        host -> Nullable<Text>,
        mti -> Nullable<Text>,
        answer_mti -> Nullable<Text>,
        processing_code -> Nullable<Text>,
        amount -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        stan -> Nullable<Text>,
        rrn -> Nullable<Text>,
        stated_terminal -> Nullable<Text>,
        stated_time -> Nullable<Text>,
        result -> Nullable<Text>,
        card -> Nullable<Text>,
        original_key -> Nullable<Text>,
        reversed -> Bool,
        said -> Text,
    }
}

diesel::table! {
    monitoring_exchange_left (log_id) {
        log_id -> BigInt,
        unlisted -> BigInt,
        uncompared -> BigInt,
    }
}
