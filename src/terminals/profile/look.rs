//! A profile as people and scripts see it: what is set here, what is in effect, and whose it is.
use super::model::{Chain, Effective, LogLevel, Own, Owner, Source, Touch};
use super::ops::{self, At, Reported};
use crate::access::Scope;
use crate::db::Conn;
use crate::network::{self, Establishment, PointOfService};
use crate::terminals::registry::Error;
use crate::terminals::shown::One;

/// A profile with its sources.
#[derive(Debug, Clone)]
pub(in crate::terminals) struct Look {
    /// What is set here.
    pub own: Own,
    pub interval_s: (i32, Source),
    pub log_level: (LogLevel, Source),
    /// Code and name of the establishment, and of the point of service where there is one.
    pub establishment: (String, String),
    pub point: Option<(String, String)>,
    /// A change here or above has not reached every terminal yet.
    pub is_pending: bool,
    /// Of what is set here.
    pub version: i64,
    pub touch: Option<Touch>,
    /// What the terminal says, if this is one's.
    pub reported: Option<Reported>,
}

impl Look {
    fn of(chain: &Chain, own: Own, below: Own) -> Self {
        Self {
            own,
            interval_s: chain.interval_s(below),
            log_level: chain.log_level(below),
            establishment: Default::default(),
            point: None,
            is_pending: false,
            version: 0,
            touch: None,
            reported: None,
        }
    }

    /// Whether the terminal says that it uses the parameters that are in effect.
    pub(in crate::terminals) fn is_applied(&self) -> bool {
        let effective = Effective {
            interval_s: self.interval_s.0,
            log_level: self.log_level.0,
        };
        let version = super::version_text(effective.version());
        self.reported.as_ref().is_some_and(|it| {
            it.version == version && it.log_level.as_deref() == Some(self.log_level.0.code())
        })
    }

    /// Code and name of where a value comes from; none for the installation and the terminal.
    pub(in crate::terminals) fn place_of(&self, source: Source) -> Option<&(String, String)> {
        match source {
            Source::Establishment => Some(&self.establishment),
            Source::PointOfService => self.point.as_ref(),
            Source::Installation | Source::Terminal => None,
        }
    }
}

/// A terminal's profile.
pub(in crate::terminals) fn of_terminal(conn: &mut Conn, it: &One) -> Result<Look, Error> {
    let place = &it.terminal;
    let own = Own {
        interval_s: place.interval_s,
        log_level: place.log_level,
    };
    let chain = ops::chain(conn, place.establishment, Some(place.point_of_service))?;
    let above = [
        Owner::Installation,
        Owner::Establishment(place.establishment),
        Owner::PointOfService(place.point_of_service),
    ];
    let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    let establishment = it.establishment.as_ref().map(|e| named(&e.code, &e.name));
    Ok(Look {
        establishment: establishment.unwrap_or_default(),
        point: it.point.as_ref().map(|p| named(&p.code, &p.name)),
        is_pending: ops::is_pending(conn, &above)?,
        version: place.version,
        reported: ops::reported(conn, place.id)?,
        ..Look::of(&chain, own, own)
    })
}

/// The establishment with this code in `scope`, and its level.
pub(in crate::terminals) fn of_establishment(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<(Establishment, Look), Error> {
    let (it, at) = at_establishment(conn, scope, code)?;
    let (kept, chain) = (at.kept(conn)?, ops::chain(conn, it.id, None)?);
    let look = Look {
        establishment: (it.code.clone(), it.name.clone()),
        is_pending: ops::is_pending(conn, &[Owner::Installation, at.of])?,
        version: kept.version,
        touch: kept.touch,
        ..Look::of(&chain, kept.own, Own::default())
    };
    Ok((it, look))
}

/// The point of service with this code in `scope`, and its level.
pub(in crate::terminals) fn of_point(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<(PointOfService, Look), Error> {
    let (it, at) = at_point(conn, scope, code)?;
    let (kept, chain) = (
        at.kept(conn)?,
        ops::chain(conn, it.establishment, Some(it.id))?,
    );
    let above = [
        Owner::Installation,
        Owner::Establishment(it.establishment),
        at.of,
    ];
    let look = Look {
        establishment: (it.establishment_code.clone(), it.establishment_name.clone()),
        point: Some((it.code.clone(), it.name.clone())),
        is_pending: ops::is_pending(conn, &above)?,
        version: kept.version,
        touch: kept.touch,
        ..Look::of(&chain, kept.own, Own::default())
    };
    Ok((it, look))
}

pub(in crate::terminals) fn at_establishment(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<(Establishment, At), Error> {
    let it = network::find_establishment(conn, scope, code)?
        .ok_or_else(|| network::Error::NoEstablishment(code.to_owned()))?;
    let at = At {
        of: Owner::Establishment(it.id),
        establishment: it.id,
        code: it.code.clone(),
    };
    Ok((it, at))
}

pub(in crate::terminals) fn at_point(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<(PointOfService, At), Error> {
    let it = network::find_point(conn, scope, code)?
        .ok_or_else(|| network::Error::NoPoint(code.to_owned()))?;
    let at = At {
        of: Owner::PointOfService(it.id),
        establishment: it.establishment,
        code: it.code.clone(),
    };
    Ok((it, at))
}
