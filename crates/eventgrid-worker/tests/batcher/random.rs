//! Random sends, limits, faults, flushes and ends, and what always holds.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{CloudEvent, Data, Environment, SendLimits};
use eventgrid_worker::{Batcher, PublishError, SendError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{End, Network, NetworkError, Outcome, Step, Task, event};

type TestBatcher = Batcher<Network, eventgrid_emulator::InProcess, eventgrid::AccessKey<'static>>;
type Sent = Result<eventgrid_worker::PublishReport<NetworkError>, SendError>;

#[derive(Debug, Clone)]
enum Action {
    Send {
        how: How,
        key: Option<u8>,
        size: usize,
    },
    GiveUpSend(Index),
    Resume(u8),
    Flush,
    Close,
    /// Time passes, in milliseconds.
    Pass(u64),
    /// The run gets no attention until the next action.
    Distract,
}

#[derive(Debug, Clone, Copy)]
enum How {
    Wait,
    Try,
    Force,
}

#[derive(Debug, Clone)]
struct Plan {
    limits: SendLimits,
    capacity: SendLimits,
    max_delay: Duration,
    max_in_flight: usize,
    continue_after_failure: bool,
    steps: Vec<Step>,
    actions: Vec<Action>,
    drop_run: bool,
}

fn action() -> impl Strategy<Value = Action> {
    let how = prop_oneof![Just(How::Wait), Just(How::Try), Just(How::Force)];
    let key = proptest::option::of(0..3_u8);
    prop_oneof![
        12 => (how, key, 0..250_usize).prop_map(|(how, key, size)| Action::Send { how, key, size }),
        1 => any::<Index>().prop_map(Action::GiveUpSend),
        1 => (0..3_u8).prop_map(Action::Resume),
        1 => Just(Action::Flush),
        6 => (0..700_u64).prop_map(Action::Pass),
        4 => Just(Action::Distract),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        8 => Just(End::Response),
        1 => Just(End::NoConnection),
        1 => Just(End::LostResponse),
        2 => Just(End::Status(413)),
        1 => Just(End::Status(400)),
        1 => Just(End::Status(503)),
    ];
    (end, 0..900_u64).prop_map(|(end, after)| Step::from(end).after(Duration::from_millis(after)))
}

fn plan() -> impl Strategy<Value = Plan> {
    let limits = |events, bytes| {
        (events, bytes).prop_map(|(max_events, max_bytes)| SendLimits { max_events, max_bytes })
    };
    let options =
        (limits(1..6_usize, 300..900_usize), limits(1..9, 300..2000), 0..600_u64, 1..4_usize, any::<bool>());
    let closed = proptest::option::weighted(0.2, any::<Index>());
    let course = (prop::collection::vec(action(), 0..60), closed, any::<bool>());
    (options, prop::collection::vec(step(), 0..40), course).prop_map(
        |((limits, capacity, delay, max_in_flight, continue_after_failure), steps, course)| {
            let (mut actions, closed, drop_run) = course;
            if let Some(at) = closed {
                actions.insert(at.index(actions.len() + 1), Action::Close);
            }
            let max_delay = Duration::from_millis(delay);
            Plan {
                limits,
                capacity,
                max_delay,
                max_in_flight,
                continue_after_failure,
                steps,
                actions,
                drop_run,
            }
        },
    )
}

/// An event that was taken.
struct Taken {
    id: String,
    key: Option<u8>,
    /// The moment among all moments, and on the clock.
    moment: usize,
    at: Duration,
    delivery: Task<'static, Outcome>,
}

/// What the hook heard: the moment, the event, and what became of it.
type Heard = Arc<Mutex<Vec<(usize, String, Outcome)>>>;

struct World {
    plan: Plan,
    network: Network,
    batcher: TestBatcher,
    run: Option<Task<'static, ()>>,
    sends: Vec<(String, Option<u8>, Task<'static, Sent>)>,
    taken: Vec<Taken>,
    refused: HashSet<String>,
    flushes: Vec<(usize, Task<'static, ()>)>,
    resumed: Vec<(usize, u8)>,
    heard: Heard,
    moment: Arc<Mutex<usize>>,
    next_id: usize,
}

impl World {
    fn new(plan: Plan) -> Self {
        let network = Network::new();
        network.script(plan.steps.clone());
        let (heard, moment) = (Heard::default(), Arc::new(Mutex::new(0)));
        let mut builder = network
            .builder()
            .limits(plan.limits)
            .capacity(plan.capacity)
            .max_delay(plan.max_delay)
            .max_in_flight(plan.max_in_flight);
        if plan.continue_after_failure {
            builder = builder.continue_after_failure();
        }
        let (log, clock) = (Arc::clone(&heard), Arc::clone(&moment));
        let (batcher, run) = builder
            .on_report(move |event, outcome| {
                let event: serde_json::Value = serde_json::from_str(event.json().as_str()).unwrap();
                let id = event["id"].as_str().unwrap().to_owned();
                log.lock().unwrap().push((*clock.lock().unwrap(), id, outcome.map_err(Clone::clone)));
            })
            .build();
        Self {
            plan,
            network,
            batcher,
            run: Some(Task::new(run)),
            sends: Vec::new(),
            taken: Vec::new(),
            refused: HashSet::new(),
            flushes: Vec::new(),
            resumed: Vec::new(),
            heard,
            moment,
            next_id: 0,
        }
    }

    fn act(&mut self, action: &Action) {
        *self.moment.lock().unwrap() += 1;
        match action {
            Action::Send { how, key, size } => self.send(*how, *key, *size),
            Action::GiveUpSend(index) => {
                if !self.sends.is_empty() {
                    let (id, ..) = self.sends.remove(index.index(self.sends.len()));
                    self.refused.insert(id);
                }
            }
            Action::Resume(key) => {
                self.batcher.keyed(key.to_string()).resume();
                self.resumed.push((*self.moment.lock().unwrap(), *key));
            }
            Action::Flush => {
                let batcher = self.batcher.clone();
                let flush = Task::new(async move { batcher.flush().await });
                self.flushes.push((self.taken.len(), flush));
                // What it waits for is decided when it is first polled.
                self.poll_flushes();
            }
            Action::Close => {
                let batcher = self.batcher.clone();
                let mut close = Task::new(async move { batcher.close().await });
                assert!(close.poll().is_none(), "the run has not ended");
            }
            Action::Pass(milliseconds) => self.network.advance(Duration::from_millis(*milliseconds)),
            Action::Distract => {}
        }
        if !matches!(action, Action::Distract | Action::Send { .. }) {
            self.go_on();
        }
    }

    fn send(&mut self, how: How, key: Option<u8>, size: usize) {
        let id = match key {
            Some(key) => format!("{key}-{}", self.next_id),
            None => self.next_id.to_string(),
        };
        self.next_id += 1;
        let event: CloudEvent<'static> = event(&id).with_data(Data::text("x".repeat(size)));
        let batcher = key.map_or_else(|| self.batcher.clone(), |key| self.batcher.keyed(key.to_string()));
        match how {
            How::Wait => {
                let send = Task::new(async move { batcher.send(&event).await });
                self.sends.push((id, key, send));
                self.poll_sends();
            }
            How::Try => self.sent(id, key, batcher.try_send(&event)),
            How::Force => self.sent(id, key, batcher.force_send(&event)),
        }
    }

    fn sent(&mut self, id: String, key: Option<u8>, sent: Sent) {
        match sent {
            Ok(delivery) => self.taken.push(Taken {
                id,
                key,
                moment: *self.moment.lock().unwrap(),
                at: self.network.emulator.uptime(),
                delivery: Task::new(delivery),
            }),
            Err(_) => {
                self.refused.insert(id);
            }
        }
    }

    fn poll_sends(&mut self) {
        let mut index = 0;
        while index < self.sends.len() {
            match self.sends[index].2.poll() {
                Some(sent) => {
                    let (id, key, _) = self.sends.remove(index);
                    self.sent(id, key, sent);
                }
                None => index += 1,
            }
        }
    }

    fn poll_flushes(&mut self) {
        let heard: HashSet<_> = self.heard.lock().unwrap().iter().map(|(_, id, _)| id.clone()).collect();
        let taken = &self.taken;
        self.flushes.retain_mut(|(before, flush)| {
            let is_over = flush.poll().is_some();
            if is_over {
                assert!(taken[..*before].iter().all(|event| heard.contains(&event.id)), "flushed too early");
            }
            !is_over
        });
    }

    /// Everybody does what can be done now.
    fn go_on(&mut self) {
        for _ in 0..100 {
            let before = (self.taken.len(), self.heard.lock().unwrap().len(), self.network.requests().len());
            if self.run.as_mut().is_some_and(|run| run.poll().is_some()) {
                self.run = None;
            }
            self.poll_sends();
            self.poll_flushes();
            if before == (self.taken.len(), self.heard.lock().unwrap().len(), self.network.requests().len()) {
                break;
            }
        }
        if self.run.is_some() {
            self.check_now();
        }
    }

    /// What holds at every moment.
    fn check_now(&self) {
        let under_way = self.network.under_way();
        assert!(under_way.len() <= self.plan.max_in_flight);
        let key_of = |id: &String| id.split_once('-').map(|(key, _)| key.to_owned());
        let mut busy = HashSet::new();
        for ids in &under_way {
            let keys: HashSet<_> = ids.iter().filter_map(key_of).collect();
            assert!(keys.iter().all(|key| !busy.contains(key)), "one key in two requests: {under_way:?}");
            busy.extend(keys);
        }
        let stats = self.batcher.stats();
        let is_within = stats.buffered_events <= self.plan.capacity.max_events
            && stats.buffered_bytes <= self.plan.capacity.max_bytes;
        assert!(is_within || stats.buffered_events == 1, "{stats:?}");
        if under_way.len() < self.plan.max_in_flight {
            let heard: HashSet<_> = self.heard.lock().unwrap().iter().map(|(_, id, _)| id.clone()).collect();
            let now = self.network.emulator.uptime();
            // The second half of a request that was too large waits for the first, and both keep
            // their keys busy.
            let requests = self.network.requests();
            let unfinished = requests.iter().filter(|ids| ids.iter().any(|id| !heard.contains(id)));
            busy.extend(unfinished.flatten().filter_map(key_of));
            let requested: HashSet<_> = requests.into_iter().flatten().collect();
            for event in &self.taken {
                let waits = !heard.contains(&event.id)
                    && !requested.contains(&event.id)
                    && event.key.is_none_or(|key| !busy.contains(&key.to_string()));
                assert!(!waits || event.at + self.plan.max_delay > now, "{} is late", event.id);
            }
        }
    }

    fn end(mut self) {
        if self.plan.drop_run {
            self.run = None;
            self.poll_sends();
            self.poll_flushes();
        } else {
            let batcher = self.batcher.clone();
            let mut close = Task::new(async move { batcher.close().await });
            let mut is_closed = close.poll().is_some();
            // At most this many requests get their responses one after the other, in half a second
            // each.
            for _ in 0..=self.next_id * 4 {
                self.go_on();
                is_closed = is_closed || close.poll().is_some();
                self.network.advance(Duration::from_millis(500));
            }
            assert!(self.run.is_none() && is_closed, "it does not end");
        }
        assert!(self.sends.is_empty(), "somebody waits for room forever");
        assert!(self.flushes.is_empty(), "somebody waits for a flush forever");
        self.check_reports();
        self.check_order();
        assert!(self.network.requests().iter().all(|ids| ids.len() <= self.plan.limits.max_events));
        assert!(self.network.largest_request() <= self.plan.limits.max_bytes);
    }

    /// Each event that was taken is reported once, and truly.
    fn check_reports(&mut self) {
        let mut accepted: HashMap<String, usize> = HashMap::new();
        for id in self.network.accepted() {
            *accepted.entry(id).or_default() += 1;
        }
        assert!(self.refused.iter().all(|id| !accepted.contains_key(id)));
        let mut heard: HashMap<String, Vec<Outcome>> = HashMap::new();
        for (_, id, outcome) in self.heard.lock().unwrap().drain(..) {
            heard.entry(id).or_default().push(outcome);
        }
        assert_eq!(heard.len(), self.taken.len());
        for event in &mut self.taken {
            let outcome = event.delivery.poll().expect("it is reported");
            let heard = &heard[&event.id];
            assert_eq!(heard.len(), 1, "{} was reported {heard:?}", event.id);
            assert_eq!(format!("{outcome:?}"), format!("{:?}", heard[0]));
            let accepted = accepted.get(&event.id).copied().unwrap_or(0);
            match outcome {
                Ok(()) => assert_eq!(accepted, 1, "{}", event.id),
                Err(error) if error.may_have_been_acted_on() => assert!(accepted <= 1),
                Err(error) => assert_eq!(accepted, 0, "{}: {error}", event.id),
            }
        }
    }

    fn check_order(&self) {
        let accepted = self.network.accepted();
        for key in 0..3 {
            let of_key: Vec<_> = self.taken.iter().filter(|event| event.key == Some(key)).collect();
            let place = |id: &String| of_key.iter().position(|event| event.id == *id);
            let places: Vec<_> = accepted.iter().filter_map(place).collect();
            assert!(places.is_sorted(), "of key {key} came {places:?}");
        }
    }

    /// Later events of a key are published only if somebody resumed it since an earlier one failed.
    fn check_overtaking(&self) {
        let heard = self.heard.lock().unwrap();
        let reports: HashMap<_, _> =
            heard.iter().map(|(moment, id, outcome)| (id, (*moment, outcome))).collect();
        for (index, failed) in self.taken.iter().enumerate().filter(|(_, event)| event.key.is_some()) {
            let Some((failed_at, Err(PublishError::Failed(_)))) = reports.get(&failed.id) else { continue };
            for later in self.taken[index..].iter().filter(|event| event.key == failed.key) {
                if let Some((_, Ok(()))) = reports.get(&later.id) {
                    let is_resumed = |(moment, key): &(usize, u8)| {
                        Some(*key) == failed.key && (*failed_at..=later.moment).contains(moment)
                    };
                    assert!(self.resumed.iter().any(is_resumed), "{} overtook {}", later.id, failed.id);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_reported_once_and_truly(plan in plan()) {
        let mut world = World::new(plan.clone());
        for action in &plan.actions {
            world.act(action);
        }
        world.go_on();
        if !plan.continue_after_failure {
            world.check_overtaking();
        }
        world.end();
    }
}
