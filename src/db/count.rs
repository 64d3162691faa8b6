//! Counting by the engine, up to a bound: it reads as many entries of an index as a query without the
//! count would, and hands over one number.
use super::{Conn, Error};
use diesel::backend::Backend;
use diesel::expression::QueryMetadata;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;

/// How many rows a query has; its own limit is the bound.
#[derive(Debug, Clone, Copy)]
pub struct Count<Q>(Q);

/// How many rows `query` has. Give it a limit, and one narrow column.
///
/// # Errors
/// As any read.
pub fn count<'q, Q>(conn: &mut Conn, query: Q) -> Result<i64, Error>
where
    Count<Q>: LoadQuery<'q, Conn, i64>,
{
    Ok(Count(query).get_result(conn)?)
}

impl<Q: Query> Query for Count<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<Conn> for Count<Q> {}

impl<Q: QueryId> QueryId for Count<Q> {
    type QueryId = Count<Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q, DB> QueryFragment<DB> for Count<Q>
where
    DB: Backend + QueryMetadata<BigInt>,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}
