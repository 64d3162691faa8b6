//! Terminals that prove themselves by certificates.
mod clients;
mod device;
mod listener;
mod reference;
mod renewal;
