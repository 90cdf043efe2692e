//! No output shows a secret, and no buffer keeps one.

#![cfg(all(
    feature = "bearer",
    feature = "cloudevents-sdk",
    feature = "heapless",
    feature = "sas",
    feature = "serde",
    feature = "webhook",
    feature = "zeroize"
))]

use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use crate::support::{Scripted, ScriptedError, Still, interrupted, ready, response};
use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::credential::{
    AccessToken, AnyCredential, AsyncBearerToken, BearerToken, CredentialRequest, Rotating,
};
use eventgrid::mqtt::{MqttBroker, TopicName};
use eventgrid::proxy::ProxyRules;
use eventgrid::sas::{SasKey, SharedAccessSignature};
use eventgrid::webhook::{self, IncomingRequest, Webhook};
use eventgrid::{
    AccessKey, Attempt, Buf, CallOptions, Client, CloudEvent, CredentialError, Endpoint, EndpointKind,
    NamespaceTopic, RawRequest, Request, Response, SasToken, SendAsyncTransport, Subscription, blocking,
    with_causes,
};

/// It is base64 text, so that whatever takes a key takes it, and survives percent-encoding
/// unchanged.
const SECRET: &str = "VGhpc0lzVmVyeVNlY3JldA99";
/// The bytes of the key, in case they are shown as bytes.
const SECRET_BYTES: &str = "84, 104, 105, 115";

/// The public types that are formatted below while they hold a secret.
const FORMATTED: &[&str] = &[
    "AccessKey",
    "AccessToken",
    "WebhookResponse",
    "WebhookResponseBody",
    "AnyCredential",
    "AsyncBearerToken",
    "Attempt",
    "BearerToken",
    "Buf",
    "CallOptions",
    "Client",
    "Consumer",
    "CredentialError",
    "CredentialRequest",
    "Delivery",
    "DeliveryHeaders",
    "Error",
    "Handshake",
    "Header",
    "Headers",
    "IncomingRequest",
    "InvalidCredential",
    "InvalidEndpoint",
    "InvalidKey",
    "InvalidProxy",
    "InvalidSas",
    "InvalidTarget",
    "MqttClient",
    "OpenResponse",
    "ProxyRules",
    "Publisher",
    "RawRequest",
    "RawResponse",
    "Refusal",
    "Request",
    "RequestError",
    "Response",
    "Rotating",
    "SasKey",
    "SasToken",
    "Secret",
    "SendFailure",
    "SendFailureReason",
    "SendReport",
    "ServiceError",
    "SharedAccessSignature",
    "Validation",
    "Webhook",
    "WithCauses",
    "WithOptions",
];

/// Those that no secret ever gets into: they hold events, what came from the service, places in a
/// buffer or figures, or show the length of a buffer alone.
const WITHOUT_SECRETS: &str = "AllowedOrigins AnyTarget ApiVersion AttributeName AttributeText AuthorizationWriter Batch Bytes BinaryContentMode
    BinaryEventView BinaryMode Body BodyWriter BufFull CivilDate CloudEvent CloudEventBuf CloudEventView CloudEvents Coding Compound ConversionError CredentialKind
    CustomEvent CustomSchema Data DataError DataKind DataView DecodeError DeliveredEvent DeliveredEvents DeserializeError Divisible Encoded EncodedEvent
    EncodedEventRef EncodedEvents
    Endpoint EventGridEvent EventGridEventView EventGridSchema Events Extension ExtensionValue ExtensionView ExtensionViews Extensions
    FailedLockToken FailureReason Framing GetRetained Head HeadReader HeaderWriter HttpError InvalidApiVersion InvalidEvent InvalidRoots InvalidTime InvalidTls InvalidTopic InvalidTraceContext JsonBodyError JsonError JsonErrorKind
    JsonNumber JsonStr JsonText JsonWriter Kind Limits ListOptions ListRetained LockToken LockTokenBuf MalformedEvent Message MqttBroker MqttMessage NamespaceTopic NextPage Operation AttemptOutcome OwnedReceivedEvent PartnerChannel
    Progress ProxyUrl Publish PublishMessage Qos RawJson Reader EndpointKind Receive ReceivedResponse ReceiveOptions ReceivedEvent ReceivedEvents ReceivePace ReleaseDelay Replay RequestContext RequestId
    ResponseHead RetainedEntry RetainedMessage RetainedMetadata RetainedPage RetryPolicy Rfc3339Text Rfc3339Time SasResource SendLimits Settle Settlement SettleAction Std Subscription SubscriptionDeletion
    SystemEvent Text TlsConfig TlsOptions TopicFilter TopicName TraceContext TransportErrorKind UrlWriter WriteContext WriteError";

