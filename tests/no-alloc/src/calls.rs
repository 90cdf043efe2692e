//! Every call, through the blocking clients: a future can always panic, by being polled after it is
//! ready.

use core::hint::black_box;
use core::time::Duration;

use eventgrid::blocking::{Consumer, MqttClient, Publisher};
use eventgrid::credential::{AuthorizationWriter, CredentialRequest};
use eventgrid::event::{BinaryMode, EventGridEvent};
use eventgrid::mqtt::{ListOptions, MqttBroker, MqttMessage, Qos, TopicFilter, TopicName};
use eventgrid::target::{BasicTopic, Domain, PartnerChannel};
use eventgrid::{
    AccessKey, Buf, Client, CloudEvent, Credential, CredentialError, Data, Environment, Error, LockToken,
    NamespaceTopic, ReceiveOptions, ReleaseDelay, Request, Response, SasToken, SettleAction, Sleep,
    Subscription, Transport, TransportError, TransportErrorKind,
};

pub(crate) fn every_one() {
    let (mut request, mut response) = ([0; 512], [0; 512]);
    let (mut tx, mut rx) = (Buf::new(&mut request), Buf::new(&mut response));
    publish(&mut tx, &mut rx);
    consume(&mut tx, &mut rx);
    mqtt(&mut tx, &mut rx);
}

fn publish(tx: &mut Buf<'_>, rx: &mut Buf<'_>) {
    let key = || Client::new(Wire, Wire, AccessKey::new(black_box("")));
    let event = CloudEvent::new(black_box(""), black_box(""), black_box(""))
        .with_subject(black_box(""))
        .with_time(black_box(""))
        .with_extensions(black_box(&[]));
    let Ok(data) = Data::raw_json(black_box("")) else { return };
    let event = event.with_data(black_box(data));
    if let Some(topic) = black_box(None::<NamespaceTopic<'_>>) {
        let publisher = Publisher::new(key(), topic);
        report(publisher.send_in(&event, tx, rx));
        report(publisher.send_in(black_box(&[event.clone(), event.clone()][..]), tx, rx));
        report(publisher.send_in(&BinaryMode(&event), tx, rx));
    }
    let older =
        EventGridEvent::new(black_box(""), black_box(""), black_box(""), black_box(""), black_box(""));
    let token = || Client::new(Wire, Wire, SasToken::new(black_box("")));
    if let Some(topic) = black_box(None::<BasicTopic<'_>>) {
        let publisher = Publisher::new(token(), topic);
        report(publisher.send_in(&event, tx, rx));
        report(publisher.send_in(&older, tx, rx));
    }
    if let Some(domain) = black_box(None::<Domain<'_>>) {
        let publisher = Publisher::new(token(), domain);
        report(publisher.send_in(&older, tx, rx));
    }
    if let Some(channel) = black_box(None::<PartnerChannel<'_>>) {
        report(Publisher::new(token(), channel).send_in(&event, tx, rx));
    }
}

