//! A scenario while it is played: a client, a service, and what is written down.

use std::cell::RefCell;
use std::fmt::{Display, Write as _};
use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::calls::Publishable;
use eventgrid::target::{Accepts, Target};
use eventgrid::{
    AccessKey, Batch, Client, CloudEvent, Error, NamespaceTopic, ReceiveOptions, Settlement, Subscription,
};
use eventgrid_emulator::{Emulator, EmulatorBuilder, InputSchema};

use super::clock::Clock;
use super::service::Service;
use crate::exchange::KEY;
use crate::options::Options;
use crate::subject::Adapter;
use crate::subject::{Failure, Subject};

pub(super) type TestClient = Client<Subject, Clock, AccessKey<'static>>;
pub(super) type Result<T> = std::result::Result<T, Error<'static, Failure>>;

pub(super) struct Scene {
    service: Service,
    clock: Clock,
    subject: Subject,
    transcript: RefCell<String>,
}

/// What every scenario finds.
pub(super) fn emulator() -> EmulatorBuilder {
    Emulator::builder()
        .key(KEY)
        .seed(1)
        .subscription("readings", "alarms")
        .basic_topic("orders", InputSchema::EventGrid)
        .basic_topic("boilers", InputSchema::Custom)
        .domain("shops", InputSchema::EventGrid)
        .partner_channel("contoso", "news", InputSchema::CloudEvents)
}

pub(super) fn event(id: &str) -> CloudEvent<'_> {
    CloudEvent::new(id, "urn:plant/boiler", "Reading")
}

impl Scene {
    pub(super) fn new(adapter: Adapter) -> Self {
        Self::with(adapter, emulator())
    }

    pub(super) fn with(adapter: Adapter, emulator: EmulatorBuilder) -> Self {
        let clock = Clock::default();
        let service = Service::start(emulator, clock.clone());
        Self { service, clock, subject: adapter(&Options::default()), transcript: RefCell::default() }
    }

    pub(super) fn client(&self) -> TestClient {
        self.client_with_key(KEY)
    }

    pub(super) fn client_with_key(&self, key: &'static str) -> TestClient {
        Client::new(self.subject.clone(), self.clock.clone(), AccessKey::new(key))
    }

    /// The URL of something at that path.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.service.url())
    }

    pub(super) fn topic(&self) -> NamespaceTopic<'static> {
        NamespaceTopic::new(self.service.url(), "readings").unwrap()
    }

    pub(super) fn consumer(&self) -> Consumer<Subject, Clock, AccessKey<'static>> {
        let subscription = Subscription::new(self.service.url(), "readings", "alarms").unwrap();
        Consumer::new(self.client(), subscription)
    }

    /// Moves the clock.
    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.tell(format_args!("{seconds} s pass"));
    }

    pub(super) fn tell(&self, line: impl Display) {
        writeln!(self.transcript.borrow_mut(), "{line}").unwrap();
    }

    /// Publishes, and tells what the service has accepted.
    pub(super) fn publish<K: Target + Accepts<P::Schema>, P: Publishable + ?Sized>(
        &self,
        what: &str,
        target: K,
        events: &P,
    ) {
        let result = Publisher::new(self.client(), target).send(events);
        self.tell(format_args!("publish {what}: {}", outcome(&result, |()| "done".to_owned())));
        let accepted = self.service.emulator().accepted();
        self.service.emulator().clear_accepted();
        for accepted in accepted {
            let channel = accepted.channel.map(|channel| format!(", channel {channel}")).unwrap_or_default();
            let media_type = accepted.headers.get("content-type").map(|value| value.to_str().unwrap());
            self.tell(format_args!(
                "  {:?} {}{channel} took {} of schema {} as {}",
                accepted.target,
                accepted.name,
                accepted.events.len(),
                accepted.schema,
                media_type.unwrap_or("nothing"),
            ));
        }
    }

    /// Receives up to ten events.
    pub(super) fn receive(&self) -> Batch<'static> {
        let before = self.clock.now();
        let result = self.consumer().receive(ReceiveOptions::new().max_events(10));
        let waited = self.clock.now().saturating_since(before).as_secs();
        self.tell(format_args!("receive, after {waited} s: {}", outcome(&result, events)));
        result.unwrap()
    }

    pub(super) fn settled(&self, what: &str, result: &Result<Settlement<'_>>) {
        self.tell(format_args!("{what}: {}", outcome(result, settlement)));
    }

    /// Tells what became of all events.
    pub(super) fn tell_stats(&self) {
        let stats = self.service.emulator().stats("readings", "alarms").unwrap();
        self.tell(format_args!(
            "published {}, queued {}, locked {}, delayed {}, acknowledged {}, rejected {}, exhausted {}, expired {}",
            stats.published,
            stats.queued,
            stats.locked,
            stats.delayed,
            stats.acknowledged,
            stats.rejected,
            stats.exhausted,
            stats.expired,
        ));
    }

    /// Ends it: that was written down, and nothing else.
    #[track_caller]
    pub(super) fn end(self, expected: &[&str]) {
        self.service.finish();
        let told = self.transcript.into_inner();
        let told: Vec<_> = told.lines().collect();
        assert_eq!(told, expected, "\n{}", told.join("\n"));
    }
}

/// A result in words.
pub(super) fn outcome<T>(result: &Result<T>, words: impl FnOnce(&T) -> String) -> String {
    match result {
        Ok(value) => words(value),
        Err(Error::Service(error)) => {
            let code = error.code().map(|code| code.chars().collect::<String>()).unwrap_or_default();
            format!("refused by {} {code}", error.status())
        }
        Err(error) => format!("{error:?}"),
    }
}

pub(super) fn events(batch: &Batch<'_>) -> String {
    let words = batch.iter().map(|received| {
        let id: String = received.event().unwrap().id().chars().collect();
        format!("{id} (delivery {})", received.delivery_count())
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

pub(super) fn settlement(settlement: &Settlement<'_>) -> String {
    let reasons: Vec<_> = settlement.failed().map(|failed| failed.reason()).collect();
    format!("{} succeeded, failed {reasons:?}", settlement.succeeded().count())
}
