//! Work on virtual time: how long a schedule takes for it, beside what it cannot take less than, and beside first in
//! first out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::path::Path;
use std::time::Duration;

use plan_run::history::{Past, Usual};
use plan_run::outcome::Outcome;
use plan_run::run::schedule::{Rules, Schedule, UnitRef};
use plan_run::select::Selection;

use super::plans::Sketch;

/// Stages, each with the stages before it that it needs and with how long its commands take, in milliseconds.
#[derive(Clone, Debug)]
pub struct Work {
    /// What each stage needs.
    pub needs: Vec<Vec<usize>>,
    /// How long the commands of each stage take, one after the other.
    pub times: Vec<Vec<u64>>,
}

impl Work {
    /// Sixteen commands on which first in first out takes 37 s with two jobs, where 30 s are enough.
    pub fn sixteen() -> Self {
        let times = [4, 8, 3, 5, 4, 2, 1, 8, 4, 6, 2, 6, 1, 1, 2, 2];
        let needs: [&[usize]; 16] =
            [&[], &[0], &[0], &[], &[0], &[0], &[2], &[1], &[7], &[], &[2, 9], &[8], &[7, 8], &[0], &[], &[]];
        Self {
            needs: needs.iter().map(|needs| needs.to_vec()).collect(),
            times: times.iter().map(|seconds| vec![seconds * 1000]).collect(),
        }
    }

    /// Some graph, always the same for the same number.
    pub fn random(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
        let mut below = |count: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % count
        };
        let count = 8 + below(40) as usize;
        let mut work = Self { needs: Vec::new(), times: Vec::new() };
        for stage in 0..count {
            let wanted = [0, 0, 1, 1, 2][below(5) as usize].min(stage);
            let mut needs: Vec<usize> = (0..wanted).map(|_| below(stage as u64) as usize).collect();
            needs.sort_unstable();
            needs.dedup();
            work.needs.push(needs);
            // Most commands are short, and a few are long.
            let commands = 1 + below(3);
            work.times.push((0..commands).map(|_| (1 + below(100)) * [1, 1, 1, 10][below(4) as usize]).collect());
        }
        work
    }

    /// The plan.
    pub fn selection(&self) -> Selection {
        let mut sketch = Sketch::new("plan.md", Path::new("/"));
        for (stage, times) in self.times.iter().enumerate() {
            let needs: Vec<String> = self.needs[stage].iter().map(|need| format!("s{need}")).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            sketch = sketch.stage(&format!("s{stage}"), &needs);
            for _ in times {
                sketch = sketch.run("work");
            }
        }
        sketch.selection()
    }

    /// What earlier runs would say of it.
    pub fn past(&self) -> Past {
        let usual = |&time: &u64| {
            let took = Duration::from_millis(time);
            Some(Usual { took, deviation: Duration::ZERO, peak_memory: None, runs: 1 })
        };
        Past { plans: vec![self.times.iter().flatten().map(usual).collect()] }
    }

    /// What nobody can be faster than.
    pub fn bound(&self, jobs: u64) -> f64 {
        let mut ways: Vec<u64> = Vec::new();
        for (needs, times) in self.needs.iter().zip(&self.times) {
            let before = needs.iter().map(|&need| ways[need]).max().unwrap_or(0);
            ways.push(before + times.iter().sum::<u64>());
        }
        let all: u64 = self.times.iter().flatten().sum();
        let longest = ways.into_iter().max().unwrap_or(0);
        (longest as f64).max(all as f64 / jobs as f64)
    }

    /// How long it takes with plan-run's own schedule.
    pub fn scheduled(&self, jobs: usize, past: Option<&Past>) -> f64 {
        let selection = self.selection();
        let times: Vec<u64> = self.times.iter().flatten().copied().collect();
        let mut schedule = Schedule::with(&selection, &Rules { past, ..Rules::new(jobs) });
        schedule.begin();
        let mut now = 0;
        let mut ends: BinaryHeap<Reverse<(u64, UnitRef)>> = BinaryHeap::new();
        while !schedule.is_over() {
            while let Some(unit) = schedule.next() {
                schedule.started(unit);
                ends.push(Reverse((now + times[unit.unit as usize], unit)));
            }
            let Reverse((end, unit)) = ends.pop().expect("something runs until all is over");
            now = end;
            schedule.ended(unit, &[Outcome::Passed]);
        }
        now as f64
    }

    /// How long it takes when what is ready first starts first.
    pub fn first_in_first_out(&self, jobs: usize) -> f64 {
        let mut open: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut done = vec![0; self.times.len()];
        let mut line: VecDeque<usize> = (0..open.len()).filter(|&stage| open[stage] == 0).collect();
        let mut ends: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
        let mut now = 0;
        loop {
            while ends.len() < jobs
                && let Some(stage) = line.pop_front()
            {
                ends.push(Reverse((now + self.times[stage][done[stage]], stage)));
            }
            let Some(Reverse((end, stage))) = ends.pop() else { return now as f64 };
            now = end;
            done[stage] += 1;
            if done[stage] < self.times[stage].len() {
                line.push_back(stage);
                continue;
            }
            for (dependent, needs) in self.needs.iter().enumerate() {
                if needs.contains(&stage) {
                    open[dependent] -= 1;
                    if open[dependent] == 0 {
                        line.push_back(dependent);
                    }
                }
            }
        }
    }
}

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
