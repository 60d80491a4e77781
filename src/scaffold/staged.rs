//! A staged plan: background, stages with objective, changes and validation, and their dependencies.

use super::Title;
use super::fill::fill;

const PLAN: &str = include_str!("templates/staged.md");
const STAGE: &str = include_str!("templates/stage.md");

const ABOUT: &str = "\
<!--
A stage can be done, tested, reviewed and committed by itself. It has two to five changes, and one to three commands that
validate them. A stage with ten changes is several stages; so is one that only the whole system can validate.
-->

";

const CHANGES: &str = "\
<!-- Code: first the test, then the least that makes it pass, then tidying up. Each change with file and line. -->

";

const VALIDATION: &str = "\
<!-- Commands in backticks, exactly as they are typed, with what they must end with if it is not success. -->

";

/// The most stages that a new plan has.
pub const MOST_STAGES: usize = 50;

/// A new staged plan. `design` is a link to its design, if there is one. Each stage but the first needs the one before
/// it, until somebody knows better.
#[must_use]
pub fn staged(title: &Title, stages: usize, design: Option<&str>) -> String {
    let text: String = (1..=stages).map(stage).collect();
    let title = title.in_heading();
    let values = [
        ("title", title.as_str()),
        ("design", design.unwrap_or("FILL IN a link to the design")),
        ("stages", &text),
        ("dependencies", &dependencies(stages)),
    ];
    fill(PLAN, &values)
}

/// A stage; the first one has comments that hold for all.
fn stage(number: usize) -> String {
    let label = number.to_string();
    let comment = |text: &'static str| if number == 1 { text } else { "" };
    let values = [
        ("number", label.as_str()),
        ("about", comment(ABOUT)),
        ("changes", comment(CHANGES)),
        ("validation", comment(VALIDATION)),
    ];
    fill(STAGE, &values)
}

/// A link to a file. `path` has `/` between folders and is relative to the document.
#[must_use]
pub fn link(path: &str) -> String {
    let mut target = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            target.push(char::from(byte));
        } else {
            target.push_str(&format!("%{byte:02X}"));
        }
    }
    let mut name = String::new();
    for character in path.rsplit('/').next().unwrap_or(path).chars() {
        if "\\`*_[]<>&".contains(character) {
            name.push('\\');
        }
        name.push(character);
    }
    format!("[{name}]({target})")
}

fn dependencies(stages: usize) -> String {
    if stages < 2 {
        return "Stage 1 needs no other stage.\n".to_owned();
    }
    let chain: Vec<String> = (1..=stages).map(|number| format!("Stage {number}")).collect();
    let mut out = format!("```\n{}\n```\n\n", chain.join(" \u{2500}\u{2500}\u{25ba} "));
    for number in 2..=stages {
        out.push_str(&format!("Stage {number} requires Stage {}.\n", number - 1));
    }
    out
}
