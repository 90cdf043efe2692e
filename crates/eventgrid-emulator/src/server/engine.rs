//! The task that owns the emulator, and works in turns.
//!
//! A turn takes all the requests that wait, within bounds, and runs them. When what they did is
//! committed, the responses are sent. Between turns the connections go on. So no turn is
//! long, and what one costs is shared by the requests in it.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventgrid_push::DeliveryTier;
use http::{Request, Response};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::barriers::{Barriers, WaitResult, Waiting};
use super::clock::Clock;
use super::committer::{Committer, Failure, Persistence};
use super::dead_letters::{DeadLetterWriter, Written};
use super::outgoing::{Addressed, ErrorStyle, Outgoing, Tell};
use super::push::{EndedPush, PushClient, Pusher};
use crate::admin::{Call, Reply, Wait};
use crate::service::{Emulator, Outcome, Receipt, WaitError, WaiterId};

/// The most requests of one turn.
const REQUESTS: usize = 256;

/// No request is begun in a turn that has taken so long.
const TURN: Duration = Duration::from_millis(1);

/// The most locks, delays, times to live and waits that one turn ends.
const STEPS: usize = 4096;

/// The longest that time which was moved stands still at a moment, for the pushes of that moment to
/// end: as long as one of them may take. Whoever moved it waits no longer for one batch of files,
/// either.
const LONGEST_HOLD: Duration = DeliveryTier::Basic.response_timeout();

/// What the engine is asked for.
enum Command {
    /// To look at a request before its body is read. A response is a refusal.
    Admit {
        request: Request<Bytes>,
        length: Option<u64>,
        reply: oneshot::Sender<Option<Response<Bytes>>>,
    },
    Handle {
        request: Request<Bytes>,
        key: Key,
        reply: oneshot::Sender<Response<Bytes>>,
    },
    /// A request of the admin API.
    HandleAdmin {
        call: Box<Call>,
        key: Key,
        reply: oneshot::Sender<Response<Bytes>>,
    },
    /// To wait for a state of an event subscription.
    Wait {
        wait: Wait,
        key: Key,
        waiting: Waiting,
    },
    /// Nobody waits for the response to that request any more.
    Cancel(Key),
    /// The response could not be written.
    GiveBack(Receipt),
    /// What became of the files of dead letters.
    DeadLettersWritten(Written),
    /// A push has ended.
    PushEnded(Box<EndedPush>),
    Work(Work),
    /// The same, but nobody is told before the work is done that is due then.
    WorkWhenDue(Work),
    /// To end the receives that wait, and from now on each that would.
    EndWaiting,
}

/// What is done between two requests.
type Work = Box<dyn FnOnce(&mut Emulator) -> Tell + Send>;

/// Tells apart the requests under way.
pub(super) type Key = u64;

/// Asks the engine. Clones ask the same one.
#[derive(Clone)]
pub(super) struct EngineHandle {
    commands: mpsc::UnboundedSender<Command>,
    next_key: Arc<AtomicU64>,
}

/// The emulator, its clock, and who waits for which response.
pub(super) struct Engine {
    commands: mpsc::UnboundedReceiver<Command>,
    emulator: Emulator,
    clock: Clock,
    waiting: HashMap<WaiterId, (Key, oneshot::Sender<Response<Bytes>>)>,
    waiters: HashMap<Key, WaiterId>,
    barriers: Barriers,
    /// Responses to be sent when the work is done that is due.
    when_due: WhenDue,
    /// Since when time that was moved stands still for pushes to end.
    held_since: Option<Instant>,
    /// Since when who moved time waits for dead letters to be written.
    writing_since: Option<Instant>,
    committer: Committer,
    dead_letters: DeadLetterWriter,
    pusher: Pusher,
    /// Whether the server is about to end, so that no receive waits any more.
    is_ending: bool,
}

/// What a turn came to.
#[derive(Default)]
struct Turn {
    outgoing: Outgoing,
    /// Responses that wait for the work that is due.
    when_due: WhenDue,
}

/// Who is told of something when the work is done that is due.
#[derive(Default)]
struct WhenDue {
    responses: Vec<Addressed>,
    results: Vec<Tell>,
}

impl WhenDue {
    fn is_empty(&self) -> bool {
        self.responses.is_empty() && self.results.is_empty()
    }

    fn append(&mut self, other: &mut Self) {
        self.responses.append(&mut other.responses);
        self.results.append(&mut other.results);
    }
}

/// How far time has come in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// All is done that is due.
    Done,
    /// More is due.
    More,
    /// Time stands still until pushes have ended.
    Held,
}

