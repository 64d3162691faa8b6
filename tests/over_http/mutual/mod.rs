//! Terminals that prove themselves by certificates.
mod device;
mod listener;
mod reference;
mod renewal;
