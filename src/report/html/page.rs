//! The page as a whole: its policy, its style sheet and script, and its parts in the order of what a reader asks first.
//!
//! Must not know what is in a part.

use std::io::{self, BufWriter, Write};

use super::super::RunReport;
use super::super::excerpt::ReadPart;
use super::super::room::Room;
use super::anchors::Anchors;
use super::checks::Checks;
use super::escape::line;
use super::track::Track;
use super::{graph, look, overview, timeline};

/// The most that is kept of all outputs together, in bytes as they were written, so that a browser opens the page fast.
const MOST_OUTPUTS: u64 = 6 * 1024 * 1024;

/// The style sheet, the script, and the controls that need it. For readers of XML both stand in CDATA.
const STYLE: &str = concat!("/*<![CDATA[*/\n", include_str!("report.css"), "/*]]>*/");
const SCRIPT: &str = concat!("/*<![CDATA[*/\n", include_str!("report.js"), "/*]]>*/");
const TOOLS: &str = include_str!("tools.html");

/// SHA-256 of [`STYLE`] and [`SCRIPT`], which the page's policy allows and nothing else. A test computes both and says what
/// they have to be.
const STYLE_HASH: &str = "sha256-mF9CbGmnbFvXmHtxxc7w/bKGd/DataGtPv62KTM7ut8=";
const SCRIPT_HASH: &str = "sha256-xA5OB9CpV8GAqXbjaIJKqY/mG9i6pSHa5/ES6VPrzm8=";

/// Writes a finished run as one HTML file that needs nothing beside itself. At most `max_output` bytes of each output are
/// kept, fewer where there are many. Outputs are read one at a time.
///
/// # Errors
/// When an output cannot be read or `out` does not take what is written.
pub fn html(report: &RunReport, read: &ReadPart<'_>, max_output: u64, out: &mut dyn Write) -> io::Result<()> {
    let anchors = Anchors::of(report);
    let tracks = Track::all(report);
    let checks = Checks::of(report, read, Room::of(report, max_output, MOST_OUTPUTS));
    let out = &mut BufWriter::new(out);
    head(out, report)?;
    overview::answer(out, report)?;
    writeln!(out, "<main id=\"main\">")?;
    overview::problems(out, report)?;
    overview::failures(out, report, &anchors)?;
    overview::doubts(out, report, &anchors)?;
    if let ([plan], [track]) = (report.plans.as_slice(), tracks.as_slice())
        && !plan.stages.is_empty()
    {
        writeln!(out, "<section aria-labelledby=\"order-title\">\n<h2 id=\"order-title\">Order of the stages</h2>")?;
        graph::write(out, plan, anchors.plan(0), track)?;
        writeln!(out, "</section>")?;
    }
    timeline::write(out, report, &anchors, &tracks)?;
    out.write_all(TOOLS.as_bytes())?;
    for (number, (plan, track)) in report.plans.iter().zip(&tracks).enumerate() {
        checks.plan(out, plan, anchors.plan(number), track)?;
    }
    writeln!(out, "</main>\n<footer><p>Written by plan-run {}.</p></footer>", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")?;
    out.flush()
}

fn head(out: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    let (look, sentence) = look::verdict(report);
    // The browser's tab shows the colour and, in the title, the sign: one dot of a GIF each.
    let dot = match look.class {
        "ok" => "CCAQ",
        "bad" => "MYoK",
        "err" => "LRTC",
        _ => "GBwg",
    };
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'; \
         script-src '{SCRIPT_HASH}'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n\
         <link rel=\"icon\" href=\"data:image/gif;base64,R0lGODlhAQABAIAA{dot}P///ywAAAAAAQABAAACAkQBADs=\"/>\n\
         <title>{} {} \u{b7} plan-run</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>",
        look.sign,
        line(&sentence)
    )
}
