//! What the simulator leaves of random workloads after a power cut, against a model that shares nothing with it.

use koru_delta::host::{Crash, Entropy, SeededEntropy, SimVfs, Vfs};
use proptest::prelude::*;

const SECTOR: usize = 512;

/// A step of a random workload on two files.
#[derive(Debug, Clone)]
enum Step {
    Write(usize, Vec<u8>, usize),
    Sync(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![1..40_usize, 1..2_000_usize];
    let offset = prop_oneof![0..600_usize, 0..4_000_usize];
    let write = (0..2_usize, len, any::<u64>(), offset).prop_map(|(file, len, seed, offset)| {
        let mut bytes = vec![0; len];
        SeededEntropy::new(seed).fill(&mut bytes).unwrap();
        Step::Write(file, bytes, offset)
    });
    prop_oneof![6 => write, 1 => (0..2_usize).prop_map(Step::Sync)]
}

/// One file as the model knows it: every state since the last sync, the synced one first.
struct States(Vec<Vec<u8>>);

impl States {
    fn synced(&self) -> &Vec<u8> {
        &self.0[0]
    }

    fn latest(&self) -> &Vec<u8> {
        &self.0[self.0.len() - 1]
    }

    fn sector(state: &[u8], at: usize, len: usize) -> Vec<u8> {
        let mut sector = state.get(at..).unwrap_or_default().to_vec();
        sector.resize(len, 0);
        sector
    }

    /// Whether every sector of `left` is as it was in one of the states, and it ends where the synced state or a
    /// write after it ends.
    fn may_leave(&self, left: &[u8], ends: impl Iterator<Item = usize>) -> bool {
        let sectors = (0..left.len()).step_by(SECTOR).all(|at| {
            let sector = &left[at..left.len().min(at + SECTOR)];
            let same = |state: &Vec<u8>| Self::sector(state, at, sector.len()) == sector;
            self.0.iter().any(same)
        });
        let old = self.synced().len();
        sectors && (left.len() == old || ends.map(|end| end.max(old)).any(|end| end == left.len()))
    }
}

fn overwrite(state: &[u8], bytes: &[u8], at: usize) -> Vec<u8> {
    let mut state = state.to_vec();
    if !bytes.is_empty() {
        state.resize(state.len().max(at + bytes.len()), 0);
        state[at..at + bytes.len()].copy_from_slice(bytes);
    }
    state
}

fn cut(state: &[u8], len: usize) -> Vec<u8> {
    let mut state = state.to_vec();
    state.resize(len, 0);
    state
}

/// A write that waits: its file, its place and bytes, and which state of the file it made.
#[derive(Clone)]
struct Waiting {
    file: usize,
    bytes: Vec<u8>,
    at: usize,
    state: usize,
}

/// What the model knows of one file after one crash, beyond its sectors.
fn expected(crash: Crash, file: usize, states: &States, waiting: &[Waiting]) -> Option<Vec<u8>> {
    let torn = |from: usize, to: usize| {
        let last = waiting.last().filter(|w| w.file == file);
        last.map_or(states.latest().clone(), |w| {
            let (from, to) = (from.min(w.bytes.len()), to.min(w.bytes.len()));
            overwrite(&states.0[w.state - 1], &w.bytes[from..to], w.at + from)
        })
    };
    match crash {
        Crash::AllLost => Some(states.synced().clone()),
        Crash::AllKept => Some(states.latest().clone()),
        Crash::LengthsOnly => Some(cut(states.synced(), states.latest().len())),
        Crash::LengthsLost => Some(cut(states.latest(), states.synced().len())),
        Crash::TornPrefix(n) => Some(torn(0, n)),
        Crash::TornSuffix(n) => Some(torn(n, usize::MAX)),
        Crash::Lost(i) if waiting[i].file != file => Some(states.latest().clone()),
        Crash::Kept(i) if waiting[i].file != file => Some(states.synced().clone()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever is written and synced, every power cut leaves each sector in a state it has been in since the last
    /// sync, and the simple ones leave exactly what they say.
    #[test]
    fn every_sector_is_old_or_new(steps in prop::collection::vec(step(), 1..14), seed: u64) {
        const NAMES: [&str; 2] = ["a", "b"];
        let vfs = SimVfs::new();
        let handles = NAMES.map(|name| vfs.create(name).unwrap());
        vfs.sync_dir().unwrap();
        let mut models = NAMES.map(|_| States(vec![Vec::new()]));
        let mut waiting: Vec<Waiting> = Vec::new();
        for step in steps {
            match step {
                Step::Write(file, bytes, at) => {
                    handles[file].write_all_at(&bytes, at as u64).unwrap();
                    let next = overwrite(models[file].latest(), &bytes, at);
                    models[file].0.push(next);
                    waiting.push(Waiting { file, bytes, at, state: models[file].0.len() - 1 });
                }
                Step::Sync(file) => {
                    handles[file].sync().unwrap();
                    let latest = models[file].latest().clone();
                    models[file] = States(vec![latest]);
                    waiting.retain(|w| w.file != file);
                }
            }
        }
        prop_assert_eq!(vfs.unsynced(), waiting.len());
        for crash in Crash::all(&vfs, seed, 40) {
            let left = vfs.crash(&crash).snapshot();
            prop_assert_eq!(left.len(), 2);
            for (file, states) in models.iter().enumerate() {
                let left = &left[NAMES[file]];
                if let Some(expected) = expected(crash, file, states, &waiting) {
                    prop_assert!(left == &expected, "{crash:?} left file {file} otherwise than it says");
                }
                let ends = waiting.iter().filter(|w| w.file == file).map(|w| w.at + w.bytes.len());
                let by_bytes = matches!(crash, Crash::TornPrefix(_) | Crash::TornSuffix(_));
                prop_assert!(by_bytes || states.may_leave(left, ends), "{crash:?} made up file {file}");
                let (Crash::Kept(i) | Crash::Lost(i)) = crash else { continue };
                let w = &waiting[i];
                if w.file != file { continue }
                let range = w.at..w.at + w.bytes.len();
                if matches!(crash, Crash::Kept(_)) {
                    prop_assert!(left[range] == w.bytes, "{crash:?} did not keep it");
                } else {
                    let before = cut(&states.0[w.state - 1], left.len().max(range.end));
                    let left = cut(left, left.len().max(range.end));
                    prop_assert!(left[range.clone()] == before[range], "{crash:?} did not lose it");
                }
            }
        }
    }
}
