//! x

/// Stand-in.
#[must_use]
pub fn link_base(server: Option<&str>, repository: Option<&str>, commit: Option<&str>) -> Option<String> {
    Some(format!("{}/{}/blob/{}/", server?, repository?, commit?))
}
