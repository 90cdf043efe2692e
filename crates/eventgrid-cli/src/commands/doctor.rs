//! `egrid doctor`.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::net::ToSocketAddrs as _;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::sas::SasResource;
use eventgrid::target::AnyTarget;
use eventgrid::{AccessKey, Endpoint, Error, RawRequest, RawResponse, TransportError, with_causes};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde::Serialize;

use crate::arguments::DoctorArguments;
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind, one_line};
use crate::interruption::Interruption;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// How far the clocks may be apart, in seconds. SAS tokens are made for hours.
const CLOCK_TOLERANCE: i64 = 60;

/// A batch without events: nothing is published by it.
const NO_EVENTS: &[u8] = b"[]";

/// A lock token that nobody has: nothing is renewed by it.
const NO_LOCK: &[u8] = br#"{"lockTokens":["egrid-doctor"]}"#;

/// Does what was asked for.
pub(super) fn run(arguments: &DoctorArguments, format: OutputFormat) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let mut findings = Findings::default();
    if check_endpoint(&connection, &mut findings) && check_key(&connection, &mut findings) {
        check_topic(&connection, &mut findings);
        match connection.subscription(&arguments.subscription) {
            Ok(subscription) => check_subscription(&connection, subscription, &mut findings),
            Err(failure) => findings.add("receive", Outcome::Skipped, one_line(&failure.to_string())),
        }
    }
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let mut write = || findings.list.iter().try_for_each(|finding| out.write(finding));
    write().and_then(|()| out.finish()).map_err(|error| cannot_write(&error))?;
    findings.problem.map_or(Ok(()), |kind| {
        let failure = Failure::new(kind, "not everything is as it should be");
        Err(match kind.advice() {
            Some(advice) => failure.advice(advice),
            None => failure,
        })
    })
}

/// Whether there is any sense in going on.
fn check_endpoint(connection: &Connection, findings: &mut Findings) -> bool {
    let endpoint = match Endpoint::new(connection.endpoint()) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            findings.problem("endpoint", FailureKind::Usage, error.to_string());
            return false;
        }
    };
    let kind = format!("{:?}", connection.kind()).to_lowercase();
    if endpoint.is_https() || endpoint.is_loopback() {
        findings.add("endpoint", Outcome::Ok, format!("{endpoint}, {kind}"));
    } else {
        let text = format!("{endpoint}, {kind}: everybody on the way can read what is sent; use https");
        findings.add("endpoint", Outcome::Warning, text);
    }
    let host = endpoint.host().trim_matches(['[', ']']);
    // The port makes no difference to the addresses.
    match (host, 443).to_socket_addrs().map(Iterator::count) {
        Ok(count) if count > 0 => {
            let plural = if count == 1 { "" } else { "es" };
            findings.add("name", Outcome::Ok, format!("{host} has {count} address{plural}"));
        }
        // A proxy may know it.
        Ok(_) => findings.add("name", Outcome::Warning, format!("{host} has no address on this machine")),
        Err(error) => {
            let text = format!("{host} has no address on this machine: {error}; is it spelled right?");
            findings.add("name", Outcome::Warning, text);
        }
    }
    true
}

fn check_key(connection: &Connection, findings: &mut Findings) -> bool {
    let secret = match connection.secret() {
        Ok(secret) => secret,
        Err(failure) => {
            findings.problem("key", failure.kind(), failure.to_string());
            return false;
        }
    };
    if AccessKey::new(secret.expose()).check().is_ok() {
        match eventgrid::sas::SasKey::new(secret.expose()) {
            Ok(_) => findings.add("key", Outcome::Ok, "an access key, which can sign SAS tokens"),
            Err(error) => findings.add("key", Outcome::Warning, error.to_string()),
        }
        return true;
    }
    match connection.client(&Interruption::default()) {
        Ok(_) => {
            findings.add("key", Outcome::Ok, "a token");
            true
        }
        Err(failure) => {
            findings.problem("key", failure.kind(), failure.to_string());
            false
        }
    }
}

