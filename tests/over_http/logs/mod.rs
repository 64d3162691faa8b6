//! Logs that terminals send.
mod ask;
mod keeping;
mod pages;
mod upload;
