//! How near the schedule comes to what no schedule can be faster than, and what a step of it costs.
//!
//! ```text
//! cargo bench --bench schedule                 # 1,000 random graphs, and up to 100,000 commands
//! cargo bench --bench schedule -- --test       # everything once and small: does it work?
//! ```
//!
//! Nothing runs: the time that commands take is virtual.

#![expect(clippy::print_stdout, reason = "a benchmark tells its results")]

#[path = "../tests/support/makespan.rs"]
#[expect(unreachable_pub, reason = "what is shared is exported by none")]
mod makespan;
#[path = "../tests/support/plans.rs"]
#[expect(dead_code, unreachable_pub, reason = "only simple plans are made")]
mod plans;

use std::path::Path;
use std::time::Instant;

use makespan::{Work, median};
use plan_run::outcome::Outcome;
use plan_run::run::schedule::Schedule;

fn main() {
    let tiny = std::env::args().any(|argument| argument == "--test")
        || !std::env::args().any(|argument| argument == "--bench");
    let graphs = if tiny { 20 } else { 1000 };
    println!("\ntime taken / what no schedule can be faster than");
    println!("{:<32} {:>6} {:>10} {:>10} {:>12}", "", "jobs", "fifo", "by number", "by duration");
    row("sixteen commands", 2, &[Work::sixteen()]);
    let random: Vec<Work> = (0..graphs).map(Work::random).collect();
    for jobs in [2, 4, 8] {
        row(&format!("{graphs} random graphs, the median"), jobs, &random);
    }
    println!("\nmicroseconds for each command, from the first start to the last end");
    println!("{:<12} {:>10} {:>10}", "commands", "wide", "one claim each of 50");
    for count in if tiny { vec![100, 1000] } else { vec![1000, 10_000, 100_000] } {
        println!("{count:<12} {:>10.2} {:>10.2}", cost(count, 0), cost(count, 50));
    }
}

fn row(name: &str, jobs: usize, works: &[Work]) {
    let ratio =
        |time: &dyn Fn(&Work) -> f64| median(works.iter().map(|work| time(work) / work.bound(jobs as u64)).collect());
    println!(
        "{name:<32} {jobs:>6} {:>10.3} {:>10.3} {:>12.3}",
        ratio(&|work| work.first_in_first_out(jobs)),
        ratio(&|work| work.scheduled(jobs, None)),
        ratio(&|work| work.scheduled(jobs, Some(&work.past()))),
    );
}

/// What the schedule itself costs for each of some independent commands, of which each uses one of some resources.
fn cost(count: usize, resources: usize) -> f64 {
    let mut sketch = plans::Sketch::new("plan.md", Path::new("/"));
    for number in 0..count {
        sketch = sketch.stage(&format!("s{number}"), &[]).run("x");
        if resources > 0 {
            sketch = sketch.with(|check| check.uses = [(format!("r{}", number % resources), 1)].into());
        }
    }
    let sketch = sketch.with_setup(|setup| {
        setup.resources = (0..resources).map(|number| (format!("r{number}"), 1)).collect();
    });
    let selection = sketch.selection();
    let began = Instant::now();
    let mut schedule = Schedule::new(&selection, 8);
    schedule.begin();
    while !schedule.is_over() {
        while let Some(unit) = schedule.next() {
            schedule.started(unit);
        }
        let first = schedule.running()[0];
        schedule.ended(first, &[Outcome::Passed]);
    }
    began.elapsed().as_secs_f64() * 1e6 / count as f64
}
