//! The one engine that reads every dialect: structure, order, labels, in that sequence.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::boxes;
use super::detect::{self, Dialect};
use super::directives::{self, Blocks, Told};
use super::folder;
use super::holders;
use super::model::{Order, ReadStage, Reading, Reference, Relation, RelationSource};
use super::names::Names as _;
use super::obey::{self, Obeyed, OwnNeeds};
use super::order::{self, Said};
use super::stage_names::StageNames;
use super::structure::{self, Draft, Structure};
use super::units::Unit;
use super::xml;
use crate::config::{LineConfig, Named};
use crate::diagnostic::{Diagnostics, codes};
use crate::outline::Outline;
use crate::source::Source;
use crate::text;

/// Reads a document. `choice` names a dialect to read it as; an unknown name is as none. `lines` is what its front
/// matter says of single lines.
#[must_use]
pub fn read(
    source: &Arc<Source>,
    outline: &Outline,
    choice: Option<&str>,
    lines: &[LineConfig],
    diagnostics: &mut Diagnostics,
) -> Reading {
    let mut structure = structure::read(outline);
    let drafts = std::mem::take(&mut structure.drafts);
    let tagged = xml::read(source, outline, &drafts, &mut structure.scripts);
    structure.tagged = tagged.is_some();
    if structure.tagged {
        structure.holders.clear();
    }
    structure.drafts = tagged.unwrap_or(drafts);
    if structure.drafts.is_empty() {
        diagnostics.push(codes::no_stages(source));
    }
    let first = structure.drafts.iter().map(|draft| draft.span.start).min().unwrap_or(0);
    if let Some(whole) = folder::of_plan(&outline.root, first) {
        let checks = structure.drafts.iter_mut().flat_map(|draft| &mut draft.found.checks);
        checks.for_each(|check| folder::place(check, &whole));
    }
    let Told { remarks, allowed } = directives::gather(source, outline, lines, &structure, diagnostics);
    let obeyed = if remarks.is_empty() {
        Obeyed::default()
    } else {
        obey::obey(source, &Blocks::of(source, outline), remarks, &mut structure, diagnostics)
    };
    let chosen = choice.and_then(detect::by_name);
    let dialect = chosen.unwrap_or_else(|| detect::detect(&structure));
    let order = if chosen.is_none() && dialect.order == Order::Independent && !detect::are_disjoint(&structure) {
        Order::Sequence
    } else {
        default_order(dialect, &mut structure)
    };
    let nameless = Unit::default();
    let mut names = StageNames::default();
    let count = structure.drafts.len();
    for (index, holder) in structure.holders.iter().enumerate() {
        names.add(count + index, &holder.unit, &holder.title);
        names.add(count + index, &nameless, &holder.unit.rest);
        names.story(count + index, &holder.unit.rest);
    }
    let mut holds = vec![false; count];
    for stage in structure.holders.iter().filter_map(|holder| holder.stage) {
        holds[stage] = true;
    }
    for (index, draft) in structure.drafts.iter().enumerate().filter(|(index, draft)| !draft.last && !holds[*index]) {
        names.add(index, &draft.unit, &draft.title);
        if !draft.unit.rest.is_empty() {
            names.add(index, &nameless, &draft.unit.rest);
        }
    }
    for (index, draft) in
        structure.drafts.iter().enumerate().filter(|(_, draft)| !draft.last && !draft.group_name.is_empty())
    {
        names.alias(index, &format!("{}.{}", draft.group_name, draft.unit.number));
    }
    let initials = if structure.order.is_empty() { StageNames::default() } else { names.with_initials() };
    let mut said = order::read(&structure, &names, &initials, order);
    let labels = labels(&structure.drafts);
    own_needs(&mut said, &obeyed.needs, &structure, &names, &labels, order);
    let mut around = vec![None; structure.drafts.len()];
    if dialect.name == "task-list" {
        for (at, holder) in structure.holders.iter().enumerate() {
            holder.members.iter().for_each(|&member| around[member] = Some(at));
        }
    }
    let title = outline.root.sections.first().map(|section| section.title.to_plain()).filter(|title| !title.is_empty());
    let title = title.or_else(|| first_line(source, outline));
    let scripts = structure.scripts;
    let stages = structure
        .drafts
        .into_iter()
        .zip(labels)
        .map(|(draft, label)| ReadStage {
            label,
            title: if draft.unit.rest.is_empty() { draft.title } else { draft.unit.rest },
            span: draft.span,
            group: draft.group,
            last: draft.last,
            gate: matches!(draft.unit.word.as_str(), "checkpoint" | "gate"),
            inner: draft.inner,
            checks: draft.found.checks,
        })
        .collect();
    Reading {
        dialect: dialect.name,
        title,
        stages,
        relations: said.relations,
        order,
        around,
        in_a_row: said.in_a_row,
        parallel: said.parallel,
        scripts,
        directed: obeyed.directed,
        boxes: boxes::gather(outline),
        allowed,
        sections: boxes::sections(outline),
    }
}