#[test]
fn every_public_type_is_in_one_of_the_lists() {
    let mut declared = BTreeSet::new();
    let mut folders = ["/src", "/../eventgrid-transport/src"]
        .map(|folder| std::path::PathBuf::from(format!("{}{folder}", env!("CARGO_MANIFEST_DIR"))))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                declared.extend(public_types(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let listed: Vec<String> =
        FORMATTED.iter().copied().chain(WITHOUT_SECRETS.split_whitespace()).map(str::to_owned).collect();
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), once.len(), "a type is in both lists");
    let differing: Vec<_> = once.symmetric_difference(&declared).collect();
    assert!(differing.is_empty(), "add new types to one of the lists, best to the first: {differing:?}");
}

fn public_types(source: &str) -> impl Iterator<Item = String> {
    source.lines().filter_map(|line| {
        let rest = line.trim_start();
        let rest = rest.strip_prefix("pub struct ").or_else(|| rest.strip_prefix("pub enum "))?;
        // A `$name` is what a macro is given.
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        (!name.is_empty()).then_some(name)
    })
}

/// Shows a thing in every way there is and fails if a secret is in it.
#[track_caller]
fn assert_hidden(what: &str, shown: &str) {
    for secret in [SECRET, SECRET_BYTES, "VGhpc0lz"] {
        assert!(!shown.contains(secret), "{what} shows a secret: {shown}");
    }
}

#[track_caller]
fn hidden<T: Debug>(what: T) -> T {
    assert_hidden(core::any::type_name::<T>(), &format!("{what:?} {what:#?}"));
    what
}

#[track_caller]
fn hidden_error<E: std::error::Error>(error: E) -> E {
    let mut shown = format!("{error:?} {error:#?} {error}");
    let with_causes = with_causes(&error);
    write!(shown, " {with_causes:?} {with_causes}").unwrap();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(shown, " {cause:?} {cause}").unwrap();
        source = cause.source();
    }
    assert_hidden(core::any::type_name::<E>(), &shown);
    error
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://namespace.example", "orders").unwrap()
}

#[test]
fn credentials_show_nothing() {
    let key = hidden(AccessKey::new(SECRET.to_owned()));
    hidden(AnyCredential::new(key.clone()));
    hidden(Rotating::new(key));
    hidden(SasToken::new(SECRET));
    let sas_key = hidden(SasKey::new(SECRET).unwrap());
    let token = hidden(sas_key.token(&topic(), Duration::from_secs(1)));
    let signature = token.as_str().split_once("&s=").unwrap().1;
    let received = SharedAccessSignature::parse(token.as_str()).unwrap();
    assert!(!format!("{received:?}").contains(signature));
    hidden_error(SasKey::new(&format!("{SECRET}!")).unwrap_err());
    hidden_error(SharedAccessSignature::parse(SECRET).unwrap_err());

    let access_token = hidden(AccessToken::new(SECRET, Duration::MAX));
    let bearer = BearerToken::new({
        let access_token = access_token.clone();
        move || Ok::<_, std::io::Error>(access_token.clone())
    });
    let endpoint = Endpoint::new("https://namespace.example").unwrap();
    let request = hidden(CredentialRequest::new(EndpointKind::Namespace, &endpoint, None));
    let mut storage = [0; 512];
    let mut tx = Buf::new(&mut storage);
    let orders = topic();
    let encoded = Publish::new(&orders, &CloudEvent::new("1", "urn:shop", "Order"))
        .encode(&RequestContext::default(), &mut tx)
        .unwrap();
    encoded.authorize(&mut tx, &bearer, &request).unwrap();
    hidden(&bearer);
    hidden(&tx);
    let sent: Request<'_> = hidden(encoded.request(&tx));
    for header in hidden(sent.headers()) {
        hidden(header);
    }
    assert!(sent.headers().any(|header| header.value().contains(SECRET)), "it was there to be shown");

    let bearer = AsyncBearerToken::new(move || {
        let access_token = access_token.clone();
        async { Ok::<_, std::io::Error>(access_token) }
    });
    ready(eventgrid::SendAsyncCredential::prepare(&bearer, &request)).unwrap();
    hidden(bearer);
    hidden_error(CredentialError::Unavailable("the token endpoint cannot be reached".into()));
}

/// Without what it was sent.
impl Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

fn client(
    steps: impl IntoIterator<Item = crate::support::Step>,
) -> Client<Scripted, Still, AccessKey<'static>> {
    Client::new(Scripted::new(steps), Still::default(), AccessKey::new(SECRET))
}

