//! The events of the captured calls, and the requests that calls make.

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::calls::Publishable;
use eventgrid::event::{CustomEvent, EventGridEvent};
use eventgrid::target::{Accepts, BasicTopic, Target};
use eventgrid::{
    AccessKey, Client, CloudEvent, Credential, Data, NamespaceTopic, ReceiveOptions, SettleAction,
    Subscription,
};

use serde::de::DeserializeOwned;

use crate::captured_requests::http::HttpRequest;
use crate::support::{Scripted, Still, response};

/// When all of them happened.
pub(crate) const TIME: &str = "2024-06-01T12:00:00.123456Z";

pub(crate) fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "/s", "t").with_time(TIME)
}

pub(crate) fn numbered() -> CloudEvent<'static> {
    event().with_data(json("1"))
}

pub(crate) fn cncf() -> CloudEvent<'static> {
    CloudEvent::new("1", "/s", "t").with_time("2024-06-01T12:00:00+02:00").with_extension("ext", "v")
}

pub(crate) fn grid(id: &'static str) -> EventGridEvent<'static> {
    EventGridEvent::new(id, "s", "t", TIME, "1.0")
}

pub(crate) fn custom(text: &'static str) -> CustomEvent<'static> {
    CustomEvent::raw_json(text).unwrap()
}

/// An event that a program has as JSON.
pub(crate) fn dict<E: DeserializeOwned>(text: &str) -> E {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn json(text: &'static str) -> Data<'static> {
    Data::raw_json(text).unwrap()
}

/// The request that publishing to a namespace topic makes.
pub(crate) fn published<P: Publishable + ?Sized>(name: &'static str, events: &P) -> HttpRequest
where
    NamespaceTopic<'static>: Accepts<P::Schema>,
{
    sent_to(topic(name), events)
}

pub(crate) fn topic(name: &'static str) -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://h", name).unwrap()
}

pub(crate) fn basic_topic<P: Publishable + ?Sized>(events: &P) -> HttpRequest
where
    BasicTopic<'static>: Accepts<P::Schema>,
{
    sent_to(BasicTopic::new("https://h/api/events").unwrap(), events)
}

pub(crate) fn sent_to<K, P>(target: K, events: &P) -> HttpRequest
where
    K: Target + Accepts<P::Schema>,
    P: Publishable + ?Sized,
{
    publisher(target, |publisher| publisher.send(events))
}

pub(crate) fn publisher<K: Target, X: std::fmt::Debug>(
    target: K,
    call: impl FnOnce(&Publisher<&Scripted, Still, AccessKey<'static>, K>) -> Result<(), X>,
) -> HttpRequest {
    request(key(), |client| call(&Publisher::new(client, target)).unwrap())
}

pub(crate) fn received(options: ReceiveOptions) -> HttpRequest {
    consumed(|consumer| assert!(consumer.receive(options).unwrap().is_empty()))
}

pub(crate) fn settled(action: SettleAction, lock_tokens: &[&'static str]) -> HttpRequest {
    consumed(|consumer| {
        let settlement = match action {
            SettleAction::Acknowledge => consumer.acknowledge(lock_tokens),
            SettleAction::Release(delay) => consumer.release(lock_tokens, delay),
            SettleAction::Reject => consumer.reject(lock_tokens),
            SettleAction::RenewLocks => consumer.renew_locks(lock_tokens),
            other => consumer.settle(other, lock_tokens),
        };
        assert_eq!(settlement.unwrap().failed().count(), 0);
    })
}

pub(crate) fn consumed(call: impl FnOnce(&Consumer<&Scripted, Still, AccessKey<'static>>)) -> HttpRequest {
    let subscription = Subscription::new("https://h", "orders", "sub1").unwrap();
    request(key(), |client| call(&Consumer::new(client, subscription)))
}

pub(crate) fn key() -> AccessKey<'static> {
    AccessKey::new("c2VjcmV0a2V5")
}

/// The one request that the call makes.
pub(crate) fn request<C: Credential>(
    credential: C,
    call: impl FnOnce(Client<&Scripted, Still, C>),
) -> HttpRequest {
    let transport = Scripted::new([response(200, r#"{"value":[]}"#)]);
    call(Client::new(&transport, Still::default(), credential));
    HttpRequest::parse(&transport.seen().remove(0))
}
