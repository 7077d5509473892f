//! Figures: how fast (`bench`), how safe under a bad network (`simulate`), under faults of disk, process and relay
//! (`faults`) and under malformed input (`fuzz`). All are programs of `orca-tests`.

use anyhow::Result;

use crate::args::Args;
use crate::process::tool;
use crate::{compile, house, setup};

pub const HELP: &str = "
  cargo xtask bench                    every figure, as a table
  cargo xtask bench --only P1,P3       some of them
  cargo xtask bench --only P11 --long  growth, up to a million visits
  cargo xtask bench --json             [{id, what, value, unit, yardstick, ratio, goal, met}]

Builds at full speed, installs the programs we measure ourselves against (tests/peers), measures each figure and its
yardstick in the same run. Other words are passed on to the measuring program.";

pub const SIMULATE_HELP: &str = "
  cargo xtask simulate --seed 7                    one seed, with its story
  cargo xtask simulate --seeds 100 --steps 1000    many seeds; the first that fails is named

Many workstations and a relay over queues that drop, repeat and reorder; workstations restart. In the end all must
show the same day. Other words are passed on to the simulation.";

pub const FAULTS_HELP: &str = "
  cargo xtask faults                   every row, as a table
  cargo xtask faults --only S1,S4      some of them
  cargo xtask faults --json            [{id, what, tried, failed, control_failed, met}]
  cargo xtask faults --every 5         at every fifth point instead of all: a fifth of the time
  cargo xtask faults --quick           a few points of each, as in the ordinary tests

Kills, power cuts, full disks, flipped bits, a relay that lies, people who are out: what was acknowledged must be there
afterwards, and nobody may more than they may. Each harness also runs over a variant that was weakened on purpose and must fail there. Needs Linux and strace. docs/RELIABILITY.md says
what each row tries. Other words are passed on.";

pub const FUZZ_HELP: &str = "
  cargo xtask fuzz                     every kind of input, 20 seconds each, as a table
  cargo xtask fuzz --only ics,changes  some of them
  cargo xtask fuzz --seconds 600       ten minutes each
  cargo xtask fuzz --seed 7            other chance
  cargo xtask fuzz --json              [{id, what, tried, failed, control_failed, met}]

Changes envelopes, Automerge changes, frames, files, backups and invitations at random and reads them as the program
does. What does harm is left in target/fuzz; a person takes it over into tests/corpus, which is read first and by the
ordinary tests. Other words are passed on.";

pub fn run(args: Args) -> Result<()> {
    let words = args.rest();
    let peers = house::root().join("tests/peers");
    if peers.join("package-lock.json").is_file() {
        setup::node_packages(&peers)?;
    }
    let bench = compile::fast_program("orca-bench")?;
    tool(bench).args(words).quiet().run()
}

pub fn simulate(args: Args) -> Result<()> {
    let words = args.rest();
    let simulate = compile::fast_program("orca-simulate")?;
    tool(simulate).args(words).quiet().run()
}

pub fn faults(args: Args) -> Result<()> {
    let words = args.rest();
    // Unoptimised: what counts is what lies on the disk, and the libraries that matter are optimised in any case.
    let programs = compile::programs(&["orca-faults", "orcactl"])?;
    tool(&programs[0]).args(words).quiet().run()
}

pub fn fuzz(args: Args) -> Result<()> {
    let words = args.rest();
    // Unoptimised, so that an overflowing number panics instead of going on as another one.
    let programs = compile::programs(&["orca-fuzz"])?;
    tool(&programs[0]).args(words).quiet().run()
}
