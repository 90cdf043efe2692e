//! Who may call: holders of an access key, of a signature made with one, or of a bearer token.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use eventgrid::sas::{InvalidSas, SasKey, SharedAccessSignature};
use http::{HeaderMap, Request, Uri, header};
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use super::basic::Resource;
use super::mqtt::MqttRoute;
use super::namespace::Route;
use crate::role::{Permission, Role};

/// What gives access. `Debug` shows how many there are alone.
pub(crate) struct Credentials {
    keys: AccessKeys,
    /// The keys of basic topics, domains and partner namespaces that have their own.
    resource_keys: HashMap<String, AccessKeys>,
    /// What each topic of the namespace takes beside the keys of the namespace, by its name in
    /// lower case.
    topic_keys: HashMap<String, AccessKeys>,
    bearer_tokens: Vec<(String, Vec<Role>)>,
    /// Whether every request has access, whatever it shows.
    are_open: bool,
}

/// The access keys of a namespace, a topic, a domain or a partner namespace.
pub(crate) struct AccessKeys {
    texts: Vec<String>,
    /// Those that are base64 text, and so can sign.
    sas_keys: Vec<SasKey>,
}

/// Why a request has no access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// It has no credential.
    Missing,
    /// Its `Authorization` has a scheme that is not taken here.
    Scheme,
    /// Its access key is none of those there are.
    Key(WrongKey),
    /// Its shared access signature is no good.
    Signature(InvalidSas),
    /// It shows something else than a bearer token, where nothing else is taken.
    NotBearer,
    /// Its bearer token is none of those there are.
    BearerToken,
    /// Its bearer token has no role for this.
    Role(Permission),
}

/// What can be told of an access key that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrongKey {
    /// It is base64 text, as a key should be.
    Unknown,
    /// Base64 text is never that long.
    Length,
    /// It has characters that base64 text has not.
    Characters,
}

/// Whether `Authorization: SharedAccessKey` is taken: by a namespace alone. Its MQTT broker takes
/// no key at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessKeyScheme {
    Taken,
    Refused,
    /// Nor is a key, or a signature that was made with one, in any other place.
    BearerAlone,
}

/// What a request wants access to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access<'a> {
    pub(super) scheme: AccessKeyScheme,
    /// The basic topic, domain or partner namespace that it is for, if it is for one.
    pub(super) resource: Option<&'a str>,
    /// The topic of the namespace that it is for, if it is for one.
    pub(super) topic: Option<&'a str>,
    /// What the role of a bearer token must permit; any role does without it.
    pub(super) permission: Option<Permission>,
}

impl<'a> Access<'a> {
    /// To the namespace, or to what is none of its operations.
    pub(super) fn to_namespace(route: Option<&'a Route<'_>>) -> Self {
        let (topic, permission) = (route.map(Route::topic), route.map(Route::permission));
        Self { scheme: AccessKeyScheme::Taken, resource: None, topic, permission }
    }

    /// To the MQTT broker of the namespace.
    pub(super) fn to_mqtt(route: &MqttRoute) -> Self {
        let permission = Some(route.permission());
        Self { scheme: AccessKeyScheme::BearerAlone, resource: None, topic: None, permission }
    }

    /// To publish to a basic topic, a domain or a partner namespace, or to what is none of these.
    pub(super) fn to_basic(resource: Option<&'a Resource>) -> Self {
        let resource = resource.map(Resource::name);
        let permission = Some(Permission::Send);
        Self { scheme: AccessKeyScheme::Refused, resource, topic: None, permission }
    }
}

