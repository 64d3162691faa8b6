//! The button under a list of logs: those that were chosen, or all that match, as one archive.
use crate::access::{Caller, Form, values};
use crate::context::Ctx;
use crate::http::{self, Failure};
use crate::ids::LogId;
use crate::monitoring::logs::asked::Asked;
use crate::monitoring::logs::model::Kind;
use crate::monitoring::logs::save::{self, Chosen};
use actix_web::{HttpResponse, web};

type Sent = Form<Vec<(String, String)>>;

async fn answer(
    ctx: &web::Data<Ctx>,
    caller: &Caller,
    kind: Kind,
    Form(sent): Sent,
) -> Result<HttpResponse, Failure> {
    let chosen = if values(&sent, "all").next().is_some() {
        let query = values(&sent, "query").next().unwrap_or_default();
        let asked: Asked = http::query(query)?;
        Chosen::Matching(Box::new(asked))
    } else {
        let rows = values(&sent, "row");
        Chosen::These(rows.filter_map(|id| id.parse::<LogId>().ok()).collect())
    };
    save::many(ctx, caller, kind, chosen).await
}

pub(super) async fn ecr(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: Sent,
) -> Result<HttpResponse, Failure> {
    answer(&ctx, &caller, Kind::Ecr, sent).await
}

pub(super) async fn pos(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: Sent,
) -> Result<HttpResponse, Failure> {
    answer(&ctx, &caller, Kind::Pos, sent).await
}
