//! Single values: addresses, durations, schemas, access keys. Each is read from text and written as
//! text.

use eventgrid::sas::SasKey;

use crate::accepted::InputSchema;
use crate::broker::PushEndpoint;

/// A text that does not say where to listen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an address: it needs HOST:PORT, such as 127.0.0.1:6500, or a port alone, which listens on 127.0.0.1"
)]
pub struct InvalidListenAddress(String);

/// Reads an address to listen on: `HOST:PORT`, or only a port for 127.0.0.1.
///
/// It is not checked here whether the host has an address.
///
/// ```
/// use eventgrid_emulator::configuration::listen_address;
///
/// assert_eq!(listen_address("0.0.0.0:6500")?, "0.0.0.0:6500");
/// assert_eq!(listen_address("6500")?, "127.0.0.1:6500");
/// assert!(listen_address("localhost").is_err());
/// # Ok::<(), eventgrid_emulator::configuration::InvalidListenAddress>(())
/// ```
///
/// # Errors
/// If there is no port from 0 to 65535, or no host before the colon; an IPv6 address needs its
/// brackets.
pub fn listen_address(text: &str) -> Result<String, InvalidListenAddress> {
    let invalid = || InvalidListenAddress(text.chars().take(64).collect());
    let port = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_: &u16| digits).ok_or_else(invalid)
    };
    let Some((host, after)) = text.rsplit_once(':') else {
        return Ok(format!("127.0.0.1:{}", port(text)?));
    };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host = !host.is_empty()
        && !host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/')
        && (bracketed || !host.contains(':'));
    if is_host { Ok(format!("{host}:{}", port(after)?)) } else { Err(invalid()) }
}

/// A text that names no host that events could be pushed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a host: it needs a name or an address as it is in a URL, such as webhook.internal or [fd00::1], without a \
     scheme and a port"
)]
pub struct InvalidPushHost(String);

/// Reads a host that events may be pushed to: a name or an address as it is in a URL, without a
/// port. An asterisk is refused, since there are no wildcards.
///
/// ```
/// use eventgrid_emulator::configuration::push_host;
///
/// assert_eq!(push_host("webhook.internal")?, "webhook.internal");
/// assert_eq!(push_host("[fd00::1]")?, "[fd00::1]");
/// assert!(push_host("http://webhook.internal:80").is_err());
/// # Ok::<(), eventgrid_emulator::configuration::InvalidPushHost>(())
/// ```
///
/// # Errors
/// If it has a scheme, a port or a path, or is not a host at all.
pub fn push_host(text: &str) -> Result<String, InvalidPushHost> {
    let invalid = || InvalidPushHost(text.chars().take(64).collect());
    let parsed: http::uri::Authority = text.parse().map_err(|_| invalid())?;
    if parsed.host() == text && !text.is_empty() && !text.contains('*') {
        Ok(text.to_owned())
    } else {
        Err(invalid())
    }
}

/// A text that does not say where endpoints reach the emulator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} does not say where endpoints reach the emulator: it needs http://HOST:PORT or https://HOST:PORT"
)]
pub struct InvalidPushCallback(String);

/// Reads where endpoints reach the emulator: `http://HOST:PORT` or `https://HOST:PORT`.
///
/// ```
/// use eventgrid_emulator::configuration::push_callback;
///
/// assert_eq!(push_callback("http://emulator:6500/")?, "http://emulator:6500");
/// assert!(push_callback("emulator:6500").is_err());
/// # Ok::<(), eventgrid_emulator::configuration::InvalidPushCallback>(())
/// ```
///
/// # Errors
/// If it has no host, another scheme, a user name, a path or a query.
pub fn push_callback(text: &str) -> Result<String, InvalidPushCallback> {
    let url = text.trim_end_matches('/');
    let is_base = PushEndpoint::new(url)
        .is_ok_and(|endpoint| endpoint.url().is_some_and(|url| url.path() == "/" && url.query().is_none()));
    if is_base { Ok(url.to_owned()) } else { Err(InvalidPushCallback(text.chars().take(64).collect())) }
}

/// Reads a schema by its name in Azure Resource Manager, or by the one that options have.
pub(super) fn read_schema(text: &str) -> Result<InputSchema, String> {
    let all = [InputSchema::EventGrid, InputSchema::CloudEvents, InputSchema::Custom];
    let found = all.into_iter().find(|schema| schema_name(*schema) == text || schema.to_string() == text);
    found.ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        format!(
            "{shown:?} is not a schema: it is EventGridSchema (or eventgrid), CloudEventSchemaV1_0 (or cloudevents) \
             or CustomEventSchema (or custom)"
        )
    })
}

/// The name of a schema in Azure Resource Manager.
pub(super) fn schema_name(schema: InputSchema) -> &'static str {
    match schema {
        InputSchema::EventGrid => "EventGridSchema",
        InputSchema::CloudEvents => "CloudEventSchemaV1_0",
        InputSchema::Custom => "CustomEventSchema",
    }
}

/// Checks an access key. What is wrong is said without it.
pub(super) fn check_key(key: &str, without_sas: bool) -> Result<(), String> {
    if key.is_empty() {
        return Err("the access key is empty".to_owned());
    }
    if !without_sas && SasKey::new(key).is_err() {
        return Err(NOT_A_KEY.to_owned());
    }
    Ok(())
}

const NOT_A_KEY: &str = "this is not an access key: one is base64 text, such as 32 random bytes in 44 characters that end \
                         with =. Make one with `head -c 32 /dev/urandom | base64`. If no client signs, \
                         `sas = false` (the option --without-sas) takes any text";
