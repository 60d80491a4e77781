//! What is kept of one plan in one run: a line of JSON that needs no other one.
//!
//! So files of several machines are joined by writing one behind the other, and what is damaged costs one line only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{CheckRef, Event, Happening, Proof, Usage};
use crate::roster::{CheckEntry, Roster};

/// Name and version of the form. A field that is taken away or changes its meaning makes a new version.
pub const SCHEMA: &str = "plan-run/history/v1";

/// A line. It borrows from the file: most of what is read is not needed for long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow)]
    pub(super) schema: Cow<'a, str>,
    /// The run's name, which sorts by time.
    #[serde(borrow)]
    pub(super) run: Cow<'a, str>,
    /// The plan's path.
    #[serde(borrow)]
    pub(super) plan: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<Cow<'a, str>>,
    /// Whether it was a run as every night.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) nightly: bool,
    #[serde(borrow)]
    pub(super) checks: Vec<Sample<'a>>,
}

/// How a check ended that ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sample<'a> {
    /// As [`check_id`].
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    /// As [`Outcome::word`](crate::outcome::Outcome::word).
    #[serde(borrow)]
    pub(super) outcome: Cow<'a, str>,
    /// Seconds.
    pub(super) took: f64,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cpu: Option<f64>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) peak_memory: Option<u64>,
    /// Its label in that run; earlier versions did not keep it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<Cow<'a, str>>,
    /// How often it was tried, where that is more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tries: Option<usize>,
}

impl Sample<'_> {
    /// Whether it held in the end.
    pub(super) fn held(&self) -> bool {
        self.outcome == "passed"
    }

    /// Whether it held, but not each time that it was tried.
    pub(super) fn is_flaky(&self) -> bool {
        self.outcome == "flaky" || self.held() && self.tries.is_some_and(|tries| tries > 1)
    }
}

impl Line<'_> {
    /// The same, without what it was read from.
    pub(super) fn into_owned(self) -> Line<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let checks = self.checks.into_iter().map(|sample| Sample {
            id: own(sample.id),
            outcome: own(sample.outcome),
            label: sample.label.map(own),
            took: sample.took,
            cpu: sample.cpu,
            peak_memory: sample.peak_memory,
            tries: sample.tries,
        });
        Line {
            schema: own(self.schema),
            run: own(self.run),
            plan: own(self.plan),
            commit: self.commit.map(own),
            nightly: self.nightly,
            checks: checks.collect(),
        }
    }
}

impl<'a> Line<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(bytes: &'a [u8]) -> serde_json::Result<Self> {
        // Almost every line stands as this program writes it, and all that count are read before the first command
        // starts. Taken apart as any JSON, they would take more time than the plan.
        std::str::from_utf8(bytes).ok().and_then(as_written).map_or_else(|| serde_json::from_slice(bytes), Ok)
    }
}

/// A line in exactly the form in which it is written; `None` for every other one.
fn as_written(line: &str) -> Option<Line<'_>> {
    let (schema, rest) = word(line.strip_prefix("{\"schema\":")?)?;
    let (run, rest) = word(rest.strip_prefix(",\"run\":")?)?;
    let (plan, mut rest) = word(rest.strip_prefix(",\"plan\":")?)?;
    let mut commit = None;
    if let Some(after) = rest.strip_prefix(",\"commit\":") {
        let (hash, after) = word(after)?;
        (commit, rest) = (Some(hash.into()), after);
    }
    let after_night = rest.strip_prefix(",\"nightly\":true");
    let nightly = after_night.is_some();
    let mut rest = after_night.unwrap_or(rest).strip_prefix(",\"checks\":[")?;
    let mut checks = Vec::with_capacity(rest.len() / 64);
    while let Some(sample) = rest.strip_prefix("{\"id\":") {
        let (id, after) = word(sample)?;
        let (outcome, after) = word(after.strip_prefix(",\"outcome\":")?)?;
        let (took, mut after) = seconds_in(after.strip_prefix(",\"took\":")?)?;
        let (id, outcome) = (id.into(), outcome.into());
        let mut sample = Sample { id, outcome, took, cpu: None, peak_memory: None, label: None, tries: None };
        if let Some(cpu) = after.strip_prefix(",\"cpu\":") {
            let (cpu, next) = seconds_in(cpu)?;
            (sample.cpu, after) = (Some(cpu), next);
        }
        if let Some(memory) = after.strip_prefix(",\"peak_memory\":") {
            let (memory, next) = number(memory)?;
            (sample.peak_memory, after) = (Some(memory), next);
        }
        if let Some(label) = after.strip_prefix(",\"label\":") {
            let (label, next) = word(label)?;
            (sample.label, after) = (Some(label.into()), next);
        }
        if let Some(tries) = after.strip_prefix(",\"tries\":") {
            let (tries, next) = number(tries)?;
            (sample.tries, after) = (Some(tries), next);
        }
        checks.push(sample);
        rest = after.strip_prefix('}')?;
        // A list whose last item has a comma behind it is none.
        match rest.strip_prefix(',') {
            Some(next) if next.starts_with('{') => rest = next,
            Some(_) => return None,
            None => break,
        }
    }
    let line = Line { schema: schema.into(), run: run.into(), plan: plan.into(), commit, nightly, checks };
    (rest.trim_ascii_end() == "]}").then_some(line)
}

