//! The battery: the engine against an oracle, under every crash and fault that the simulator knows.
#![allow(clippy::unwrap_used)]

mod agreement;
mod budget;
#[cfg(target_os = "linux")]
mod cast;
mod child;
mod crash;
mod fault;
mod full_disk;
#[cfg(target_os = "linux")]
mod gated;
mod generator;
mod interrupted;
mod kill;
mod model;
mod oracle;
mod pinned;
mod random;
mod replay;
#[cfg(target_os = "linux")]
mod scheduler;
#[cfg(target_os = "linux")]
mod schedules;
#[cfg(target_os = "linux")]
mod scheduling;
mod scripts;
mod sync_trace;
mod trace;
mod workload;
