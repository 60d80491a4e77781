//! The program: calls [`plan_run::cli::main`].

fn main() {}