fn consume(tx: &mut Buf<'_>, rx: &mut Buf<'_>) {
    let Some(subscription) = black_box(None::<Subscription<'_>>) else { return };
    let client = Client::new(Wire, Wire, AccessKey::new(black_box(""))).allow_plain_http();
    let consumer = Consumer::new(client, subscription);
    let options = ReceiveOptions::new().max_events(black_box(1)).max_wait_time(black_box(Duration::ZERO));
    match consumer.receive_in(options, tx, rx) {
        Ok(batch) => drop(black_box(batch.len())),
        Err(error) => read_error(&error),
    }
    let token = LockToken::new(black_box(""));
    for action in black_box([
        SettleAction::Acknowledge,
        SettleAction::Release(ReleaseDelay::NoDelay),
        SettleAction::Reject,
        SettleAction::RenewLocks,
    ]) {
        match consumer.settle_in(action, &[token][..], tx, rx) {
            Ok(settlement) => drop(black_box(settlement.is_complete())),
            Err(error) => read_error(&error),
        }
    }
}

fn mqtt(tx: &mut Buf<'_>, rx: &mut Buf<'_>) {
    let Some(broker) = black_box(None::<MqttBroker<'_>>) else { return };
    let mqtt = MqttClient::new(Client::new(Wire, Wire, Token), broker);
    let Ok(topic) = TopicName::new(black_box("")) else { return };
    let message = MqttMessage::text(topic, black_box(""))
        .with_qos(black_box(Qos::AtMostOnce))
        .with_response_topic(black_box(topic))
        .with_correlation_data(black_box(b""))
        .with_user_properties(black_box(&[]))
        .with_content_type(black_box(""))
        .with_expiry(black_box(Duration::ZERO));
    report(mqtt.publish_in(&message, tx, rx));
    match mqtt.get_retained_in(topic, tx, rx) {
        Ok(message) => {
            let metadata = message.metadata();
            black_box((message.payload().len(), metadata.qos(), metadata.size()));
            black_box((metadata.expiry(), metadata.last_modified()));
        }
        Err(error) => read_error(&error),
    }
    let Ok(filter) = TopicFilter::new(black_box("")) else { return };
    let options = ListOptions::new().max_results(black_box(1));
    let mut link = [0; 256];
    let next = match mqtt.list_retained_in(filter, options, tx, rx) {
        Ok(page) => {
            for entry in page.iter() {
                black_box((entry.topic(), entry.metadata().size()));
            }
            page.next_page().and_then(|next| next.copied_into(&mut link).ok())
        }
        Err(error) => return read_error(&error),
    };
    let Some(next) = next else { return };
    if let Err(error) = mqtt.next_page_in(next, tx, rx) {
        read_error(&error);
    }
}

/// A token that the device has from elsewhere.
struct Token;

impl Credential for Token {
    fn authorize(
        &self,
        _: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        headers.header("authorization", black_box(""))
    }
}

fn report(result: Result<(), Error<'_, Broken>>) {
    if let Err(error) = result {
        read_error(&error);
    }
}

pub(crate) fn read_error(error: &Error<'_, Broken>) {
    black_box((error.is_retryable(), error.may_have_been_acted_on(), error.retry_after(), error.status()));
    if let Error::Service(error) = error {
        black_box((error.code(), error.message(), error.tracking_id(), error.request_id()));
    }
}

/// The world outside, which the compiler knows nothing of.
#[derive(Clone, Copy)]
pub(crate) struct Wire;

#[derive(Debug)]
pub(crate) struct Broken;

impl Transport for Wire {
    type Error = Broken;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Broken> {
        black_box((
            request.method(),
            request.authority(),
            request.path_and_query(),
            request.body(),
            request.wait(),
        ));
        for header in request.headers() {
            black_box((header.name(), header.value(), header.is_sensitive()));
        }
        response.begin(black_box(0));
        response.header(black_box(""), black_box(b""));
        response.room(black_box(1));
        response.advance(black_box(0));
        response.write(black_box(b""));
        if response.is_full() { Err(Broken) } else { Ok(()) }
    }
}

impl Environment for Wire {
    fn unix_time(&self) -> Option<Duration> {
        black_box(None)
    }

    fn uptime(&self) -> Duration {
        black_box(Duration::ZERO)
    }

    fn random(&self) -> u64 {
        black_box(0)
    }
}

impl Sleep for Wire {
    fn sleep(&self, duration: Duration) {
        black_box(duration);
    }
}

impl TransportError for Broken {
    fn kind(&self) -> TransportErrorKind {
        black_box(TransportErrorKind::Other)
    }

    fn may_have_been_sent(&self) -> bool {
        black_box(true)
    }
}

impl core::fmt::Display for Broken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("broken")
    }
}

impl core::error::Error for Broken {}
