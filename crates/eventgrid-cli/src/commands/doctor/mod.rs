//! `egrid doctor`.
//!
//! This module covers the checks and their order: `findings` keeps what they find, `tls` and
//! `certificate` look at the connection, `calls` sends the requests that change nothing.

mod calls;
mod certificate;
mod findings;
mod tls;

use std::io;
use std::net::ToSocketAddrs as _;

use eventgrid::{AccessKey, Endpoint};
use jiff::Timestamp;

use self::findings::{Findings, Outcome};
use crate::arguments::DoctorArguments;
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind};
use crate::interruption::Interruption;
use crate::output::{OutputFormat, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(arguments: &DoctorArguments, format: OutputFormat) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let mut findings = Findings::default();
    if check_endpoint(&connection, &mut findings) && check_key(&connection, &mut findings) {
        calls::check_publish(&connection, &mut findings);
        calls::check_receive(&connection, &arguments.subscription, &mut findings);
        let text = "not checked: nothing was published or received";
        findings.add("events", Outcome::Skipped, text);
    }
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let mut write = || findings.iter().try_for_each(|finding| out.write(finding));
    write().and_then(|()| out.finish()).map_err(|error| cannot_write(&error))?;
    findings.first_problem().map_or(Ok(()), |kind| {
        let failure = Failure::new(kind, "some checks have failed");
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
        Ok(_) => findings.add(
            "name",
            Outcome::Warning,
            format!("{host} cannot be resolved to an address on this machine"),
        ),
        Err(error) => {
            let text = format!(
                "{host} cannot be resolved to an address on this machine: {error}; is it spelled right?"
            );
            findings.add("name", Outcome::Warning, text);
        }
    }
    tls::check(&endpoint, Timestamp::now(), findings);
    true
}

fn check_key(connection: &Connection, findings: &mut Findings) -> bool {
    let secret = match connection.secret() {
        Ok(secret) => secret,
        Err(failure) => {
            findings.problem("key", failure.kind(), failure.in_one_line());
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
            findings.problem("key", failure.kind(), failure.in_one_line());
            false
        }
    }
}
