//! The client of an MQTT broker with the emulator's broker: every operation, blocking and async.

use std::time::Duration;

use eventgrid::credential::{AuthorizationWriter, CredentialRequest};
use eventgrid::mqtt::{
    ListOptions, MqttBroker, MqttMessage, NextPage, Qos, RetainedMessage, RetainedPage, TopicFilter,
    TopicName,
};
use eventgrid::{
    Buf, CallOptions, Client, Credential, CredentialError, Error, MqttClient, RawRequest, ReceiveOptions,
    SendAsyncCredential, Subscription, blocking,
};
use eventgrid_emulator::{
    Emulator, Fault, FaultCondition, FaultEffect, InProcess, Operation, RequestCriteria, Role,
};

use crate::task::ready;

/// A bearer token.
#[derive(Clone, Copy)]
struct Token(&'static str);

impl Credential for Token {
    fn authorize(
        &self,
        _: &CredentialRequest<'_>,
        headers: &mut AuthorizationWriter<'_, '_>,
    ) -> std::result::Result<(), CredentialError> {
        headers.header("authorization", self.0)
    }
}

impl SendAsyncCredential for Token {}

type Transported = <InProcess as eventgrid::Transport>::Error;
type Result<T> = std::result::Result<T, Error<'static, Transported>>;

/// One of the twins, and whether it lends its buffers.
enum Mqtt {
    Blocking(blocking::MqttClient<InProcess, InProcess, Token>),
    BlockingInBuffers(blocking::MqttClient<InProcess, InProcess, Token>),
    Async(MqttClient<InProcess, InProcess, Token>),
    AsyncInBuffers(MqttClient<InProcess, InProcess, Token>),
}

/// How much a call in buffers may take.
const ROOM: usize = 4096;

impl Mqtt {
    fn publish(&self, message: &MqttMessage<'_>) -> Result<()> {
        let (mut tx, mut rx) = ([0; ROOM], [0; ROOM]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        match self {
            Self::Blocking(mqtt) => mqtt.publish(message),
            Self::Async(mqtt) => ready(mqtt.publish(message)),
            Self::BlockingInBuffers(mqtt) => {
                mqtt.publish_in(message, &mut tx, &mut rx).map_err(Error::into_owned)
            }
            Self::AsyncInBuffers(mqtt) => {
                ready(mqtt.publish_in(message, &mut tx, &mut rx)).map_err(Error::into_owned)
            }
        }
    }

    fn get(&self, topic: TopicName<'_>) -> Result<RetainedMessage<'static>> {
        let (mut tx, mut rx) = ([0; ROOM], [0; ROOM]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        match self {
            Self::Blocking(mqtt) => mqtt.get_retained(topic),
            Self::Async(mqtt) => ready(mqtt.get_retained(topic)),
            Self::BlockingInBuffers(mqtt) => mqtt
                .get_retained_in(topic, &mut tx, &mut rx)
                .map(RetainedMessage::into_owned)
                .map_err(Error::into_owned),
            Self::AsyncInBuffers(mqtt) => ready(mqtt.get_retained_in(topic, &mut tx, &mut rx))
                .map(RetainedMessage::into_owned)
                .map_err(Error::into_owned),
        }
    }

    fn delete(&self, topic: TopicName<'_>) -> Result<()> {
        match self {
            Self::Blocking(mqtt) | Self::BlockingInBuffers(mqtt) => mqtt.delete_retained(topic),
            Self::Async(mqtt) | Self::AsyncInBuffers(mqtt) => ready(mqtt.delete_retained(topic)),
        }
    }

    fn list(&self, filter: TopicFilter<'_>, options: ListOptions) -> Result<RetainedPage<'static>> {
        let (mut tx, mut rx) = ([0; ROOM], [0; ROOM]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        match self {
            Self::Blocking(mqtt) => mqtt.list_retained(filter, options),
            Self::Async(mqtt) => ready(mqtt.list_retained(filter, options)),
            Self::BlockingInBuffers(mqtt) => mqtt
                .list_retained_in(filter, options, &mut tx, &mut rx)
                .map(RetainedPage::into_owned)
                .map_err(Error::into_owned),
            Self::AsyncInBuffers(mqtt) => ready(mqtt.list_retained_in(filter, options, &mut tx, &mut rx))
                .map(RetainedPage::into_owned)
                .map_err(Error::into_owned),
        }
    }

    fn next(&self, page: NextPage<'_>) -> Result<RetainedPage<'static>> {
        let (mut tx, mut rx) = ([0; ROOM], [0; ROOM]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        match self {
            Self::Blocking(mqtt) => mqtt.next_page(page),
            Self::Async(mqtt) => ready(mqtt.next_page(page)),
            Self::BlockingInBuffers(mqtt) => mqtt
                .next_page_in(page, &mut tx, &mut rx)
                .map(RetainedPage::into_owned)
                .map_err(Error::into_owned),
            Self::AsyncInBuffers(mqtt) => ready(mqtt.next_page_in(page, &mut tx, &mut rx))
                .map(RetainedPage::into_owned)
                .map_err(Error::into_owned),
        }
    }

    /// The topics of each page.
    fn pages(&self, filter: &str, max_results: u32) -> Vec<Vec<String>> {
        let options = ListOptions::new().max_results(max_results);
        let mut page = self.list(TopicFilter::new(filter).unwrap(), options).unwrap();
        let mut pages = Vec::new();
        loop {
            pages.push(page.iter().map(|entry| entry.topic().to_string()).collect());
            let Some(next) = page.next_page() else { return pages };
            page = self.next(next).unwrap();
        }
    }

    fn send(&self, request: &RawRequest<'_>) -> Result<(u16, Vec<u8>)> {
        let response = match self {
            Self::Blocking(mqtt) | Self::BlockingInBuffers(mqtt) => mqtt.send_request(request),
            Self::Async(mqtt) | Self::AsyncInBuffers(mqtt) => ready(mqtt.send_request(request)),
        };
        response.map(|response| (response.status(), response.body().to_vec()))
    }
}

fn namespace() -> InProcess {
    let builder = Emulator::builder().seed(1).bearer_token("all").subscription("telemetry", "backend");
    builder
        .bearer_token_with_roles("publisher", [Role::TopicSpacesPublisher])
        .bearer_token_with_roles("reader", [Role::TopicSpacesSubscriber])
        .bearer_token_with_roles("sender", [Role::DataSender])
        .route_mqtt_to("telemetry")
        .in_process()
        .unwrap()
}

/// All twins, each with a namespace of its own.
fn twins(token: &'static str) -> [(InProcess, Mqtt); 4] {
    let client = |namespace: &InProcess| Client::new(namespace.clone(), namespace.clone(), Token(token));
    let broker = || MqttBroker::new(InProcess::ENDPOINT).unwrap();
    let blocking = |namespace: &InProcess| blocking::MqttClient::new(client(namespace), broker());
    let asynchronous = |namespace: &InProcess| MqttClient::new(client(namespace), broker());
    let namespaces = [(); 4].map(|()| namespace());
    let [first, second, third, fourth] = &namespaces;
    let twins = [
        Mqtt::Blocking(blocking(first)),
        Mqtt::BlockingInBuffers(blocking(second)),
        Mqtt::Async(asynchronous(third)),
        Mqtt::AsyncInBuffers(asynchronous(fourth)),
    ];
    let mut twins = twins.into_iter();
    namespaces.map(|namespace| (namespace, twins.next().unwrap()))
}

fn topic(name: &str) -> TopicName<'_> {
    TopicName::new(name).unwrap()
}

#[test]
fn a_retained_message_is_read_as_it_was_published_until_it_is_deleted_or_ends() {
    for (namespace, mqtt) in twins("Bearer all") {
        let state = topic("devices/17/größe 1");
        let message = MqttMessage::new(state, b"\0\xff").retained().with_qos(Qos::AtMostOnce);
        mqtt.publish(&message.with_expiry(Duration::from_secs(60))).unwrap();
        let read = mqtt.get(state).unwrap();
        assert_eq!((read.payload(), read.metadata().qos()), (&b"\0\xff"[..], Some(Qos::AtMostOnce)));
        let (expiry, modified) =
            (read.metadata().expiry().unwrap(), read.metadata().last_modified().unwrap());
        assert_eq!(expiry.unix_seconds() - modified.unix_seconds(), 60);
        assert!(read.metadata().size().unwrap() > 2, "the size is that of the whole message");
        namespace.advance(Duration::from_secs(60));
        assert!(mqtt.get(state).unwrap_err().is_not_found());

        mqtt.publish(&MqttMessage::text(state, "on").retained()).unwrap();
        mqtt.publish(&MqttMessage::text(state, "off")).unwrap();
        assert_eq!(mqtt.get(state).unwrap().payload(), b"on", "the other one is not to be retained");
        mqtt.delete(state).unwrap();
        assert!(mqtt.get(state).unwrap_err().is_not_found());
    }
}

#[test]
fn a_message_that_is_routed_becomes_an_event() {
    for (namespace, mqtt) in twins("Bearer all") {
        let properties = [("Urgency", "alert"), ("Urgency", "\"low\"")];
        let message = MqttMessage::text(topic("devices/17"), r#"{"celsius":21.5}"#)
            .with_response_topic(topic("backend/responses"))
            .with_correlation_data(&[0, 255])
            .with_user_properties(&properties)
            .with_content_type("application/json");
        mqtt.publish(&message).unwrap();
        let consumer = Subscription::new(InProcess::ENDPOINT, "telemetry", "backend").unwrap();
        let consumer = blocking::Consumer::new(namespace.client(), consumer);
        let batch = consumer.receive(ReceiveOptions::new()).unwrap();
        let event = batch.iter().next().unwrap().event().unwrap();
        assert_eq!(event.event_type(), *"MQTT.EventPublished");
        assert_eq!(event.subject().unwrap(), *"devices/17");
        let data: serde_json::Value = event.data().deserialize().unwrap();
        assert_eq!(data, serde_json::json!({ "celsius": 21.5 }));
    }
}

#[test]
fn pages_have_each_topic_that_matches_once() {
    for (_, mqtt) in twins("Bearer all") {
        for name in ["a/1", "a/2", "a/3", "a/4/x", "a/5", "b/1"] {
            mqtt.publish(&MqttMessage::text(topic(name), name).retained()).unwrap();
        }
        let all = ["a/1", "a/2", "a/3", "a/5"];
        for size in 1..=5 {
            let pages = mqtt.pages("a/+", size);
            assert_eq!(pages.concat(), all, "{size}");
            assert!(pages.iter().all(|page| page.len() <= size as usize), "{pages:?}");
        }
        assert_eq!(mqtt.pages("#", 100).concat().len(), 6);
        assert_eq!(mqtt.pages("c/#", 100), [Vec::<String>::new()]);
    }
}

#[test]
fn a_page_that_changes_while_it_is_read_lists_nothing_twice() {
    for (_, mqtt) in twins("Bearer all") {
        for name in ["1", "2", "3"] {
            mqtt.publish(&MqttMessage::text(topic(name), name).retained()).unwrap();
        }
        let options = ListOptions::new().max_results(2);
        let first = mqtt.list(TopicFilter::new("+").unwrap(), options).unwrap();
        mqtt.delete(topic("1")).unwrap();
        mqtt.publish(&MqttMessage::text(topic("0"), "0").retained()).unwrap();
        let second = mqtt.next(first.next_page().unwrap()).unwrap();
        let topics: Vec<_> = second.iter().map(|entry| entry.topic().to_string()).collect();
        assert_eq!((topics, second.next_page()), (vec!["3".to_owned()], None));
    }
}

#[test]
fn a_role_allows_what_it_is_for() {
    for (token, publishes, reads) in [
        ("publisher", true, false),
        ("reader", false, true),
        ("sender", false, false),
        ("unknown", false, false),
    ] {
        let bearer = ["Bearer ", token].concat().leak();
        for (_, mqtt) in twins(bearer) {
            let published = mqtt.publish(&MqttMessage::text(topic("a"), "1").retained());
            let listed = mqtt.list(TopicFilter::new("#").unwrap(), ListOptions::new());
            let read = mqtt.get(topic("a"));
            assert_eq!(published.is_ok(), publishes, "{token}: {published:?}");
            assert_eq!(listed.is_ok(), reads, "{token}: {listed:?}");
            if let Err(error) = published {
                let status = if token == "unknown" { 401 } else { 403 };
                assert!(error.is_unauthorized(), "{token}: {error}");
                assert!(error.to_string().contains(&format!("status {status}")), "{token}: {error}");
            }
            let error = read.unwrap_err();
            assert_eq!((error.is_not_found(), error.is_unauthorized()), (reads, !reads), "{token}: {error}");
        }
    }
}

#[test]
fn what_the_broker_refuses_says_why() {
    for (_, mqtt) in twins("Bearer all") {
        let request = RawRequest::new("GET", "/mqtt/retainedMessages").without_api_version();
        let request = request.query("api-version", "2025-11-16-preview").query("topicFilter", "a/#/b");
        let (status, body) = mqtt.send(&request).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(status == 400 && body.contains("`topicFilter` is not valid"), "{status} {body}");
    }
    // Its buffers are smaller than that.
    for (_, mqtt) in twins("Bearer all").into_iter().step_by(2) {
        let large = vec![b'x'; 70_000];
        let error = mqtt.publish(&MqttMessage::new(topic("a"), &large).retained()).unwrap_err();
        assert!(error.is_too_large(), "{error}");
        assert!(mqtt.get(topic("a")).unwrap_err().is_not_found());
    }
}

#[test]
fn an_attempt_that_fails_is_repeated_unless_the_message_is_for_at_most_once() {
    for (namespace, mqtt) in twins("Bearer all") {
        let fail = |operation| {
            let once = FaultCondition::new().operation(operation).count(1);
            let fault = Fault::new(once, FaultEffect::new().status(500));
            namespace.with(|emulator| emulator.set_faults(vec![fault], None)).unwrap();
        };
        let message = MqttMessage::text(topic("a"), "1").retained();
        // Futures are polled once here, so the delay before a retry is not waited for.
        let is_blocking = matches!(mqtt, Mqtt::Blocking(_) | Mqtt::BlockingInBuffers(_));
        if is_blocking {
            fail(Operation::PublishMessage);
            mqtt.publish(&message).unwrap();
            fail(Operation::GetRetainedMessage);
            assert_eq!(mqtt.get(topic("a")).unwrap().payload(), b"1");
            fail(Operation::ListRetainedMessages);
            assert_eq!(mqtt.pages("#", 100), [["a"]]);
        }
        fail(Operation::PublishMessage);
        let before = namespace.requests(&RequestCriteria::new()).unwrap().len();
        let error = mqtt.publish(&message.with_qos(Qos::AtMostOnce)).unwrap_err();
        assert!(error.to_string().contains("500"), "{error}");
        assert_eq!(namespace.requests(&RequestCriteria::new()).unwrap().len(), before + 1);
    }
}

#[test]
fn options_of_a_call_and_requests_of_the_callers_own_reach_the_broker() {
    for (namespace, mqtt) in twins("Bearer all") {
        let options = CallOptions::new().headers(&[("x-tenant", "17")]);
        let message = MqttMessage::text(topic("a"), "1").retained();
        match &mqtt {
            Mqtt::Blocking(mqtt) | Mqtt::BlockingInBuffers(mqtt) => {
                mqtt.publish_with(&message, &options).unwrap();
                assert_eq!(mqtt.get_retained_with(topic("a"), &options).unwrap().payload(), b"1");
                let filter = TopicFilter::new("#").unwrap();
                let first = mqtt.list_retained_with(filter, ListOptions::new(), &options).unwrap();
                assert!(first.next_page().is_none());
                mqtt.delete_retained_with(topic("a"), &options).unwrap();
            }
            Mqtt::Async(mqtt) | Mqtt::AsyncInBuffers(mqtt) => {
                ready(mqtt.publish_with(&message, &options)).unwrap();
                assert_eq!(ready(mqtt.get_retained_with(topic("a"), &options)).unwrap().payload(), b"1");
                let filter = TopicFilter::new("#").unwrap();
                let first = ready(mqtt.list_retained_with(filter, ListOptions::new(), &options)).unwrap();
                assert!(first.next_page().is_none());
                ready(mqtt.delete_retained_with(topic("a"), &options)).unwrap();
            }
        }
        let requests = namespace.requests(&RequestCriteria::new()).unwrap();
        assert_eq!(requests.len(), 4);
        let request = RawRequest::new("GET", "/mqtt/retainedMessages").without_api_version();
        let request = request.query("api-version", "2025-11-16-preview").query("topicFilter", "#");
        let (status, body) = mqtt.send(&request).unwrap();
        assert_eq!((status, body.as_slice()), (200, &br#"{"nextLink":null,"retainedMessages":[]}"#[..]));
    }
}
