//! The caller of a request, as the gate found him. Handlers take it as an argument.
use super::error::Error;
use super::model::{Actor, Permission, Permissions, Who};
use super::operators::Grantor;
use crate::http::Failure;
use crate::ids::OperatorId;
use crate::views::Look;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};

/// Who asks, what he may do, and how he wants to read. For a route that needs
/// [`super::Needs::Nothing`] the extractor works too: nobody is signed in then.
#[derive(Debug, Clone)]
pub struct Caller {
    /// `None` where nobody proved who he is (public routes, terminals before their own check).
    pub actor: Option<Actor>,
    pub permissions: Permissions,
    /// The anti-forgery token of the session, or of the visitor's pre-session cookie.
    pub csrf: String,
    /// Language, theme and time zone.
    pub look: Look,
    /// The address that the caller was seen at, behind trusted proxies.
    pub from: Option<std::net::IpAddr>,
    /// Path and query of the request, for links that come back here.
    pub here: String,
    /// How many requests wait for his decision.
    pub waiting: i64,
    /// The row of the session that the caller came with.
    pub(super) session: Option<i64>,
}

impl Caller {
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// The actor, where the route guarantees that there is one.
    ///
    /// # Errors
    /// 401 `access.unauthenticated` when nobody is signed in.
    pub fn actor(&self) -> Result<Actor, Failure> {
        self.actor
            .clone()
            .ok_or_else(|| Error::Unauthenticated.into())
    }

    /// The signed-in person, where the route guarantees that there is one.
    pub(super) fn operator(&self) -> Result<(OperatorId, Actor), Failure> {
        let actor = self.actor()?;
        match actor.who {
            Who::Operator(id, _) => Ok((id, actor)),
            _ => Err(Error::Unauthenticated.into()),
        }
    }

    /// The caller as one who governs others.
    pub(super) fn grantor(&self) -> Result<Grantor, Failure> {
        Ok(Grantor {
            actor: self.actor()?,
            permissions: self.permissions.clone(),
        })
    }

    /// The name to show for the signed-in person: his login.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.actor.as_ref().and_then(|actor| match &actor.who {
            Who::Operator(_, name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = req.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Error::Unauthenticated.into()))
    }
}
