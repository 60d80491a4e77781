//! How single values are read; what they look like is the configuration's business, which reads the same ones.

use std::time::Duration;

use crate::config::{MemLimit, parse_duration, parse_mem_limit, parse_retries, parse_size, parse_timeout};
use crate::select::Shard;

pub(super) fn mem_limit(text: &str) -> Result<MemLimit, String> {
    parse_mem_limit(text)
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&jobs| jobs >= 1).ok_or_else(|| "not a whole number of at least 1".to_owned())
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
}

pub(super) fn retries(text: &str) -> Result<usize, String> {
    parse_retries(text)
}

pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    parse_timeout(text)
}

pub(super) fn some_size(text: &str) -> Result<u64, String> {
    match parse_size(text)? {
        0 => Err("zero, so that nothing could be written".to_owned()),
        size => Ok(size),
    }
}

pub(super) fn shard(text: &str) -> Result<Shard, String> {
    text.parse()
}

/// How many shards there may be: more than any service starts at once is a slip of the pen.
pub(super) fn shards(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|count| (1..=1000).contains(count)).ok_or_else(|| "not a number from 1 to 1000".to_owned())
}
