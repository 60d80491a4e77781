//! What a single character can be in a drawing: a piece of line, an arrowhead.
//!
//! Must not know where the character stands; what depends on neighbours is told in `ascii`.

use std::sync::LazyLock;

/// The side towards smaller columns.
pub(super) const LEFT: u8 = 1;
/// The side towards greater columns.
pub(super) const RIGHT: u8 = 2;
/// The side towards smaller rows.
pub(super) const UP: u8 = 4;
/// The side towards greater rows.
pub(super) const DOWN: u8 = 8;
/// Every side.
pub(super) const ALL: u8 = LEFT | RIGHT | UP | DOWN;
/// Both sides of a horizontal line.
pub(super) const ACROSS: u8 = LEFT | RIGHT;
/// Both sides of a vertical line.
pub(super) const UPRIGHT: u8 = UP | DOWN;

/// The side that faces a side.
pub(super) fn opposite(side: u8) -> u8 {
    match side {
        LEFT => RIGHT,
        RIGHT => LEFT,
        UP => DOWN,
        _ => UP,
    }
}

/// A cell that belongs to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    /// Sides through which the line may be followed into this cell.
    pub(super) enter: u8,
    /// Sides through which the line may be followed out of this cell.
    pub(super) leave: u8,
    /// Sides at which the line may touch a node, or a line that is not drawn right up to it.
    pub(super) touch: u8,
    /// How many columns further right the line is one row higher: 1 for `/`, -1 for `\`.
    pub(super) slant: i8,
}

impl Ink {
    /// A piece of line with these ends.
    pub(super) const fn line(ends: u8) -> Self {
        Self { enter: ends, leave: ends, touch: ends, slant: 0 }
    }

    /// A vertical or half vertical piece of line that leans.
    pub(super) const fn slanted(ends: u8, slant: i8) -> Self {
        Self { enter: ends, leave: ends, touch: ends, slant }
    }

    /// An arrowhead that points to a side. Lines reach it from all other sides, nodes only from behind.
    pub(super) fn head(to: u8) -> Self {
        Self { enter: ALL & !to, leave: to, touch: to | opposite(to), slant: 0 }
    }

    /// A bent arrow.
    const fn bent(from: u8, to: u8, slant: i8) -> Self {
        Self { enter: from, leave: to, touch: from | to, slant }
    }

    /// All sides at which something may go on.
    pub(super) fn faces(self) -> u8 {
        self.enter | self.leave
    }

    /// Whether it gives a direction.
    pub(super) fn is_head(self) -> bool {
        self.enter != self.leave
    }

    /// Whether it is a plain piece of line with exactly these ends.
    pub(super) fn is_line(self, ends: u8) -> bool {
        !self.is_head() && self.enter == ends
    }

    /// Gives a piece of line one more end.
    pub(super) fn open(&mut self, side: u8) {
        self.enter |= side;
        self.leave |= side;
        self.touch |= side;
    }
}

/// Characters that say what they are by themselves, with what they are.
const LINES: &[(&str, u8)] = &[
    ("─━┄┅┈┉╌╍═╼╾╴╶╸╺⎯―", ACROSS),
    ("│┃┆┇┊┋╎╏║╽╿╵╷╹╻", UPRIGHT),
    ("┌┍┎┏╒╓╔╭", DOWN | RIGHT),
    ("┐┑┒┓╕╖╗╮", DOWN | LEFT),
    ("└┕┖┗╘╙╚╰", UP | RIGHT),
    ("┘┙┚┛╛╜╝╯", UP | LEFT),
    ("├┝┞┟┠┡┢┣╞╟╠", UPRIGHT | RIGHT),
    ("┤┥┦┧┨┩┪┫╡╢╣", UPRIGHT | LEFT),
    ("┬┭┮┯┰┱┲┳╤╥╦", ACROSS | DOWN),
    ("┴┵┶┷┸┹┺┻╧╨╩", ACROSS | UP),
    ("┼┽┾┿╀╁╂╃╄╅╆╇╈╉╊╋╪╫╬╳", ALL),
];

const HEADS: &[(&str, u8)] = &[
    ("►▶▸▹▷⏵→⟶⇒⟹➔➙➛➜➝➞➟➠➡➢➣➤➥➦➨➩➪➫➬➭➮➯➱➲➳➵➸➺➻➼➽➾⇢⇨⇾⭢⮕↠↣↦⤑⟼🡒🡆🠖", RIGHT),
    ("◄◀◂◃◁⏴←⟵⇐⟸⇠⇦⇽⭠⬅↞↢↤🡐🡄🠔", LEFT),
    ("▼▾▿▽⏷↓⇓⇣⇩⭣⬇↡↧🡓🡇🠗", DOWN),
    ("▲▴▵△⏶↑⇑⇡⇧⭡⬆↟↥🡑🡅🠕", UP),
];

/// Arrows that turn or point both ways.
const OTHERS: &[(&str, Ink)] = &[
    ("↔⇔⟷⟺⇄⇆⬌", Ink { enter: 0, leave: ACROSS, touch: ACROSS, slant: 0 }),
    ("↕⇕⇅⬍", Ink { enter: 0, leave: UPRIGHT, touch: UPRIGHT, slant: 0 }),
    ("↳⤷↪", Ink::bent(UP, RIGHT, 0)),
    ("↴⤵", Ink::bent(LEFT, DOWN, 0)),
    ("↘⬊➘", Ink::bent(LEFT | UP, DOWN | RIGHT, -1)),
    ("↗⬈➚", Ink::bent(LEFT | DOWN, UP | RIGHT, 1)),
    ("↙⬋", Ink::bent(RIGHT | UP, DOWN | LEFT, 1)),
    ("↖⬉", Ink::bent(RIGHT | DOWN, UP | LEFT, -1)),
    ("╱", Ink::slanted(UPRIGHT, 1)),
    ("╲", Ink::slanted(UPRIGHT, -1)),
];

/// Every character that is drawn, in their order.
static DRAWN: LazyLock<Vec<(char, Ink)>> = LazyLock::new(|| {
    let lines = LINES.iter().map(|&(set, ends)| (set, Ink::line(ends)));
    let heads = HEADS.iter().map(|&(set, to)| (set, Ink::head(to)));
    let sets = OTHERS.iter().copied().chain(lines).chain(heads);
    let mut drawn: Vec<(char, Ink)> = sets.flat_map(|(set, ink)| set.chars().map(move |sign| (sign, ink))).collect();
    drawn.sort_by_key(|&(sign, _)| sign);
    drawn
});

/// What a character outside ASCII is in a drawing, if it is part of one.
pub(super) fn drawn(character: char) -> Option<Ink> {
    if character.is_ascii() {
        return None;
    }
    DRAWN.binary_search_by_key(&character, |&(sign, _)| sign).ok().map(|at| DRAWN[at].1)
}
