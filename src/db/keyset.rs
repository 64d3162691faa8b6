//! `(key, id) > (k, i)`: a place in an order by two columns, told so that either engine goes
//! straight to it in an index on both. Written out with `or`, SQLite reads both halves and sorts,
//! and PostgreSQL reads everything before the place.
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, AsExpression, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, SingleValue, SqlType};

/// Entries (key and id) of a boxed query on one index, in its order or in reverse, after one of them.
#[macro_export]
macro_rules! entries {
    ($conn:expr, $query:expr, $key:expr, $id:expr, $after:expr, $is_down:expr, $n:expr) => {{
        let mut query = $query.select(($key, $id)).limit($n);
        if let Some((key, id)) = $after {
            query = query.filter($crate::db::beyond(($key, $id), (key, id), $is_down));
        }
        let query = if $is_down {
            query.order(($key.desc(), $id.desc()))
        } else {
            query.order(($key.asc(), $id.asc()))
        };
        query.load($conn)?
    }};
}

/// [`entries!`] of a boxed query on a table of terms: those between the bounds of what was searched for.
#[macro_export]
macro_rules! entries_of_terms {
    ($conn:expr, $query:expr, $term:expr, $id:expr, $terms:expr, $after:expr, $is_down:expr, $n:expr) => {{
        let mut query = $query;
        // One bound on each side: a second one on the same side would keep SQLite from the better.
        if $after.is_none() || $is_down {
            query = query.filter($term.ge($terms.from.clone()));
        }
        if $after.is_none() || !$is_down {
            query = query.filter($term.lt($terms.to.clone()));
        }
        $crate::entries!($conn, query, $term, $id, $after, $is_down, $n)
    }};
}

/// A comparison of two columns with two values.
#[derive(Debug, Clone)]
pub struct Beyond<K, I, X, Y> {
    columns: (K, I),
    place: (X, Y),
    is_down: bool,
}

/// Rows that come after the place in the order of `columns`, or of its reverse.
pub fn beyond<K, I, X, Y>(
    columns: (K, I),
    place: (X, Y),
    is_down: bool,
) -> Beyond<K, I, X::Expression, Y::Expression>
where
    K: Expression,
    K::SqlType: SqlType + SingleValue,
    I: Expression,
    I::SqlType: SqlType + SingleValue,
    X: AsExpression<K::SqlType>,
    Y: AsExpression<I::SqlType>,
{
    Beyond {
        columns,
        place: (place.0.as_expression(), place.1.as_expression()),
        is_down,
    }
}

impl<K, I, X, Y> Expression for Beyond<K, I, X, Y> {
    type SqlType = Bool;
}

// The direction is a value, so the text of the query does not follow from the type.
impl<K, I, X, Y> QueryId for Beyond<K, I, X, Y> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<K, I, X, Y, By> ValidGrouping<By> for Beyond<K, I, X, Y> {
    type IsAggregate = is_aggregate::No;
}

impl<K, I, X, Y, From> AppearsOnTable<From> for Beyond<K, I, X, Y>
where
    K: AppearsOnTable<From>,
    I: AppearsOnTable<From>,
{
}

impl<K, I, X, Y, DB> QueryFragment<DB> for Beyond<K, I, X, Y>
where
    DB: Backend,
    K: QueryFragment<DB>,
    I: QueryFragment<DB>,
    X: QueryFragment<DB>,
    Y: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.columns.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.columns.1.walk_ast(out.reborrow())?;
        out.push_sql(if self.is_down { ") < (" } else { ") > (" });
        self.place.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.place.1.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