/// An engine, and how to ask it. Pushes are sent by `client`, on that runtime.
///
/// # Errors
/// If there is no thread to be had for the store.
pub(super) fn engine(
    emulator: Emulator,
    persistence: Persistence,
    client: PushClient,
    runtime: Handle,
) -> io::Result<(Engine, EngineHandle, Failure)> {
    let (sender, commands) = mpsc::unbounded_channel();
    let handle = EngineHandle { commands: sender, next_key: Arc::default() };
    let (committer, failure) = Committer::start(persistence, &handle)?;
    let engine = Engine {
        commands,
        emulator,
        clock: Clock::start(),
        waiting: HashMap::new(),
        waiters: HashMap::new(),
        barriers: Barriers::default(),
        when_due: WhenDue::default(),
        held_since: None,
        writing_since: None,
        committer,
        dead_letters: DeadLetterWriter::new(handle.tell_of_dead_letters()),
        pusher: Pusher::new(client, runtime, handle.tell_of_pushes()),
        is_ending: false,
    };
    Ok((engine, handle, failure))
}

impl EngineHandle {
    /// Looks at a request, without its body, before that is read. Returns a response if it is
    /// refused.
    pub(super) async fn admit(
        &self,
        request: Request<Bytes>,
        length: Option<u64>,
    ) -> Option<Response<Bytes>> {
        let (reply, response) = oneshot::channel();
        self.send(Command::Admit { request, length, reply });
        response.await.ok()?
    }

    /// Hands over a request. Dropping what this returns takes back a receive that waits.
    pub(super) fn handle(&self, request: Request<Bytes>) -> Pending {
        let (reply, response) = oneshot::channel();
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        self.send(Command::Handle { request, key, reply });
        Pending { engine: self.clone(), key, response, has_response: false }
    }

    /// Hands over a request of the admin API. Dropping what this returns ends a wait.
    pub(super) fn handle_admin(&self, call: Call) -> Pending {
        let (reply, response) = oneshot::channel();
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        self.send(Command::HandleAdmin { call: Box::new(call), key, reply });
        Pending { engine: self.clone(), key, response, has_response: false }
    }

    pub(super) fn give_back(&self, receipt: Receipt) {
        self.send(Command::GiveBack(receipt));
    }

    pub(super) fn end_waiting(&self) {
        self.send(Command::EndWaiting);
    }

    /// Works on the emulator between two requests, and waits for that.
    ///
    /// # Panics
    /// If the work does, or what it did cannot be committed.
    pub(super) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Emulator) -> T + Send + 'static,
    ) -> T {
        self.work_as(Command::Work, work)
    }

    /// The same, but also waits for the work that is due then.
    ///
    /// # Panics
    /// As [`work`](Self::work).
    pub(super) fn work_when_due<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Emulator) -> T + Send + 'static,
    ) -> T {
        self.work_as(Command::WorkWhenDue, work)
    }

    fn work_as<T: Send + 'static>(
        &self,
        command: fn(Work) -> Command,
        work: impl FnOnce(&mut Emulator) -> T + Send + 'static,
    ) -> T {
        let (sender, result) = std::sync::mpsc::sync_channel(1);
        self.send(command(Box::new(move |emulator| {
            let result = work(emulator);
            Box::new(move || {
                // It fails only if nobody waits any more.
                let _ = sender.send(result);
            })
        })));
        result.recv().expect("the work does not panic, and what it did can be committed")
    }

    /// Waits for a state of an event subscription.
    pub(super) fn wait(&self, wait: Wait) -> WaitResult {
        let (sender, result) = std::sync::mpsc::sync_channel(1);
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        self.send(Command::Wait { wait, key, waiting: Waiting::Program(sender) });
        result.recv().unwrap_or(Err(WaitError::Refused))
    }

    /// What takes back events for as long as somebody else asks the engine.
    #[cfg(feature = "data")]
    pub(super) fn take_back(&self) -> impl Fn(Receipt) + Send + 'static {
        let send = self.send_while_open();
        move |receipt| send(Command::GiveBack(receipt))
    }

    /// What tells of the files of dead letters for as long as somebody else asks the engine.
    fn tell_of_dead_letters(&self) -> impl Fn(Written) + Send + Sync + 'static {
        let send = self.send_while_open();
        move |written| send(Command::DeadLettersWritten(written))
    }

    /// What tells of pushes that have ended for as long as somebody else asks the engine.
    fn tell_of_pushes(&self) -> impl Fn(EndedPush) + Send + Sync + 'static {
        let send = self.send_while_open();
        move |push| send(Command::PushEnded(Box::new(push)))
    }

    fn send_while_open(&self) -> impl Fn(Command) + Send + Sync + 'static {
        let commands = self.commands.downgrade();
        move |command| {
            if let Some(commands) = commands.upgrade() {
                // It fails only if the server has ended.
                let _ = commands.send(command);
            }
        }
    }

    fn send(&self, command: Command) {
        // It fails only if the server has ended, and with it whoever asks.
        let _ = self.commands.send(command);
    }
}

