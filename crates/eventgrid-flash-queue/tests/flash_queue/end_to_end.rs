//! Readings are pushed while the device is offline, power is lost, and all are published when it is
//! online again.

use std::cell::Cell;

use embassy_futures::block_on;
use eventgrid::blocking::Publisher;
use eventgrid::event::CloudEventView;
use eventgrid::json::RawJson;
use eventgrid::{
    AccessKey, Buf, Client, NamespaceTopic, Request, Response, RetryPolicy, Transport, TransportError,
    TransportErrorKind,
};
use eventgrid_emulator::{Emulator, InProcess, InProcessError};

use crate::life::{Queue, event, number_of};
use crate::simulated_flash::{SimulatedFlash, Tear};

/// The network: there or not, or gone before the response comes.
struct Network<'n> {
    service: &'n InProcess,
    state: Cell<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Offline,
    LosesTheResponse,
    Online,
}

#[derive(Debug, thiserror::Error)]
#[error("no response came")]
struct NoResponse {
    sent: bool,
}

impl TransportError for NoResponse {
    fn kind(&self) -> TransportErrorKind {
        if self.sent { TransportErrorKind::Interrupted } else { TransportErrorKind::Connect }
    }

    fn may_have_been_sent(&self) -> bool {
        self.sent
    }
}

impl From<InProcessError> for NoResponse {
    fn from(_: InProcessError) -> Self {
        Self { sent: true }
    }
}

impl Transport for Network<'_> {
    type Error = NoResponse;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), NoResponse> {
        if self.state.get() == State::Offline {
            return Err(NoResponse { sent: false });
        }
        Transport::send(self.service, request, response)?;
        if self.state.get() == State::Online { Ok(()) } else { Err(NoResponse { sent: true }) }
    }
}

/// Publishes in batches and pops what was accepted, until the queue is empty. `false` if the
/// network or the power fails.
fn publish_all(
    queue: &mut Queue<'_, 4, 512>,
    publisher: &Publisher<&Network<'_>, InProcess, AccessKey<'_>, NamespaceTopic<'_>>,
) -> bool {
    let (mut tx, mut rx) = ([0; 2048], [0; 512]);
    loop {
        let Ok(peeked) = block_on(queue.peek::<4>()) else { return false };
        if peeked.is_empty() {
            return true;
        }
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let accepted = publisher.send_in(peeked.events(), &mut tx, &mut rx).is_ok();
        if !accepted || block_on(queue.pop(&peeked)).is_err() {
            return false;
        }
    }
}

#[test]
fn every_reading_arrives_at_least_once_and_in_order() {
    const READINGS: u32 = 20;
    // However far it gets after it is back: power is lost at each write of all that is popped.
    for first_loss in 0..READINGS {
        let service =
            Emulator::builder().key("c2VjcmV0").subscription("readings", "store").in_process().unwrap();
        let network = Network { service: &service, state: Cell::new(State::Offline) };
        let client = Client::new(&network, service.clone(), AccessKey::new("c2VjcmV0"))
            .allow_plain_http()
            .retry(RetryPolicy::new().with_max_retries(0));
        let topic = NamespaceTopic::new(InProcess::ENDPOINT, "readings").unwrap();
        let publisher = Publisher::new(client, topic);

        let mut flash = SimulatedFlash::<4, 512>::new(8);
        let range = flash.whole();
        let mut queue = block_on(Queue::open(&mut flash, range.clone())).unwrap();
        for reading in 0..READINGS {
            block_on(queue.push(&event(reading))).unwrap();
            assert!(!publish_all(&mut queue, &publisher));
        }

        network.state.set(State::LosesTheResponse);
        let mut queue = block_on(Queue::open(&mut flash, range.clone())).unwrap();
        assert!(!publish_all(&mut queue, &publisher));
        assert_eq!(queue.len(), READINGS);

        network.state.set(State::Online);
        flash.power_loss = Some((first_loss, Tear::FirstHalf));
        let mut queue = block_on(Queue::open(&mut flash, range.clone())).unwrap();
        assert!(!publish_all(&mut queue, &publisher));

        assert!(flash.power_was_lost());
        let mut queue = block_on(Queue::open(&mut flash, range)).unwrap();
        assert!(publish_all(&mut queue, &publisher));
        assert_eq!((queue.len(), queue.lost()), (0, 0));

        let arrived: Vec<u32> = service
            .accepted()
            .iter()
            .flat_map(|accepted| &accepted.events)
            .map(|event| number_of(&CloudEventView::parse(RawJson::parse(event.json()).unwrap()).unwrap()))
            .collect();
        let mut first_arrivals = Vec::new();
        for reading in &arrived {
            if !first_arrivals.contains(reading) {
                first_arrivals.push(*reading);
            }
        }
        assert!(first_arrivals.iter().copied().eq(0..READINGS), "{arrived:?}");
        assert!(arrived.len() > READINGS as usize);
    }
}
