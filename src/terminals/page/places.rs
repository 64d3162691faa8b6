//! The terminals of an establishment and of a point of service, on tabs of their pages: how many there
//! are by how they are connected, and they themselves.
use super::list::LIST;
use crate::access::{Caller, Mount, Needs, Permission};
use crate::context::Ctx;
use crate::http::Failure;
use crate::lists::{ListPage, Lists, Place};
use crate::network;
use crate::terminals::registry::Error;
use crate::terminals::{terminals_at_points, terminals_of_establishments};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::TerminalsView);
    let owner = "/network/establishments/{code}/terminals";
    mount.web(Method::GET, owner, look, of_establishment);
    let point = "/network/points-of-service/{code}/terminals";
    mount.web(Method::GET, point, look, at_point);
}

fn crumbs(places: &[(&str, String)]) -> Vec<Value> {
    let mut all = vec![json!({ "key": "nav-network", "href": "/network" })];
    all.extend(
        places
            .iter()
            .map(|(text, href)| json!({ "text": text, "href": href })),
    );
    all.push(json!({ "key": "network-terminals" }));
    all
}

async fn of_establishment(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let code = code.into_inner();
    let wish = ListPage::new(LIST, "terminals/at_establishment").within(Place {
        filter: "establishment",
        value: code.clone(),
        column: "establishment",
    });
    let page = lists.show(&ctx, &caller, wish, move |conn, scope| {
        let it = network::find_establishment(conn, scope, &code)?;
        let it = it.ok_or(network::Error::NoEstablishment(code))?;
        let counts = terminals_of_establishments(conn, &[it.id]).map_err(Error::from)?;
        let own = format!("/network/establishments/{}", it.code);
        Ok(json!({
            "crumbs": crumbs(&[(&it.name, own.clone())]),
            "it": { "code": it.code, "name": it.name },
            "here": format!("{own}/terminals"),
            "tally": counts.get(&it.id).copied().unwrap_or_default(),
        }))
    });
    page.await
}

async fn at_point(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let code = code.into_inner();
    let wish = ListPage::new(LIST, "terminals/at_point").within(Place {
        filter: "point_of_service",
        value: code.clone(),
        column: "point_of_service",
    });
    let page = lists.show(&ctx, &caller, wish, move |conn, scope| {
        let it = network::find_point(conn, scope, &code)?;
        let it = it.ok_or(network::Error::NoPoint(code))?;
        let counts = terminals_at_points(conn, &[it.id]).map_err(Error::from)?;
        let owner = format!("/network/establishments/{}", it.establishment_code);
        let own = format!("/network/points-of-service/{}", it.code);
        Ok(json!({
            "crumbs": crumbs(&[(&it.establishment_name, owner), (&it.name, own.clone())]),
            "it": { "code": it.code, "name": it.name },
            "here": format!("{own}/terminals"),
            "tally": counts.get(&it.id).copied().unwrap_or_default(),
        }))
    });
    page.await
}
