//! Courses of treatment: which visit comes after which, and how many days later. They decide who is due when.

use super::dice::Dice;
use super::kinds::{ADJ, ALN, BOND, CLEAN, CONS, DEB, OBS, REC, RET, SEP, WIRE};

/// One visit of a course and the days until the next.
type Step = (u8, u16);

const BRACES: &[Step] = &[
    (CONS, 14),
    (REC, 14),
    (SEP, 7),
    (BOND, 35),
    (ADJ, 42),
    (ADJ, 42),
    (WIRE, 35),
    (ADJ, 42),
    (ADJ, 42),
    (WIRE, 35),
    (ADJ, 42),
    (WIRE, 42),
    (ADJ, 42),
    (CLEAN, 28),
    (ADJ, 42),
    (DEB, 28),
    (RET, 90),
    (RET, 180),
];
const ALIGNERS: &[Step] = &[
    (CONS, 14),
    (REC, 21),
    (ALN, 42),
    (ALN, 56),
    (ALN, 56),
    (CLEAN, 42),
    (ALN, 56),
    (ALN, 56),
    (RET, 90),
    (RET, 180),
];
const GROWING: &[Step] = &[
    (CONS, 120),
    (OBS, 150),
    (OBS, 150),
    (REC, 21),
    (SEP, 7),
    (ADJ, 42),
    (ADJ, 42),
    (ADJ, 42),
    (RET, 120),
];
const ONLY_ASKING: &[Step] = &[(CONS, 21), (REC, 180)];
const COURSES: [&[Step]; 4] = [BRACES, ALIGNERS, GROWING, ONLY_ASKING];

/// After the course: kept an eye on.
const AFTERWARDS: &[Step] = &[(CLEAN, 182), (RET, 182)];

/// Where one patient stands.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    course: u8,
    step: u8,
}

impl Course {
    pub fn begin(dice: &mut Dice) -> Course {
        Course {
            course: dice.weighted(&[52, 20, 16, 12]) as u8,
            step: 0,
        }
    }

    /// Somewhere in the middle: treatment began before the demo's first day.
    pub fn under_way(dice: &mut Dice) -> Course {
        let mut course = Course::begin(dice);
        course.step = dice.below(COURSES[usize::from(course.course)].len() as u32) as u8;
        course
    }

    fn current(self) -> Step {
        let steps = COURSES[usize::from(self.course)];
        match steps.get(usize::from(self.step)) {
            Some(step) => *step,
            None => AFTERWARDS[(usize::from(self.step) - steps.len()) % AFTERWARDS.len()],
        }
    }

    /// The kind of the next visit.
    pub fn kind(self) -> u8 {
        self.current().0
    }

    /// Steps on; answers after how many days the next visit is due.
    pub fn advance(&mut self, dice: &mut Dice) -> u32 {
        let days = i32::from(self.current().1);
        // Kept below the largest number: afterwards repeats for ever.
        self.step = if self.step == u8::MAX {
            u8::MAX - 1
        } else {
            self.step + 1
        };
        (days + dice.between(-days / 7, days / 7)) as u32
    }
}
