//! Configuration as it is written: `plan-run.yaml`, and the `plan-run` key of a plan's front matter.
//!
//! Takes the text of a file, leaves a [`Config`] and diagnostics. Must not know which value wins when
//! several are given, nor whether the plans and stages that it names exist.

mod cache;
mod directive;
mod dotenv;
mod launchers;
mod leftovers;
mod levels;
mod lines;
mod model;
mod process;
mod prove;
mod quarantine;
mod read;
mod retries;
mod sandbox;
mod template;
mod uses;
mod values;
mod yaml;

pub use cache::CacheConfig;
pub use directive::{Directive, KINDS, LineConfig, Target};
pub use dotenv::parse_env_file;
pub use launchers::{Demand, LOCAL, Launcher, Quoting, check_launcher, launcher_names};
pub use leftovers::{Leftovers, parse_leftovers};
pub use levels::Level;
pub use model::{Config, FILE_NAME, MAX_BYTES, MemLimit, Named, Origin, Place, RunScope, Scope, StageConfig, Wants};
pub use prove::ProveConfig;
pub use quarantine::{Quarantine, parse_day};
pub use read::parse;
pub use retries::{Backoff, Retries, parse_retries};
pub use sandbox::{Sandbox, SandboxConfig, SandboxLimits, SandboxMode};
pub use template::{Piece, Slot, Word};
pub use uses::{Use, check_uses, parse_uses};
pub use values::{parse_duration, parse_mem_limit, parse_size, parse_timeout, shell_words};
