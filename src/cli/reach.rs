//! Which of the plans a call is about: all that were named or found, or those that the branch touches.
//!
//! Whatever is left out, a line says so, and how to have all. Must not know how it is found out what is touched.

use std::borrow::Cow;

use super::args::{ListArgs, RunArgs};
use super::console::Console;
use super::settings::{Refusal, RunSettings, Settings, in_ci};
use super::{base, touched};
use crate::host::Host;

/// What is said where nothing tells plans apart.
const ALL: &str = "what any plan claims as done is checked; `plan-run run` checks everything";

/// What a run is about.
pub(super) struct Reach<'s> {
    /// The settings with the plans that are run.
    pub(super) settings: Cow<'s, Settings>,
    /// Whether nothing was typed but the program's name, by someone who wants to push.
    pub(super) is_bare: bool,
    /// Whether plans were left out, so that none remains.
    pub(super) untouched: bool,
}

/// What `run` is about.
///
/// # Errors
/// Why it cannot be told what the branch touches, where that was asked for.
pub(super) fn of_run<'s>(
    args: &RunArgs,
    run: &RunSettings,
    settings: &'s Settings,
    console: &mut Console,
    host: &dyn Host,
) -> Result<Reach<'s>, Refusal> {
    if !args.touched_by.is_empty() {
        let found = touched::by(&args.touched_by, run.root.as_deref(), settings, console, host);
        console.say(&found.told);
        let untouched = found.plans.is_empty();
        let settings = Cow::Owned(Settings { plans: found.plans, ..settings.clone() });
        return Ok(Reach { settings, is_bare: false, untouched });
    }
    if let Some(named) = &args.changed {
        let rest = ("without --changed all are run", "without --changed all are run");
        let found = touched::find(named.as_deref(), run.root.as_deref(), rest, settings, console, host)?;
        console.say(&found.told);
        let untouched = found.plans.is_empty();
        let settings = Cow::Owned(Settings { plans: found.plans, ..settings.clone() });
        return Ok(Reach { settings, is_bare: false, untouched });
    }
    Ok(match args.bare {
        true => bare(args.pushed, settings, console, host),
        false => Reach { settings: Cow::Borrowed(settings), is_bare: false, untouched: false },
    })
}

/// What `list` shows.
///
/// # Errors
/// As for a run.
pub(super) fn of_list<'s>(
    args: &ListArgs,
    settings: &'s Settings,
    console: &mut Console,
    host: &dyn Host,
) -> Result<Cow<'s, Settings>, Refusal> {
    let Some(named) = &args.changed else { return Ok(Cow::Borrowed(settings)) };
    let rest = ("without --changed all are shown", "without --changed all are shown");
    let found = touched::find(named.as_deref(), None, rest, settings, console, host)?;
    console.say(&found.told);
    Ok(Cow::Owned(Settings { plans: found.plans, ..settings.clone() }))
}

/// What someone wants who typed nothing but the program's name: to know in seconds whether what the branch touches still is
/// as the plans claim. In a workflow, and where there is no repository, it is what `plan-run run` means.
fn bare<'s>(pushed: bool, settings: &'s Settings, console: &mut Console, host: &dyn Host) -> Reach<'s> {
    let whole = Reach { settings: Cow::Borrowed(settings), is_bare: false, untouched: false };
    if in_ci(host) || base::top(&settings.home, "", host).is_err() {
        return whole;
    }
    let rest = (
        "of these what they claim as done is checked; `plan-run run` checks everything",
        "`plan-run run` checks everything",
    );
    let (plans, untouched) = match touched::find(None, None, rest, settings, console, host) {
        // The first push of the default branch: what it was compared with is the branch itself.
        Ok(found) if pushed && !found.is_ahead => {
            console.complain(&format!("no branch tells which of the commits that are pushed are new, so {ALL}"));
            (settings.plans.clone(), false)
        }
        Ok(found) if found.changed > 0 => {
            console.say(&found.told);
            let untouched = found.plans.is_empty();
            (found.plans, untouched)
        }
        Ok(_) => {
            console.complain(&format!("nothing has changed, so {ALL}"));
            (settings.plans.clone(), false)
        }
        Err(refusal) => {
            let why = match refusal {
                Refusal::Usage(why) | Refusal::NothingFound(why) | Refusal::Report(why) => why,
                Refusal::Config(_) => "the configuration is wrong".to_owned(),
            };
            // What it says to do goes with an option that was not typed.
            let why = why.split("; ").next().unwrap_or_default();
            console.complain(&format!("what has changed cannot be told ({why}), so {ALL}"));
            (settings.plans.clone(), false)
        }
    };
    Reach { settings: Cow::Owned(Settings { plans, brief: true, ..settings.clone() }), is_bare: true, untouched }
}
