//! The words of a command line with places for what is known only when it is used: `--job-name={id}`.
//!
//! Must not know what the places are filled with.

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// A name for the command that nothing else in the world has: letters, digits and dashes.
    Id,
    /// The same name for all commands of a run.
    Run,
    /// The command.
    Command,
    /// The directory in which it runs.
    Cwd,
    /// `NAME=value` for each variable that is set for it: the word is repeated.
    Env,
    /// How many processors it needs.
    Cpus,
    /// How much memory it needs, in MiB with an `M` behind it.
    Mem,
    /// How much memory it needs, in bytes.
    MemBytes,
    /// How many graphics processors it needs.
    Gpus,
    /// One of the launcher's hosts.
    Host,
    /// The launcher's own further words: the word is repeated.
    Args,
}

impl Slot {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Id,
        Self::Run,
        Self::Command,
        Self::Cwd,
        Self::Env,
        Self::Cpus,
        Self::Mem,
        Self::MemBytes,
        Self::Gpus,
        Self::Host,
        Self::Args,
    ];

    /// How it is written between braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Run => "run",
            Self::Command => "command",
            Self::Cwd => "cwd",
            Self::Env => "env",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::MemBytes => "mem_bytes",
            Self::Gpus => "gpus",
            Self::Host => "host",
            Self::Args => "args",
        }
    }
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// To be filled.
    Slot(Slot),
}

/// A word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub Vec<Piece>);

impl std::fmt::Display for Word {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => out.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Slot(slot) => write!(out, "{{{}}}", slot.word()),
        })
    }
}

impl Word {
    /// Reads a word. Braces that are meant as such are doubled.
    ///
    /// # Errors
    /// What is wrong with the text, in words that follow "is".
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let (brace, behind) = rest[at..].split_at(1);
            if let Some(behind) = behind.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            let name = behind.split_once('}').filter(|_| brace == "{");
            let Some((name, behind)) = name else {
                return Err(
                    "a word with a single brace; write `{{` and `}}` for braces that are meant as such".to_owned()
                );
            };
            let Some(slot) = Slot::ALL.into_iter().find(|slot| slot.word() == name) else {
                let known = Slot::ALL.map(Slot::word);
                let near = crate::text::nearest(name, known).map(|near| format!("did you mean `{{{near}}}`? "));
                let known = known.map(|known| format!("{{{known}}}")).join(", ");
                let near = near.unwrap_or_default();
                return Err(format!("a word with `{{{name}}}`, which stands for nothing; {near}There are {known}"));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Slot(slot));
            rest = behind;
        }
        plain.push_str(rest);
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// Whether it has a place for something.
    #[must_use]
    pub fn has(&self, slot: Slot) -> bool {
        self.0.contains(&Piece::Slot(slot))
    }

    /// Whether it is nothing but a place for something.
    #[must_use]
    pub fn is(&self, slot: Slot) -> bool {
        self.0 == [Piece::Slot(slot)]
    }
}
