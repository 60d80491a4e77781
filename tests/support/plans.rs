//! Plans, graphs and setups made by hand, for tests that start after reading.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plan_run::config::{Leftovers, Retries};
use plan_run::graph::Graph;
use plan_run::plan::{
    Check, CheckId, Expect, Kind, Limit, LimitOf, Need, NeedSource, OutputRule, Plan, Script, ScriptId, Setup, Stage,
    StageId, StatusRule,
};
use plan_run::select::{Filter, Selected, Selection, select};
use plan_run::source::{Source, Span};

/// A plan under construction. What is added goes to the stage, or to the check, that was added last.
pub struct Sketch {
    plan: Plan,
    needs: Vec<Vec<String>>,
    setup: Setup,
    red: bool,
}

impl Sketch {
    /// A plan without stages, whose commands run in `root`.
    pub fn new(name: &str, root: &Path) -> Self {
        let plan = Plan {
            source: Arc::new(Source::from_text(name, "")),
            title: name.to_owned(),
            dialect: "test",
            stages: Vec::new(),
            checks: Vec::new(),
            directed: Vec::new(),
            boxes: Vec::new(),
            scripts: Vec::new(),
        };
        let setup = Setup {
            root: root.to_owned(),
            timeout: Limit { time: Duration::from_secs(600), of: LimitOf::Default },
            retries: Retries::default(),
            leftovers: Leftovers::default(),
            env: BTreeMap::new(),
            shell: None,
            resources: BTreeMap::new(),
            launchers: BTreeMap::new(),
            launcher: None,
            sandbox: Default::default(),
        };
        Self { plan, needs: Vec::new(), setup, red: false }
    }

    /// Adds a stage that needs others, named by their labels; they may come later.
    pub fn stage(mut self, label: &str, needs: &[&str]) -> Self {
        self.needs.push(needs.iter().map(|&need| need.to_owned()).collect());
        self.plan.stages.push(Stage {
            label: label.to_owned(),
            title: format!("Stage {label}"),
            span: Span::default(),
            line: 1,
            needs: Vec::new(),
            needs_source: NeedSource::Declared,
            checks: Vec::new(),
            timeout: None,
            retries: Retries::default(),
            leftovers: None,
            env: BTreeMap::new(),
            sandbox: Vec::new(),
            skip: None,
            inputs: None,
            tick: None,
            claimed: false,
        });
        self
    }

    /// Adds a check of any kind.
    pub fn check(mut self, kind: Kind, command: Option<&str>) -> Self {
        let id = CheckId(self.plan.checks.len() as u32);
        let stage_id = StageId(self.plan.stages.len() as u32 - 1);
        let stage = self.plan.stages.last_mut().expect("there is a stage");
        stage.checks.push(id);
        self.plan.checks.push(Check {
            label: format!("{}.{}", stage.label, stage.checks.len()),
            stage: stage_id,
            kind,
            span: Span::default(),
            line: 1,
            command: command.map(str::to_owned),
            cwd: None,
            risk: None,
            terminal: None,
            expect: None,
            text: String::new(),
            script: None,
            rule: "test",
            because: None,
            scene: false,
            writes: false,
            uses: BTreeMap::new(),
            weight: 1,
            launcher: None,
            demand: plan_run::config::Demand::default(),
            jobs: None,
            timeout: None,
            retries: None,
            leftovers: None,
            tick: None,
        });
        self
    }

    /// Adds a command.
    pub fn run(self, command: &str) -> Self {
        self.check(Kind::Command, Some(command))
    }

    /// Adds a command that must fail, and asks for such checks.
    pub fn red(mut self, command: &str) -> Self {
        self.red = true;
        self.check(Kind::Red, Some(command))
    }

    /// Adds something that a person must do.
    pub fn manual(self) -> Self {
        self.check(Kind::Manual, None)
    }

    /// Makes the last `count` checks one script.
    pub fn script(mut self, count: usize) -> Self {
        let script = ScriptId(self.plan.scripts.len() as u32);
        let first = self.plan.checks.len() - count;
        for check in &mut self.plan.checks[first..] {
            check.script = Some(script);
        }
        let checks = (first..self.plan.checks.len()).map(|index| CheckId(index as u32)).collect();
        self.plan.scripts.push(Script { checks });
        self
    }

    /// Changes the last check.
    pub fn with(mut self, change: impl FnOnce(&mut Check)) -> Self {
        change(self.plan.checks.last_mut().expect("there is a check"));
        self
    }

    /// Says what the plan expects of the last check.
    pub fn expects(self, words: &str, status: StatusRule, output: Option<OutputRule>) -> Self {
        self.with(|check| check.expect = Some(Expect { words: words.to_owned(), status, output }))
    }

    /// Changes the last stage.
    pub fn with_stage(mut self, change: impl FnOnce(&mut Stage)) -> Self {
        change(self.plan.stages.last_mut().expect("there is a stage"));
        self
    }

    /// Changes the setup.
    pub fn with_setup(mut self, change: impl FnOnce(&mut Setup)) -> Self {
        change(&mut self.setup);
        self
    }

    /// The plan, selected as a whole.
    pub fn selected(mut self) -> Selected {
        let find = |label: &String| {
            let at = self.plan.stages.iter().position(|stage| stage.label == *label);
            StageId(at.unwrap_or_else(|| panic!("no stage {label}")) as u32)
        };
        let needs: Vec<Vec<StageId>> = self.needs.iter().map(|labels| labels.iter().map(find).collect()).collect();
        for (stage, needs) in self.plan.stages.iter_mut().zip(&needs) {
            stage.needs = needs.iter().map(|&stage| Need { stage, span: None }).collect();
        }
        let graph = Graph::from_needs(needs).expect("plans in these tests have no cycle");
        select(Arc::new(self.plan), graph, self.setup, Filter { red: self.red, ..Filter::default() })
    }

    /// A selection with this plan alone.
    pub fn selection(self) -> Selection {
        Selection { plans: vec![self.selected()] }
    }
}
