//! Options of the verb that is at home in git's hooks.

use clap::{Args as ClapArgs, Subcommand};

/// Options of `hook`.
#[derive(Clone, Debug, ClapArgs)]
#[command(long_about = "\
Check what the branch touches before each push.

`install` makes a hook that git calls before it pushes. The hook does what `plan-run` does without any words: it checks what \
the plans that the branch touches claim as done, and a push goes ahead only if that holds. `git push --no-verify` pushes \
without it.")]
pub struct HookArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: HookWhat,
}

/// What to do with the hook.
#[derive(Clone, Debug, Subcommand)]
pub enum HookWhat {
    /// Make the hook in this repository, unless there is another one
    Install,
    /// Remove the hook, if it is the one that `install` made
    Uninstall,
    /// Do what the hook does; for hooks of your own, and for programs that manage hooks
    Run(HookRunArgs),
}

/// Options of `hook run`.
#[derive(Clone, Debug, ClapArgs)]
pub struct HookRunArgs {
    /// The remote, as git tells it to the hook; then what is pushed is read from standard input
    #[arg(value_name = "REMOTE")]
    pub remote: Option<String>,

    /// The remote's address, likewise
    #[arg(value_name = "URL")]
    pub url: Option<String>,
}
