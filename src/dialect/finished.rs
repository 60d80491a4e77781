//! What an item of work says of its own end: `Build the parser | done when: `make parser` passes`. And scripts that an
//! item only adds: `Tests: `make test` target added`.

use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::text::{Phrases, Starts};

use super::inline::Run;

/// Words behind which stands what makes an item done.
static WHEN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "done when", "finished when", "completed when", "complete when", "fertig, wenn", "fertig wenn",
        "erledigt, wenn", "erledigt wenn", "terminé quand", "terminé lorsque", "fini quand", "terminado cuando",
        "hecho cuando", "listo cuando", "concluído quando", "pronto quando", "gotowe, gdy", "gotowe gdy", "完了条件:",
        "完了条件：", "完成条件:", "完成条件：", "完成标准:", "完成标准：", "완료 조건:",
    ])
});

/// Parts an item of work where it says when it is done: the work, and what has to hold then. A remark in brackets only
/// tells of it.
pub(super) fn when<'s>(run: &[Inline<'s>]) -> Option<(Run<'s>, Run<'s>)> {
    run.iter().enumerate().find_map(|(index, piece)| {
        if piece.kind != InlineKind::Text {
            return None;
        }
        let mut found = None;
        WHEN.find(&piece.text, |_, start, end| {
            let before = piece.text[..start].trim_end_matches([' ', '*', '_']);
            let first = before.is_empty() && (index == 0 || run[index - 1].kind == InlineKind::Break);
            let apart = before.ends_with(['|', '.', ',', ';', '—', '–', '-', '。', '、', '，']) || ends_in_is(before);
            if first || apart {
                found = Some((before.trim_end_matches(['|', ';', ',', '—', '–', '-', ' ']).len(), end));
            }
            found.is_some()
        });
        let (end, start) = found?;
        let behind = &piece.text[start..];
        let skip = start + behind.len() - behind.trim_start_matches([':', '：', ' ', '*', '_']).len();
        let mut head = run[..index].to_vec();
        if end > 0 {
            head.push(piece.cut(0, end));
        }
        let mut tail = vec![piece.without_first(skip)];
        tail.retain(|first| !first.text.is_empty());
        tail.extend_from_slice(&run[index + 1..]);
        (!tail.is_empty()).then_some((head, tail))
    })
}

/// `It is done when`, `The task is done when`.
fn ends_in_is(before: &str) -> bool {
    before.ends_with(" is") || before.ends_with(" ist") || before.ends_with(" est")
}

/// Words behind a command by which the work only adds it, or puts it in its place: `... script added to the manifest`.
static ADDED: Starts = Starts::new(&[
    "script added", "script is added", "script to ", "script in ", "scripts added", "target added", "target is added",
    "target in ", "task added", "command added", "command is added", "alias added", "job added", "step added", "added",
    "is added", "are added", "gets added", "is part of ", "are part of ", "is included in ", "is wired ", "is hooked ",
    "is documented", "is mentioned", "is described", "wird ergänzt", "wird hinzugefügt", "hinzugefügt", "ergänzt",
    "ajouté", "est ajouté", "añadido", "se añade", "agregado", "adicionado", "dodany", "dodano", "を追加", "已添加",
    "추가됨",
]);

/// Whether words behind a command say that the work only adds it.
pub(super) fn is_added(after: &str) -> bool {
    ADDED.begin(after.trim_start())
}
