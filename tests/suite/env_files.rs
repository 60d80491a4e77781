//! Files with variables for commands: what may stand in them, which value wins, and what is said of a bad one.

use std::collections::BTreeMap;
use std::sync::Arc;

use plan_run::config::parse_env_file;
use plan_run::diagnostic::Diagnostics;
use plan_run::source::Source;

use crate::support::space::Space;
use crate::support::whole::staged;

/// What a file sets, and what is wrong with it.
fn read(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let source = Arc::new(Source::decode(".env", text.as_bytes()).expect("it can be decoded"));
    let (mut variables, mut diagnostics) = (BTreeMap::new(), Diagnostics::default());
    parse_env_file(&source, &mut variables, &mut diagnostics);
    let said = diagnostics.all().iter().map(|problem| {
        let place = problem.labels.first().expect("it has a place");
        format!("{}: {}", source.line(place.span.start), problem.message)
    });
    (variables.into_iter().collect(), said.collect())
}

fn sets(text: &str, expected: &[(&str, &str)]) {
    let (variables, problems) = read(text);
    assert_eq!(problems, Vec::<String>::new(), "{text}");
    let expected: Vec<(String, String)> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(variables, expected, "{text}");
}

#[test]
fn values_stand_bare_or_in_quotes() {
    sets("", &[]);
    sets("# nothing\n\n  \n\t# more\n", &[]);
    sets(
        "A=1\nexport B=two words  # and a comment\n  C =\n".replace(" =", "=").as_str(),
        &[("A", "1"), ("B", "two words"), ("C", "")],
    );
    sets("A=x#y\r\nB= padded \r\nC=$HOME `x` \\n 'q'\n", &[("A", "x#y"), ("B", "padded"), ("C", "$HOME `x` \\n 'q'")]);
    sets(
        "A='a $B ${C} \\n # \"'\nB='two\nlines' # and more\nC=3",
        &[("A", "a $B ${C} \\n # \""), ("B", "two\nlines"), ("C", "3")],
    );
    sets(
        "A=\"a\\tb\\n\\\"q\\\" \\\\ \\$ \\x\"\nB=\"two\nlines\"",
        &[("A", "a\tb\n\"q\" \\ $ \\x"), ("B", "two\nlines")],
    );
    sets("A=1\nA=2\n", &[("A", "2")]);
}

#[test]
fn earlier_variables_are_replaced_where_they_stand_in_braces() {
    sets(
        "HOST=db\nPORT=5432\nURL=pg://${HOST}:${PORT}/x\nQ=\"${HOST} \\${HOST}\"\nS='${HOST}'\n",
        &[("HOST", "db"), ("PORT", "5432"), ("Q", "db ${HOST}"), ("S", "${HOST}"), ("URL", "pg://db:5432/x")],
    );
}

#[test]
fn what_cannot_be_understood_is_told_with_its_line() {
    let (variables, problems) = read("A=1\nB 2\n=3\n1X=4\nC='x' y\nD=${NONE}\nE=${open\nF=\"end\nG=1");
    assert_eq!(variables, [("A".to_owned(), "1".to_owned())]);
    assert_eq!(
        problems,
        [
            "2: the line has no `=` right behind the name",
            "3: the line does not begin with the name of a variable",
            "4: the line does not begin with the name of a variable",
            "5: the line has something behind the closing quote",
            "6: the line asks for a variable that is not set before it; only `${NAME}` of such a one is replaced",
            "7: the line asks for a variable that is not set before it; only `${NAME}` of such a one is replaced",
            "8: the line has an open quote",
        ]
    );
}

#[test]
fn the_nearest_value_wins() {
    let mut space = Space::new();
    space.env("V0", "inherited").env("V1", "inherited").env("V2", "inherited").env("V3", "inherited");
    space.env("V4", "inherited").env("V5", "inherited").env("V6", "inherited").env("CI", "true");
    space.file("base.env", "V1=base\nV2=base\nV3=base\nV4=base\nV5=base\nV6=base\n");
    space.file("conf/more.env", "V2=more-${V1}\nV3=more\nV4=more\nV5=more\nV6=more\n");
    space.file("docs/own.env", "V3=own\nV4=own\nV5=own\nV6=own\n");
    space.file(
        "plan-run.yaml",
        "env_file: [base.env, conf/more.env]\nenv: {V4: config, V5: config, V6: config}\nstages: {\"1\": {env: {V6: stage}}}\n",
    );
    let front = "---\nplan-run:\n  env_file: docs/own.env\n  env: {V5: front, V6: front}\n---\n";
    let check = "echo $V0 $V1 $V2 $V3 $V4 $V5 $V6 $CI >seen";
    space.file("docs/plan.md", &(front.to_owned() + &staged(&[("1", "", &[check])])));
    let finished = space.run(&["docs/plan.md"]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    assert_eq!(space.read("seen"), "inherited base more-base own config front stage true\n");
}

#[test]
fn a_file_that_is_not_there_is_told_where_it_is_named() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["touch ran"])]));
    space.file("plan-run.yaml", "jobs: 1\nenv_file: [.env]\n");
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(2), "{}", finished.stderr);
    assert!(finished.stderr.contains("error[missing-env-file]: cannot read the file `.env`"), "{}", finished.stderr);
    assert!(finished.stderr.contains("plan-run.yaml:2:12"), "{}", finished.stderr);
    space.file("plan-run.yaml", "jobs: 1\n");
    space.file("plan.md", &("---\nplan-run:\n  env_file: no.env\n---\n".to_owned() + &space.read("plan.md")));
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(3), "{}", finished.stderr);
    assert!(finished.stderr.contains("plan.md:3:13"), "{}", finished.stderr);
    assert!(!space.at("ran").exists(), "nothing was run");
}

#[test]
fn secrets_in_such_files_are_never_shown() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["echo $API_TOKEN"])]));
    space.file("plan-run.yaml", "env_file: secret.env\n");
    space.file("secret.env", "API_TOKEN=hush-hush-123\n");
    let finished = space.run(&["plan.md", "--junit", "r.xml"]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    let told = finished.stderr + &finished.stdout + &space.read("r.xml");
    assert!(told.contains("***") && !told.contains("hush-hush-123"), "{told}");
    space.file("secret.env", "API_TOKEN=\"hush-hush-123\n");
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(2), "{}", finished.stderr);
    assert!(finished.stderr.contains("env-file-syntax"), "{}", finished.stderr);
    assert!(!finished.stderr.contains("hush-hush-123"), "{}", finished.stderr);
}