/// A request that was handed over.
pub(super) struct Pending {
    engine: EngineHandle,
    key: Key,
    response: oneshot::Receiver<Response<Bytes>>,
    has_response: bool,
}

impl Pending {
    /// The response; `None` if handling the request failed, or the server has ended.
    pub(super) async fn response(&mut self) -> Option<Response<Bytes>> {
        let response = (&mut self.response).await.ok();
        self.has_response = true;
        response
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.has_response {
            return;
        }
        self.response.close();
        match self.response.try_recv() {
            Ok(mut response) => {
                if let Some(receipt) = response.extensions_mut().remove::<Receipt>() {
                    self.engine.give_back(receipt);
                }
            }
            Err(_) => self.engine.send(Command::Cancel(self.key)),
        }
    }
}

impl Engine {
    /// Works until every handle is dropped.
    pub(super) async fn run(mut self) {
        let mut queue = VecDeque::with_capacity(REQUESTS);
        let mut received = Vec::with_capacity(REQUESTS);
        loop {
            let is_more_due = self.turn(&mut queue);
            if is_more_due || !queue.is_empty() {
                // Connections go on meanwhile, and bring what the next turn takes.
                tokio::task::yield_now().await;
                continue;
            }
            let deadline = match self.held_since {
                Some(since) => Some(LONGEST_HOLD.saturating_sub(since.elapsed())),
                None => self.emulator.next_deadline().map(|moment| self.clock.until(moment)),
            };
            let written = self.writing_since.map(|since| LONGEST_HOLD.saturating_sub(since.elapsed()));
            let deadline = [deadline, written, self.barriers.next_end()].into_iter().flatten().min();
            let wait = self.commands.recv_many(&mut received, REQUESTS);
            let count = match deadline {
                Some(duration) => tokio::time::timeout(duration, wait).await.ok(),
                None => Some(wait.await),
            };
            if count == Some(0) {
                return;
            }
            queue.extend(received.drain(..));
        }
    }

    /// Runs commands of the queue, as far as there is time. Returns whether time has work left.
    fn turn(&mut self, queue: &mut VecDeque<Command>) -> bool {
        let started = Instant::now();
        let progress = self.advance();
        let mut turn = Turn::default();
        self.barriers.check(&self.emulator, &mut turn.outgoing);
        self.barriers.end_late(&self.emulator, &mut turn.outgoing);
        while queue.len() < REQUESTS {
            let Ok(command) = self.commands.try_recv() else { break };
            queue.push_back(command);
        }
        while let Some(command) = queue.pop_front() {
            self.run_command(command, &mut turn);
            if started.elapsed() > TURN {
                break;
            }
        }
        self.add_finished(&mut turn.outgoing);
        // They are handed over when their deaths are committed.
        if let Some(tell) = self.dead_letters.take_due(&mut self.emulator) {
            turn.outgoing.tell(tell);
        }
        if progress != Progress::Done {
            self.writing_since = None;
        } else if !self.waits_for_files() {
            turn.outgoing.respond_all(&mut self.when_due.responses);
            self.when_due.results.drain(..).for_each(|tell| turn.outgoing.tell(tell));
        }
        self.when_due.append(&mut turn.when_due);
        let mut is_more_due = match progress {
            Progress::Done => !self.when_due.is_empty() && self.writing_since.is_none(),
            Progress::More => true,
            Progress::Held => false,
        };
        if !self.is_ending {
            let due = self.pusher.take_due(&mut self.emulator, started);
            is_more_due |= due.is_more_due;
            if let Some(send) = due.send {
                turn.outgoing.tell(send);
            }
        }
        // The last push may have ended in this turn.
        is_more_due |= progress == Progress::Held && !self.has_pushes();
        // Events of a response that nobody waits for go back, perhaps to somebody else who waits.
        let undelivered = self.committer.commit(&mut self.emulator, turn.outgoing);
        for receipt in undelivered {
            queue.push_front(Command::GiveBack(receipt));
        }
        self.emulator.observations.metrics.add_turn(started.elapsed());
        is_more_due
    }

