//! Labels that join a word of proof with what is run or ticked there.

use super::places::{Place, lookup};

/// A word of proof that is joined with what is run or ticked: `Verification command`, `Verifikationskommando`,
/// `Post-implementation review checklist`.
pub(super) fn compound(name: &str) -> Option<Place> {
    // `DoD tests`: which part of the definition of done follows.
    if name.starts_with("dod ") && name.len() <= 24 {
        return Some(Place::Proof);
    }
    if is_past(name) || is_elsewhere(name) || publishes(name) {
        return Some(Place::Off);
    }
    if rounds_off(name) || joins_proofs(name) || is_script(name) {
        return Some(Place::Proof);
    }
    if !may_be_compound(name) {
        return None;
    }
    let stem = |tails: &[&str]| tails.iter().find_map(|tail| name.strip_suffix(tail));
    if let Some(head) = stem(&[
        "command", "commands", "kommando", "kommandos", "befehl", "befehle", "命令", "コマンド", "명령", "명령어",
    ])
    .or_else(|| COMMANDS_OF.iter().find_map(|lead| name.strip_prefix(lead)))
    {
        let head = head.trim_end_matches([' ', '-']);
        let known = |head: &str| lookup(head).filter(|_| !BUILDS.contains(&head));
        let whole = ["完整的", "完整", "全部", "完全な", "전체 "].iter().find_map(|lead| head.strip_prefix(lead));
        return known(head)
            .or_else(|| whole.and_then(known))
            .or_else(|| head.strip_suffix('s').and_then(known))
            .or_else(|| (head == "prüf").then_some(Place::Proof))
            .or_else(|| GLUED.iter().any(|proof| head.ends_with(proof)).then_some(Place::Proof))
            .filter(|place| matches!(place, Place::Proof | Place::Manual));
    }
    let head = stem(&["checklist", "checkliste", "check list"])?.trim_end_matches([' ', '-']);
    let last = head.rsplit([' ', '-']).next().unwrap_or("");
    // A review in the middle of the work is none of what it comes to.
    let late = ["final", "post-", "post ", "pre-merge"].iter().any(|lead| head.starts_with(lead));
    let judges =
        JUDGING.contains(&last) || late && matches!(last, "final" | "implementation" | "review" | "quality" | "merge");
    judges.then_some(Place::Proof)
}

/// `Validation and cleanup`: a proof beside what is left to do when the work is over.
#[must_use]
pub fn rounds_off(name: &str) -> bool {
    const REST: &[&str] = &[
        "cleanup", "clean-up", "clean up", "polish", "wrap-up", "wrap up", "sign-off", "signoff", "closeout",
        "close-out", "handoff", "hand-off", "archive", "archival", "review", "docs", "documentation",
    ];
    if completes(name) {
        return true;
    }
    let Some((head, rest)) = name.split_once(" and ").or_else(|| name.split_once(" & ")) else { return false };
    REST.contains(&rest)
        && matches!(
            head,
            "validation"
                | "verification"
                | "final validation"
                | "final verification"
                | "final checks"
                | "quality checks"
        )
}

/// `Verification and completion`, in either order: a proof with which the work is over.
fn completes(name: &str) -> bool {
    const JOINTS: &[&str] =
        &[" and ", " & ", " + ", " / ", " und ", " et ", " y ", " e ", " i ", " 및 ", "与", "和", "及", "と"];
    const ENDS: &[&str] = &[
        "completion", "closing", "closure", "close", "close-out", "closeout", "finish", "sign-off", "signoff",
        "abschluss", "fertigstellung", "clôture", "achèvement", "cierre", "finalización", "conclusão", "encerramento",
        "zakończenie", "ukończenie", "完成", "收尾", "完了", "완료", "마무리",
    ];
    let proves = |part: &str| lookup(part) == Some(Place::Proof) && !BUILDS.contains(&part);
    JOINTS.iter().filter_map(|joint| name.split_once(joint)).any(|(one, other)| {
        let (one, other) = (one.trim(), other.trim());
        proves(one) && ENDS.contains(&other) || ENDS.contains(&one) && proves(other)
    })
}

