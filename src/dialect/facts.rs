//! What is known of a command by its text alone. Plans name few commands, and those often, so it is found out once for
//! each text.
//!
//! Must not know where a command stands.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::command::{self, Form};
use super::effects::Terminal;
use super::shell::{self, Logical, Word};
use super::{checkers, effects, fed, programs};

/// What is known of a command. Few ask for all of it.
#[derive(Debug)]
pub(super) struct Facts {
    /// It taken apart.
    pub logical: Logical,
    /// What kind of text it is.
    pub form: Form,
    /// Whether it does not end by itself.
    pub endless: bool,
    /// Why it needs a terminal.
    pub terminal: Option<Terminal>,
    /// Whether it only checks files and is given none.
    pub lacks_file: bool,
    /// Whether it is one command that works on files and names none.
    pub wants_files: bool,
    unfit: OnceCell<bool>,
    effects: OnceCell<(Option<String>, bool)>,
}

impl Facts {
    fn new(text: &str) -> Self {
        let logical = shell::lex(text);
        let words = shell::simple_commands(&logical.tokens);
        Self {
            form: command::form_of(text, &logical, &words),
            endless: fed::endless(&logical).is_some(),
            terminal: effects::terminal(&logical),
            lacks_file: checkers::lacks_file(&logical.tokens, &words),
            wants_files: words.len() == 1 && checkers::wants_files(&words[0]),
            unfit: OnceCell::new(),
            effects: OnceCell::new(),
            logical,
        }
    }

    fn words(&self) -> Vec<Vec<&Word>> {
        shell::simple_commands(&self.logical.tokens)
    }

    /// Whether something in it, whose text this is, is still to be filled in.
    pub(super) fn unfit(&self, text: &str) -> bool {
        *self.unfit.get_or_init(|| match self.form {
            Form::Unfit(_) => true,
            // What is taken for a command has been looked at already.
            Form::Command => false,
            Form::Likely | Form::No => command::unfit_among(text, &self.words()).is_some(),
        })
    }

    /// Whether one of its programs serves where the words around say so.
    pub(super) fn may_serve(&self) -> bool {
        self.words().iter().any(|words| programs::may_serve(words))
    }

    /// Whether it proves something by its nature: a test, a linter, a build.
    pub(super) fn proves(&self) -> bool {
        programs::proves(&self.words())
    }

    /// Whether it prepares the ground rather than checks it.
    pub(super) fn prepares(&self) -> bool {
        self.words().first().is_some_and(|words| programs::prepares(words))
    }

    /// Why it should not run without approval, and whether it changes the working tree.
    pub(super) fn effects(&self) -> (Option<String>, bool) {
        self.effects.get_or_init(|| effects::of(&self.logical)).clone()
    }
}

/// How many texts are remembered: those that came last. More would cost plans of ever new commands more than it saves.
const SLOTS: usize = 64;

/// A command's text, and what is known of it.
type Slot = Option<(Box<str>, Rc<Facts>)>;

thread_local! {
    static KNOWN: RefCell<[Slot; SLOTS]> = const { RefCell::new([const { None }; SLOTS]) };
}

/// What is known of a command with this text.
pub(super) fn of(text: &str) -> Rc<Facts> {
    KNOWN.with_borrow_mut(|known| {
        let slot = &mut known[slot(text)];
        match slot {
            Some((other, facts)) if **other == *text => Rc::clone(facts),
            _ => {
                let facts = Rc::new(Facts::new(text));
                *slot = Some((text.into(), Rc::clone(&facts)));
                facts
            }
        }
    })
}

/// The slot of a text, by its length and its last bytes, in which commands differ most.
fn slot(text: &str) -> usize {
    let mix = |hash: usize, byte: &u8| hash.wrapping_mul(31).wrapping_add(usize::from(*byte));
    text.as_bytes().iter().rev().take(24).fold(text.len(), mix) % SLOTS
}
