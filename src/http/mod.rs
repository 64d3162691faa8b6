//! HTTP as every surface sees it: how a failure becomes an answer, what a request may look like,
//! who sent it, and TLS.
mod authority;
mod body;
mod caller;
mod certificate;
mod csr;
mod edge;
mod error;
mod found;
mod headers;
mod hosts;
mod json;
mod narrowed;
mod page;
mod paging;
mod parts;
mod problem;
mod shutdown;
mod tls;

pub use authority::FleetAuthority;
pub use caller::{
    ClientCertificate, client_certificate, client_ip, is_secure, on_connect, request_id,
};
pub use certificate::fleet_certificate;
pub use csr::{BadCsr, CSR_MAX, ProvenKey};
pub use edge::{Edge, choose_compression, edge};
pub use error::Error;
pub use found::{Counted, Found, LOOKED_THROUGH, Walk, onward, placed};
pub use headers::attachment;
pub use hosts::host_of_url;
pub use json::{Json, parse, read};
pub use narrowed::Narrowed;
pub use page::{Page, address, query};
pub use paging::{BadTurn, COUNTED, Cursor, Turn, Turned, USUAL_ROWS};
pub use parts::{BrokenForm, Parts, name_of, skip, typed};
pub use problem::{Args, Failure, FieldFault, Kind, Problem};
pub use shutdown::Shutdown;
pub use tls::Certificate;
