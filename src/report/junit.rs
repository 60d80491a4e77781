//! JUnit XML: the only file that names junit-report.

use std::io;

use super::RunReport;

/// Where outputs are read from.
pub type ReadPart<'a> = dyn Fn(&std::path::Path, u64, u64) -> io::Result<Vec<u8>> + 'a;

/// Writes a finished run as JUnit XML.
///
/// # Errors
/// When an output cannot be read or the XML cannot be written.
pub fn junit(report: &RunReport, read: &ReadPart<'_>) -> io::Result<Vec<u8>> {
    let _ = (report, read);
    Ok(Vec::new())
}
