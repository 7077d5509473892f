//! One option for each of many visits, no two of which clash, at the least cost: a first answer by regret, improved two visits at a
//! time, then a search over everything that could be better, as far as the effort goes. Knows no practice: numbers only.

/// What a visit costs that gets no option; more than any option.
pub(super) const LEFT_OUT: u32 = 100_000;

/// Options are numbered through all visits.
pub(super) struct Problem {
    /// Of each option; within a visit ascending.
    costs: Vec<u32>,
    /// Options of each visit: `[from, until)`.
    ranges: Vec<(usize, usize)>,
    /// Options that cannot be taken beside this one.
    clashes: Vec<Vec<u32>>,
    /// Shared room that an option takes one of.
    quotas: Vec<Vec<usize>>,
    room: Vec<u16>,
}

/// The best that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Solution {
    /// Of each visit: the place in its list; `None`: left out.
    pub chosen: Vec<Option<usize>>,
    pub cost: u32,
    /// Nothing costs less than this.
    pub least: u32,
    /// Everything that could cost less was tried.
    pub is_best: bool,
}

impl Problem {
    /// `costs` of each visit ascending; `quotas` of each option, in the same shape; `clash` is asked for options of different visits.
    pub fn new(
        costs: &[Vec<u32>],
        quotas: &[Vec<Vec<usize>>],
        room: Vec<u16>,
        clash: impl Fn((usize, usize), (usize, usize)) -> bool,
    ) -> Self {
        let mut ranges = Vec::with_capacity(costs.len());
        let mut all = Vec::new();
        let mut names = Vec::new();
        for (visit, list) in costs.iter().enumerate() {
            ranges.push((all.len(), all.len() + list.len()));
            all.extend_from_slice(list);
            names.extend((0..list.len()).map(|option| (visit, option)));
        }
        let mut clashes = vec![Vec::new(); all.len()];
        for (visit, &(_, until)) in ranges.iter().enumerate() {
            for a in ranges[visit].0..until {
                for b in until..all.len() {
                    if clash(names[a], names[b]) {
                        clashes[a].push(b as u32);
                        clashes[b].push(a as u32);
                    }
                }
            }
        }
        Self {
            costs: all,
            ranges,
            clashes,
            quotas: quotas.iter().flatten().cloned().collect(),
            room,
        }
    }

    /// The cheapest choice that a search of `effort` steps finds; the same for the same problem.
    pub fn solve(&self, effort: usize) -> Solution {
        let visits = self.ranges.len();
        let mut state = State {
            problem: self,
            chosen: vec![None; visits],
            is_decided: vec![false; visits],
            blocked: vec![0; self.costs.len()],
            used: vec![0; self.room.len()],
            cost: 0,
        };
        let least = (0..visits).map(|visit| state.cheapest(visit).1).sum();
        let mut search = Search {
            best: Vec::new(),
            best_cost: u32::MAX,
            steps: effort,
        };
        state.by_regret();
        state.in_pairs(effort);
        search.keep(&state);
        let mut is_best = search.best_cost == least;
        if !is_best && effort > 0 {
            state.clear();
            is_best = state.descend(&mut search);
        }
        Solution {
            chosen: search
                .best
                .iter()
                .zip(&self.ranges)
                .map(|(option, range)| option.map(|option| option - range.0))
                .collect(),
            cost: search.best_cost,
            least,
            is_best,
        }
    }
}

struct Search {
    best: Vec<Option<usize>>,
    best_cost: u32,
    /// Steps left.
    steps: usize,
}

impl Search {
    fn keep(&mut self, state: &State<'_>) {
        if state.cost < self.best_cost {
            self.best_cost = state.cost;
            self.best.clone_from(&state.chosen);
        }
    }
}

struct State<'a> {
    problem: &'a Problem,
    chosen: Vec<Option<usize>>,
    is_decided: Vec<bool>,
    /// How many chosen options clash with each.
    blocked: Vec<u16>,
    used: Vec<u16>,
    /// Of what is decided.
    cost: u32,
}

