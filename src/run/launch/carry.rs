//! Makes of a job that runs here one whose process stands for a command on another machine.

use std::sync::Arc;

use super::fleet::Fleet;
use super::wrap::{Order, wrap};
use crate::config::Launcher;
use crate::host::random;
use crate::run::exec::Job;
use crate::run::schedule::UnitRef;
use crate::select::Selected;

/// By what a command was carried to another machine.
pub(crate) struct Launched {
    /// The launcher.
    pub launcher: Arc<Launcher>,
    /// The host, where the launcher has some.
    pub host: Option<String>,
}

/// Changes a job into one of a launcher's client.
pub(crate) fn carry(
    launcher: Arc<Launcher>,
    fleet: &mut Fleet,
    selected: &Selected,
    unit: UnitRef,
    job: &mut Job,
) -> Launched {
    let host = fleet.host(&launcher, unit);
    let number = format!("{:016x}{:016x}", random(), random());
    let order = Order {
        id: &fleet.next_id(),
        run: fleet.run(),
        number: &number,
        argv: &job.argv,
        cwd: &job.cwd.to_string_lossy(),
        env: &job.env,
        demand: selected.demand(&selected.units[unit.unit as usize]),
        host: host.as_deref(),
        grace: job.grace,
    };
    let (argv, remote) = wrap(&launcher, &order);
    job.argv = argv;
    job.direct = None;
    job.remote = Some(Box::new(remote));
    // The client runs in the repository, whatever directories there are elsewhere.
    job.cwd.clone_from(&selected.setup.root);
    if !launcher.passes_env {
        job.env.clear();
    }
    Launched { launcher, host }
}
