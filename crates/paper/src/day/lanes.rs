//! Visits that overlap stand side by side.

use crate::input::Visit;

/// A visit and which part of the column's width it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) visit: &'a Visit,
    pub(super) lane: usize,
    /// Into how many the width is divided here.
    pub(super) lanes: usize,
}

/// Places visits by their start. `least`: minutes that the shortest box takes on paper.
pub(super) fn side_by_side(visits: &[Visit], least: u16) -> Vec<Placed<'_>> {
    let mut order: Vec<&Visit> = visits.iter().collect();
    order.sort_by(|one, other| {
        (one.starts, other.length, &one.name).cmp(&(other.starts, one.length, &other.name))
    });
    let ends = |visit: &Visit| visit.starts.saturating_add(visit.length.max(least));
    let mut placed = Vec::new();
    let mut heap: Vec<Placed<'_>> = Vec::new();
    let mut lanes: Vec<u16> = Vec::new();
    for visit in order {
        if lanes.iter().all(|end| *end <= visit.starts) {
            settle(&mut placed, &mut heap, lanes.len());
            lanes.clear();
        }
        let lane = match lanes.iter().position(|end| *end <= visit.starts) {
            Some(lane) => {
                lanes[lane] = ends(visit);
                lane
            }
            None => {
                lanes.push(ends(visit));
                lanes.len() - 1
            }
        };
        heap.push(Placed {
            visit,
            lane,
            lanes: 1,
        });
    }
    settle(&mut placed, &mut heap, lanes.len());
    placed
}

/// All that hang together have the same number of lanes.
fn settle<'a>(placed: &mut Vec<Placed<'a>>, heap: &mut Vec<Placed<'a>>, lanes: usize) {
    placed.extend(heap.drain(..).map(|visit| Placed { lanes, ..visit }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(starts: u16, length: u16) -> Visit {
        Visit {
            starts,
            length,
            ..Visit::default()
        }
    }

    fn lanes(visits: &[Visit], least: u16) -> Vec<(u16, usize, usize)> {
        side_by_side(visits, least)
            .iter()
            .map(|placed| (placed.visit.starts, placed.lane, placed.lanes))
            .collect()
    }

    #[test]
    fn what_overlaps_shares_the_width_and_what_does_not_has_all_of_it() {
        let visits = [at(60, 30), at(0, 60), at(30, 45), at(70, 10), at(120, 30)];
        assert_eq!(
            lanes(&visits, 1),
            [(0, 0, 3), (30, 1, 3), (60, 0, 3), (70, 2, 3), (120, 0, 1)]
        );
        assert_eq!(lanes(&[at(0, 30), at(30, 30)], 1), [(0, 0, 1), (30, 0, 1)]);
    }

    #[test]
    fn boxes_too_small_for_a_line_make_room_for_each_other() {
        assert_eq!(lanes(&[at(0, 5), at(5, 5)], 12), [(0, 0, 2), (5, 1, 2)]);
    }
}
