//! Logs that terminals send.
mod pages;