fn check_topic(connection: &Connection, findings: &mut Findings) {
    let checked = connection.target().and_then(|target| {
        let path = match &target {
            AnyTarget::NamespaceTopic(topic) => format!("{}:publish", path_of(topic, topic.endpoint())),
            _ => "/api/events".to_owned(),
        };
        let request = RawRequest::new("POST", &path)
            .header("content-type", "application/cloudevents-batch+json; charset=utf-8")
            .body(NO_EVENTS);
        let publisher = Publisher::new(connection.client(&Interruption::default())?, target);
        findings.add_response("publish", &publisher.send_request(&request));
        Ok(())
    });
    if let Err(failure) = checked {
        findings.add("publish", Outcome::Skipped, failure.to_string());
    }
}

fn check_subscription(
    connection: &Connection,
    subscription: eventgrid::Subscription<'static>,
    findings: &mut Findings,
) {
    let path = format!("{}:renewLock", path_of(&subscription, subscription.endpoint()));
    let request = RawRequest::new("POST", &path).header("content-type", "application/json").body(NO_LOCK);
    match connection.client(&Interruption::default()) {
        Ok(client) => {
            let consumer = Consumer::new(client, subscription);
            findings.add_response("receive", &consumer.send_request(&request));
        }
        Err(failure) => findings.problem("receive", failure.kind(), failure.to_string()),
    }
}

/// The path of a resource below its endpoint.
fn path_of<'r>(resource: impl Into<SasResource<'r>>, endpoint: &Endpoint<'_>) -> String {
    let url = resource.into().to_string();
    url.strip_prefix(&endpoint.to_string()).unwrap_or_default().to_owned()
}

/// What was found, in the order of the checks.
#[derive(Debug, Default)]
struct Findings {
    list: Vec<Finding>,
    /// The kind of the first problem.
    problem: Option<FailureKind>,
    has_clock: bool,
}

impl Findings {
    fn add(&mut self, check: &'static str, outcome: Outcome, detail: impl Into<String>) {
        let detail = one_line(&detail.into()).trim().trim_start_matches("error: ").to_owned();
        self.list.push(Finding { check, outcome, detail });
    }

    fn problem(&mut self, check: &'static str, kind: FailureKind, detail: impl Into<String>) {
        self.problem.get_or_insert(kind);
        self.add(check, Outcome::Problem, detail);
    }

    /// What the response to a request that changes nothing says of the key and the names.
    fn add_response<T: TransportError + StdError + 'static>(
        &mut self,
        check: &'static str,
        result: &Result<RawResponse, Error<'static, T>>,
    ) {
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                self.problem(check, FailureKind::of_call(error), with_causes(error).to_string());
                return;
            }
        };
        self.add_clock(response);
        let status = response.status();
        match status {
            401 | 403 => {
                let text = format!("the service does not accept the key for this (status {status})");
                self.problem(check, FailureKind::Authentication, text);
            }
            404 => {
                self.problem(check, FailureKind::NotFound, "the service does not know the name (status 404)");
            }
            429 => self.add(check, Outcome::Warning, "the service asks to slow down (status 429)"),
            300..=399 | 500.. => {
                let text =
                    format!("the service does not do its work, or it is not the service (status {status})");
                self.problem(check, FailureKind::Service, text);
            }
            _ => self.add(check, Outcome::Ok, format!("reached; the key is accepted (status {status})")),
        }
    }

    fn add_clock(&mut self, response: &RawResponse) {
        if std::mem::replace(&mut self.has_clock, true) {
            return;
        }
        let date = response.header("date").and_then(|date| std::str::from_utf8(date).ok());
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        match date.map(|date| Timestamp::now().as_second() - date.as_second()) {
            None => self.add("clock", Outcome::Skipped, "the response has no date"),
            Some(skew) if skew.abs() <= CLOCK_TOLERANCE => {
                self.add("clock", Outcome::Ok, format!("{} s from that of the service", skew.abs()));
            }
            Some(skew) => {
                let way = if skew > 0 { "ahead of" } else { "behind" };
                let text = format!("{} s {way} that of the service: set it, or tokens fail", skew.abs());
                self.add("clock", Outcome::Warning, text);
            }
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok,
    Warning,
    Problem,
    Skipped,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    outcome: Outcome,
    detail: String,
}

impl Record for Finding {
    const COLUMNS: &'static [&'static str] = &["CHECK", "OUTCOME", "DETAIL"];

    fn cells(&self) -> Vec<String> {
        let outcome = format!("{:?}", self.outcome).to_lowercase();
        vec![self.check.to_owned(), outcome, self.detail.clone()]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.detail.as_bytes())
    }
}
