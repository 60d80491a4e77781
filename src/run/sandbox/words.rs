//! How the system says in words what it refuses, in English and in the languages that are in force.
//!
//! Programs take these words from the system's catalogs of messages, by the same variables as are read here. Where there is
//! no catalog of a language, they speak English. Must not know the rules of a sandbox.

use std::path::{Path, PathBuf};

use crate::host::Host;

/// What the system refused, as far as words tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Something about a file.
    Access,
    /// To change what can only be read.
    Change,
    /// To reach another machine.
    Network,
    /// A larger file.
    FileSize,
    /// More memory.
    Memory,
    /// More processes.
    Processes,
}

/// Words in English, and what programs say that name an error by its number or its short name.
const ENGLISH: &[(Refused, &str)] = &[
    (Refused::Access, "ermission denied"),
    (Refused::Access, "EACCES"),
    (Refused::Access, "EPERM"),
    (Refused::Access, "peration not permitted"),
    (Refused::Access, "PermissionError"),
    (Refused::Access, "(os error 13)"),
    (Refused::Access, "(os error 1)"),
    (Refused::Access, "[Errno 13]"),
    (Refused::Access, "[Errno 1]"),
    (Refused::Change, "ead-only file system"),
    (Refused::Change, "EROFS"),
    (Refused::Change, "(os error 30)"),
    (Refused::Change, "[Errno 30]"),
    (Refused::Network, "etwork is unreachable"),
    (Refused::Network, "ENETUNREACH"),
    (Refused::Network, "(os error 101)"),
    (Refused::Network, "[Errno 101]"),
    (Refused::Network, "ould not resolve host"),
    (Refused::Network, "emporary failure in name resolution"),
    (Refused::Network, "ame or service not known"),
    (Refused::Network, "EAI_AGAIN"),
    (Refused::Network, "ENOTFOUND"),
    (Refused::Network, "failed to lookup address"),
    (Refused::Network, "no such host"),
    (Refused::FileSize, "File too large"),
    (Refused::FileSize, "EFBIG"),
    (Refused::FileSize, "(os error 27)"),
    (Refused::FileSize, "[Errno 27]"),
    (Refused::FileSize, "File size limit exceeded"),
    (Refused::Memory, "annot allocate"),
    (Refused::Memory, "ENOMEM"),
    (Refused::Memory, "(os error 12)"),
    (Refused::Memory, "[Errno 12]"),
    (Refused::Memory, "MemoryError"),
    (Refused::Memory, "out of memory"),
    (Refused::Memory, "memory allocation of"),
    (Refused::Processes, "fork: retry"),
    (Refused::Processes, "esource temporarily unavailable"),
    (Refused::Processes, "EAGAIN"),
    (Refused::Processes, "(os error 11)"),
    (Refused::Processes, "[Errno 11]"),
    (Refused::Processes, "BlockingIOError"),
];

/// What the catalogs of the system translate.
const MESSAGES: &[(Refused, &str)] = &[
    (Refused::Access, "Permission denied"),
    (Refused::Access, "Operation not permitted"),
    (Refused::Change, "Read-only file system"),
    (Refused::Network, "Network is unreachable"),
    (Refused::Network, "Temporary failure in name resolution"),
    (Refused::Network, "Name or service not known"),
    (Refused::FileSize, "File too large"),
    (Refused::FileSize, "File size limit exceeded"),
    (Refused::Memory, "Cannot allocate memory"),
    (Refused::Processes, "Resource temporarily unavailable"),
];

/// Where catalogs are.
const FOLDERS: &[&str] = &["/usr/share/locale", "/usr/local/share/locale", "/usr/share/locale-langpack"];

/// The variable that names another such folder.
const FOLDER: &str = "TEXTDOMAINDIR";

/// Whose catalog has the words of the system.
const CATALOG: &str = "LC_MESSAGES/libc.mo";

/// What the words are in the languages that are in force beside English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<(Refused, String)>);

