//! How long reading takes against the Markdown parser alone, over the same bytes and with the same options: from the
//! bytes to what the author wrote, and with what follows from it, the plan and its graph.
//!
//! ```text
//! cargo bench --bench reading                  # the ratios, the growth, then each by itself
//! cargo bench --bench reading -- --test        # everything once and tiny: does it work?
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark tells its results")]
#![expect(clippy::disallowed_methods, reason = "it starts itself again to measure its memory")]

#[path = "../tests/support/reading.rs"]
#[expect(dead_code, unreachable_pub, reason = "only reading is measured, not the checks of what was read")]
mod reading;
mod synthetic;

use std::hint::black_box;
use std::num::NonZero;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use plan_run::diagnostic::Diagnostics;
use plan_run::source::Source;
use pulldown_cmark::{Options, Parser};
use synthetic::{SHAPES, Shape};

/// Asks a fresh process for the memory that one reading needs: `own` or `floor`, a shape, bytes.
const PEAK: &str = "PLAN_RUN_BENCH_PEAK";

fn main() {
    if let Ok(wanted) = std::env::var(PEAK) {
        return tell_peak(&wanted);
    }
    let tiny = std::env::args().any(|argument| argument == "--test")
        || !std::env::args().any(|argument| argument == "--bench");
    let size = if tiny { Size::TINY } else { Size::FULL };
    ratios(&size);
    growth(&size);
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    alone(&mut criterion, &size);
    criterion.final_summary();
}

/// How much is measured.
struct Size {
    /// Bytes of the large plan.
    large: usize,
    /// Number of small plans.
    small: usize,
    /// How often each pair is measured.
    rounds: usize,
    /// Bytes of the plans by which growth is told.
    growth: &'static [usize],
}

impl Size {
    const FULL: Self =
        Self { large: 10_000_000, small: 10_000, rounds: 9, growth: &[1_000_000, 10_000_000, 100_000_000] };
    const TINY: Self = Self { large: 20_000, small: 6, rounds: 1, growth: &[5_000, 10_000] };
}

/// The Markdown parser alone, with places.
fn floor(text: &str) -> usize {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut sum = 0;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        sum += black_box(&event).is_inline_text() + range.end;
    }
    sum
}

/// Keeps the parser's events from being thought away.
trait IsInlineText {
    fn is_inline_text(&self) -> usize;
}

impl IsInlineText for pulldown_cmark::Event<'_> {
    fn is_inline_text(&self) -> usize {
        usize::from(matches!(self, Self::Text(_) | Self::Code(_)))
    }
}

/// The rooms that read: source, outline, dialect. What was read is dropped as well.
fn own(text: &str) -> usize {
    let mut diagnostics = Diagnostics::default();
    let source = Source::decode("plan.md", text.as_bytes()).expect("the text is not too large");
    let source = Arc::new(source);
    let outline = plan_run::outline::read(&source, &mut diagnostics);
    black_box(plan_run::dialect::read(&source, &outline, None, &[], &mut diagnostics)).stages.len()
}

/// All rooms up to the graph.
fn whole(text: &str) -> usize {
    black_box(reading::read(text.as_bytes())).plan.checks.len()
}

/// Many files on all processors.
fn in_parallel(plans: &[String], work: fn(&str) -> usize) -> usize {
    let next = AtomicUsize::new(0);
    let sum = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(plan) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
                    sum.fetch_add(work(plan), Ordering::Relaxed);
                }
            });
        }
    });
    sum.into_inner()
}

fn time(work: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures both in turn, so that whatever else the machine does hits both, and prints how they compare.
fn pair(name: &str, bytes: usize, rounds: usize, own: impl Fn() -> usize, floor: impl Fn() -> usize) {
    own();
    floor();
    let pairs: Vec<(f64, f64)> = (0..rounds).map(|_| (time(&own).as_secs_f64(), time(&floor).as_secs_f64())).collect();
    let ratio = median(pairs.iter().map(|(own, floor)| own / floor).collect());
    let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
    let own = median(pairs.iter().map(|(own, _)| *own).collect());
    let floor = median(pairs.iter().map(|(_, floor)| *floor).collect());
    println!(
        "{name:<24} {ratio:>6.2} x   reading {:>8.1} ms ({:>5.0} MB/s)   parser alone {:>8.1} ms ({:>5.0} MB/s)",
        own * 1e3,
        speed(own),
        floor * 1e3,
        speed(floor)
    );
}

fn ratios(size: &Size) {
    println!("\nreading against the parser alone, median of {} pairs", size.rounds);
    for shape in SHAPES {
        let plan = synthetic::plan(shape, size.large, 1);
        let name = format!("one plan, {}", shape.name());
        pair(&name, plan.len(), size.rounds, || own(&plan), || floor(&plan));
        pair("  with plan and graph", plan.len(), size.rounds, || whole(&plan), || floor(&plan));
    }
    let plans = synthetic::small_plans(size.small);
    let bytes = plans.iter().map(String::len).sum();
    let name = format!("{} small plans", plans.len());
    pair(&name, bytes, size.rounds, || in_parallel(&plans, own), || in_parallel(&plans, floor));
    pair("  with plan and graph", bytes, size.rounds, || in_parallel(&plans, whole), || in_parallel(&plans, floor));
}

/// Time and memory over the size of a plan; both grow in proportion when the last columns stay the same.
fn growth(size: &Size) {
    println!("\ngrowth                       MB        ms    peak MiB   ns/byte   bytes of memory/byte");
    for shape in SHAPES {
        for &bytes in size.growth {
            let plan = synthetic::plan(shape, bytes, 1);
            let spent = time(|| whole(&plan)).as_secs_f64();
            // What the program and the text itself take is no part of what reading takes.
            let peak = peak("own", shape, bytes).zip(peak("floor", shape, bytes)).map(|(own, floor)| own - floor);
            let memory = peak.map_or("not known here".to_owned(), |peak| {
                format!("{:>8.1} {:>9.1} {:>12.1}", peak / 1048576.0, spent * 1e9 / bytes as f64, peak / bytes as f64)
            });
            println!("{:<24} {:>6.1} {:>9.1}    {memory}", shape.name(), bytes as f64 / 1e6, spent * 1e3);
        }
    }
    println!();
}

/// The most memory that a fresh process had, in bytes.
fn peak(what: &str, shape: Shape, bytes: usize) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).env(PEAK, format!("{what} {} {bytes}", shape.name())).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn tell_peak(wanted: &str) {
    let mut words = wanted.split(' ');
    let own_reading = words.next() == Some("own");
    let name = words.next().unwrap_or_default();
    let bytes = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let shape = SHAPES.into_iter().find(|shape| shape.name() == name).unwrap_or(Shape::Staged);
    let plan = synthetic::plan(shape, bytes, 1);
    if own_reading {
        whole(&plan);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    if let Some(kilobytes) = kilobytes {
        println!("{}", kilobytes * 1024.0);
    }
}

/// Each by itself, with the statistics of a benchmark.
fn alone(criterion: &mut Criterion, size: &Size) {
    let mut group = criterion.benchmark_group("one plan");
    for shape in SHAPES {
        let plan = synthetic::plan(shape, size.large / 10, 1);
        group.throughput(Throughput::Bytes(plan.len() as u64));
        group.bench_with_input(BenchmarkId::new("reading", shape.name()), &plan, |bencher, plan| {
            bencher.iter(|| own(plan));
        });
        group.bench_with_input(BenchmarkId::new("parser alone", shape.name()), &plan, |bencher, plan| {
            bencher.iter(|| floor(plan));
        });
    }
    group.finish();
}
