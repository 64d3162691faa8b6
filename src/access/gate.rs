//! The gate in front of every handler: finds what the route declared, finds out who asks, and lets
//! nobody by who lacks it. What is not in the table does not exist.
use super::caller::Caller;
use super::error::Error;
use super::model::{Needs, Permissions, Surface};
use super::mount::{Declared, Mount};
use crate::http::Failure;
use crate::views::Look;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

/// actix middleware (`middleware::from_fn`). Needs `Data<Mount>`.
pub async fn gate<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let declared = declared(&req)?;
    let caller = identify(&req, declared);
    if let Needs::Permission(permission) = declared.needs {
        if caller.actor.is_none() {
            return Err(Failure::from(Error::Unauthenticated).into());
        }
        if !caller.may(permission) {
            return Err(Failure::from(Error::Forbidden).into());
        }
    }
    req.extensions_mut().insert(caller);
    next.call(req).await
}

fn declared(req: &ServiceRequest) -> Result<Declared, Failure> {
    let mount = req
        .app_data::<web::Data<Mount>>()
        .ok_or(Error::NoSuchRoute)?;
    let pattern = req.match_pattern().ok_or(Error::NoSuchRoute)?;
    match mount.find(&pattern, req.method()) {
        Some(Ok(declared)) => Ok(declared),
        Some(Err(_)) => Err(Error::MethodNotAllowed.into()),
        None => Err(Error::NoSuchRoute.into()),
    }
}

fn identify(req: &ServiceRequest, declared: Declared) -> Caller {
    let nobody = Caller {
        actor: None,
        permissions: Permissions::default(),
        csrf: String::new(),
        look: Look::default(),
        from: req.peer_addr().map(|at| at.ip()),
        here: req.uri().to_string(),
    };
    match declared.surface {
        Surface::Web | Surface::Api | Surface::Terminal => nobody,
    }
}
