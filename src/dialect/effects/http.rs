//! Requests that change something on another host.

/// Flags of HTTP clients whose value is no address.
const VALUED: &[&str] = &[
    "-H", "--header", "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "-F", "--form", "-o",
    "--output", "-u", "--user", "-A", "--user-agent", "-b", "--cookie", "-c", "--cookie-jar", "-e", "--referer", "-m",
    "--max-time", "--connect-timeout", "-w", "--write-out", "-x", "--proxy", "-X", "--request", "--method", "-T",
    "--upload-file", "--json", "--cacert", "--cert", "--key", "--retry", "--retry-delay", "--post-data", "--post-file",
    "--body-data", "-O", "--max-redirs", "--resolve", "--unix-socket", "-K", "--config",
];

/// Flags that send something.
const SENDING: &[&str] = &[
    "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "-F", "--form", "-T", "--upload-file", "--json",
    "--post-data", "--post-file",
];

/// Whether an HTTP client writes to a host that is not the local one.
pub(super) fn writes_remotely(base: &str, args: &[&str]) -> bool {
    let curl = base == "curl";
    let writes = match method(base, args) {
        Some(method) => !["GET", "HEAD", "OPTIONS", "TRACE"].iter().any(|reads| method.eq_ignore_ascii_case(reads)),
        // With `-G` the data is a question.
        None if curl && args.iter().any(|arg| matches!(*arg, "-G" | "--get")) => false,
        None => args.iter().any(|arg| {
            SENDING.contains(arg)
                || SENDING
                    .iter()
                    .any(|flag| flag.len() > 2 && arg.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')))
                || curl && cluster(arg).is_some_and(|flags| flags.ends_with(['d', 'F', 'T']))
        }),
    };
    writes && !addresses(base, args).all(is_local)
}

/// The method that is named.
fn method<'a>(base: &str, args: &[&'a str]) -> Option<&'a str> {
    let curl = base == "curl";
    let named = args.windows(2).find(|pair| {
        matches!(pair[0], "-X" | "--request" | "--method")
            || curl && cluster(pair[0]).is_some_and(|flags| flags.ends_with('X'))
    });
    let glued = |arg: &&'a str| {
        arg.strip_prefix("-X")
            .or_else(|| arg.strip_prefix("--request="))
            .or_else(|| arg.strip_prefix("--method="))
            .filter(|rest| !rest.is_empty())
    };
    let word = |arg: &&'a str| matches!(*arg, "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "DELETE" | "PATCH");
    named
        .map(|pair| pair[1])
        .or_else(|| args.iter().find_map(glued))
        .or_else(|| args.iter().copied().find(|arg| !curl && base != "wget" && word(arg)))
}

/// The letters of short flags that stand together: `-sSX`.
fn cluster(arg: &str) -> Option<&str> {
    let flags = arg.strip_prefix('-')?;
    (flags.len() > 1 && flags.chars().all(|next| next.is_ascii_alphabetic())).then_some(flags)
}

/// Where the requests go.
fn addresses<'a>(base: &str, args: &[&'a str]) -> impl Iterator<Item = &'a str> {
    let curl = base == "curl";
    let client = !curl && base != "wget";
    let mut skip = false;
    let mut found: Vec<&str> = args
        .iter()
        .filter(|arg| {
            let value = std::mem::replace(&mut skip, false);
            skip = VALUED.contains(arg) && !(curl && **arg == "-O")
                || curl
                    && cluster(arg).is_some_and(|flags| flags.ends_with(['X', 'd', 'F', 'T', 'H', 'o', 'u', 'm', 'w']));
            !value && !arg.starts_with('-') && !arg.starts_with(['>', '<', '&'])
        })
        .copied()
        .filter(|arg| !(client && arg.chars().all(|next| next.is_ascii_uppercase())))
        .collect();
    // Other clients take an address and then what they send.
    if client {
        found.truncate(1);
    }
    found.into_iter()
}

fn is_local(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "$", ":", "host.docker.internal"]
        .iter()
        .any(|host| rest.starts_with(host))
        || rest.split(['/', ':']).next().is_some_and(|host| host.ends_with(".local") || host.ends_with(".localhost"))
}
