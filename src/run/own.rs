//! The file of this program, for those who start it once more as something else.

use std::io;

/// The file of this program. On Linux it is the program that runs, also where its file was replaced since it was started.
///
/// # Errors
/// As `std::env::current_exe`, or when its name is no text.
pub(super) fn program() -> io::Result<String> {
    #[cfg(target_os = "linux")]
    let file = "/proc/self/exe".to_owned();
    #[cfg(not(target_os = "linux"))]
    let file = std::env::current_exe()?
        .into_os_string()
        .into_string()
        .map_err(|name| io::Error::other(format!("the program's name `{}` is no text", name.display())))?;
    Ok(file)
}
