//! `posfleet`: the one binary. The allocator and the exit code; the work is in the library.
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    posfleet::cli::run()
}
