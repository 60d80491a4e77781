//! x
/// Bars.
pub struct LiveBars;
