//! How long the reports of a large run take to be written, and how much memory that needs.
//!
//! ```text
//! cargo bench --bench reports                  # 10,000 checks with 64 KiB of output each
//! cargo bench --bench reports -- --test        # everything once and tiny: does it work?
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark tells its results")]
#![expect(clippy::disallowed_methods, reason = "it starts itself again to measure its memory, and writes what is read")]

#[path = "../tests/support/reports.rs"]
#[expect(dead_code, unreachable_pub, reason = "only runs are taken from it, not what checks their reports")]
mod reports;

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use plan_run::event::Output;
use plan_run::host::{Host, RealHost};
use plan_run::outcome::Outcome;
use plan_run::report::{self, ReadPart, RunReport, StageStatus};

/// Asks a fresh process to write one report: its name, the number of checks, the length of each output, and the file in
/// which all outputs lie.
const ALONE: &str = "PLAN_RUN_BENCH_REPORT";

/// The most that a report keeps of one output.
const MAX_OUTPUT: u64 = 64 * 1024;

/// Checks in a stage.
const STAGE: usize = 50;

type Writes = fn(&RunReport, &ReadPart<'_>, u64, &mut dyn Write) -> io::Result<()>;

const REPORTS: [(&str, Writes); 6] = [
    ("junit", report::junit),
    ("html", report::html),
    ("ctrf", report::ctrf),
    ("json", report::json),
    ("summary", summary),
    ("nothing", nothing),
];

fn main() {
    if let Ok(wanted) = std::env::var(ALONE) {
        return write_alone(&wanted);
    }
    let tiny = std::env::args().any(|argument| argument == "--test")
        || !std::env::args().any(|argument| argument == "--bench");
    let (checks, length) = if tiny { (120, 2_000) } else { (10_000, 64 * 1024) };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let outputs = folder.path().join("0.out");
    write_outputs(&outputs, checks, length).expect("outputs can be written");
    println!("\nreports of {checks} checks, one in fifty failing, with {length} bytes of output each");
    println!("{:<10} {:>9} {:>9} {:>9}", "", "ms", "peak MiB", "MB");
    for (name, _) in REPORTS {
        let wanted = format!("{name} {checks} {length} {}", outputs.display());
        let own = std::env::current_exe().expect("this program has a path");
        let told = Command::new(own).env(ALONE, wanted).output().expect("it starts");
        assert!(told.status.success(), "{name}: {}", String::from_utf8_lossy(&told.stderr));
        print!("{}", String::from_utf8_lossy(&told.stdout));
    }
}

fn summary(report: &RunReport, read: &ReadPart<'_>, _: u64, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(report::markdown(report, read, None, 900 * 1024)?.as_bytes())
}

/// What the run itself needs.
fn nothing(_: &RunReport, _: &ReadPart<'_>, _: u64, _: &mut dyn Write) -> io::Result<()> {
    Ok(())
}

/// Lines with what has to be escaped in them, and colours.
fn write_outputs(path: &Path, checks: usize, length: usize) -> io::Result<()> {
    let line = b"\x1b[32mok\x1b[0m  a test of <some> \"thing\" & another, with what it took to find out\n";
    let one: Vec<u8> = line.iter().copied().cycle().take(length).collect();
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    (0..checks).try_for_each(|_| file.write_all(&one))?;
    file.flush()
}

fn run(checks: usize, length: usize, path: &Path) -> RunReport {
    let (length, path) = (length as u64, path.to_path_buf());
    let stages = (0..checks).step_by(STAGE).map(|from| {
        let own = (from..checks.min(from + STAGE)).map(|number| {
            let failed = Outcome::Failed { status: 1, expected: None };
            let outcome = if number % 50 == 7 { failed } else { Outcome::Passed };
            let start = number as u64 * length;
            let mut check = reports::check(&format!("{}.{number}", from / STAGE), "make check SHARD=3", outcome);
            check.output = Some(Output { path: path.clone(), start, end: start + length });
            check
        });
        reports::stage(&(from / STAGE).to_string(), "Shard", StageStatus::Fails, own.collect())
    });
    reports::run_of(stages.collect())
}

/// Counts what is written and keeps nothing of it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_alone(wanted: &str) {
    let mut words = wanted.splitn(4, ' ');
    let mut word = || words.next().expect("four words");
    let (name, checks, length, path) = (word(), word(), word(), word());
    let (_, write) = REPORTS.iter().find(|(known, _)| *known == name).expect("a known report");
    let number = |word: &str| word.parse().expect("a number");
    let run = run(number(checks), number(length), Path::new(path));
    let mut count = Count(0);
    let start = Instant::now();
    write(&run, &|path, start, len| RealHost.read_part(path, start, len), MAX_OUTPUT, &mut count)
        .expect("outputs can be read");
    tell(name, start.elapsed(), count.0);
}

fn tell(name: &str, took: Duration, bytes: u64) {
    println!("{name:<10} {:>9.0} {:>9.1} {:>9.1}", took.as_secs_f64() * 1e3, peak_mib(), bytes as f64 / 1e6);
}

/// The most memory that this process had resident at a time; not a number where the system does not say.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}
