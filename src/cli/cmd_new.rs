//! The verb `new`: writes new plans where there is none, and says what to do with them.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::app;
use super::args::{NewArgs, NewIncrementArgs, NewStagedArgs, NewWhat};
use super::console::Console;
use super::exit_code;
use super::settings::{Refusal, Settings};
use crate::config::FILE_NAME;
use crate::host::Host;
use crate::scaffold::{self, OPEN, Title};
use crate::text::{clean_line, plural};

/// Where staged plans are written to, below the repository's root.
const PLANS: &str = "docs/plans";

/// Where the folders of increments are made, below the repository's root.
const INCREMENTS: &str = "increments";

/// A file that is to be made.
struct New {
    path: PathBuf,
    text: String,
}

/// Writes a new plan.
pub(super) fn new(args: &NewArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let made = match &args.what {
        NewWhat::Staged(staged) if staged.output.as_deref() == Some(Path::new("-")) => {
            return match staged_text(staged, &settings.here, settings, host) {
                Ok(text) => app::done(console, &text, exit_code::HOLDS),
                Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
            };
        }
        NewWhat::Staged(staged) => staged_file(staged, settings, host).map(|file| vec![file]),
        NewWhat::Increment(increment) => increment_files(increment, settings, host),
    };
    let written = made.and_then(|files| write(&files, settings, host).map(|()| files));
    match written {
        Ok(files) => app::done(console, &told(&files, settings, host), exit_code::HOLDS),
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn staged_file(args: &NewStagedArgs, settings: &Settings, host: &dyn Host) -> Result<New, Refusal> {
    let path = match &args.output {
        Some(output) => settings.here.join(output),
        None => {
            let name = title(&args.title)?.file_name().map_err(|bad| usage(format!("{bad}; name it with --output")))?;
            settings.home.join(PLANS).join(name)
        }
    };
    let path = without_links(&path, host)?;
    let text = staged_text(args, path.parent().unwrap_or(Path::new("/")), settings, host)?;
    Ok(New { path, text })
}

/// The text of a staged plan in a folder.
fn staged_text(args: &NewStagedArgs, folder: &Path, settings: &Settings, host: &dyn Host) -> Result<String, Refusal> {
    let title = title(&args.title)?;
    let design = match &args.design {
        None => None,
        Some(design) => {
            let refused = |why: &str| usage(format!("--design: `{}` {why}", clean_line(&design.to_string_lossy())));
            let path = host.canonicalize(&settings.here.join(design)).map_err(|error| refused(&error.to_string()))?;
            if host.is_dir(&path) {
                return Err(refused("is a directory"));
            }
            let path = relative(&path, folder).ok_or_else(|| refused("has a name that is no text"))?;
            Some(scaffold::link(&path))
        }
    };
    Ok(scaffold::staged(&title, args.stages, design.as_deref()))
}

fn increment_files(args: &NewIncrementArgs, settings: &Settings, host: &dyn Host) -> Result<Vec<New>, Refusal> {
    scaffold::check_slug(&args.slug).map_err(|bad| usage(bad.to_string()))?;
    let title = title(&args.title.clone().unwrap_or_else(|| scaffold::title_of_slug(&args.slug)))?;
    let parent = args.dir.as_ref().map_or_else(|| settings.home.join(INCREMENTS), |dir| settings.here.join(dir));
    let folder = without_links(&parent.join(&args.slug), host)?;
    let files = scaffold::increment(&title).into_iter();
    Ok(files.map(|file| New { path: folder.join(file.name), text: file.text }).collect())
}

fn title(raw: &str) -> Result<Title, Refusal> {
    Title::new(raw).map_err(|bad| usage(bad.to_string()))
}

fn usage(line: String) -> Refusal {
    Refusal::Usage(line)
}

/// An absolute path without links and `..` as far as it is there. What is still to be made has no `..`.
fn without_links(path: &Path, host: &dyn Host) -> Result<PathBuf, Refusal> {
    let there = path.ancestors().skip(1).find(|folder| host.exists(folder)).unwrap_or(Path::new("/"));
    let missing = path.strip_prefix(there).unwrap_or(path);
    let refused = |why: String| usage(format!("cannot write to `{}`: {why}", clean_line(&path.to_string_lossy())));
    if !missing.components().all(|part| matches!(part, Component::Normal(_))) || missing.as_os_str().is_empty() {
        return Err(refused("it is not the name of a file".to_owned()));
    }
    let there = host.canonicalize(there).map_err(|error| refused(error.to_string()))?;
    Ok(there.join(missing))
}

/// A path as it is seen from a folder, with `/` between folders; both absolute. `None` if it is no text.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let common = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let ups = folder.components().skip(common).map(|_| Some(".."));
    let downs = path.components().skip(common).map(|part| part.as_os_str().to_str());
    Some(ups.chain(downs).collect::<Option<Vec<_>>>()?.join("/"))
}

/// Writes all files, or none of them.
fn write(files: &[New], settings: &Settings, host: &dyn Host) -> Result<(), Refusal> {
    let there = files.iter().filter(|file| host.exists(&file.path));
    let there: Vec<String> = there.map(|file| shown(&file.path, settings)).collect();
    if !there.is_empty() {
        let verb = if there.len() == 1 { "is" } else { "are" };
        return Err(usage(format!("{} {verb} there already; nothing was written", there.join(" and "))));
    }
    for (index, file) in files.iter().enumerate() {
        if let Err(error) = host.write_new(&file.path, file.text.as_bytes()) {
            let kept: Vec<String> = files[..index]
                .iter()
                .filter(|file| host.remove_file(&file.path).is_err())
                .map(|file| shown(&file.path, settings))
                .collect();
            let name = shown(&file.path, settings);
            let why = match error.kind() {
                // Somebody else was faster, or a link leads nowhere.
                io::ErrorKind::AlreadyExists => format!("{name} is there already"),
                _ => format!("cannot write {name}: {error}"),
            };
            let left = if kept.is_empty() { "nothing".to_owned() } else { format!("only {}", kept.join(" and ")) };
            return Err(Refusal::Report(format!("{why}; {left} was written")));
        }
    }
    Ok(())
}

/// A path as it is shown: from the current directory where it lies below it.
fn shown(path: &Path, settings: &Settings) -> String {
    clean_line(&path.strip_prefix(&settings.here).unwrap_or(path).to_string_lossy())
}

/// What was written, and what to do next.
fn told(files: &[New], settings: &Settings, host: &dyn Host) -> String {
    let mut out: String = files.iter().map(|file| format!("wrote {}\n", shown(&file.path, settings))).collect();
    let open: usize = files.iter().map(|file| file.text.matches(OPEN).count()).sum();
    let Some(plan) = files.last() else { return out };
    let name = shown(&plan.path, settings);
    let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    // A line to be copied must mean what it says.
    let word = if name.chars().all(plain) && !name.starts_with('-') { name } else { "PLAN".to_owned() };
    out.push_str(&format!(
        "\nnext: fill in the {} that say {OPEN}; the comments tell what belongs there\n  \
         plan-run lint {word}    what is missing\n  plan-run list {word}    the stages and checks that are read\n",
        plural(open, "place")
    ));
    if !settings.finds(&plan.path, host) {
        out.push_str(&format!(
            "\n`plan-run` without a name does not find the plan where it is: name it, or let `plans` in {FILE_NAME} name it\n"
        ));
    }
    out
}
