//! One constructor for each code: the one place where the words of a problem stand.

mod configuration;
mod directives;
mod places;
mod reading;
mod stages;

pub use self::configuration::*;
pub use self::directives::*;
pub use self::reading::*;
pub use self::stages::*;
