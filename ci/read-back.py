"""Reads our reports with the readers of others, and compares what they find with what the run was.

Called by ci/readers with the folder in which the readers are installed and the reports lie.
"""

import json
import pathlib
import subprocess
import sys

import jsonschema
import test_results_parser
from junitparser import JUnitXml, xunit2

HOME = pathlib.Path(sys.argv[1])
REPORTS, OUT, BIN = HOME / "reports", HOME / "out", HOME / "venv" / "bin"
failed = 0


def check(reader, what, found, expected):
    """Counts and shows a finding that is not as expected."""
    global failed
    if found != expected:
        failed += 1
        print(f"FAILED  {reader}: {what}: found {found!r}, expected {expected!r}")


def run(*words):
    """Runs a reader; gives its output, or None if it fails."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        check(words[0], "exit status", done.returncode, 0)
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def junitparser(path, want):
    cases = [case for suite in JUnitXml.fromfile(str(path)) for case in xunit2.TestSuite.fromelem(suite._elem)]
    kinds = [case.result[0]._tag if case.result else "passed" for case in cases]
    for name, kind in [("passed", "passed"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
        check("junitparser", f"{path.name} {name}", kinds.count(kind), want[name])
    flaky = sum(len(list(case.flaky_failures())) + len(list(case.flaky_errors())) for case in cases)
    reruns = sum(len(list(case.rerun_failures())) + len(list(case.rerun_errors())) for case in cases)
    check("junitparser", f"{path.name} flaky", flaky, want["flaky"])
    check("junitparser", f"{path.name} reruns", reruns, want["reruns"])
    names = {(case.classname, case.name) for case in cases}
    check("junitparser", f"{path.name} unique names", len(names), len(cases))
    told = [case for case in cases if any(item.name == "kind" for item in case.properties())]
    check("junitparser", f"{path.name} cases with properties", len(told), want["checks"])
    for case in cases:
        if case.result:
            first = case.result[0]
            check("junitparser", f"{path.name} {case.name!r} has a message", bool(first.message), True)
            check("junitparser", f"{path.name} {case.name!r} has a text", bool(first.text), True)
    return [case.name for case in cases]


def codecov(path, want):
    runs = test_results_parser.parse_junit_xml(path.read_bytes()).testruns
    outcomes = [str(one.outcome) for one in runs]
    for name, outcome in [("passed", "pass"), ("failures", "failure"), ("errors", "error"), ("skipped", "skip")]:
        check("test-results-parser", f"{path.name} {name}", outcomes.count(outcome), want[name])
    files = [one.filename for one in runs if one.filename]
    check("test-results-parser", f"{path.name} cases with a file", len(files) >= want["checks"], True)


def pages(path, names):
    page = OUT / f"{path.stem}.junit2html.html"
    run(BIN / "junit2html", path, page)
    check("junit2html", f"{path.name} page", page.is_file() and page.stat().st_size > 0, True)
    viewer = HOME / "npm" / "node_modules" / ".bin" / "xunit-viewer"
    page = OUT / f"{path.stem}.xunit-viewer.html"
    shown = run(viewer, "-r", path, "-o", page, "-c", "--no-color", "--clear", "false")
    check("xunit-viewer", f"{path.name} page", page.is_file() and page.stat().st_size > 0, True)
    missing = [name for name in names if name not in shown]
    check("xunit-viewer", f"{path.name} names", missing, [])


def flakemap(want):
    folder = OUT / "flakemap"
    folder.mkdir()
    (folder / "tried.xml").write_bytes((REPORTS / "tried.xml").read_bytes())
    found = json.loads(run(BIN / "flakemap", folder, "--json"))
    check("flakemap", "recovered", found["summary"]["recovered_test_runs"], want["tried"]["ctrf"]["flaky"])
    check("flakemap", "exhausted", found["summary"]["exhausted_test_runs"], 1)


VALIDATE = """
import {readFileSync} from 'node:fs';
const {validateStrict, calculateSummary} = await import(process.argv[1]);
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  validateStrict(report);
  const summary = calculateSummary(report.results.tests);
  console.log(JSON.stringify({path, summary}));
}
"""


def ctrf(expected):
    module = HOME / "npm" / "node_modules" / "ctrf" / "dist" / "index.js"
    files = [REPORTS / f"{name}.ctrf.json" for name in expected]
    lines = run("node", "--input-type=module", "-e", VALIDATE, module, *files).splitlines()
    check("ctrf", "reports that are valid", len(lines), len(files))
    for name, line in zip(expected, lines):
        summary = json.loads(line)["summary"]
        for key, count in expected[name]["ctrf"].items():
            check("ctrf", f"{name} {key}", summary.get(key, 0), count)


def schema(expected):
    form = json.loads(pathlib.Path("schema/report.schema.json").read_text())
    for name in expected:
        problems = jsonschema.Draft202012Validator(form).iter_errors(json.loads((REPORTS / f"{name}.json").read_text()))
        check("jsonschema", name, [problem.message for problem in problems], [])


def main():
    expected = json.loads((REPORTS / "expected.json").read_text())
    for name, want in expected.items():
        path = REPORTS / f"{name}.xml"
        run("xmllint", "--noout", path)
        run("xmllint", "--noout", REPORTS / f"{name}.html")
        names = junitparser(path, want)
        codecov(path, want)
        pages(path, names)
    flakemap(expected)
    ctrf(expected)
    schema(expected)
    print(f"{len(expected)} runs read back: {'all as they were' if not failed else f'{failed} findings'}")
    sys.exit(1 if failed else 0)


main()
