//! The hidden verb: gives up rights for this process and all that comes of it, and becomes the command.
//!
//! This process has one thread and never comes back: it is the command in the end, or it says why it is not.

#![expect(
    clippy::disallowed_methods,
    reason = "this process is the command that it becomes, with its files and variables"
)]

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::order::{BROKEN, Order, SERVE, WHY};
use super::probe::{self, PROBE};
use super::{limits, rules};

/// Carries out a hidden verb of the sandbox, if the words of the command line have one; gives the exit status.
#[must_use]
pub fn serve(words: &[OsString]) -> Option<u8> {
    let [_, verb, rest @ ..] = words else { return None };
    match (verb.to_str()?, rest) {
        (SERVE, [order]) => Some(enter(Path::new(order))),
        (PROBE, []) => Some(probe::answer()),
        _ => None,
    }
}

fn enter(path: &Path) -> u8 {
    let status = u8::try_from(BROKEN).unwrap_or(u8::MAX);
    // Open from the beginning, because it may not be opened in the end.
    let Ok(mut file) = OpenOptions::new().read(true).write(true).open(path) else { return status };
    let why = match read(&mut file) {
        Ok(order) => become_command(&order),
        Err(why) => why,
    };
    let said = file
        .set_len(0)
        .and_then(|()| std::os::unix::fs::FileExt::write_all_at(&file, format!("{WHY}{why}").as_bytes(), 0));
    _ = said.and_then(|()| file.flush());
    status
}

fn read(file: &mut File) -> Result<Order, String> {
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| format!("its order cannot be read: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("its order cannot be read: {error}"))
}

/// Comes back only with what stood in the way.
fn become_command(order: &Order) -> String {
    match confine(order) {
        Ok(()) => {}
        Err(why) => return why,
    }
    let Some((program, arguments)) = order.argv.split_first() else { return "there is no program to run".to_owned() };
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    let also = || order.rules.env.iter().chain(&order.given).map(String::as_str);
    command
        .envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(|name| rules::is_passed(name, also()))));
    command.env("GIT_OPTIONAL_LOCKS", "0");
    if let Some(folder) = &order.folder
        && std::env::var_os("GOCACHE").is_none()
    {
        // The one cache without which a toolchain does nothing at all.
        command.env("GOCACHE", Path::new(folder).join("go-build"));
    }
    let error = command.exec();
    format!("program `{program}` cannot be started in the sandbox: {error}")
}

#[cfg(target_os = "linux")]
fn confine(order: &Order) -> Result<(), String> {
    use super::{fence, filter, spaces};

    let mut rules = order.rules.clone();
    rules.write.extend(order.folder.clone());
    let means = rules.means;
    spaces::close_inherited()?;
    spaces::gain_nothing_more()?;
    spaces::enter(&rules)?;
    std::env::set_current_dir(&order.cwd).map_err(|error| format!("directory `{}`: {error}", order.cwd))?;
    if means.landlock > 0 {
        fence::raise(&rules, means.spaces.is_some())?;
    }
    spaces::drop_capabilities()?;
    limits::set(&rules.limits, means)?;
    if means.filter {
        filter::load(&rules)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn confine(order: &Order) -> Result<(), String> {
    limits::set(&order.rules.limits, order.rules.means)
}
