//! Real threads, of which one runs at a time, in an order that a seed decides.
//!
//! Every call of the engine to its host (a file, the folder, the clock) is a gate, and so is the space between two acts
//! of a test. Whoever comes to a gate waits there until it is its turn; the one whose turn it was draws who is next.
//! Nobody touches a file out of turn.
//!
//! The engine has locks of its own, and the scheduler must not know them. A thread that waits for the lock of a thread
//! that is parked at a gate would wait for ever if it kept the turn. So the scheduler asks the system: a thread that is
//! at no gate and that the system calls sleeping (`/proc`, which is why this runs on Linux alone) waits inside the
//! engine, and the turn goes to another. No clock decides that, so a busy machine changes nothing. Before each draw the
//! scheduler waits until every thread is at a gate, asleep or gone; so a thread that was woken because a lock came free
//! has come to its next gate, or to its next lock, before anybody draws. Between the moment a lock comes free and the
//! next gate two threads do run at once. That much is left to chance; it is the reason why a seed gives the same order
//! nearly always, and not always, and why a failure shows the draws that led to it.
//!
//! All asleep and nobody at a gate is a deadlock. It is told at once, with no thread left to guess about.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::random::Random;

/// How often the one who watches looks whether the thread that has the turn fell asleep with it.
const LOOK: Duration = Duration::from_micros(40);
/// All asleep for so long, seen again and again, is a deadlock.
const STUCK: Duration = Duration::from_millis(200);
/// A thread that runs for so long without coming to a gate runs in circles.
const LOST: Duration = Duration::from_secs(60);

/// What a thread does once it is let through its gate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) what: &'static str,
    pub(crate) whom: Option<Arc<str>>,
}

/// Who was let through, and what it did then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draw {
    actor: usize,
    act: Act,
}

/// How the next is drawn.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// Whoever has the turn keeps it, but once in so many times all are equal.
    Walk(usize),
    /// The highest in rank goes on for as long as it can; at these draws it falls to the lowest. Few such falls find
    /// any fault that needs few changes of turn in the right places.
    Ranks([usize; 3]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Running, or asleep in a lock.
    Away,
    AtGate,
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Running,
    Asleep,
    Gone,
}

struct Actor {
    name: String,
    place: Place,
    act: Act,
    rank: u64,
    /// How many draws it lets the others go first; at the end of the range, all that can be made without it.
    patience: usize,
    /// Set from before it takes the scheduler's lock: who sleeps with it set sleeps here, and not in the engine.
    at_gate: Arc<AtomicBool>,
    woken: Arc<Condvar>,
    stat: File,
}

struct State {
    on: bool,
    random: Random,
    style: Style,
    actors: Vec<Actor>,
    turn: Option<usize>,
    draws: Vec<Draw>,
    /// How often a turn was taken from a thread that slept in the engine.
    slept: u64,
}

/// Draws who runs.
pub(crate) struct Scheduler {
    state: Mutex<State>,
}

/// Why a schedule came to no end: nobody could go on, or somebody panicked. Shows the last draws.
pub(crate) struct Stuck(String);

/// How a schedule went.
pub(crate) struct Course {
    pub(crate) draws: Vec<Draw>,
    pub(crate) slept: u64,
}

