//! Activation codes for many terminals at once, as a CSV file that exists only in its answer.
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::{Failure, Json};
use crate::network;
use crate::terminals::activation::{self, Chosen, NAMED};
use crate::terminals::codes_sheet::{self, For};
use crate::terminals::registry::Error;
use crate::views::Look;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which terminals get a code: those named, or those that match.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActivationCodes)]
pub(super) struct Wish {
    /// TIDs, at most 10,000; an unknown one is refused, a suspended or retired one gets no code.
    terminals: Option<Vec<String>>,
    /// Without `terminals`: only those of the establishment with this code.
    establishment: Option<String>,
    /// Without `terminals`: only those at the point of service with this code.
    point_of_service: Option<String>,
    /// Without `terminals`: also those that are active; else only those that no device activated.
    #[serde(default)]
    active_too: bool,
}

/// Makes one-time codes for many terminals; the unused ones of before are void. The answer is CSV
/// with the columns `tid`, `serial_number`, `point_of_service`, `activation_code`, `expires_at` (in
/// UTC), made while it is sent: an answer that broke off has to be asked for again.
#[utoipa::path(post, path = "/api/v1/activation-codes", tag = "Terminals", request_body = Wish,
    responses((status = 200, body = String, content_type = "text/csv"), (status = 422)))]
pub(super) async fn make_activation_codes(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Json<Wish>,
) -> Result<HttpResponse, Failure> {
    let (actor, wish) = (caller.actor()?, body.into_inner());
    let scope = actor.scope.clone();
    let way = ctx
        .db
        .read(move |conn| {
            let chosen = match wish.terminals {
                Some(tids) if tids.len() > NAMED => {
                    return Err(Error::field("terminals", "activation.too-many-named"));
                }
                Some(tids) => Chosen::Named(activation::named(&tids.join("\n"))),
                None => {
                    let establishment = match &wish.establishment {
                        None => None,
                        Some(code) => Some(
                            network::find_establishment(conn, &scope, code)?
                                .ok_or_else(|| {
                                    no("establishment", "terminal.no-such-establishment")
                                })?
                                .id,
                        ),
                    };
                    let point = match &wish.point_of_service {
                        None => None,
                        Some(code) => Some(
                            network::find_point(conn, &scope, code)?
                                .ok_or_else(|| no("point_of_service", "terminal.no-such-point"))?
                                .id,
                        ),
                    };
                    Chosen::Matching {
                        establishment,
                        point,
                        never_activated: !wish.active_too,
                    }
                }
            };
            activation::begin(conn, &scope, &chosen).map_err(|cause| match cause {
                activation::Error::NoTerminal => no("terminals", "activation.unknown-named"),
                other => other.into(),
            })
        })
        .await?;
    Ok(codes_sheet::answer(
        &ctx,
        actor,
        way,
        Look::default(),
        For::Programs,
    ))
}

fn no(field: &'static str, code: &'static str) -> Error {
    Error::field(field, code)
}
