//! Places for the boxes of a graph, in layers from left to right, and ways for its edges that cross no box.
//!
//! Stages that need nothing and that nothing needs stand in rows below the others. Edges that follow from others are
//! left out. Must not know what is in a box.

use crate::graph::Graph;
use crate::plan::StageId;

/// Width and height of a box.
pub(super) const BOX: (f64, f64) = (196.0, 50.0);

/// Between two layers, and between two boxes of a layer.
pub(super) const GAP: (f64, f64) = (40.0, 14.0);

/// The height of a line that passes a layer.
const LINE: f64 = 16.0;

/// How much more a line that passes a layer resists being bent than a box resists being moved.
const LINE_WEIGHT: f64 = 4.0;

/// How often the order and the heights are improved.
const ROUNDS: usize = 12;

/// The most edges that are laid out.
const MOST_EDGES: usize = 1500;

/// The most places in all layers together, those of passing lines among them.
const MOST_PLACES: usize = 6000;

/// The fewest boxes in a row of those that stand alone.
const LEAST_ROW: usize = 4;

/// A graph with a place for everything.
pub(super) struct Layout {
    /// Width and height of the whole.
    pub(super) size: (f64, f64),
    /// The upper left corner of each box.
    pub(super) boxes: Vec<(f64, f64)>,
    /// The edges.
    pub(super) edges: Vec<Edge>,
}

/// A line from the right side of one box to the left side of another.
pub(super) struct Edge {
    /// Where it starts.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
    /// The heights at which it leaves its box, passes the layers between, and arrives.
    pub(super) heights: Vec<f64>,
}

/// Something in a layer: a box, or a line on its way.
struct Place {
    layer: usize,
    height: f64,
    weight: f64,
    /// Places in the layer before that lead here, and in the layer behind that this leads to.
    before: Vec<usize>,
    behind: Vec<usize>,
    middle: f64,
}

impl Place {
    fn new(layer: usize, height: f64, weight: f64) -> Self {
        Self { layer, height, weight, before: Vec::new(), behind: Vec::new(), middle: 0.0 }
    }
}

impl Layout {
    /// Lays a graph out; `None` if it is too tangled to be looked at.
    pub(super) fn of(graph: &Graph) -> Option<Self> {
        let edges = plain_edges(graph);
        if edges.len() > MOST_EDGES {
            return None;
        }
        let alone = |stage: usize| graph.needs(id(stage)).is_empty() && graph.dependents(id(stage)).is_empty();
        let waves = graph.waves();
        let members = waves.iter().map(|wave| wave.iter().map(|stage| stage.0 as usize));
        let mut layers: Vec<Vec<usize>> = members.map(|wave| wave.filter(|&stage| !alone(stage)).collect()).collect();
        layers.retain(|layer| !layer.is_empty());
        let mut places: Vec<Place> = (0..graph.len()).map(|_| Place::new(0, BOX.1, 1.0)).collect();
        for (layer, members) in layers.iter().enumerate() {
            members.iter().for_each(|&stage| places[stage].layer = layer);
        }
        let mut ways = Vec::new();
        for &(from, to) in &edges {
            let mut way = vec![from];
            for (layer, members) in layers.iter_mut().enumerate().take(places[to].layer).skip(places[from].layer + 1) {
                way.push(places.len());
                members.push(places.len());
                places.push(Place::new(layer, LINE, LINE_WEIGHT));
            }
            way.push(to);
            for pair in way.windows(2) {
                places[pair[0]].behind.push(pair[1]);
                places[pair[1]].before.push(pair[0]);
            }
            ways.push(way);
            if places.len() > MOST_PLACES {
                return None;
            }
        }
        order(&mut layers, &places);
        level(&layers, &mut places);
        let top = layers.iter().flatten().map(|&place| places[place].middle - places[place].height / 2.0);
        let top = top.reduce(f64::min).unwrap_or(0.0);
        places.iter_mut().for_each(|place| place.middle -= top);

        let edges = edges.iter().zip(&ways).map(|(&(from, to), way)| {
            let heights = way.iter().map(|&place| places[place].middle).collect();
            Edge { from, to, heights }
        });
        let edges = edges.collect();
        let mut layout = Self { size: (0.0, 0.0), boxes: Vec::new(), edges };
        let bottom = layers.iter().flatten().map(|&place| places[place].middle + places[place].height / 2.0);
        let bottom = bottom.reduce(f64::max);
        let mut rest = 0;
        for (stage, place) in places.iter().enumerate().take(graph.len()) {
            let (column, height) = if alone(stage) {
                let row = layers.len().max(LEAST_ROW);
                let start = bottom.map_or(0.0, |bottom| bottom + 2.0 * GAP.1);
                rest += 1;
                ((rest - 1) % row, start + ((rest - 1) / row) as f64 * (BOX.1 + GAP.1))
            } else {
                (place.layer, place.middle - place.height / 2.0)
            };
            layout.boxes.push((column as f64 * (BOX.0 + GAP.0), height));
        }
        let corners = || layout.boxes.iter();
        let width = corners().map(|corner| corner.0 + BOX.0).fold(0.0, f64::max);
        let height = corners().map(|corner| corner.1 + BOX.1).fold(bottom.unwrap_or(0.0), f64::max);
        layout.size = (width, height);
        Some(layout)
    }
}