impl Debug for Still {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Still")
    }
}

#[test]
fn clients_and_what_they_report_show_nothing() {
    let steps = [401, 0, 200, 200, 200, 403];
    let steps = steps.map(|status| if status == 0 { interrupted() } else { response(status, "{}") });
    let client = hidden(client(steps).retry(eventgrid::RetryPolicy::none()));
    let publisher = hidden(blocking::Publisher::new(client, topic()));
    let event = CloudEvent::new("1", "urn:shop", "Order");
    hidden_error(publisher.send(&event).unwrap_err());
    hidden_error(publisher.send(&event).unwrap_err());
    let request = RawRequest::new("POST", "/").header("x-secret", SECRET).body(SECRET.as_bytes());
    let _ = hidden(publisher.send_request(&hidden(request.clone())).unwrap());
    let _ = hidden(publisher.open_request(&request).unwrap());
    let tell = |attempt: &Attempt<'_>| drop(hidden(format!("{attempt:?} {attempt:#?}")));
    let (headers, query) = ([("x-secret", SECRET)], [("code", SECRET)]);
    let options = hidden(CallOptions::new().headers(&headers).query(&query).on_attempt(&tell));
    hidden(Publish::new(&topic(), &event).with_options(&options));
    publisher.send_with(&event, &options).unwrap();
    let report = hidden(publisher.send_all(std::slice::from_ref(&event)));
    assert!(!report.is_complete());
    for failure in report.into_failures() {
        hidden_error(hidden(hidden(failure).into_reason()));
    }
    assert_eq!(publisher_log(&publisher).matches(SECRET).count(), 6 + 4 + 2, "it was sent each time");

    let broker = MqttBroker::new("https://namespace.example").unwrap();
    let mqtt = hidden(blocking::MqttClient::new(self::client([]), broker));
    hidden_error(mqtt.get_retained(TopicName::new("a").unwrap()).unwrap_err());
    let plain = blocking::Consumer::new(
        self::client([]),
        Subscription::new("http://namespace.example", "orders", "billing").unwrap(),
    );
    hidden_error(hidden(plain).receive(eventgrid::ReceiveOptions::new()).unwrap_err());
    for key in
        [format!("{SECRET} "), format!("{SECRET};AccessKey={SECRET}"), format!("r={SECRET}&s={SECRET}")]
    {
        hidden_error(AccessKey::new(key.clone()).check().unwrap_err());
        hidden_error(SasToken::new(key.clone()).expiry().unwrap_err());
        hidden_error(SasKey::new(&key).unwrap_err());
    }
    let with_password = format!("https://user:{SECRET}@namespace.example");
    hidden_error(Endpoint::new(with_password.as_str()).unwrap_err());
    hidden_error(NamespaceTopic::new(with_password.as_str(), "orders").unwrap_err());
}

fn publisher_log<E, C, K>(publisher: &blocking::Publisher<Scripted, E, C, K>) -> String {
    publisher.client().transport().seen().concat()
}

#[test]
fn transports_show_nothing() {
    let rules = hidden(ProxyRules::all(&format!("http://boiler:{SECRET}@proxy.example:3128")));
    assert!(rules.proxy_for(true, "ns.example").unwrap().is_some());
    let unusable = ProxyRules::all(&format!("socks5://boiler:{SECRET}@proxy.example"))
        .map(|_| Err::<(), _>("it is a SOCKS proxy"));
    hidden_error(unusable.proxy_for(true, "ns.example").unwrap_err());

    let mut storage = [0; PLACE];
    let mut response = Response::new(Buf::new(&mut storage));
    response.begin(200);
    response.header("x-secret", SECRET.as_bytes());
    response.write(SECRET.as_bytes());
    hidden(response);
}

