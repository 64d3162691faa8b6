//! Logs of the fleet: two of each terminal.
use crate::fleet::insert;
use crate::harness::Database;

const LOGS: i64 = 200_000;

/// Of each terminal one of either kind, over two months; of a few something could not be read.
pub(crate) fn build(database: &Database) {
    insert(
        database,
        "monitoring_log (terminal_id, establishment_id, kind, name, format, encoding, till, day, begun_at,
             changed_at, whole, size_bytes, stored_bytes, records, unread, pans, tracks, pins, cvvs)",
        LOGS,
        "1 + n % 100000, 1 + (1 + (1 + n % 100000) % 2000) % 50,
         CASE WHEN n <= 100000 THEN 'ecr' ELSE 'pos' END, 'n' || n || '.log',
         CASE WHEN n <= 100000 THEN CASE WHEN n % 4 = 0 THEN 'zvt' ELSE 'text' END ELSE 'ndjson' END, 'utf-8',
         'K' || n % 40, '2026-1' || n % 2 || '-' || CAST(10 + n % 19 AS TEXT), 1700000000000 + n, 1700000000000 + n,
         TRUE, 100000, 20000, 1000, CASE WHEN n % 1000 = 0 THEN 3 ELSE 0 END, 1, 0, 0, 0",
    );
}
