//! What the machine says of itself: processor time and memory of processes (from /proc), and what
//! its disk takes to make a page durable.
use anyhow::Context as _;
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// A process by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process(pub(super) u32);

impl Process {
    pub(super) fn own() -> Self {
        Self(std::process::id())
    }

    /// Seconds of processor time that it has used so far; 0 when it is gone.
    pub(super) fn cpu_s(self) -> f64 {
        self.ticks().unwrap_or(0.0) / ticks_per_s()
    }

    fn ticks(self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        // The name stands in brackets and may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let tick = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some(tick(11)? + tick(12)?)
    }

    /// From now on, the most is what is in memory now or later.
    pub(super) fn forget_peak(self) {
        // Where this is refused, the peak since the start has to do.
        std::fs::write(format!("/proc/{}/clear_refs", self.0), "5").ok();
    }

    /// Bytes in memory now, and the most there ever were.
    pub(super) fn memory(self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0));
        let status = status.unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let kib = line.and_then(|line| line.split_whitespace().nth(1));
            kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
        };
        (field("VmRSS:"), field("VmHWM:"))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a hundred or a thousand")]
fn ticks_per_s() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

/// Processes whose command line begins with `begin` and holds `part`.
pub(super) fn processes(begin: &str, part: &str) -> Vec<Process> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter(|number| {
            let line = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.starts_with(begin) && line.contains(part)
        })
        .map(Process)
        .collect()
}

/// Seconds of processor time that the whole machine has used so far.
pub(super) fn busy_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = first
        .split_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq steal
    let idle = [3, 4].map(|at| ticks.get(at).copied().unwrap_or(0.0));
    let all: f64 = ticks.iter().take(8).sum();
    (all - idle.iter().sum::<f64>()) / ticks_per_s()
}

/// One line about the machine and this program.
pub(super) fn description() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let build = if cfg!(debug_assertions) {
        ", **a debug build: the numbers mean nothing**"
    } else {
        ""
    };
    format!(
        "posfleet {}{build}; {cores} cores ({model}), {} GiB, Linux {}",
        env!("CARGO_PKG_VERSION"),
        kib >> 20,
        kernel.trim()
    )
}

/// Times of writing 4 KiB and making them durable, sorted.
pub(super) fn sync_times(folder: &Path, most: usize) -> anyhow::Result<Vec<Duration>> {
    let path = folder.join("fsync.tmp");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path)
        .with_context(|| format!("cannot write in {}", folder.display()))?;
    let page = [0x5a; 4096];
    let (begun, mut times) = (Instant::now(), Vec::with_capacity(most));
    while times.len() < most && begun.elapsed() < Duration::from_secs(5) {
        let one = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(one.elapsed());
        // Within a megabyte, as a write-ahead log goes round.
        if times.len().is_multiple_of(256) {
            file.seek(SeekFrom::Start(0))?;
        }
    }
    std::fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times)
}

/// The time that so many percent of `sorted` stayed under, in milliseconds.
pub(super) fn share_ms(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_time_and_memory() {
        let begun = Instant::now();
        let mut sum = 0_u64;
        while begun.elapsed() < Duration::from_millis(60) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(Process::own().cpu_s() > 0.0);
        let (now, most) = Process::own().memory();
        assert!(now > 0 && most >= now);
        assert!(busy_s() > 0.0);
        assert!(Process(0).cpu_s().abs() < f64::EPSILON);
    }
}