#[test]
fn webhooks_show_nothing() {
    let secret = hidden(webhook::Secret::in_query("code", SECRET.to_owned()));
    let endpoint = hidden(Webhook::new(secret));
    let query = format!("code={SECRET}");
    let body = format!(
        r#"[{{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","subject":"","eventTime":"2024-01-01T00:00:00Z",
            "dataVersion":"1","topic":"t","data":{{"validationCode":"{SECRET}","validationUrl":"https://e.example/?t={SECRET}"}}}}]"#
    );
    let headers = [
        ("aeg-event-type", b"SubscriptionValidation".as_slice()),
        ("content-type", b"application/json"),
        ("x-secret", SECRET.as_bytes()),
    ];
    let request =
        hidden(IncomingRequest { method: "POST", query: &query, headers: &headers, body: body.as_bytes() });
    let delivery = hidden(endpoint.receive(&request).unwrap());
    let webhook::Delivery::Validation(validation) = delivery else { panic!("{delivery:?}") };
    hidden(hidden(validation).headers());
    hidden(hidden(validation.response()).body());
    assert!(validation.response().body().to_string().contains(SECRET), "it was there to be shown");
    let stranger = IncomingRequest { query: "", ..request };
    hidden_error(endpoint.receive(&stranger).unwrap_err());

    let callback = format!("https://e.example/?t={SECRET}");
    let headers = [
        ("webhook-request-origin", b"e.example".as_slice()),
        ("webhook-request-callback", callback.as_bytes()),
    ];
    let request = IncomingRequest { method: "OPTIONS", headers: &headers, body: b"", ..request };
    let delivery = hidden(endpoint.receive(&request).unwrap());
    let webhook::Delivery::Handshake(handshake) = delivery else { panic!("{delivery:?}") };
    assert_eq!(hidden(handshake).callback(), Some(&*callback), "it was there to be shown");
}

const PLACE: usize = 4096;

fn leftovers(storage: &[u8]) -> bool {
    storage.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

#[test]
fn the_credential_does_not_stay_in_the_request_buffer() {
    let event = CloudEvent::new("1", "urn:shop", "Order");
    for step in [response(200, "{}"), response(403, ""), interrupted()] {
        let mut storage = [0; PLACE];
        let publisher =
            blocking::Publisher::new(client([step]).retry(eventgrid::RetryPolicy::none()), topic());
        let _ = publisher.send_in(&event, &mut Buf::new(&mut storage), &mut Buf::new(&mut [0; 256]));
        assert!(publisher_log(&publisher).contains(SECRET));
        assert!(!leftovers(&storage));
        assert!(storage.starts_with(b"POSThttps://"), "what is not secret may stay");
    }
}

#[test]
fn a_shorter_credential_leaves_nothing_of_a_longer_one() {
    let credential = Rotating::new(AccessKey::new(SECRET));
    let replacing = Replacing { key: credential.clone() };
    let client = Client::new(replacing, Still::default(), credential);
    let mut storage = [0; PLACE];
    let event = CloudEvent::new("1", "urn:shop", "Order");
    let publisher = eventgrid::Publisher::new(client, topic());
    ready(publisher.send_in(&event, &mut Buf::new(&mut storage), &mut Buf::new(&mut [0; 256]))).unwrap();
    assert!(!leftovers(&storage));
}

#[test]
fn a_credential_that_no_header_can_carry_does_not_stay_either() {
    let transport = Replacing { key: Rotating::new(AccessKey::new("c2hvcnQ=")) };
    let client = Client::new(transport, Still::default(), AccessKey::new(format!("{SECRET}\n")));
    let mut storage = [0; PLACE];
    let event = CloudEvent::new("1", "urn:shop", "Order");
    let publisher = eventgrid::Publisher::new(client, topic());
    let mut rx = [0; 256];
    let mut rx = Buf::new(&mut rx);
    let sent = ready(publisher.send_in(&event, &mut Buf::new(&mut storage), &mut rx));
    assert!(sent.is_err());
    assert!(!leftovers(&storage));
}

/// Has a short key in the second try.
struct Replacing {
    key: Rotating<AccessKey<'static>>,
}

impl SendAsyncTransport for Replacing {
    type Error = ScriptedError;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), ScriptedError> {
        let first = request.headers().any(|header| header.value().contains(SECRET));
        self.key.replace(AccessKey::new("c2hvcnQ="));
        response.begin(if first { 503 } else { 200 });
        Ok(())
    }
}

#[test]
fn a_dropped_call_leaves_nothing_in_the_request_buffer() {
    /// Never responds.
    struct Silent;

    impl SendAsyncTransport for Silent {
        type Error = ScriptedError;

        async fn send(
            &self,
            _request: &Request<'_>,
            _response: &mut Response<'_>,
        ) -> Result<(), ScriptedError> {
            std::future::pending().await
        }
    }

    let client = Client::new(Silent, Still::default(), AccessKey::new(SECRET));
    let publisher = eventgrid::Publisher::new(client, topic());
    let event = CloudEvent::new("1", "urn:shop", "Order");
    let mut storage = [0; PLACE];
    {
        let (mut tx, mut response) = (Buf::new(&mut storage), [0; 256]);
        let mut rx = Buf::new(&mut response);
        let mut call = pin!(publisher.send_in(&event, &mut tx, &mut rx));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert!(storage.starts_with(b"POSThttps://"), "the request was encoded");
    assert!(!leftovers(&storage));
}