fn id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The edges that do not follow from others: whoever waits for the second of two stages that follow each other waits
/// for the first one, too.
fn plain_edges(graph: &Graph) -> Vec<(usize, usize)> {
    let words = graph.len().div_ceil(64);
    let mut ancestors = vec![vec![0u64; words]; graph.len()];
    let has = |set: &[u64], stage: StageId| set[stage.0 as usize / 64] >> (stage.0 % 64) & 1 == 1;
    for &stage in graph.order() {
        let mut all = vec![0; words];
        for &need in graph.needs(stage) {
            all.iter_mut().zip(&ancestors[need.0 as usize]).for_each(|(mine, theirs)| *mine |= theirs);
            all[need.0 as usize / 64] |= 1 << (need.0 % 64);
        }
        ancestors[stage.0 as usize] = all;
    }
    let mut edges = Vec::new();
    for to in 0..graph.len() {
        let needs = graph.needs(id(to));
        let follows = |need: StageId| needs.iter().any(|other| has(&ancestors[other.0 as usize], need));
        edges.extend(needs.iter().filter(|need| !follows(**need)).map(|need| (need.0 as usize, to)));
    }
    edges
}

/// Orders every layer so that few lines cross: each place near the average of those it is joined with.
fn order(layers: &mut [Vec<usize>], places: &[Place]) {
    let mut position = vec![0usize; places.len()];
    let note = |layer: &[usize], position: &mut [usize]| {
        layer.iter().enumerate().for_each(|(at, &place)| position[place] = at);
    };
    layers.iter().for_each(|layer| note(layer, &mut position));
    let mut best = layers.to_vec();
    let mut fewest = crossings(layers, places, &position);
    for round in 0..ROUNDS {
        if fewest == 0 {
            break;
        }
        let forwards = round % 2 == 0;
        for step in 1..layers.len() {
            let at = if forwards { step } else { layers.len() - 1 - step };
            let layer = &mut layers[at];
            let wish = |place: usize| {
                let joined = if forwards { &places[place].before } else { &places[place].behind };
                let sum: usize = joined.iter().map(|&other| position[other]).sum();
                if joined.is_empty() { position[place] as f64 } else { sum as f64 / joined.len() as f64 }
            };
            layer.sort_by(|&a, &b| wish(a).total_cmp(&wish(b)));
            note(layer, &mut position);
        }
        let now = crossings(layers, places, &position);
        if now < fewest {
            fewest = now;
            best.clone_from_slice(layers);
        }
    }
    layers.clone_from_slice(&best);
}

/// How many pairs of lines cross.
fn crossings(layers: &[Vec<usize>], places: &[Place], position: &[usize]) -> usize {
    let mut count = 0;
    for layer in layers {
        // The ends of the lines that start further up, in order.
        let mut ends: Vec<usize> = Vec::new();
        for &place in layer {
            let mut own: Vec<usize> = places[place].behind.iter().map(|&other| position[other]).collect();
            own.sort_unstable();
            count += own.iter().map(|&end| ends.len() - ends.partition_point(|&other| other <= end)).sum::<usize>();
            for end in own {
                ends.insert(ends.partition_point(|&other| other <= end), end);
            }
        }
    }
    count
}

/// Gives every place its height: near those it is joined with, in the order of its layer, without overlaps.
fn level(layers: &[Vec<usize>], places: &mut [Place]) {
    for layer in layers {
        let mut from = 0.0;
        for &place in layer {
            places[place].middle = from + places[place].height / 2.0;
            from += places[place].height + GAP.1;
        }
    }
    for round in 0..ROUNDS {
        let forwards = round % 2 == 1;
        for step in 0..layers.len() {
            let layer = &layers[if forwards { step } else { layers.len() - 1 - step }];
            let wishes: Vec<f64> = layer
                .iter()
                .map(|&place| {
                    let Place { before, behind, middle, .. } = &places[place];
                    let near = if forwards { before } else { behind };
                    let joined = if near.is_empty() || round + 1 == ROUNDS {
                        [&before[..], &behind[..]].concat()
                    } else {
                        near.clone()
                    };
                    let sum: f64 = joined.iter().map(|&other| places[other].middle).sum();
                    if joined.is_empty() { *middle } else { sum / joined.len() as f64 }
                })
                .collect();
            settle(layer, &wishes, places);
        }
    }
}

/// Moves the places of a layer as near to what they wish as their order and their heights allow.
fn settle(layer: &[usize], wishes: &[f64], places: &mut [Place]) {
    // With the space that everything further up takes subtracted, the order asks for values that do not fall. Where
    // they would, neighbours share their average.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (at, (&place, wish)) in layer.iter().zip(wishes).enumerate() {
        if at > 0 {
            offset += (places[layer[at - 1]].height + places[place].height) / 2.0 + GAP.1;
        }
        offsets.push(offset);
        let mut block = (wish - offset, places[place].weight, 1);
        while let Some(&(value, weight, count)) = blocks.last()
            && value > block.0
        {
            blocks.pop();
            let sum = value * weight + block.0 * block.1;
            block = (sum / (weight + block.1), weight + block.1, count + block.2);
        }
        blocks.push(block);
    }
    let values = blocks.iter().flat_map(|&(value, _, count)| std::iter::repeat_n(value, count));
    for ((&place, offset), value) in layer.iter().zip(offsets).zip(values) {
        places[place].middle = value + offset;
    }
}
