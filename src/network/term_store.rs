//! The terms of establishments and points of service, under which a search finds them. They follow
//! from name and code and are written with them.
use super::schema::{network_establishment_term, network_point_term};
use crate::db::{Conn, Error};
use crate::fold::suffixes;
use crate::ids::{EstablishmentId, PointOfServiceId};
use crate::on_backend;
use diesel::prelude::*;
use std::collections::BTreeSet;

fn terms(name: &str, code: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = suffixes(name).into_iter().collect();
    all.extend(suffixes(code));
    all
}

/// Writes the terms of an establishment anew.
pub(super) fn write_establishment(
    conn: &mut Conn,
    id: EstablishmentId,
    name: &str,
    code: &str,
) -> Result<(), Error> {
    let old = network_establishment_term::table
        .filter(network_establishment_term::establishment_id.eq(id));
    diesel::delete(old).execute(conn)?;
    let row = |term| {
        (
            network_establishment_term::term.eq(term),
            network_establishment_term::establishment_id.eq(id),
        )
    };
    let rows: Vec<_> = terms(name, code).into_iter().map(row).collect();
    on_backend!(conn, |c| diesel::insert_into(
        network_establishment_term::table
    )
    .values(&rows)
    .execute(c))?;
    Ok(())
}

/// Writes the terms of a point of service anew.
pub(super) fn write_point(
    conn: &mut Conn,
    id: PointOfServiceId,
    name: &str,
    code: &str,
) -> Result<(), Error> {
    let old = network_point_term::table.filter(network_point_term::point_id.eq(id));
    diesel::delete(old).execute(conn)?;
    let row = |term| {
        (
            network_point_term::term.eq(term),
            network_point_term::point_id.eq(id),
        )
    };
    let rows: Vec<_> = terms(name, code).into_iter().map(row).collect();
    on_backend!(conn, |c| diesel::insert_into(network_point_term::table)
        .values(&rows)
        .execute(c))?;
    Ok(())
}
