//! The MQTT broker of the emulator against a naive one: which requests it accepts, what it retains
//! and for how long, which topics a filter matches, and that every published message becomes an
//! event with its payload. Input: [requests](crate::message), separated by lines of `---` and a
//! second apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use eventgrid_emulator::{Emulator, Outcome, Target, UnixTime};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use regex::Regex;
use serde_json::Value;

use crate::message::{Message, split};
use crate::well_formed;

const NOON: u64 = 1_699_012_800;
const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

static ZERO_OR_ONE: LazyLock<Regex> = LazyLock::new(|| matches(r"^0*[01]\z"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| matches(r"^[0-9]+\z"));
static TOPIC: LazyLock<Regex> = LazyLock::new(|| matches(r"^(?s:[^+#\x00]+)\z"));
/// A list of objects with one member each, which is a string, as JSON.
static LIST: LazyLock<Regex> = LazyLock::new(|| {
    let (space, string) = (r"[ \t\r\n]*", r#""(?:[^"\\]|\\.)*""#);
    let object = format!(r"{space}\{{{space}{string}{space}:{space}{string}{space}\}}{space}");
    matches(&format!(r"^{space}\[(?:{space}|{object}(?:,{object})*)\]{space}\z"))
});

/// What is retained: its payload, and the second from which on it is not.
type Retained = BTreeMap<String, (Vec<u8>, Option<u64>)>;

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let builder = Emulator::builder().without_authentication().seed(1).subscription("orders", "billing");
    let mut emulator = builder.route_mqtt_to("orders").build().expect("a valid configuration");
    let (mut retained, mut second) = (Retained::new(), 0);
    let mut rest = input;
    while !rest.is_empty() {
        let (message, after) = split(rest, b"\n---\n");
        rest = after;
        let Some(request) = request(message) else { continue };
        retained.retain(|_, (_, end)| end.is_none_or(|end| end > second));
        let published = published(&mut emulator);
        let response = send(&mut emulator, second, &request);
        well_formed::check(&response);
        let is_publish = request.uri().path() == "/mqtt/messages" && request.method() == Method::POST;
        match Wanted::of(&request).filter(|_| is_publish) {
            Some(wanted) => {
                assert_eq!(response.status(), 204, "{request:?}: {response:?}");
                assert_eq!(self::published(&mut emulator), published + 1, "it became no event");
                is_event(&mut emulator, request.body());
                if wanted.is_retained && request.body().is_empty() {
                    retained.remove(&wanted.topic);
                } else if wanted.is_retained {
                    let end = wanted.expiry.map(|seconds| second + seconds);
                    let payload = request.body().to_vec();
                    retained.insert(wanted.topic, (payload, end));
                    retained.retain(|_, (_, end)| end.is_none_or(|end| end > second));
                }
            }
            None if is_publish => assert!(response.status().is_client_error(), "{request:?}: {response:?}"),
            None => {}
        }
        is_same(&mut emulator, second, &retained, &request);
        second += 1;
    }
}

/// A request that is nearly one of the broker: `None` if HTTP itself has no such request.
fn request(message: &[u8]) -> Option<Request<Bytes>> {
    let message = Message::read(message);
    let mut request = Request::new(Bytes::copy_from_slice(message.body));
    *request.method_mut() = Method::from_bytes(message.method.as_bytes()).ok()?;
    *request.uri_mut() = Uri::try_from(message.target).ok()?;
    for (name, value) in message.headers {
        let (name, value) = (HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers_mut().append(name, value);
    }
    // What is larger is about limits, which have tests of their own.
    let is_small = request.body().len() < 60_000;
    let is_of_topics = request.uri().path().starts_with("/topics/");
    (is_small && !is_of_topics).then_some(request)
}

fn send(emulator: &mut Emulator, second: u64, request: &Request<Bytes>) -> Response<Bytes> {
    let now = UnixTime::from_secs(NOON) + Duration::from_secs(second);
    let Outcome::Done(response) = emulator.begin(now, request) else { panic!("it waits: {request:?}") };
    response
}

/// What a request that is to be taken says.
struct Wanted {
    topic: String,
    is_retained: bool,
    expiry: Option<u64>,
}

impl Wanted {
    /// `None` if it is to be refused.
    fn of(request: &Request<Bytes>) -> Option<Self> {
        let query = request.uri().query().unwrap_or_default();
        let parameter = |name: &str| {
            let found = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let mut found = found.filter(|(other, _)| decoded(other) == name.as_bytes());
            found.next().map(|(_, value)| String::from_utf8(decoded(value)))
        };
        let version = parameter("api-version")?.ok()?;
        let is_version = version == "2025-02-15-preview" || version == "2025-08-01-preview";
        let topic = parameter("topic")?.ok().filter(|topic| is_version && is_topic(topic))?;
        let headers = request.headers();
        let number = |name: &str| {
            let value = match parameter(name) {
                Some(value) => Some(value.ok()?),
                None => one(headers, &format!("mqtt-{name}")).ok()?,
            };
            let is_number = value.as_deref().is_none_or(|value| ZERO_OR_ONE.is_match(value));
            is_number.then(|| value.is_some_and(|value| value.ends_with('1')))
        };
        number("qos")?;
        let is_retained = number("retain")?;
        let format = one(headers, "mqtt-payload-format-indicator").ok()?;
        let is_format = format.is_none_or(|format| ZERO_OR_ONE.is_match(&format));
        let expiry = one(headers, "mqtt-message-expiry").ok()?;
        let is_expiry = |text: &String| DIGITS.is_match(text) && text.trim_start_matches('0').len() <= 10;
        let expiry = match expiry {
            Some(text) if !is_expiry(&text) => return None,
            Some(text) => Some(text.trim_start_matches('0').parse().unwrap_or(0)),
            None => None,
        };
        let is_expiry = expiry.is_none_or(|seconds: u64| seconds < 1 << 32);
        let is_base64 =
            one(headers, "mqtt-correlation-data").ok()?.is_none_or(|text| STANDARD.decode(text).is_ok());
        let response_topic = one(headers, "mqtt-response-topic").ok()?;
        let response_topic = response_topic.map(|text| String::from_utf8(decoded(&text)));
        let is_response = response_topic.is_none_or(|topic| topic.is_ok_and(|topic| is_topic(&topic)));
        let is_properties = one(headers, "mqtt-user-properties").ok()?.is_none_or(|text| is_list(&text));
        one(headers, "content-type").ok()?;
        let is_wanted = is_format && is_expiry && is_base64 && is_response && is_properties;
        is_wanted.then_some(Self { topic, is_retained, expiry })
    }
}

fn matches(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// The text of a header, without white space around it, if it is there.
fn one(headers: &HeaderMap, name: &str) -> Result<Option<String>, NotOneText> {
    let values: Vec<_> = headers.get_all(name).iter().collect();
    match values.as_slice() {
        [] => Ok(None),
        [value] => {
            let text = String::from_utf8(value.as_bytes().to_vec()).map_err(|_| NotOneText)?;
            Ok(Some(text.trim().to_owned()))
        }
        _ => Err(NotOneText),
    }
}

/// The header is repeated, or is not text.
struct NotOneText;

/// What percent signs with two digits stand for.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut decoded) = (text.as_bytes(), Vec::new());
    while let [first, rest @ ..] = bytes {
        let digits = (*first == b'%').then(|| rest.get(..2)).flatten();
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(*first));
        bytes = if byte.is_some() { &rest[2..] } else { rest };
    }
    decoded
}

fn is_topic(topic: &str) -> bool {
    TOPIC.is_match(topic) && topic.len() <= 256 && topic.matches('/').count() < 8
}

/// A list of objects with one member each, as a pattern has it: JSON without what stands between
/// strings.
fn is_list(text: &str) -> bool {
    let Ok(json) = STANDARD.decode(text) else { return false };
    let (Ok(json), Ok(value)) = (String::from_utf8(json.clone()), serde_json::from_slice::<Value>(&json))
    else {
        return false;
    };
    // Nothing is left out of a list whose objects have one member each.
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    let is_text = |text: &str| text.len() <= 65_535 && !text.contains('\0');
    LIST.is_match(&json)
        && texts.into_iter().all(|(name, value)| is_text(name) && value.as_str().is_some_and(is_text))
}

fn published(emulator: &mut Emulator) -> u64 {
    emulator.stats_of(ORDERS, "billing").map_or(0, |stats| stats.published)
}

/// The event that a message became is one, and has its payload, unless the message is an event
/// itself.
fn is_event(emulator: &mut Emulator, payload: &[u8]) {
    let deliveries = emulator.receive(ORDERS, "billing", 1).expect("it is there");
    let delivery = deliveries.first().expect("it was published");
    emulator.acknowledge(ORDERS, "billing", &delivery.lock_token).expect("it is locked");
    let event: Value = serde_json::from_str(delivery.event.json()).expect("an event is JSON");
    if event["type"] != "MQTT.EventPublished" {
        return;
    }
    match (event.get("data_base64"), event.get("data")) {
        (Some(base64), None) => {
            assert_eq!(STANDARD.decode(base64.as_str().unwrap_or_default()).as_deref(), Ok(payload));
        }
        (None, Some(data)) => {
            let is_text = data.as_str().is_some_and(|text| text.as_bytes() == payload);
            let json = serde_json::from_slice::<Value>(payload);
            assert!(is_text || json.is_ok_and(|json| json == *data), "{event}: {payload:?}");
        }
        (None, None) => assert!(payload.is_empty(), "{event}: {payload:?}"),
        _ => panic!("it has data twice: {event}"),
    }
}

/// The broker retains what the naive one does, whichever filter it is asked for.
fn is_same(emulator: &mut Emulator, second: u64, retained: &Retained, request: &Request<Bytes>) {
    let of_request = request.uri().query().unwrap_or_default().split('&').find_map(|pair| {
        let (_, value) = pair.split_once('=').filter(|(name, _)| *name == "topicFilter")?;
        String::from_utf8(decoded(value)).ok()
    });
    for filter in of_request.iter().map(String::as_str).chain(["#", "$/#", "+/#"]) {
        let Some(levels) = levels(filter) else { continue };
        let is_listed = |topic: &&String| {
            let is_hidden = topic.starts_with('$') && filter.starts_with(['+', '#']);
            is_match(&levels, &topic.split('/').collect::<Vec<_>>()) && !is_hidden
        };
        let expected: Vec<_> = retained.keys().filter(is_listed).cloned().collect();
        assert_eq!(listed(emulator, second, filter), expected, "{filter}");
    }
    for (topic, (payload, _)) in retained {
        let uri =
            format!("/mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic={}", encoded(topic));
        let response =
            send(emulator, second, &Request::get(uri).body(Bytes::new()).expect("a valid request"));
        assert_eq!(
            (response.status().as_u16(), response.body().as_ref()),
            (200, payload.as_slice()),
            "{topic}"
        );
    }
}

/// The levels of a filter; `None` if it is not a filter.
fn levels(filter: &str) -> Option<Vec<&str>> {
    let levels: Vec<_> = filter.split('/').collect();
    let is_level = |(index, level): (usize, &&str)| match *level {
        "#" => index + 1 == levels.len(),
        "+" => true,
        text => !text.contains(['+', '#']),
    };
    let is_text = !filter.is_empty() && filter.len() <= 256 && !filter.contains('\0');
    (is_text && levels.len() <= 8 && levels.iter().enumerate().all(is_level)).then_some(levels)
}

/// Whether a filter matches a topic, level by level.
fn is_match(filter: &[&str], topic: &[&str]) -> bool {
    match (filter, topic) {
        (["#"], _) | ([], []) => true,
        ([first, filter @ ..], [level, topic @ ..]) => {
            (*first == "+" || first == level) && is_match(filter, topic)
        }
        _ => false,
    }
}

/// The topics of all pages of a list, two on each at the most.
fn listed(emulator: &mut Emulator, second: u64, filter: &str) -> Vec<String> {
    let mut topics = Vec::new();
    let list = "/mqtt/retainedMessages?api-version=2025-11-16-preview&maxResults=2&topicFilter=";
    let mut uri = format!("{list}{}", encoded(filter));
    loop {
        let request = Request::get(&uri).header("host", "h").body(Bytes::new()).expect("a valid request");
        let response = send(emulator, second, &request);
        assert_eq!(response.status(), 200, "{uri}: {response:?}");
        let page: Value = serde_json::from_slice(response.body()).expect("a page is JSON");
        let messages = page["retainedMessages"].as_array().expect("a list");
        assert!(messages.len() <= 2, "{page}");
        topics
            .extend(messages.iter().map(|message| message["topic"].as_str().unwrap_or_default().to_owned()));
        match page["nextLink"].as_str() {
            Some(next) => next.clone_into(&mut uri),
            None => return topics,
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}
