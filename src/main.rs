//! The program: calls [`plan_run::cli::main`].

use std::process::ExitCode;

fn main() -> ExitCode {
    plan_run::cli::main()
}