/// What a request shows to get access.
enum Shown<'r> {
    Key(Cow<'r, [u8]>),
    Signature(&'r [u8]),
    BearerToken(&'r [u8]),
}

impl AccessKeys {
    pub(crate) fn new(texts: Vec<String>) -> Self {
        let sas_keys = texts.iter().filter_map(|key| SasKey::new(key).ok()).collect();
        Self { texts, sas_keys }
    }

    /// Keys that verify no signature.
    pub(crate) fn without_sas(texts: Vec<String>) -> Self {
        Self { texts, sas_keys: Vec::new() }
    }
}

impl Credentials {
    /// The keys of the namespace, at least one; those of other resources by their names; and the
    /// bearer tokens.
    pub(crate) fn new(
        keys: AccessKeys,
        resource_keys: HashMap<String, AccessKeys>,
        bearer_tokens: Vec<(String, Vec<Role>)>,
    ) -> Self {
        Self { keys, resource_keys, topic_keys: HashMap::new(), bearer_tokens, are_open: false }
    }

    /// Takes these keys at topics of the namespace, too, each at its own alone.
    pub(crate) fn with_topic_keys(mut self, keys: impl IntoIterator<Item = (String, AccessKeys)>) -> Self {
        self.topic_keys.extend(keys.into_iter().map(|(name, keys)| (name.to_ascii_lowercase(), keys)));
        self
    }

    /// Gives every request access, whatever it shows.
    pub(crate) fn open(mut self) -> Self {
        self.are_open = true;
        self
    }

    /// The first access key.
    pub(crate) fn primary_key(&self) -> &str {
        &self.keys.texts[0]
    }

    /// Checks what a request shows: the first of its headers `aeg-sas-key`, `aeg-sas-token` and
    /// `Authorization` and its query parameter `aeg-sas-key`. An access key is compared as text,
    /// not decoded.
    pub(super) fn check(
        &self,
        request: &Request<Bytes>,
        access: Access<'_>,
        now: Duration,
    ) -> Result<(), Denial> {
        if self.are_open {
            return Ok(());
        }
        let keys = access.resource.and_then(|name| self.resource_keys.get(name)).unwrap_or(&self.keys);
        let of_topic = access.topic.and_then(|name| self.topic_keys.get(&name.to_ascii_lowercase()));
        match shown(request.headers(), request.uri(), access.scheme)? {
            Shown::Key(_) | Shown::Signature(_) if access.scheme == AccessKeyScheme::BearerAlone => {
                Err(Denial::NotBearer)
            }
            Shown::Key(key) => {
                let is_of_topic = of_topic.is_some_and(|keys| contain(&keys.texts, &key));
                let is_known = contain(&keys.texts, &key) | is_of_topic;
                if is_known { Ok(()) } else { Err(Denial::Key(wrong_key(&key))) }
            }
            Shown::Signature(token) => keys
                .check_signature(token, request, now)
                .or_else(|error| {
                    of_topic.map_or(Err(error), |keys| keys.check_signature(token, request, now))
                })
                .map_err(Denial::Signature),
            Shown::BearerToken(token) => self.check_bearer_token(token, access.permission),
        }
    }

    fn check_bearer_token(&self, given: &[u8], permission: Option<Permission>) -> Result<(), Denial> {
        // Compares with all of them, as `contain` does.
        let roles = self.bearer_tokens.iter().fold(None, |found, (token, roles)| {
            if bool::from(token.as_bytes().ct_eq(given)) { Some(roles) } else { found }
        });
        let roles = roles.ok_or(Denial::BearerToken)?;
        match permission {
            Some(needed) if !roles.iter().any(|role| role.permits(needed)) => Err(Denial::Role(needed)),
            _ => Ok(()),
        }
    }
}

impl AccessKeys {
    fn check_signature(
        &self,
        token: &[u8],
        request: &Request<Bytes>,
        now: Duration,
    ) -> Result<(), InvalidSas> {
        let token = std::str::from_utf8(token).map_err(|_| InvalidSas::Format)?;
        SharedAccessSignature::parse(token)?.verify(&self.sas_keys, &url(request), now)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_keys", &self.keys.texts.len())
            .field("bearer_tokens", &self.bearer_tokens.len())
            .finish_non_exhaustive()
    }
}

fn shown<'r>(headers: &'r HeaderMap, uri: &'r Uri, scheme: AccessKeyScheme) -> Result<Shown<'r>, Denial> {
    if let Some(key) = headers.get("aeg-sas-key") {
        return Ok(Shown::Key(key.as_bytes().into()));
    }
    if let Some(token) = headers.get("aeg-sas-token") {
        return Ok(Shown::Signature(token.as_bytes()));
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (name, value) = split_scheme(value.as_bytes());
        // Schemes are compared without case, as HTTP has it.
        if name.eq_ignore_ascii_case(b"Bearer") {
            return Ok(Shown::BearerToken(value));
        }
        if name.eq_ignore_ascii_case(b"SharedAccessSignature") {
            return Ok(Shown::Signature(value));
        }
        if name.eq_ignore_ascii_case(b"SharedAccessKey") && scheme == AccessKeyScheme::Taken {
            return Ok(Shown::Key(value.into()));
        }
        return Err(Denial::Scheme);
    }
    key_in_query(uri.query().unwrap_or_default()).map(Shown::Key).ok_or(Denial::Missing)
}

fn split_scheme(authorization: &[u8]) -> (&[u8], &[u8]) {
    let end = authorization.iter().position(|byte| *byte == b' ').unwrap_or(authorization.len());
    let (scheme, rest) = authorization.split_at(end);
    (scheme, rest.trim_ascii())
}

/// The key in the query. A plus sign is one, encoded or not: keys are full of them, and have no
/// spaces.
fn key_in_query(query: &str) -> Option<Cow<'_, [u8]>> {
    let (_, value) =
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == "aeg-sas-key")?;
    Some(percent_decode_str(value).into())
}

