//! The network: who runs terminals, and where they stand.
//!
//! An **establishment** is the legal entity; callers' scopes are sets of establishments, and mails
//! speak in its time zone. A **point of service** is one of its shops or stations, with an address
//! and the manager to be told when something is wrong there. Both are known outside by a code that
//! never changes; names may. Neither is ever deleted, because rows of history point to them; what is
//! no longer in business is **closed**, which changes nothing for the terminals that still stand there.
mod api;
mod draft_model;
mod error;
mod establishment_store;
mod hours_model;
mod import;
mod lead_store;
mod list;
mod model;
mod ops;
mod page;
mod point_store;
mod schema;
mod term_store;

pub use api::openapi;
pub use draft_model::{EstablishmentDraft, PointDraft};
pub use error::Error;
pub use establishment_store::{establishment_by_id, names_of_establishments};
pub use import::{
    ESTABLISHMENTS_IMPORT, POINTS_IMPORT, importing_establishments, importing_points,
};
pub use list::{Places, find_places, places_among};
pub use model::{Choice, Code, Establishment, PointOfService, Put, Search, Sort, Status, Tally};
pub use ops::{
    Expect, Neighbours, choices_of_establishments, choices_of_points, find_establishment,
    find_establishments, find_point, list_establishments, list_points, put_establishment,
    put_point,
};
pub use page::{name_of_establishment, name_of_point, sources};
pub use point_store::{names_of_points, point_by_id};

/// Every route of the network.
pub fn routes(mount: &mut crate::access::Mount) {
    page::routes(mount);
    api::routes(mount);
    import::routes(mount);
}
