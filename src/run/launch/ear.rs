//! Listens to what comes back from a launcher: takes the reports of the wrapped command out of it, and keeps what the
//! command wrote apart from what the launcher says before and after it.
//!
//! A report may stand anywhere in a line, because some launchers put words of their own before each line. What the line
//! of the first report begins with is taken for such words.

use super::wrap::{BEGUN, MARK_END, REFUSED, STATUS};

/// The longest report behind its number, in bytes.
const MOST: usize = 100;

/// As much is kept of what a launcher says before the command begins, in bytes.
const MOST_TALK: usize = 64 * 1024;

/// What the wrapped command reported in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// It ended by itself with this status.
    Exited(i32),
    /// A signal ended it.
    Signalled(i32),
    /// Its directory is not there.
    NoDirectory,
    /// Its shell is not there.
    NoShell,
}

/// A report as it stands in the stream.
enum Heard {
    Begun(String),
    Over(Report),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The command has not begun.
    Before,
    /// It runs.
    Within,
    /// It is over.
    After,
}

/// What listens to a stream.
pub(crate) struct Ear {
    number: Vec<u8>,
    state: State,
    /// What was heard and is not settled yet.
    held: Vec<u8>,
    /// What the launcher puts before each line.
    lead: Vec<u8>,
    /// Whether the next byte that is passed on begins a line.
    fresh: bool,
    /// Whether the line break behind a report is still to come.
    breaks: bool,
    /// What the launcher said before the command began.
    talk: Vec<u8>,
    place: Option<String>,
    report: Option<Report>,
}

impl Ear {
    /// For the reports with this number.
    pub(crate) fn new(number: &str) -> Self {
        Self {
            number: number.as_bytes().to_vec(),
            state: State::Before,
            held: Vec::new(),
            lead: Vec::new(),
            fresh: true,
            breaks: false,
            talk: Vec::new(),
            place: None,
            report: None,
        }
    }

    /// Whether the command has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.state != State::Before
    }

    /// The machine on which it began, as it calls itself.
    pub(crate) fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// How it ended, once that was reported.
    pub(crate) fn report(&self) -> Option<Report> {
        self.report
    }

    /// The last words of the launcher, where the command has not begun.
    pub(crate) fn last_words(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.talk);
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
        Some(line.to_owned())
    }

    /// Hears more, and adds to `out` what of it the command wrote.
    pub(crate) fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.state == State::After {
            return;
        }
        self.held.extend_from_slice(bytes);
        loop {
            if self.breaks {
                match self.held.as_slice() {
                    [] | [b'\r'] => return,
                    [b'\r', b'\n', ..] => drop(self.held.drain(..2)),
                    [b'\n', ..] => drop(self.held.drain(..1)),
                    _ => {}
                }
                self.breaks = false;
            }
            let Some(at) = find(&self.held, &self.number) else { break };
            let behind = &self.held[at + self.number.len()..];
            let end = behind.iter().take(MOST).position(|&byte| byte == MARK_END);
            let heard = match end {
                Some(end) => parse(&behind[..end]),
                None if behind.len() < MOST => {
                    self.pass(at, out);
                    return;
                }
                None => None,
            };
            let length = self.number.len() + end.map_or(0, |end| end + 1);
            match heard {
                Some(Heard::Begun(place)) if self.state == State::Before => {
                    let line = self.held[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |line| line + 1);
                    self.lead = self.held[line..at].to_vec();
                    self.pass(line, out);
                    self.held.drain(..at - line + length);
                    (self.state, self.place, self.breaks) = (State::Within, Some(place), true);
                }
                Some(Heard::Over(report)) => {
                    let kept = if self.ends_with_lead(at) { at - self.lead.len() } else { at };
                    self.pass(kept, out);
                    self.held.clear();
                    (self.state, self.report) = (State::After, Some(report));
                    return;
                }
                // Not a report that belongs here, so the bytes are the command's own.
                _ => self.pass(at + self.number.len(), out),
            }
        }
        let open = self.open();
        self.pass(self.held.len() - open, out);
    }

    /// Nothing more comes. Of a command that never began the launcher's own words are all there is.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        match self.state {
            State::Before => {
                self.talk.append(&mut self.held);
                out.extend_from_slice(&self.talk);
            }
            State::Within => out.append(&mut self.held),
            State::After => {}
        }
    }

    /// Passes on the first bytes that are held.
    fn pass(&mut self, count: usize, out: &mut Vec<u8>) {
        let Some(&last) = self.held[..count].last() else { return };
        self.fresh = last == b'\n';
        if self.state == State::Within {
            out.extend(self.held.drain(..count));
        } else {
            self.talk.extend(self.held.drain(..count));
            let surplus = self.talk.len().saturating_sub(MOST_TALK);
            self.talk.drain(..surplus);
        }
    }

    /// Whether the line that goes up to `at` is nothing but the launcher's own words.
    fn ends_with_lead(&self, at: usize) -> bool {
        let line = self.held[..at].iter().rposition(|&byte| byte == b'\n').map(|line| line + 1);
        match line {
            Some(line) => self.held[line..at] == self.lead,
            None => self.fresh && self.held[..at] == self.lead,
        }
    }

    /// How many of the last bytes may belong to a report that is still to come.
    fn open(&self) -> usize {
        let ends_as = |start: &[u8]| {
            let most = start.len().min(self.held.len());
            (1..=most).rev().find(|&count| self.held.ends_with(&start[..count])).unwrap_or(0)
        };
        let own = ends_as(&self.number[..self.number.len() - 1]);
        if self.state == State::Before {
            // The line is needed as a whole, so that its beginning is known when the report comes.
            let line = self
                .held
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(self.held.len(), |line| self.held.len() - line - 1);
            return own.max(line.min(MOST_TALK));
        }
        let line = self.held.iter().rposition(|&byte| byte == b'\n').map(|line| &self.held[line + 1..]);
        let line = line.or(self.fresh.then_some(self.held.as_slice())).unwrap_or_default();
        let whole: Vec<u8> = self.lead.iter().chain(&self.number).copied().collect();
        if whole.starts_with(line) { own.max(line.len()) } else { own }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|&byte| byte == first) {
        at += next;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Reads what stands between a report's number and its end.
fn parse(body: &[u8]) -> Option<Heard> {
    let text = std::str::from_utf8(body).ok()?;
    let (kind, rest) = (*body.first()?, text.get(1..)?);
    match kind {
        BEGUN => {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            Some(Heard::Begun(rest.chars().filter(|&c| plain(c)).collect()))
        }
        REFUSED => match rest {
            "directory" => Some(Heard::Over(Report::NoDirectory)),
            "shell" => Some(Heard::Over(Report::NoShell)),
            _ => None,
        },
        STATUS => {
            let (status, signalled) = rest.strip_suffix('s').map_or((rest, false), |status| (status, true));
            let status: i32 = status.parse().ok().filter(|status| (0..=511).contains(status))?;
            Some(Heard::Over(match status {
                // Some shells say more than 256 for a signal, which no exit status can be.
                257.. => Report::Signalled(status - 256),
                129..=256 if signalled => Report::Signalled(status - 128),
                _ => Report::Exited(status & 0xff),
            }))
        }
        _ => None,
    }
}
