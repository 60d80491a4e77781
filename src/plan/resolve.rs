//! Names to ids: a reading and the configuration become a plan.

use std::sync::Arc;

use super::Plan;
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::dialect::Reading;
use crate::source::Source;

/// Resolves a reading. `configs` are in order of authority, the strongest first.
#[must_use]
pub fn resolve(source: &Arc<Source>, reading: Reading, configs: &[&Config], diagnostics: &mut Diagnostics) -> Plan {
    let _ = (configs, diagnostics);
    Plan {
        source: Arc::clone(source),
        title: reading.title.unwrap_or_default(),
        dialect: reading.dialect,
        stages: Vec::new(),
        checks: Vec::new(),
        scripts: Vec::new(),
    }
}
