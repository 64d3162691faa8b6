//! Logs that terminals send.
mod ask;
mod keeping;
mod pages;
mod reference;
mod samples;
mod upload;
