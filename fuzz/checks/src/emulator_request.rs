//! The emulator: to any requests in any order it responds as the service would, or lets them wait
//! until their time is over; and what it accepts comes out again. Input:
//! [requests](crate::message), separated by lines of `---`.

use std::time::Duration;

use bytes::Bytes;
use eventgrid::{Batch, LockTokens};
use eventgrid_emulator::{Emulator, InputSchema, Outcome, UnixTime};
use http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::message::{Message, split};
use crate::well_formed;

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let mut emulator = emulator();
    let mut now = UnixTime::from_secs(1_699_012_800);
    let mut waiting = 0;
    let mut rest = input;
    while !rest.is_empty() {
        let (message, behind) = split(rest, b"\n---\n");
        rest = behind;
        let Some(request) = request(message) else { continue };
        match emulator.begin(now, &request) {
            Outcome::Done(reply) => {
                well_formed::check(&reply);
                is_a_batch_if_received(request.uri().path(), reply.status().is_success(), reply.body());
            }
            Outcome::Waiting(_) => waiting += 1,
            other => panic!("{other:?}"),
        }
        waiting -= finished(&mut emulator);
        assert_eq!(emulator.waiting(), waiting);
        assert!(emulator.next_deadline().is_none_or(|deadline| deadline > now), "nothing is overdue");
        now = now + Duration::from_secs(1);
    }
    comes_out_again(&mut emulator, now);
    // No wait is longer than two minutes, and none is forgotten.
    emulator.advance(now + Duration::from_secs(121));
    finished(&mut emulator);
    assert_eq!(emulator.waiting(), 0);
}

/// Base64 text, so that it can sign.
const KEY: &str = "c2VjcmV0";

fn emulator() -> Emulator {
    let builder = Emulator::builder()
        .basic_topic_at_root()
        .key(KEY)
        .bearer_token("token")
        .seed(1)
        .subscription("orders", "billing")
        .basic_topic("grid", InputSchema::EventGrid)
        .basic_topic("cloud", InputSchema::CloudEvents)
        .basic_topic("custom", InputSchema::Custom)
        .domain("domain", InputSchema::EventGrid)
        .partner_channel("partner", "grid", InputSchema::EventGrid);
    builder.build().expect("a valid configuration")
}

/// None if HTTP itself has no such request, so that no server would pass it on.
fn request(message: &[u8]) -> Option<Request<Bytes>> {
    let message = Message::read(message);
    let mut request = Request::new(Bytes::copy_from_slice(message.body));
    *request.method_mut() = Method::from_bytes(message.method.as_bytes()).ok()?;
    *request.uri_mut() = Uri::try_from(message.target).ok()?;
    for (name, value) in message.headers {
        let (name, value) = (HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// How many waits have ended; each with a batch.
fn finished(emulator: &mut Emulator) -> usize {
    let finished = emulator.take_finished();
    for (_, reply) in &finished {
        well_formed::check(reply);
        is_a_batch_if_received(":receive", true, reply.body());
    }
    finished.len()
}

/// What a consumer receives can be read: every event of it, with its lock token.
fn is_a_batch_if_received(path: &str, is_success: bool, body: &[u8]) -> Option<Vec<String>> {
    if !is_success || !path.ends_with(":receive") {
        return None;
    }
    let batch = Batch::parse(body).unwrap();
    assert_eq!(batch.without_lock_token(), 0);
    for received in &batch {
        assert!(received.event().is_ok(), "{:?}", received.event());
    }
    Some(batch.lock_tokens().map(|token| token.to_string()).collect())
}

/// Whatever was taken in is received, acknowledged, and gone.
fn comes_out_again(emulator: &mut Emulator, now: UnixTime) {
    let subscription = "/topics/orders/eventsubscriptions/billing";
    let mut send = |operation: &str, body: String| {
        let uri = format!("{subscription}:{operation}?api-version=2024-06-01");
        let uri = if operation == "receive" { uri + "&maxEvents=100" } else { uri };
        let request = Request::post(uri)
            .header("aeg-sas-key", KEY)
            .header("content-type", "application/json")
            .body(body.into())
            .unwrap();
        let outcome = emulator.begin(now, &request);
        (outcome, emulator.stats("orders", "billing").unwrap())
    };
    loop {
        let (Outcome::Done(reply), before) = send("receive", String::new()) else { break };
        let tokens = is_a_batch_if_received(":receive", reply.status().is_success(), reply.body()).unwrap();
        assert!(!tokens.is_empty());
        let (_, after) = send("acknowledge", serde_json::json!({ "lockTokens": tokens }).to_string());
        assert_eq!(after.acknowledged, before.acknowledged + tokens.len() as u64);
        assert_eq!(after.locked, before.locked - tokens.len() as u64);
    }
    let stats = emulator.stats("orders", "billing").unwrap();
    let ended = stats.acknowledged + stats.rejected + stats.exhausted + stats.expired;
    assert_eq!((stats.queued, stats.published), (0, stats.locked + stats.delayed + ended));
}
