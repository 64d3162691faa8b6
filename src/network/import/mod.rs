//! Imports of the network: points of service with their establishments, and establishments alone.
pub(super) mod establishments;
pub(super) mod points;

pub use establishments::{ESTABLISHMENTS_IMPORT, importing_establishments};
pub use points::{POINTS_IMPORT, importing_points};

use super::model::{Put, Status};
use crate::access::Mount;
use crate::imports::Applied;
use crate::views::{Lang, key_of, text};

pub(super) fn routes(mount: &mut Mount) {
    establishments::routes(mount);
    points::routes(mount);
}

fn applied(put: Put) -> Applied {
    match put {
        Put::Created => Applied::Created,
        Put::Changed => Applied::Changed,
        Put::Same => Applied::Same,
    }
}

/// The code of a status that stands in a file: as it is, or by the word of any language, as lists are
/// exported with words.
fn status_said(said: String) -> String {
    let wanted = said.trim().to_lowercase();
    let is_it = |status: &Status| {
        let word = |lang| text(lang, &key_of("state-", status.code()), &[]).to_lowercase();
        status.code() == wanted || Lang::ALL.into_iter().any(|lang| word(lang) == wanted)
    };
    match Status::ALL.iter().find(|status| is_it(status)) {
        Some(status) => status.code().to_owned(),
        None => said,
    }
}