/// The text between quotes that a text begins with, when it stands for itself; and what follows.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('"')?;
    let end = memchr::memchr2(b'"', b'\\', text.as_bytes())?;
    let plain = text[..end].bytes().all(|byte| byte >= b' ');
    (plain && text.as_bytes()[end] == b'"').then(|| (&text[..end], &text[end + 1..]))
}

/// The number that a text begins with, and what follows.
fn number<T: std::str::FromStr>(text: &str) -> Option<(T, &str)> {
    let (digits, rest) = digits(text)?;
    Some((digits.parse().ok()?, rest))
}

/// The seconds that a text begins with, and what follows. Almost all have few digits, of which there is a shorter way to the
/// same number.
fn seconds_in(text: &str) -> Option<(f64, &str)> {
    let (digits, rest) = digits(text)?;
    Some((few_digits(digits).map_or_else(|| digits.parse().ok(), Some)?, rest))
}

/// A number of so few digits that they are exact as a whole number, as is the power of ten by which that is divided: then
/// the quotient is the number that is nearest, as it has to be.
fn few_digits(digits: &str) -> Option<f64> {
    const POWERS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let point = digits.bytes().position(|byte| byte == b'.');
    let (whole, behind) = point.map_or((digits, ""), |point| (&digits[..point], &digits[point + 1..]));
    if digits.len() > 15 {
        return None;
    }
    let mut all = whole.bytes().chain(behind.bytes());
    let number = all.try_fold(0_u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))?;
    Some(number as f64 / POWERS.get(behind.len())?)
}

/// The digits and points that a text begins with, if they may be a number; and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !(byte.is_ascii_digit() || byte == b'.'))?;
    // JSON has no number that begins or ends with a point, nor one with zeros before it.
    let (digits, rest) = text.split_at(end);
    let zeros = digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let sound = digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.ends_with('.') && !zeros;
    sound.then_some((digits, rest))
}

/// What a check goes by over all runs: its command and its directory, wherever in the plan it stands. `None` for one
/// without a command.
#[must_use]
pub fn check_id(check: &CheckEntry) -> Option<String> {
    let mut hash = blake3::Hasher::new();
    hash.update(check.cwd.as_deref().unwrap_or("").as_bytes()).update(&[0]);
    hash.update(check.command.as_deref()?.as_bytes());
    Some(hash.finalize().to_hex().as_str()[..16].to_owned())
}

/// Keeps how checks ended, while a run goes on.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    ended: BTreeMap<CheckRef, (&'static str, Duration, Option<Usage>)>,
    /// How often checks were tried before the last time.
    tried: BTreeMap<CheckRef, usize>,
}

impl Recorder {
    /// Notes what happens, as far as it tells of a check that ran.
    pub fn hear(&mut self, event: &Event) {
        if let Happening::AttemptEnded { check, .. } = &event.what {
            *self.tried.entry(*check).or_default() += 1;
        }
        if let Happening::CheckEnded { check, end } = &event.what
            && end.proof == Proof::Own
            // How long something took that was ended for another's sake says nothing of it.
            && (end.outcome.is_green() || end.outcome.plain().is_own_trouble())
            && (end.output.is_some() || end.status.is_some())
        {
            self.ended.insert(*check, (end.outcome.word(), end.took, end.usage));
        }
    }

    /// A line for each plan of which a check ran.
    #[must_use]
    pub(super) fn lines(&self, roster: &Roster) -> Vec<Line<'static>> {
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (check, (outcome, took, usage)) in &self.ended {
            let Some(plan) = roster.plans.get(check.plan as usize) else { continue };
            let Some(entry) = plan.check(check.check) else { continue };
            let Some(id) = check_id(entry) else { continue };
            if lines.last().is_none_or(|line| line.plan != plan.path) {
                lines.push(Line {
                    schema: SCHEMA.into(),
                    run: roster.run.clone().unwrap_or_default().into(),
                    plan: plan.path.clone().into(),
                    commit: roster.commit.clone().map(Cow::Owned),
                    nightly: roster.nightly,
                    checks: Vec::new(),
                });
            }
            if let Some(line) = lines.last_mut() {
                line.checks.push(Sample {
                    id: id.into(),
                    outcome: (*outcome).into(),
                    took: seconds(*took),
                    cpu: usage.map(|usage| seconds(usage.cpu)),
                    peak_memory: usage.map(|usage| usage.peak_memory),
                    label: Some(entry.label.clone().into()),
                    tries: self.tried.get(check).map(|before| before + 1),
                });
            }
        }
        lines
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e6
}
