//! The verb `man`: pages of the manual, made from what the help says. The only file that names `clap_mangen`.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::args::{self, ManArgs, VERBS};
use super::console::Console;
use super::settings::Refusal;
use super::{app, exit_code};
use crate::host::Host;
use crate::text::{nearest, plural};

/// The name of the program, and of its page.
const PROGRAM: &str = "plan-run";

/// Writes one page to standard output, or all into a folder.
pub(super) fn man(args: &ManArgs, console: &mut Console, host: &dyn Host) -> u8 {
    let pages = match pages() {
        Ok(pages) => pages,
        Err(error) => return app::refuse(console, &Refusal::Report(format!("cannot make the manual: {error}")), false),
    };
    if let Some(folder) = &args.out {
        for page in &pages {
            let path = folder.join(format!("{}.1", page.name));
            if let Err(error) = host.write(&path, page.text.as_bytes()) {
                let line = format!("cannot write the page {}: {error}", path.display());
                return app::refuse(console, &Refusal::Report(line), false);
            }
        }
        let count = plural(pages.len(), "page");
        return app::done(console, &format!("wrote {count} to {}\n", folder.display()), exit_code::HOLDS);
    }
    let about = args.about.as_deref();
    match pages.iter().find(|page| page.about.as_deref() == about) {
        Some(page) => app::done(console, &page.text, exit_code::HOLDS),
        None => {
            let about = about.unwrap_or_default();
            let near = nearest(about, VERBS.iter().copied());
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let line = format!("plan-run has no command `{about}`, and so no page of it{near}");
            app::refuse(console, &Refusal::Usage(line), false)
        }
    }
}

/// A page of the manual.
struct Page {
    /// The verb that it is about; `None` for that of the program.
    about: Option<String>,
    /// Its name: `plan-run-lint`.
    name: String,
    /// Its text as roff.
    text: String,
}

/// All pages, that of the program first.
fn pages() -> io::Result<Vec<Page>> {
    let mut whole = args::command().disable_help_subcommand(true);
    whole.build();
    let verbs: Vec<_> = whole.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned().collect();
    let names: Vec<String> = verbs.iter().map(|verb| format!("{PROGRAM}-{}", verb.get_name())).collect();
    let help = whole.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut pages = vec![page(None, Man::new(whole.after_help(None::<&str>)), &help, &names)?];
    for verb in verbs {
        let about = Some(verb.get_name().to_owned());
        let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
        pages.push(page(about, Man::new(verb.after_help(None::<&str>)), &help, &[PROGRAM.to_owned()])?);
    }
    Ok(pages)
}

/// A page with what the help says at its end, and the names of other pages.
fn page(about: Option<String>, man: Man, help: &str, others: &[String]) -> io::Result<Page> {
    let name = about.as_ref().map_or_else(|| PROGRAM.to_owned(), |verb| format!("{PROGRAM}-{verb}"));
    let man = man.title(name.as_str()).source(format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"))).manual(PROGRAM);
    let mut text = Vec::new();
    man.render(&mut text)?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    text.push_str(&closing(help, others).render());
    Ok(Page { about, name, text })
}

/// What stands at the end of the help as sections of their own: `Exit codes:` and the lines below it become one.
fn closing(help: &str, others: &[String]) -> Roff {
    let mut roff = Roff::new();
    for part in help.split("\n\n") {
        match part.split_once(":\n") {
            Some((title, lines)) if !title.contains('\n') => {
                roff.control("SH", [title.to_uppercase().as_str()]);
                roff.control("nf", []);
                lines.lines().for_each(|line| {
                    roff.text([roman(line.trim_end())]);
                });
                roff.control("fi", []);
            }
            _ => {
                roff.control("PP", []);
                roff.text([roman(part)]);
            }
        }
    }
    roff.control("SH", ["SEE ALSO"]);
    let others: Vec<String> = others.iter().map(|name| format!("{name}(1)")).collect();
    roff.text([roman(others.join(", "))]);
    roff
}