    /// Lets time pass. If the clock was moved, time stops at each moment at which events are pushed
    /// again until they have been, so that each attempt is made at its own moment.
    fn advance(&mut self) -> Progress {
        let now = self.clock.now();
        let is_moved = self.emulator.is_moved() && !self.is_ending;
        if is_moved && self.has_pushes() {
            let since = self.held_since.get_or_insert_with(Instant::now);
            if since.elapsed() < LONGEST_HOLD {
                return Progress::Held;
            }
        }
        self.held_since = None;
        let is_more_due = if is_moved {
            self.emulator.advance_moved(now, STEPS)
        } else {
            self.emulator.advance_by(now, STEPS)
        };
        if is_more_due { Progress::More } else { Progress::Done }
    }

    /// Whether who moved time waits for dead letters to be written.
    fn waits_for_files(&mut self) -> bool {
        if self.when_due.is_empty() || !self.dead_letters.is_under_way() {
            self.writing_since = None;
            return false;
        }
        let since = self.writing_since.get_or_insert_with(Instant::now);
        let waits = since.elapsed() < LONGEST_HOLD;
        if !waits {
            self.writing_since = None;
        }
        waits
    }

    /// Whether pushes are under way or due.
    fn has_pushes(&self) -> bool {
        !self.pusher.is_idle(&self.emulator) || self.emulator.has_due_pushes()
    }

    /// A panic in one request does not end the others: the broker's calls are done or not done.
    fn run_command(&mut self, command: Command, turn: &mut Turn) {
        let _ = catch_unwind(AssertUnwindSafe(|| match command {
            Command::Admit { request, length, reply } => {
                turn.outgoing.refuse(reply, self.emulator.admit(&request, length));
            }
            Command::Handle { request, key, reply } => match self.emulator.handle(&request) {
                Outcome::Done(response) => {
                    let is_basic = self.committer.may_fail() && self.emulator.is_for_basic(&request);
                    let style = if is_basic { ErrorStyle::Basic } else { ErrorStyle::Namespace };
                    turn.outgoing.respond(Addressed::new(reply, response, style));
                }
                Outcome::Waiting(id) => {
                    self.waiting.insert(id, (key, reply));
                    self.waiters.insert(key, id);
                    if self.is_ending {
                        self.emulator.finish_waiting();
                    }
                }
            },
            Command::HandleAdmin { call, key, reply } => match call.run(&mut self.emulator) {
                Ok(Reply::Done(response)) => turn.outgoing.respond(admin(reply, response)),
                Err(error) => turn.outgoing.respond(admin(reply, error.into_response())),
                Ok(Reply::WhenDue(response)) => turn.when_due.responses.push(admin(reply, response)),
                Ok(Reply::Wait(wait)) => {
                    self.barriers.add(key, wait, Waiting::Client(reply), &mut turn.outgoing);
                }
            },
            Command::Wait { wait, key, waiting } => {
                self.barriers.add(key, wait, waiting, &mut turn.outgoing);
            }
            Command::Cancel(key) => {
                self.barriers.cancel(key);
                if let Some(id) = self.waiters.remove(&key) {
                    self.emulator.cancel(id);
                    self.waiting.remove(&id);
                }
            }
            Command::GiveBack(receipt) => self.emulator.give_back(&receipt),
            Command::DeadLettersWritten(written) => {
                self.dead_letters.end_batch(&mut self.emulator, &written);
                // As long as it goes on, it is waited for.
                self.writing_since = None;
            }
            Command::PushEnded(push) => self.pusher.ended(&mut self.emulator, *push),
            Command::Work(work) => {
                let tell = work(&mut self.emulator);
                turn.outgoing.tell(tell);
            }
            Command::WorkWhenDue(work) => {
                let tell = work(&mut self.emulator);
                turn.when_due.results.push(tell);
            }
            Command::EndWaiting => {
                self.is_ending = true;
                self.emulator.end_handshakes();
                self.barriers.end_all(&self.emulator, &mut turn.outgoing);
                self.emulator.finish_waiting();
            }
        }));
        self.barriers.check(&self.emulator, &mut turn.outgoing);
    }

    /// Adds the responses to receives that no longer wait.
    fn add_finished(&mut self, outgoing: &mut Outgoing) {
        loop {
            let finished = self.emulator.take_finished();
            if finished.is_empty() {
                break;
            }
            for (id, mut response) in finished {
                if let Some((key, reply)) = self.waiting.remove(&id) {
                    self.waiters.remove(&key);
                    outgoing.respond(Addressed::new(reply, response, ErrorStyle::Namespace));
                } else if let Some(receipt) = response.extensions_mut().remove::<Receipt>() {
                    // It was cancelled in this very turn.
                    self.emulator.give_back(&receipt);
                }
            }
        }
    }
}

fn admin(reply: oneshot::Sender<Response<Bytes>>, response: Response<Bytes>) -> Addressed {
    Addressed::new(reply, response, ErrorStyle::Admin)
}
