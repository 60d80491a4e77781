//! The rules by which the reader decides, by name, each in a sentence.

/// The rule by which a command is left to a person who has a terminal. It is held back, as one that changes too much is.
pub const NEEDS_TERMINAL: &str = "needs-terminal";

/// The rule by which a command is left to a person who judges what is said of it.
pub const JUDGED_BY_EYE: &str = "judged-by-eye";

/// Name and meaning of every rule that a check can carry.
pub const RULES: &[(&str, &str)] = &[
    ("item-command", "a code span of an item in a checking place that the item asks to run"),
    ("block-command", "a line of a shell block in a checking place"),
    ("tagged-command", "a line between tags that hold commands"),
    ("expected-failure", "the plan says that it must fail at this point"),
    ("manual-place", "it stands below a heading or label for what a person does"),
    ("manual-item", "the item says that a person does it"),
    ("prose", "a criterion in words, which only a person can judge"),
    ("criterion", "a criterion beside a command that the command does not show"),
    ("placeholder", "something in the command is still to be filled in"),
    ("unreadable", "bytes of the command are no text, so nobody knows what would run"),
    ("object-left-open", "the plan leaves open what the command is to be run on"),
    (JUDGED_BY_EYE, "what is said of the command is for a person: how it ends in some other state, or how it looks"),
    ("never-ends", "the command is a server or a watcher, and does not end by itself"),
    (NEEDS_TERMINAL, "a person types into the command or looks at it in a terminal, and it does not end by itself"),
    ("needs-person", "the words around it say that a person must be there"),
    ("needs-server", "it talks to a server that nothing before it starts and leaves running"),
    ("other-program", "it is typed in another program than the shell"),
    ("inside-shell", "it is typed into a shell that a command before it opens"),
    ("directive", "the author says so to plan-run, in a comment or in front matter"),
];

/// What a rule means.
#[must_use]
pub fn meaning(rule: &str) -> &'static str {
    RULES.iter().find(|(name, _)| *name == rule).map_or("", |(_, meaning)| meaning)
}