impl Words {
    /// Looks them up.
    pub(super) fn in_force(host: &dyn Host) -> Self {
        let mut folders: Vec<PathBuf> = host.env(FOLDER).map(PathBuf::from).into_iter().collect();
        folders.extend(FOLDERS.iter().map(PathBuf::from));
        let mut words = Vec::new();
        for language in languages(host) {
            let places = folders.iter().map(|folder| folder.join(&language).join(CATALOG));
            let catalog = places.filter(|place| host.exists(place)).find_map(|place| host.read(&place).ok());
            let Some(catalog) = catalog else { continue };
            for (refused, message) in MESSAGES {
                words.extend(translated(&catalog, message).map(|text| (*refused, text.to_owned())));
            }
        }
        Self(words)
    }

    /// Where such words begin first in a line.
    pub(super) fn find(&self, line: &str, wanted: Refused) -> Option<usize> {
        let own = self.0.iter().map(|(refused, word)| (*refused, word.as_str()));
        let all = own.chain(ENGLISH.iter().copied());
        all.filter(|(refused, _)| *refused == wanted).filter_map(|(_, word)| line.find(word)).min()
    }
}

/// The languages in which programs are asked to speak, as folders of catalogs are named; none where that is English anyway.
fn languages(host: &dyn Host) -> Vec<String> {
    let set = |name: &&str| host.env(name).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set) else { return Vec::new() };
    if matches!(locale.split('.').next(), Some("C" | "POSIX")) {
        return Vec::new();
    }
    let several = set(&"LANGUAGE").unwrap_or_default();
    let mut names = Vec::new();
    for name in several.split(':').chain([locale.as_str()]) {
        let (name, variant) = name.split_once('@').unwrap_or((name, ""));
        let territory = name.split('.').next().unwrap_or(name);
        let language = territory.split('_').next().unwrap_or(territory);
        for name in [territory, language] {
            if !variant.is_empty() {
                names.push(format!("{name}@{variant}"));
            }
            names.push(name.to_owned());
        }
    }
    // No name leads anywhere but into the folder.
    let is_name =
        |name: &String| !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"_@-".contains(&c));
    names.retain(is_name);
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// What a catalog of GNU gettext has for a message. `None` for what is none, or for another encoding than UTF-8.
fn translated<'c>(catalog: &'c [u8], message: &str) -> Option<&'c str> {
    let big = match catalog.get(..4)? {
        [0xde, 0x12, 0x04, 0x95] => false,
        [0x95, 0x04, 0x12, 0xde] => true,
        _ => return None,
    };
    let number = |at: usize| -> Option<usize> {
        let bytes = <[u8; 4]>::try_from(catalog.get(at..at.checked_add(4)?)?).ok()?;
        usize::try_from(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }).ok()
    };
    // A table is of lengths and places.
    let text = |table: usize, index: usize| -> Option<&'c [u8]> {
        let entry = table.checked_add(index.checked_mul(8)?)?;
        let (length, start) = (number(entry)?, number(entry.checked_add(4)?)?);
        catalog.get(start..start.checked_add(length)?)
    };
    let (count, originals, translations) = (number(8)?, number(12)?, number(16)?);
    // Each takes room, so that no number in a damaged one is believed beyond that.
    let index = (0..count.min(catalog.len() / 8)).find(|&index| text(originals, index) == Some(message.as_bytes()))?;
    std::str::from_utf8(text(translations, index)?).ok().filter(|text| !text.trim().is_empty())
}

/// Whether the user of this process, who is no other than the command's, may not do it either.
pub(super) fn is_refused_anyway(path: &Path, writes: bool) -> bool {
    use rustix::fs::{Access, access};
    use rustix::io::Errno;

    let refused = |path: &Path, how| matches!(access(path, how), Err(Errno::ACCESS | Errno::PERM | Errno::ROFS));
    if writes {
        // What lies in a folder can be removed by whoever may write to that.
        refused(path, Access::WRITE_OK) && path.parent().is_none_or(|parent| refused(parent, Access::WRITE_OK))
    } else {
        refused(path, Access::READ_OK)
    }
}
