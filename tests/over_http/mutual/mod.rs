//! Terminals that prove themselves by certificates.
mod listener;
