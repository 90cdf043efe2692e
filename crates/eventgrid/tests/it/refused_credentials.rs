//! Credentials that no service accepts are refused before anything is sent, with advice on what was
//! probably meant.

#![cfg(feature = "std")]

use std::time::Duration;

use crate::support::{Scripted, response};
use eventgrid::credential::{AnyCredential, CredentialKind, InvalidCredential, Rotating};
use eventgrid::mqtt::{ListOptions, MqttBroker, MqttMessage, TopicName};
use eventgrid::target::{AnyTarget, BasicTopic, Domain, PartnerChannel};
use eventgrid::{
    AccessKey, Client, CloudEvent, Credential, CredentialError, Environment, Error, NamespaceTopic,
    RawRequest, ReceiveOptions, SasToken, SendAsyncCredential, Sleep, Subscription, blocking,
};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl";
const SAS: &str = "r=https%3a%2f%2fh&e=6%2f5%2f2024+12%3a09%3a03+PM&s=c2lnbmF0dXJl";

/// When [`SAS`] expires: 2024-06-05T12:09:03Z.
const EXPIRY: Duration = Duration::from_secs(1_717_589_343);

/// A clock that says one time, or none.
#[derive(Clone, Copy)]
struct Clock(Option<Duration>);

impl Environment for Clock {
    fn unix_time(&self) -> Option<Duration> {
        self.0
    }

    fn uptime(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Sleep for Clock {
    fn sleep(&self, _: Duration) {}
}

fn targets() -> [AnyTarget<'static>; 4] {
    [
        NamespaceTopic::new("https://h", "t").unwrap().into(),
        BasicTopic::new("https://h/api/events").unwrap().into(),
        Domain::new("https://h/api/events").unwrap().into(),
        PartnerChannel::new("https://h/api/events", "c").unwrap().into(),
    ]
}

/// Why the credential is not sent: by any operation, to any target, however the credential is
/// wrapped.
fn refusal<C: SendAsyncCredential + Clone + Send + 'static>(credential: C, clock: Clock) -> CredentialError {
    fn refusals<C: Credential + Clone>(credential: C, clock: Clock, found: &mut Vec<CredentialError>) {
        let transport = Scripted::new([]);
        let client = || Client::new(&transport, clock, credential.clone());
        let mut refused = |result: Result<(), Error<'static, _>>| match result.unwrap_err() {
            Error::Credential { error, replayed: false } => found.push(error),
            other => panic!("{other:?}"),
        };
        for target in targets() {
            let publisher = blocking::Publisher::new(client(), target);
            refused(publisher.send(&CloudEvent::new("1", "s", "t")));
            refused(publisher.send_request(&RawRequest::new("POST", "/")).map(drop));
        }
        let subscription = Subscription::new("https://h", "t", "s").unwrap();
        let consumer = blocking::Consumer::new(client(), subscription);
        refused(consumer.receive(ReceiveOptions::new()).map(drop));
        refused(consumer.acknowledge(&["token"][..]).map(drop));
        assert!(transport.seen().is_empty());
    }

    let mut found = Vec::new();
    refusals(Rotating::new(credential.clone()), clock, &mut found);
    refusals(AnyCredential::new(credential.clone()), clock, &mut found);
    refusals(credential, clock, &mut found);
    let first = found.pop().unwrap();
    assert!(found.iter().all(|other| other.to_string() == first.to_string()), "{found:?}");
    first
}

