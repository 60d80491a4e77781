//! What reaches past the machine or signs it in: other hosts, devices on a cable, people's mailboxes, accounts.

use std::sync::LazyLock;

use super::risks::{DELETES, PUBLISHES, begins, bits, positionals, rows_of};
use crate::text::Lexicon;

const DEVICE: &str = "changes a device";
const ELSEWHERE: &str = "works on another host";
const SIGNS: &str = "signs in or out for the whole machine";

/// Subcommands of programs, as in the table of what single programs do.
const RULES: &[(&[&str], &[&str], &str)] = &[
    (&["heroku"], &["run", "run:*", "pg:psql", "maintenance:*", "addons:*", "dyno:*"], ELSEWHERE),
    (&["fly", "flyctl"], &["ssh *", "machine *", "machines *", "apps *", "secrets *"], ELSEWHERE),
    (
        &["adb"],
        &[
            "install", "install-multiple", "uninstall", "push", "sync", "reboot", "root", "remount", "sideload",
            "restore", "shell rm", "shell pm clear", "shell pm uninstall", "shell settings put",
        ],
        DEVICE,
    ),
    (&["fastboot"], &["flash", "flashall", "erase", "format", "oem", "flashing", "update", "reboot"], DEVICE),
    (&["xcrun"], &["simctl erase", "simctl delete"], DELETES),
    (&["xcrun"], &["simctl install", "simctl uninstall", "simctl shutdown", "devicectl device *"], DEVICE),
    (&["xcrun"], &["altool", "notarytool submit", "stapler staple"], PUBLISHES),
    (&["mail", "mailx", "mutt", "neomutt", "sendmail", "msmtp", "ssmtp", "swaks"], &[""], "sends a message"),
    (
        &[
            "az", "docker", "podman", "npm", "pnpm", "yarn", "heroku", "vercel", "netlify", "wrangler", "firebase",
            "fly", "flyctl", "railway", "cargo", "supabase", "pulumi", "terraform", "tofu", "helm", "oc", "argocd",
            "vault", "eas", "expo", "doctl", "snyk", "cf", "huggingface-cli", "wandb", "op", "bw",
        ],
        &["login", "logout", "registry login", "registry logout", "auth login", "auth logout", "auth init", "signin"],
        SIGNS,
    ),
    (
        &["gcloud", "gh", "glab", "aws", "fly", "flyctl", "hf"],
        &["auth login", "auth logout", "auth revoke", "auth application-default login", "sso login", "sso logout"],
        SIGNS,
    ),
];

/// What a command reaches, if one of the rules is about it.
pub(super) fn outside(base: &str, args: &[&str]) -> Option<&'static str> {
    static ROWS: LazyLock<Lexicon<u128>> = LazyLock::new(|| rows_of(RULES.iter().map(|(programs, ..)| *programs)));
    let rows = ROWS.exactly(base)?;
    let typed = positionals(base, args);
    let fits = |&row: &usize| RULES[row].1.iter().any(|rule| begins(rule, &typed));
    bits(rows).find(fits).map(|row| RULES[row].2)
}