/// Puts what authors tell plan-run of their stages' needs in the place of what the stages say of themselves.
fn own_needs(
    said: &mut Said,
    needs: &[OwnNeeds],
    structure: &Structure<'_>,
    names: &StageNames,
    labels: &[String],
    order: Order,
) {
    if needs.is_empty() {
        return;
    }
    let by_label: BTreeMap<&str, usize> =
        labels.iter().enumerate().map(|(index, label)| (label.as_str(), index)).collect();
    let mut own = Said::default();
    for OwnNeeds { stage, span, names: needed, .. } in needs {
        let reference = |name: &Named| Reference {
            name: name.name.clone(),
            span: name.span,
            stage: by_label.get(name.name.as_str()).copied().or_else(|| names.resolve(&name.name)),
            unit: None,
        };
        own.relations.push(Relation {
            stage: Reference { span: *span, stage: Some(*stage), ..Reference::default() },
            needs: needed.iter().map(reference).collect(),
            place: *span,
            all_before: None,
            soft: false,
            source: RelationSource::Told,
        });
    }
    holders::expand(&mut own, structure, order);
    let told: BTreeSet<Option<usize>> = own.relations.iter().map(|relation| relation.stage.stage).collect();
    said.relations.retain(|relation| relation.source != RelationSource::Own || !told.contains(&relation.stage.stage));
    said.relations.extend(own.relations);
}

/// The order that holds by default; steps that name their workstream are put into its group.
fn default_order(dialect: &Dialect, structure: &mut Structure<'_>) -> Order {
    if dialect.order != Order::Groups {
        return dialect.order;
    }
    let mut groups: BTreeMap<String, u32> = BTreeMap::new();
    let mut several = false;
    for draft in structure.drafts.iter_mut().filter(|draft| !draft.last && draft.group == 0) {
        let Some(run) = &draft.found.workstream else { continue };
        let words = super::inline::markdown(run);
        let mut names: Vec<&str> =
            words.split([',', '&', '/']).map(str::trim).filter(|name| !name.is_empty()).collect();
        // `A – Input & output`: the key is what stands first, and what follows is a name.
        if let Some(key) = names.first().and_then(|first| key_of(first)) {
            names = std::iter::once(key).chain(names.iter().skip(1).filter_map(|name| key_of(name))).collect();
        }
        several |= names.len() > 1;
        if let Some(name) = names.first() {
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX).saturating_add(1_000);
            draft.group = *groups.entry(name.to_lowercase()).or_insert(next);
        }
    }
    // A step that serves several workstreams ties them together: the order of the document is all that is left.
    if several { Order::Sequence } else { Order::Groups }
}

/// The letter or number by which a workstream goes before its name: `A – Engine`, `2: Engine`.
fn key_of(name: &str) -> Option<&str> {
    let end = name.find(|next: char| !next.is_alphanumeric()).unwrap_or(name.len());
    let (key, rest) = name.split_at(end);
    let short = key.len() == 1 || !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    (short && (rest.is_empty() || rest.trim_start().starts_with(['–', '—', '-', ':', '(']))).then_some(key)
}

/// A label for each stage, unique in the plan.
fn labels(drafts: &[Draft]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::with_capacity(drafts.len());
    // Numbers that several units share, such as those of phases and of their tasks, are told apart by the word. For each
    // number a word, and whether there is another one.
    let mut words: HashMap<&str, (&str, bool)> = HashMap::new();
    for Unit { number, word, .. } in drafts.iter().filter(|draft| !draft.listed).map(|draft| &draft.unit) {
        if !word.is_empty() {
            let (first, several) = words.entry(number).or_insert((word, false));
            *several |= first != word;
        }
    }
    let shared =
        |unit: &Unit| words.get(unit.number.as_str()).is_some_and(|&(first, several)| several || first != unit.word);
    for (before, draft) in drafts.iter().enumerate() {
        let wanted = if draft.last {
            let slug = text::slug(&crate::dialect::vocab::normalise(&draft.title));
            if slug.is_empty() { "last".to_owned() } else { slug }
        } else if (draft.listed || draft.unit.word == "step") && !draft.group_name.is_empty() {
            format!("{}.{}", draft.group_name, draft.unit.number)
        } else if draft.unit.number.is_empty() {
            let named = !draft.unit.word.is_empty() && draft.unit.word != "workstream" && !draft.unit.rest.is_empty();
            let slug = text::slug(if named { &draft.unit.rest } else { &draft.title });
            if slug.is_empty() { (before + 1).to_string() } else { slug }
        } else if shared(&draft.unit) && !draft.unit.word.is_empty() {
            format!("{}-{}", draft.unit.word, draft.unit.number)
        } else if draft.unit.word == "ws" {
            format!("WS{}", draft.unit.number)
        } else {
            draft.unit.number.clone()
        };
        labels.push(wanted);
    }
    let mut taken: HashMap<&str, u32> = HashMap::with_capacity(labels.len());
    let again: Vec<(usize, String)> = labels
        .iter()
        .enumerate()
        .filter_map(|(at, label)| {
            let seen = taken.entry(label).and_modify(|seen| *seen += 1).or_insert(1);
            (*seen > 1).then(|| (at, format!("{label}~{seen}")))
        })
        .collect();
    for (at, label) in again {
        labels[at] = label;
    }
    labels
}

/// For a document without headings before its text: its first line, if that reads as a title.
fn first_line(source: &Source, outline: &Outline) -> Option<String> {
    let text = &source.text()[outline.root.span.range()];
    let tag = |line: &str| line.starts_with('<') && line.find('>').is_some_and(|end| end + 1 == line.len());
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !tag(line))?;
    (line.chars().count() <= 120).then(|| line.trim_start_matches('#').trim().to_owned())
}
