//! Terminals: a TID is a place in a shop; the devices that served there are its history.
//!
//! The device side: a terminal proves itself once, then contacts us by check-in and long poll, is
//! told its work and reports what became of it.
mod action;
mod activation;
mod api;
mod attention_store;
mod bulk;
mod catalogue;
mod codes_sheet;
mod contact;
mod credential;
mod desk;
mod device;
mod fact;
mod health;
mod import;
mod model;
mod page;
mod profile;
mod reach;
mod registry;
mod renewal;
mod schema;
mod shown;
mod shown_facts;
mod store;
mod timeline;
mod work;
mod work_words;

pub use action::Action;
pub use activation::{
    Activation, Code, CodeState, Error as ActivationError, activation, make_code, void_code,
};
pub use api::openapi;
pub use attention_store::{FailedWork, most_in, recent_failures};
pub use bulk::{Action as BulkAction, approvable as bulk_approvable, kind as bulk_kind};
pub use catalogue::{
    Model, ModelDraft, by_id as model_by_id, choices as choices_of_models, find as find_model,
    list as list_models, put as put_model, seed as seed_models,
};
pub use contact::{
    Contact, Reported, Seen, SessionSeen, Told, contact, presence_counts, presences_of, reported,
    seen_of, sessions, sweep,
};
pub use credential::{
    Credential, CredentialKind, Refusal, Refused, RevokedWhy, Stranger, list_credentials, refusals,
    strangers,
};
pub use desk::Desk;
pub use device::{
    Device, Error as DeviceError, openapi as device_openapi, routes as device_routes, yardsticks,
};
pub use fact::{
    APP as APP_FACT, CLOCK as CLOCK_FACT, ERROR as ERROR_FACT, FIXED as FIXED_FACTS,
    LAST_ACTION as LAST_ACTION_FACT, LICENCE as LICENCE_FACT, MODEL as MODEL_FACT, NONE as NO_FACT,
    POINT as POINT_FACT, UPDATE as UPDATE_FACT, VALUES as FACT_VALUES, VERSION as VERSION_FACT,
    counted_establishments, counters_of, counts_of_facts, fact_counts, fact_names, facts_of,
    set_facts,
};
pub use import::{IMPORT, importing};
pub use model::{
    DEFAULT_INTERVAL_S, INTERVAL_S, Life, Presence, PresenceCounts, Terminal, next_check_in_s,
};
pub use page::{
    FILTERS as LIST_FILTERS, Panel, Panels, action_words, error_words, models_source,
    options as list_options, panel_again, source, state_of,
};
pub use profile::{
    JOB as PROFILES_JOB, LogLevel, SETTINGS as PROFILE_SETTINGS, Spread, changing_settings, spread,
};
pub use registry::{
    By, Device as ServedDevice, Edit, Error, FactIs, Filter, Listed, Matching, Picking, PresenceIs,
    Registration, Seed, Sort, Which, amend, change, claim, devices, expected_at, find, find_tag,
    list, listed, move_to, register, replace, resume, retire, revoke, seed_many, serving, suspend,
    tag, tags, tags_of, tally_matching, terminals_at_points, terminals_of_establishments, untag,
};
pub use renewal::{Error as RenewalError, ask as ask_for_renewals};
pub use shown::{Asked as ListAsked, filter_of};
pub use work::{
    Choice, Error as WorkError, Finished, Handlers, Item, NewWork, OnChange, OnOutcome,
    OnReplacement, OnStatus, Replaced, State as WorkState, assign, cancel,
    count_open as count_open_work, find as find_work, hold, list as list_work,
    numbered as numbered_work, tend,
};

/// Every route of operators and scripts; those of the terminals themselves are `device_routes`.
pub fn routes(mount: &mut crate::access::Mount) {
    page::routes(mount);
    api::routes(mount);
    import::routes(mount);
    bulk::routes(mount);
}
