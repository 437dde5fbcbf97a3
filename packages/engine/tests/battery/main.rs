//! The battery: the engine against an oracle, under every crash and fault that the simulator knows.
#![allow(clippy::unwrap_used)]

mod agreement;
mod budget;
mod child;
mod crash;
mod fault;
mod full_disk;
mod generator;
mod kill;
mod model;
mod oracle;
mod pinned;
mod random;
mod replay;
mod scripts;
mod sync_trace;
mod trace;
mod workload;
