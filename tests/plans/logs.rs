//! Logs of the fleet: two of each terminal, and the exchanges that one of them tells.
use crate::fleet::insert;
use crate::harness::Database;

const LOGS: i64 = 200_000;

/// Of each terminal one of either kind, over two months; of an eighth something could not be read.
pub(crate) fn build(database: &Database) {
    insert(
        database,
        "monitoring_log (terminal_id, establishment_id, kind, name, format, encoding, till, day, begun_at,
             changed_at, whole, size_bytes, stored_bytes, records, unread, pans, tracks, pins, cvvs)",
        LOGS,
        "1 + n % 100000, 1 + (1 + (1 + n % 100000) % 2000) % 50,
         CASE WHEN n <= 100000 THEN 'ecr' ELSE 'pos' END, 'n' || n || '.log',
         CASE WHEN n <= 100000 THEN CASE WHEN n % 4 = 0 THEN 'zvt' ELSE 'text' END ELSE 'ndjson' END, 'utf-8',
         'K' || n % 40, '2026-1' || n % 2 || '-' || CAST(10 + n % 19 AS TEXT), 1799990000000 + n, 1799990000000 + n,
         TRUE, 100000, 20000, 1000, CASE WHEN n % 8 = 0 THEN 3 ELSE 0 END, 1, 0, 0, 0",
    );
}

const EXCHANGES: i64 = 200_000;

/// Most were answered and granted; what people look for is rare.
pub(crate) fn exchanges(database: &Database) {
    insert(
        database,
        "monitoring_exchange (terminal_id, establishment_id, log_id, request_at, answer_log, answer_at, pair_key,
             is_half, sort_ms, begun_ms, answered_ms, round_trip_ms, state, late, declined, tries, host, mti,
             stan, rrn, result, said)",
        EXCHANGES,
        "1 + n % 100000, 1 + (1 + (1 + n % 100000) % 2000) % 50, 100000 + 1 + n % 100000, n,
         100000 + 1 + n % 100000, 1000000 + n, '0200/' || n % 5000, FALSE, 1700000000000 + n * 400,
         1700000000000 + n * 400, 1700000000900 + n * 400, 900,
         CASE n % 5000 WHEN 0 THEN 'unanswered' WHEN 1 THEN 'failed' WHEN 2 THEN 'alone'
             WHEN 3 THEN 'malformed' WHEN 4 THEN 'notice' ELSE 'answered' END,
         n % 4000 = 7, n % 1000 = 8, 1, 'h' || n % 20, '0200', CAST(n % 5000 AS TEXT),
         'R' || n, CASE WHEN n % 1000 = 8 THEN '51' ELSE '00' END, '{}'",
    );
}