/// `Verification script`, `完整验证脚本`, `Script de vérification`: the commands of a proof, put together. A script for tests
/// may be one to be written, unless it is said to be all of it.
fn is_script(name: &str) -> bool {
    const TAILS: &[&str] =
        &[" script", " scripts", "-script", "-skript", "skript", "skripte", "脚本", "腳本", "スクリプト", "스크립트"];
    const WHOLE: &[&str] = &[
        "full ", "complete ", "entire ", "whole ", "vollständiges ", "vollständige ", "komplettes ", "完整的", "完整",
        "全部", "完全な", "전체 ",
    ];
    const WHOLE_BEHIND: &[&str] = &[" complet", " complète", " completo", " completa", " completos"];
    let (head, behind) = match TAILS.iter().find_map(|tail| name.strip_suffix(tail)) {
        Some(head) => (head.trim_end_matches([' ', '-']), false),
        None => {
            let rest = ["script ", "scripts ", "skrypt "].iter().find_map(|lead| name.strip_prefix(lead));
            let Some(rest) = rest else { return false };
            let bare = WHOLE_BEHIND.iter().find_map(|tail| rest.strip_suffix(tail));
            let rest = bare.unwrap_or(rest);
            let inner = WHOLE_BEHIND.iter().find_map(|lead| rest.strip_prefix(lead.trim_start()));
            let head = inner.unwrap_or(rest).trim_start().trim_start_matches("de ");
            (head, bare.or(inner).is_some())
        }
    };
    let bare = WHOLE.iter().find_map(|lead| head.strip_prefix(lead));
    let whole = behind || bare.is_some();
    let head = bare.unwrap_or(head).trim();
    let known = |head: &str| lookup(head) == Some(Place::Proof) && !BUILDS.contains(&head);
    let proves = known(head)
        || head.strip_suffix('s').is_some_and(known)
        || head == "prüf"
        || GLUED.iter().any(|proof| head.ends_with(proof));
    let tests = ["test", "prueba", "测试", "測試", "テスト", "테스트"].iter().any(|word| head.contains(word));
    proves && (whole || !tests)
}

/// Whether a label ends or begins as a compound does, which most do not.
fn may_be_compound(name: &str) -> bool {
    let ends = match name.as_bytes() {
        [.., last] if !last.is_ascii() => true,
        [.., a, b, c] => {
            matches!(&[*a, *b, *c], b"and" | b"nds" | b"ndo" | b"dos" | b"ehl" | b"hle" | b"ist" | b"ste")
        }
        _ => false,
    };
    ends || name.starts_with("com")
}

/// `Completed validation`, `Latest verification`: what has been run already.
fn is_past(name: &str) -> bool {
    const PAST: &[&str] =
        &["completed ", "latest ", "previous ", "past ", "recent ", "prior ", "earlier ", "historical "];
    PAST.iter().any(|past| name.starts_with(past)) && names_proof(name)
}

/// `Post-deploy verification`: what is looked at once the work is out of the house, as `Deployment` is.
fn is_elsewhere(name: &str) -> bool {
    const LATER: &[&str] =
        &["post-deploy", "post deploy", "post-release", "post-launch", "post-rollout", "production "];
    LATER.iter().any(|later| name.starts_with(later)) && name.split(' ').count() == 2 && names_proof(name)
}

/// `npm publishing process`: how the work leaves the house, step by step.
fn publishes(name: &str) -> bool {
    const PROCESSES: &[&str] = &[
        "publishing process", "publish process", "publication process", "release process", "deployment process",
        "deploy process", "rollout process", "rollback process",
    ];
    PROCESSES.iter().any(|process| name.ends_with(process)) && name.split(' ').count() <= 4
}

/// `Test and validation plan`, `Checks & tests`: two proofs by their names.
fn joins_proofs(name: &str) -> bool {
    let head = [" plan", " strategy", " checklist", " commands"].iter().find_map(|tail| name.strip_suffix(tail));
    let head = head.unwrap_or(name);
    let proves = |part: &str| lookup(part) == Some(Place::Proof) && !BUILDS.contains(&part);
    let mut joints = [" and ", " & ", " + "].iter();
    joints
        .find_map(|joint| head.split_once(joint))
        .is_some_and(|(one, other)| proves(one.trim()) && proves(other.trim()))
}

fn names_proof(name: &str) -> bool {
    matches!(
        name.rsplit(' ').next(),
        Some(
            "verification" | "validation" | "checks" | "check" | "tests" | "testing" | "verifications" | "validations"
        )
    )
}

/// Words of proof that end a label in scripts without blanks, whatever stands before them: `想定する検証コマンド`.
const GLUED: &[&str] = &["検証", "验证", "驗證", "검증"];

/// What a command is said to be for behind it: `Commandes de vérification`.
const COMMANDS_OF: &[&str] = &["commande de ", "commandes de ", "comando de ", "comandos de "];

/// Labels that name work as well as its proof: a list of build commands is there to look things up.
const BUILDS: &[&str] = &["build", "lint", "demo", "type check", "typecheck"];

/// Words for which a checklist is gone through when the work is done.
const JUDGING: &[&str] = &[
    "acceptance", "verification", "validation", "completion", "done", "off", "signoff", "abnahme", "prüf", "abschluss",
];

/// Whether a normalised label is known as a whole, and not only by a part of it.
#[must_use]
pub fn is_whole(name: &str) -> bool {
    lookup(name).is_some()
}