/// Compares with all of them, whole, so that the time it takes tells nothing but lengths.
fn contain(secrets: &[String], given: &[u8]) -> bool {
    secrets.iter().fold(false, |found, secret| found | bool::from(secret.as_bytes().ct_eq(given)))
}

fn wrong_key(given: &[u8]) -> WrongKey {
    let text: Vec<u8> = given.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if text.len() % 4 != 0 {
        WrongKey::Length
    } else if STANDARD.decode(text).is_err() {
        WrongKey::Characters
    } else {
        WrongKey::Unknown
    }
}

/// The URL that was asked for. A target without scheme and authority came over plain http to the
/// host of `Host`.
fn url(request: &Request<Bytes>) -> String {
    let uri = request.uri();
    let scheme = uri.scheme_str().unwrap_or("http");
    format!("{scheme}://{}{}", authority(request).unwrap_or_default(), uri.path())
}

/// The host that a request is for, with its port if it has one.
pub(super) fn authority(request: &Request<Bytes>) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(header::HOST)?.to_str().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        let keys = AccessKeys::new(vec!["first+/=".to_owned(), "second".to_owned()]);
        let of_shops = AccessKeys::new(vec!["third".to_owned()]);
        let roles =
            [("token", Role::DataContributor), ("sends", Role::DataSender), ("receives", Role::DataReceiver)];
        let tokens = roles.map(|(token, role)| (token.to_owned(), vec![role])).to_vec();
        Credentials::new(keys, HashMap::from([("shops".to_owned(), of_shops)]), tokens)
    }

    fn check_at(uri: &str, headers: &[(&str, &str)], scheme: AccessKeyScheme) -> Result<(), Denial> {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let access = Access { scheme, resource: None, topic: None, permission: Some(Permission::Send) };
        credentials().check(&request.body(Bytes::new()).unwrap(), access, Duration::ZERO)
    }

    fn check(name: &str, value: &str) -> Result<(), Denial> {
        check_at("/", &[(name, value)], AccessKeyScheme::Taken)
    }

    #[test]
    fn either_key_in_either_header_or_the_query_is_accepted() {
        assert_eq!(check("authorization", "SharedAccessKey first+/="), Ok(()));
        assert_eq!(check("authorization", "sharedaccesskey second"), Ok(()));
        assert_eq!(check("aeg-sas-key", "second"), Ok(()));
        for query in ["aeg-sas-key=first+/=", "a=b&aeg-sas-key=first%2B%2f%3D&aeg-sas-key=x"] {
            assert_eq!(check_at(&format!("/?{query}"), &[], AccessKeyScheme::Refused), Ok(()), "{query}");
        }
    }

    #[test]
    fn bearer_tokens_are_accepted_and_are_no_keys() {
        assert_eq!(check("authorization", "Bearer token"), Ok(()));
        assert_eq!(check("authorization", "bearer  token"), Ok(()));
        for value in ["Bearer", "Bearer ", "Bearer second", "Bearer tokens"] {
            assert_eq!(check("authorization", value), Err(Denial::BearerToken), "{value}");
        }
        assert_eq!(check("aeg-sas-key", "token"), Err(Denial::Key(WrongKey::Length)));
    }

    #[test]
    fn a_bearer_token_does_what_its_roles_permit() {
        let check = |token: &str, permission| {
            let request = Request::post("/").header("authorization", format!("Bearer {token}"));
            let access = Access { scheme: AccessKeyScheme::Taken, resource: None, topic: None, permission };
            credentials().check(&request.body(Bytes::new()).unwrap(), access, Duration::ZERO)
        };
        for (token, sends, receives) in
            [("token", true, true), ("sends", true, false), ("receives", false, true)]
        {
            assert_eq!(check(token, None), Ok(()), "{token}");
            for (permission, permitted) in [(Permission::Send, sends), (Permission::Receive, receives)] {
                let expected = if permitted { Ok(()) } else { Err(Denial::Role(permission)) };
                assert_eq!(check(token, Some(permission)), expected, "{token}");
            }
        }
    }

    #[test]
    fn a_resource_with_keys_of_its_own_takes_no_others() {
        let check = |resource, key: &str| {
            let request = Request::post("/").header("aeg-sas-key", key).body(Bytes::new()).unwrap();
            let access = Access {
                scheme: AccessKeyScheme::Refused,
                resource: Some(resource),
                topic: None,
                permission: None,
            };
            credentials().check(&request, access, Duration::ZERO)
        };
        assert_eq!(check("shops", "third"), Ok(()));
        assert!(check("shops", "second").is_err());
        assert_eq!(check("orders", "second"), Ok(()));
        assert!(check("orders", "third").is_err());
    }

    #[test]
    fn a_key_of_a_topic_is_taken_for_that_topic_alone() {
        let of_orders = AccessKeys::new(vec!["b3JkZXJzIQ==".to_owned()]);
        let credentials = credentials().with_topic_keys([("Orders".to_owned(), of_orders)]);
        let check = |path: &str, header: (&str, &str)| {
            let request = Request::post(format!("http://emulator{path}")).header(header.0, header.1);
            let request = request.body(Bytes::new()).unwrap();
            let route = crate::service::namespace::route(path);
            credentials.check(&request, Access::to_namespace(route.as_ref()), Duration::ZERO)
        };
        let key = ("aeg-sas-key", "b3JkZXJzIQ==");
        let token = SasKey::new(key.1).unwrap().token("http://emulator/topics", Duration::MAX);
        let signature = ("aeg-sas-token", token.as_str());
        for path in ["/topics/orders:publish", "/topics/ORDERS/eventsubscriptions/billing:receive"] {
            assert_eq!(check(path, key), Ok(()), "{path}");
            assert_eq!(check(path, ("aeg-sas-key", "second")), Ok(()), "{path}: the key of the namespace");
        }
        assert_eq!(check("/topics/orders:publish", signature), Ok(()));
        for path in ["/topics/returns:publish", "/topics/orders2:publish", "/emulator/accepted"] {
            assert_eq!(check(path, key), Err(Denial::Key(WrongKey::Unknown)), "{path}");
            assert!(check(path, signature).is_err(), "{path}");
        }
    }

    #[test]
    fn open_credentials_take_every_request() {
        let credentials = credentials().open();
        for header in [("x-other", ""), ("aeg-sas-key", "wrong"), ("authorization", "Basic x")] {
            let request = Request::post("/").header(header.0, header.1).body(Bytes::new()).unwrap();
            for access in [Access::to_namespace(None), Access::to_basic(None)] {
                assert_eq!(credentials.check(&request, access, Duration::ZERO), Ok(()), "{header:?}");
            }
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for value in
            ["SharedAccessKey", "SharedAccessKey ", "SharedAccessKey secon", "SharedAccessKey second2"]
        {
            assert!(matches!(check("authorization", value), Err(Denial::Key(_))), "{value}");
        }
        for value in ["", "second", "Basic second", "SharedAccessKeys second"] {
            assert_eq!(check("authorization", value), Err(Denial::Scheme), "{value}");
        }
        let header = [("authorization", "SharedAccessKey second")];
        assert_eq!(check_at("/", &header, AccessKeyScheme::Refused), Err(Denial::Scheme));
        assert_eq!(check("aeg-sas-key", ""), Err(Denial::Key(WrongKey::Unknown)));
        assert_eq!(check("x-other", "second"), Err(Denial::Missing));
        assert_eq!(check_at("/?aeg-sas-keys=second&x", &[], AccessKeyScheme::Taken), Err(Denial::Missing));
    }

    #[test]
    fn a_wrong_key_is_told_apart_as_the_service_does() {
        for (key, wrong) in [
            ("bad credential", WrongKey::Length),
            ("bad-credential--", WrongKey::Characters),
            ("AAECAwQFBgcI", WrongKey::Unknown),
            ("AAEC AwQF", WrongKey::Unknown),
        ] {
            assert_eq!(wrong_key(key.as_bytes()), wrong, "{key}");
        }
    }

    #[test]
    fn the_first_credential_decides() {
        let headers = [("authorization", "Bearer token"), ("aeg-sas-key", "wrong")];
        assert!(check_at("/", &headers, AccessKeyScheme::Taken).is_err());
        let headers = [("authorization", "Bearer token"), ("aeg-sas-token", "r=x")];
        let expected = Err(Denial::Signature(InvalidSas::Format));
        assert_eq!(check_at("/?aeg-sas-key=second", &headers, AccessKeyScheme::Taken), expected);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", credentials());
        assert_eq!(shown, "Credentials { access_keys: 2, bearer_tokens: 3, .. }");
    }
}