impl State<'_> {
    fn is_free(&self, option: usize) -> bool {
        self.blocked[option] == 0
            && self.problem.quotas[option]
                .iter()
                .all(|quota| self.used[*quota] < self.problem.room[*quota])
    }

    fn decide(&mut self, visit: usize, option: Option<usize>) {
        self.is_decided[visit] = true;
        self.chosen[visit] = option;
        let problem = self.problem;
        let Some(option) = option else {
            self.cost += LEFT_OUT;
            return;
        };
        self.cost += problem.costs[option];
        for other in &problem.clashes[option] {
            self.blocked[*other as usize] += 1;
        }
        for quota in &problem.quotas[option] {
            self.used[*quota] += 1;
        }
    }

    fn undo(&mut self, visit: usize) {
        if !std::mem::replace(&mut self.is_decided[visit], false) {
            return;
        }
        let problem = self.problem;
        let Some(option) = self.chosen[visit].take() else {
            self.cost -= LEFT_OUT;
            return;
        };
        self.cost -= problem.costs[option];
        for other in &problem.clashes[option] {
            self.blocked[*other as usize] -= 1;
        }
        for quota in &problem.quotas[option] {
            self.used[*quota] -= 1;
        }
    }

    fn clear(&mut self) {
        (0..self.chosen.len()).for_each(|visit| self.undo(visit));
    }

    /// The cheapest option that is still free, what it costs, and how much more the next would.
    fn cheapest(&self, visit: usize) -> (Option<usize>, u32, u32) {
        let (from, until) = self.problem.ranges[visit];
        let mut free = (from..until).filter(|option| self.is_free(*option));
        let first = free.next();
        let cost = |option: Option<usize>| option.map_or(LEFT_OUT, |option| self.problem.costs[option]);
        let regret = cost(first.and_then(|_| free.next())) - cost(first);
        (first, cost(first), regret)
    }

    /// The undecided visit that would lose most by not getting its cheapest, and what all of them cost at the least.
    fn most_regretted(&self) -> (Option<usize>, u32) {
        let (mut visit, mut most, mut least) = (None, 0, 0);
        for candidate in (0..self.chosen.len()).filter(|visit| !self.is_decided[*visit]) {
            let (_, cost, regret) = self.cheapest(candidate);
            least += cost;
            if visit.is_none() || regret > most {
                (visit, most) = (Some(candidate), regret);
            }
        }
        (visit, least)
    }

    fn by_regret(&mut self) {
        while let (Some(visit), _) = self.most_regretted() {
            let (option, ..) = self.cheapest(visit);
            self.decide(visit, option);
        }
    }

    /// Takes two visits out and puts them back as well as possible, as long as that helps.
    fn in_pairs(&mut self, effort: usize) {
        let visits = self.chosen.len();
        let mut steps = effort;
        let mut helps = true;
        while helps {
            helps = false;
            for a in 0..visits {
                for b in a + 1..visits {
                    if steps == 0 {
                        return;
                    }
                    steps -= 1;
                    helps |= self.pair(a, b);
                }
            }
        }
    }

    fn pair(&mut self, a: usize, b: usize) -> bool {
        let before = (self.chosen[a], self.chosen[b], self.cost);
        self.undo(a);
        self.undo(b);
        let mut best = before;
        let (from, until) = self.problem.ranges[a];
        let ways = (from..until).map(Some).chain([None]);
        for option in ways {
            if option.is_some_and(|option| !self.is_free(option)) {
                continue;
            }
            self.decide(a, option);
            let (other, cost, _) = self.cheapest(b);
            if self.cost + cost < best.2 {
                best = (option, other, self.cost + cost);
            }
            let is_hopeless = self.cost >= best.2;
            self.undo(a);
            if is_hopeless {
                break;
            }
        }
        self.decide(a, best.0);
        self.decide(b, best.1);
        best.2 < before.2
    }

    /// Tries everything that could be cheaper than what is known. False if the steps did not suffice.
    fn descend(&mut self, search: &mut Search) -> bool {
        let (visit, least) = self.most_regretted();
        let Some(visit) = visit else {
            search.keep(self);
            return true;
        };
        if self.cost + least >= search.best_cost {
            return true;
        }
        let others = least - self.cheapest(visit).1;
        let (from, until) = self.problem.ranges[visit];
        for option in (from..until).map(Some).chain([None]) {
            if option.is_some_and(|option| !self.is_free(option)) {
                continue;
            }
            let cost = option.map_or(LEFT_OUT, |option| self.problem.costs[option]);
            if self.cost + cost + others >= search.best_cost {
                break;
            }
            if search.steps == 0 {
                return false;
            }
            search.steps -= 1;
            self.decide(visit, option);
            let is_done = self.descend(search);
            self.undo(visit);
            if !is_done {
                return false;
            }
        }
        true
    }
}
