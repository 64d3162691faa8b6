//! The sheet of activation codes as it leaves: a stream of CSV, whose codes are made while it is
//! sent. Each chunk leaves after its commit, so no code on the sheet is one that the server does not
//! know. A sheet that broke off is of no further use: make another one, which voids its codes.
//!
//! It is CSV only. A workbook is written to a temporary file first, and codes must not lie on a disk.
use super::activation::{Line, Way, make_next};
use super::registry::Error;
use crate::access::Actor;
use crate::context::Ctx;
use crate::db;
use crate::http::attachment;
use crate::ids::PointOfServiceId;
use crate::network;
use crate::sheets::{Cell, Column, Csv};
use crate::views::Look;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream::try_unfold;
use std::collections::HashMap;

pub(super) const COLUMNS: &[Column] = &[
    Column::new("tid", "terminals-tid"),
    Column::new("serial_number", "terminals-serial"),
    Column::new("point_of_service", "network-point"),
    Column::new("activation_code", "terminals-code"),
    Column::new("expires_at", "terminals-expires"),
];

/// Whom the header line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    People,
    Programs,
}

struct Making {
    ctx: Ctx,
    actor: Actor,
    way: Way,
    csv: Csv,
}

/// The answer that makes the codes and carries them.
pub(super) fn answer(ctx: &Ctx, actor: Actor, way: Way, look: Look, whom: For) -> HttpResponse {
    let mut csv = Csv::new(look);
    match whom {
        For::People => csv.header(COLUMNS),
        For::Programs => {
            csv = csv.with_commas();
            csv.keys(COLUMNS);
        }
    }
    let making = Making {
        ctx: ctx.clone(),
        actor,
        way,
        csv,
    };
    let name = format!(
        "activation-codes-{}.csv",
        ctx.now().to_string().get(..10).unwrap_or_default()
    );
    attachment(&name, "text/csv; charset=utf-8")
        // Secrets are not packed together with what others may have written.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(try_unfold(making, next))
}

async fn next(mut making: Making) -> Result<Option<(Bytes, Making)>, Error> {
    let (now, secret, actor) = (
        making.ctx.now(),
        making.ctx.secret.clone(),
        making.actor.clone(),
    );
    let mut way = making.way;
    let made = making.ctx.db.write(move |tx| {
        let lines = make_next(tx, &actor, &secret, &mut way, now)?;
        let points: Vec<PointOfServiceId> = lines.iter().flatten().map(|line| line.point).collect();
        let names = network::names_of_points(tx, &points)?;
        Ok::<_, db::Error>((lines, names, way))
    });
    let (lines, names, way) = made.await?;
    making.way = way;
    let Some(lines) = lines else {
        // What the header left, where nothing was made at all.
        let rest = making.csv.take();
        return Ok((!rest.is_empty()).then_some((rest, making)));
    };
    for line in lines {
        making.csv.row(&cells(line, &names));
    }
    let piece = making.csv.take();
    Ok(Some((piece, making)))
}

fn cells(line: Line, names: &HashMap<PointOfServiceId, (String, String)>) -> Vec<Cell> {
    let point = names.get(&line.point);
    vec![
        Cell::id(line.tid.as_str()),
        Cell::id(line.serial_number),
        Cell::text(point.map_or_else(String::new, |(code, name)| format!("{name} ({code})"))),
        Cell::id(line.code.to_string()),
        Cell::Time(line.expires_at),
    ]
}