fn invalid<C: SendAsyncCredential + Clone + Send + 'static>(credential: C) -> InvalidCredential {
    match refusal(credential, Clock(None)) {
        CredentialError::Invalid(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_access_key_is_refused_as_such() {
    use CredentialKind::AccessKey as Kind;

    for (key, reason, advice) in [
        ("", InvalidCredential::Empty(Kind), "is the variable set"),
        ("c2VjcmV0\n", InvalidCredential::Character(Kind), "without a line break"),
        (" c2VjcmV0", InvalidCredential::Character(Kind), "copy it as a whole"),
        ("c2Vj cmV0", InvalidCredential::Character(Kind), "copy it as a whole"),
        ("c2Vj\tcmV0", InvalidCredential::Character(Kind), "copy it as a whole"),
        ("c2Vj\u{a0}cmV0", InvalidCredential::Character(Kind), "copy it as a whole"),
        ("SharedAccessKey c2VjcmV0", InvalidCredential::Character(Kind), "scheme such as `SharedAccessKey`"),
        (
            "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0",
            InvalidCredential::ConnectionString,
            "take the key alone",
        ),
        ("endpoint=https://x;accesskey=c2VjcmV0", InvalidCredential::ConnectionString, "take the key alone"),
        ("AccessKey=c2VjcmV0; x", InvalidCredential::ConnectionString, "take the key alone"),
        (SAS, InvalidCredential::SasToken(Kind), "`SasToken`"),
        ("SharedAccessSignature r=a&e=b&s=c", InvalidCredential::SasToken(Kind), "`SasToken`"),
        (JWT, InvalidCredential::BearerToken(Kind), "`BearerToken`"),
    ] {
        assert_eq!(AccessKey::new(key).check(), Err(reason), "{key}");
        assert_eq!(invalid(AccessKey::new(key)), reason, "{key}");
        let words = reason.to_string();
        assert!(words.starts_with("the access key ") && words.contains(advice), "{words}");
        assert!(!words.contains("c2VjcmV0"), "{words}");
    }
}

#[test]
fn what_is_no_sas_token_is_refused_as_such() {
    use CredentialKind::SasToken as Kind;

    for (token, reason, advice) in [
        ("", InvalidCredential::Empty(Kind), "is the variable set"),
        ("r=a&e=2999-01-01T00:00:00Z&s=c\r\n", InvalidCredential::Character(Kind), "line break"),
        ("r=a&e=6/5/2024 12:09:03 PM&s=c", InvalidCredential::Character(Kind), "must be percent-encoded"),
        (
            "SharedAccessSignature r=a&e=2999-01-01T00:00:00Z&s=c",
            InvalidCredential::Character(Kind),
            "the scheme `SharedAccessSignature` before it",
        ),
        ("c2VjcmV0", InvalidCredential::NoSasToken, "`AccessKey`"),
        ("c2VjcmV0==", InvalidCredential::NoSasToken, "`AccessKey`"),
        ("r=a&e=2999-01-01T00:00:00Z", InvalidCredential::NoSasToken, "r=RESOURCE&e=EXPIRY&s=SIGNATURE"),
        ("r=a&s=c", InvalidCredential::NoSasToken, "r=RESOURCE&e=EXPIRY&s=SIGNATURE"),
        ("r=&e=2999-01-01T00:00:00Z&s=c", InvalidCredential::NoSasToken, "each part"),
        ("r=a&e=2999-01-01T00:00:00Z&s=c&s=d", InvalidCredential::NoSasToken, "each part"),
        ("r=a&e=2999-01-01T00:00:00Z&s=c&x=d", InvalidCredential::NoSasToken, "each part"),
        ("r=a&e=2999-01-01T00:00:00Z&s", InvalidCredential::NoSasToken, "each part"),
        ("r=a&e=tomorrow&s=c", InvalidCredential::SasExpiry, "2024-06-05T12:09:03Z"),
        ("r=a&e=2999-02-29T00%3A00%3A00Z&s=c", InvalidCredential::SasExpiry, "2024-06-05T12:09:03Z"),
        ("r=a&e=%zz&s=c", InvalidCredential::SasExpiry, "percent-encoded"),
        (JWT, InvalidCredential::BearerToken(Kind), "`BearerToken`"),
    ] {
        assert_eq!(SasToken::new(token).expiry(), Err(reason), "{token}");
        assert_eq!(invalid(SasToken::new(token)), reason, "{token}");
        let words = reason.to_string();
        assert!(words.contains("SAS token") && words.contains(advice), "{words}");
        assert!(!words.contains("c2VjcmV0"), "{words}");
    }
}

#[test]
fn a_sas_token_is_sent_until_its_expiry_and_always_if_the_time_is_not_known() {
    assert_eq!(SasToken::new(SAS).expiry(), Ok(EXPIRY));
    let expired = refusal(SasToken::new(SAS), Clock(Some(EXPIRY)));
    assert!(matches!(expired, CredentialError::Expired), "{expired:?}");
    assert!(expired.to_string().contains("get a new one"), "{expired}");
    let before = EXPIRY.checked_sub(Duration::from_nanos(1));
    for clock in [Clock(before), Clock(None)] {
        for target in targets() {
            let transport = Scripted::new([response(200, "")]);
            let client = Client::new(&transport, clock, SasToken::new(SAS));
            blocking::Publisher::new(client, target).send(&CloudEvent::new("1", "s", "t")).unwrap();
            assert!(transport.seen()[0].contains(SAS));
        }
    }
}

#[test]
fn what_may_be_a_key_is_sent() {
    for key in ["k", "c2VjcmV0", "a+b/c==", "r=x", "s=1;t=2", "eyJ", "eyJ.a", "SharedAccessKey="] {
        assert_eq!(AccessKey::new(key).check(), Ok(()), "{key}");
    }
}

#[cfg(feature = "bearer")]
#[test]
fn what_is_no_bearer_token_is_refused_as_such() {
    use CredentialKind::BearerToken as Kind;
    use eventgrid::credential::{AccessToken, AsyncBearerToken, BearerToken};

    for (token, reason, advice) in [
        ("", InvalidCredential::Empty(Kind), "is the variable set"),
        ("token\n", InvalidCredential::Character(Kind), "line break"),
        ("Bearer token", InvalidCredential::Character(Kind), "the scheme `Bearer` before it"),
        (SAS, InvalidCredential::SasToken(Kind), "`SasToken`"),
    ] {
        let fetched = move || Ok::<_, std::io::Error>(AccessToken::new(token, Duration::MAX));
        let transport = Scripted::new([]);
        let client = Client::new(&transport, Clock(None), BearerToken::new(fetched));
        let topic = NamespaceTopic::new("https://h", "t").unwrap();
        let refused = blocking::Publisher::new(client, topic.clone()).send(&CloudEvent::new("1", "s", "t"));
        let Err(Error::Credential { error: CredentialError::Invalid(found), .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(found, reason);
        assert!(reason.to_string().starts_with("the bearer token "), "{reason}");
        assert!(reason.to_string().contains(advice), "{reason}");

        let client = Client::new(
            &transport,
            crate::support::Still::default(),
            AsyncBearerToken::new(move || async move { fetched() }),
        );
        let refused = crate::support::ready(
            eventgrid::Publisher::new(client, topic).send(&CloudEvent::new("1", "s", "t")),
        );
        let Err(Error::Credential { error: CredentialError::Invalid(found), .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(found, reason);
        assert!(transport.seen().is_empty());
    }
}

#[cfg(feature = "sas")]
#[test]
fn a_key_that_is_to_sign_is_refused_when_it_is_made() {
    use eventgrid::sas::{InvalidKey, SasKey};

    for (key, reason, advice) in [
        ("", InvalidKey::Empty, "portal"),
        ("c2VjcmV0\n", InvalidKey::Base64, "without a line break"),
        ("Endpoint=sb://x/;SharedAccessKey=c2VjcmV0", InvalidKey::ConnectionString, "take the key alone"),
        (SAS, InvalidKey::SasToken, "`SasToken`"),
        (JWT, InvalidKey::BearerToken, "`BearerToken`"),
    ] {
        assert_eq!(SasKey::new(key).unwrap_err(), reason, "{key}");
        assert!(reason.to_string().contains(advice), "{reason}");
    }
}

#[test]
fn an_mqtt_broker_takes_tokens_alone() {
    fn refused<C: Credential>(credential: C) -> CredentialError {
        let transport = Scripted::new([]);
        let broker = MqttBroker::new("https://h").unwrap();
        let mqtt = blocking::MqttClient::new(Client::new(&transport, Clock(None), credential), broker);
        let topic = TopicName::new("a").unwrap();
        for result in [
            mqtt.publish(&MqttMessage::new(topic, b"")),
            mqtt.list_retained(topic.into(), ListOptions::new()).map(drop),
            mqtt.send_request(&RawRequest::new("GET", "/")).map(drop),
        ] {
            assert!(matches!(result, Err(Error::Credential { replayed: false, .. })));
        }
        match mqtt.get_retained(topic) {
            Err(Error::Credential { error, .. }) => error,
            other => panic!("{other:?}"),
        }
    }
    let key = refused(AccessKey::new("c2VjcmV0"));
    assert!(matches!(key, CredentialError::TokenOnly(CredentialKind::AccessKey)), "{key:?}");
    assert_eq!(
        key.to_string(),
        "the MQTT broker takes no access key, but tokens of Microsoft Entra ID: \
         pass one by a `BearerToken` or an `AsyncBearerToken`"
    );
    let signature = refused(SasToken::new("r=a&e=2099-01-01T00%3A00%3A00Z&s=b"));
    assert!(matches!(signature, CredentialError::TokenOnly(CredentialKind::SasToken)), "{signature:?}");
}
