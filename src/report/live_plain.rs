//! x
/// Plain.
pub struct LivePlain;