/// What one thread does.
pub(crate) type Task = (&'static str, Box<dyn FnOnce() + Send>);

thread_local! {
    static ME: RefCell<Option<Me>> = const { RefCell::new(None) };
}

/// What a thread knows of its place in its scheduler.
#[derive(Clone)]
struct Me {
    scheduler: *const Scheduler,
    number: usize,
    at_gate: Arc<AtomicBool>,
    woken: Arc<Condvar>,
}

impl Scheduler {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let mut random = Random::new(seed ^ 0x5c4e_d01e);
        let style = match random.below(6) {
            0 => Style::Walk(1),
            1 => Style::Walk(3),
            2 => Style::Walk(10),
            // Early ones more often than late ones: most that can go wrong goes wrong among few acts.
            _ => Style::Ranks([(); 3].map(|()| {
                let within = 2 << random.below(9);
                random.below(within)
            })),
        };
        let state = State { on: false, random, style, actors: Vec::new(), turn: None, draws: Vec::new(), slept: 0 };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Runs the tasks, each on a thread, until all have ended. Threads that were [`adopted`](Self::adopt) before take
    /// part, and go on freely afterwards.
    pub(crate) fn run(self: &Arc<Self>, tasks: Vec<Task>) -> Result<Course, Stuck> {
        let mut threads = Vec::with_capacity(tasks.len());
        let panics = Arc::new(Mutex::new(Vec::new()));
        let first = self.lock().actors.len();
        let count = tasks.len();
        for (name, body) in tasks {
            let (scheduler, panics) = (Arc::clone(self), Arc::clone(&panics));
            let (told, registered) = std::sync::mpsc::channel();
            let thread = move || {
                let me = scheduler.adopt(name);
                scheduler.arrive(&told);
                if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
                    let text = panic.downcast_ref::<String>().map(String::as_str);
                    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
                    panics.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name}: {text}"));
                }
                scheduler.leave(me);
            };
            threads.push(std::thread::Builder::new().name(name.to_owned()).spawn(thread).unwrap());
            // One after the other, so that they have the same numbers on every run.
            registered.recv().unwrap();
        }
        let watched = self.watch(first..first + count);
        let told = std::mem::take(&mut *panics.lock().unwrap_or_else(PoisonError::into_inner));
        if !told.is_empty() {
            return Err(self.stuck(&told.join("\n")));
        }
        // Those who are stuck cannot be joined.
        watched?;
        for thread in threads {
            thread.join().expect("a thread that has left its last gate ends");
        }
        let mut state = self.lock();
        Ok(Course { draws: std::mem::take(&mut state.draws), slept: state.slept })
    }

    /// Makes this thread one of those that wait for their turn; answers its number.
    pub(crate) fn adopt(self: &Arc<Self>, name: &str) -> usize {
        let mut state = self.lock();
        let me = state.actors.len();
        let rank = state.random.word() >> 1 | 1 << 62;
        let (at_gate, woken) = (Arc::<AtomicBool>::default(), Arc::<Condvar>::default());
        ME.set(Some(Me { scheduler: Arc::as_ptr(self), number: me, at_gate: at_gate.clone(), woken: woken.clone() }));
        state.actors.push(Actor {
            name: name.to_owned(),
            place: Place::Away,
            act: Act { what: "begin", whom: None },
            rank,
            patience: 0,
            at_gate,
            woken,
            stat: File::open("/proc/thread-self/stat").expect("the system tells what its threads do"),
        });
        me
    }

    /// Whether this thread waits for its turn here.
    pub(crate) fn knows_me(self: &Arc<Self>) -> bool {
        self.me().is_some()
    }

    /// Waits for the turn. Answers how many were drawn before; nothing while no schedule runs, or to a stranger.
    pub(crate) fn gate(self: &Arc<Self>, what: &'static str, whom: Option<&Arc<str>>) -> Option<usize> {
        self.pass(Act { what, whom: whom.cloned() }, 0)
    }

    /// The same, after the others have had so many turns, if they can use them.
    pub(crate) fn gate_after(self: &Arc<Self>, what: &'static str, turns: usize) -> Option<usize> {
        self.pass(Act { what, whom: None }, turns)
    }

    fn pass(self: &Arc<Self>, act: Act, patience: usize) -> Option<usize> {
        let Me { number: me, at_gate, woken, .. } = self.me()?;
        at_gate.store(true, Ordering::SeqCst);
        let mut state = self.lock();
        let before = state.on.then(|| {
            let actor = &mut state.actors[me];
            (actor.place, actor.act, actor.patience) = (Place::AtGate, act, patience);
        });
        if before.is_some() && state.turn == Some(me) {
            state = self.draw(state);
        }
        while state.on && state.turn != Some(me) {
            state = woken.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.actors[me].place = Place::Away;
        at_gate.store(false, Ordering::SeqCst);
        before.map(|()| state.draws.len())
    }

    /// The first gate of a task, before any schedule runs.
    fn arrive(self: &Arc<Self>, told: &std::sync::mpsc::Sender<()>) {
        let Some(Me { number: me, at_gate, woken, .. }) = self.me() else { return };
        at_gate.store(true, Ordering::SeqCst);
        let mut state = self.lock();
        state.actors[me].place = Place::AtGate;
        told.send(()).expect("the one who starts the threads listens");
        while state.turn != Some(me) {
            state = woken.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.actors[me].place = Place::Away;
        at_gate.store(false, Ordering::SeqCst);
    }

    /// The last gate of a task.
    fn leave(self: &Arc<Self>, me: usize) {
        self.gate("end", None);
        let mut state = self.lock();
        state.actors[me].place = Place::Gone;
        if state.on && state.turn == Some(me) {
            drop(self.draw(state));
        }
    }

    /// Gives the turn to somebody at a gate, once nobody moves any more. Nobody has it when nobody is there.
    fn draw<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        while !state.settled() {
            drop(state);
            std::thread::yield_now();
            state = self.lock();
        }
        state.choose();
        state
    }

    /// Starts a schedule and watches over it until these tasks have ended.
    fn watch(&self, tasks: std::ops::Range<usize>) -> Result<(), Stuck> {
        {
            let mut state = self.lock();
            state.on = true;
            drop(self.draw(state));
        }
        let (mut moved, mut draws, mut quiet) = (Instant::now(), 0, None::<Instant>);
        loop {
            std::thread::sleep(LOOK);
            let mut state = self.lock();
            if tasks.clone().all(|task| state.actors[task].place == Place::Gone) {
                state.on = false;
                state.turn = None;
                for actor in &state.actors {
                    actor.woken.notify_all();
                }
                return Ok(());
            }
            if state.draws.len() != draws {
                (moved, draws, quiet) = (Instant::now(), state.draws.len(), None);
            }
            let held = state.turn.is_some_and(|turn| state.actors[turn].place == Place::AtGate);
            if held || !state.settled() {
                drop(state);
                if moved.elapsed() > LOST {
                    return Err(self.stuck("somebody runs in circles"));
                }
                continue;
            }
            if state.actors.iter().any(|actor| actor.place == Place::AtGate) {
                state.slept += 1;
                state.choose();
                continue;
            }
            drop(state);
            if quiet.get_or_insert_with(Instant::now).elapsed() > STUCK {
                return Err(self.stuck("deadlock: everybody waits for somebody else"));
            }
        }
    }

    fn stuck(&self, why: &str) -> Stuck {
        let state = self.lock();
        let mut text = format!("{why}\n{} draws by {:?}, the last of them:\n", state.draws.len(), state.style);
        for draw in &state.draws[state.draws.len().saturating_sub(120)..] {
            let _ = writeln!(text, "  {:<10} {:?}", state.actors[draw.actor].name, draw.act);
        }
        for actor in &state.actors {
            let then = format!("{:?}, {:?}", actor.place, actor.standing());
            let _ = writeln!(text, "{:<10} {then}; last let through for {:?}", actor.name, actor.act);
        }
        Stuck(text)
    }

    fn me(self: &Arc<Self>) -> Option<Me> {
        ME.with_borrow(|me| me.clone().filter(|me| me.scheduler == Arc::as_ptr(self)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether everybody is at a gate, asleep in the engine, or gone. One who was seen asleep may have been woken by
    /// one who was seen later; so all are looked at twice.
    fn settled(&mut self) -> bool {
        let mut away = 0;
        for actor in self.actors.iter_mut().filter(|actor| actor.place == Place::Away) {
            match actor.standing() {
                Standing::Running => return false,
                Standing::Asleep => away += 1,
                Standing::Gone => actor.place = Place::Gone,
            }
        }
        let asleep = |actor: &Actor| actor.place != Place::Away || actor.standing() == Standing::Asleep;
        away < 2 || self.actors.iter().all(asleep)
    }

    /// Draws the next.
    fn choose(&mut self) {
        let waits = |actor: &Actor| actor.place == Place::AtGate;
        let least = self.actors.iter().filter(|actor| waits(actor)).map(|actor| actor.patience).min();
        let Some(least) = least else {
            self.turn = None;
            return;
        };
        let ready: Vec<usize> =
            (0..self.actors.len()).filter(|n| waits(&self.actors[*n]) && self.actors[*n].patience == least).collect();
        let resting = self.actors.iter().any(|actor| waits(actor) && actor.patience > least);
        let next = match self.style {
            // Somebody waits for time to pass: everybody gets some.
            _ if resting => *self.random.pick(&ready),
            Style::Walk(keep) => {
                let current = self.turn.filter(|turn| ready.contains(turn));
                match current.filter(|_| !self.random.once_in(keep)) {
                    Some(current) => current,
                    None => *self.random.pick(&ready),
                }
            }
            Style::Ranks(falls) => {
                let highest = *ready.iter().max_by_key(|n| self.actors[**n].rank).expect("somebody is ready");
                if falls.contains(&self.draws.len()) {
                    self.actors[highest].rank = (falls.len() as u64 * 1000).saturating_sub(self.draws.len() as u64);
                }
                *ready.iter().max_by_key(|n| self.actors[**n].rank).expect("somebody is ready")
            }
        };
        for actor in &mut self.actors {
            if actor.patience < usize::MAX {
                actor.patience = actor.patience.saturating_sub(1);
            }
        }
        self.turn = Some(next);
        self.draws.push(Draw { actor: next, act: self.actors[next].act.clone() });
        self.actors[next].woken.notify_all();
    }
}

impl Actor {
    fn standing(&self) -> Standing {
        let mut text = [0; 128];
        let Ok(read) = self.stat.read_at(&mut text, 0) else { return Standing::Gone };
        // `number (name) state`; no name of ours holds a parenthesis.
        let state = text[..read].iter().position(|byte| *byte == b')').and_then(|at| text.get(at + 2));
        match state {
            // Asked after the state: a thread that went to sleep at a gate had set it by then.
            Some(b'S') if !self.at_gate.load(Ordering::SeqCst) => Standing::Asleep,
            Some(b'Z' | b'X') | None => Standing::Gone,
            Some(_) => Standing::Running,
        }
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.whom.as_deref().unwrap_or_default())
    }
}

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scheduler")
    }
}
