//! What a plan asks for, with every name resolved: stages, their needs, their checks.
//!
//! Takes a dialect's reading and the configuration, leaves a [`Plan`]. Must not know Markdown's
//! syntax, how commands are run, or which of them a user chose.

mod claims;
mod contradictions;
mod extent;
mod implied;
mod model;
mod needs;
mod quarantine;
mod resolve;

pub use claims::is_claimed;
pub use extent::extent;
pub use model::{
    Check, CheckId, Expect, Kind, Limit, LimitOf, Need, NeedSource, OutputRule, Plan, SandboxSetup, Script, ScriptId,
    Setup, Stage, StageId, StatusRule, Tick,
};
pub use quarantine::{Quarantined, day, means, quarantined};
pub use resolve::resolve;
