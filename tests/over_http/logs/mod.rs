//! Logs that terminals send.
mod anew;
mod ask;
mod days;
mod keeping;
mod leaving;
mod live;
mod moved;
mod narrowed;
mod nodes;
mod pages;
mod reference;
mod samples;
mod upload;
