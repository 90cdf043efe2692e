//! How credentials are carried, replaced and renewed.

#![cfg(feature = "std")]

use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::{Scripted, Still, refused, response};
use eventgrid::credential::AuthorizationWriter;
use eventgrid::credential::{CredentialRequest, Rotating};
use eventgrid::{
    AccessKey, Client, CloudEvent, Credential, CredentialError, NamespaceTopic, SasToken, blocking,
};

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://ns.example", "orders").unwrap()
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "s", "t")
}

/// The credential of each request.
fn authorizations(transport: &Scripted) -> Vec<String> {
    let value = |wire: String| {
        let (_, rest) = wire.split_once("authorization: ").unwrap();
        rest.split_once('\n').unwrap().0.to_owned()
    };
    transport.seen().into_iter().map(value).collect()
}

#[test]
fn each_try_has_the_credential_as_it_is_then() {
    struct Growing(AtomicU32);

    impl Credential for Growing {
        fn authorize(
            &self,
            _: &CredentialRequest<'_>,
            headers: &mut AuthorizationWriter<'_, '_>,
        ) -> Result<(), CredentialError> {
            let turn = self.0.fetch_add(1, Ordering::Relaxed);
            headers.header("authorization", "x".repeat(10_usize.pow(turn)))
        }
    }

    let transport = Scripted::new([refused(), response(503, ""), response(200, "")]);
    let client = Client::new(&transport, Still::default(), Growing(AtomicU32::new(0)));
    blocking::Publisher::new(client, topic()).send(&event()).unwrap();
    assert_eq!(authorizations(&transport).iter().map(String::len).collect::<Vec<_>>(), [1, 10, 100]);
}

#[test]
fn a_replaced_key_is_seen_by_every_client_that_shares_it() {
    let transport = Scripted::new([response(200, ""), response(200, "")]);
    let key = Rotating::new(AccessKey::new("b2xk"));
    let publisher = blocking::Publisher::new(Client::new(&transport, Still::default(), key.clone()), topic());
    publisher.send(&event()).unwrap();
    key.replace(AccessKey::new("bmV3"));
    publisher.send(&event()).unwrap();
    assert_eq!(authorizations(&transport), ["SharedAccessKey b2xk", "SharedAccessKey bmV3"]);
}

#[test]
fn a_blocking_program_chooses_at_run_time() {
    let choices: [Box<dyn Credential>; 2] =
        [Box::new(AccessKey::new("a2V5")), Box::new(SasToken::new("r=x&e=2999-12-31T00:00:00Z&s=z"))];
    let transport = Scripted::new([response(200, ""), response(200, "")]);
    for credential in choices {
        let client = Client::new(&transport, Still::default(), credential);
        blocking::Publisher::new(client, topic()).send(&event()).unwrap();
    }
    assert_eq!(
        authorizations(&transport),
        ["SharedAccessKey a2V5", "SharedAccessSignature r=x&e=2999-12-31T00:00:00Z&s=z"]
    );
}

#[test]
fn a_credential_that_fails_later_does_not_hide_what_an_earlier_attempt_may_have_done() {
    /// Has a key for this many attempts.
    struct Ending(AtomicU32);

    impl Credential for Ending {
        fn authorize(
            &self,
            _: &CredentialRequest<'_>,
            headers: &mut AuthorizationWriter<'_, '_>,
        ) -> Result<(), CredentialError> {
            let left = self.0.load(Ordering::Relaxed);
            self.0.store(left.checked_sub(1).ok_or(CredentialError::UnknownTime)?, Ordering::Relaxed);
            headers.header("authorization", "k")
        }
    }

    let send = |attempts: u32, steps: &[crate::support::Step]| {
        let transport = Scripted::new(steps.to_vec());
        let client = Client::new(&transport, Still::default(), Ending(AtomicU32::new(attempts)));
        blocking::Publisher::new(client, topic()).send(&event()).unwrap_err().may_have_been_acted_on()
    };
    assert!(!send(0, &[]));
    assert!(!send(1, &[refused()]));
    assert!(send(1, &[response(504, "")]));
}

#[test]
fn a_key_is_not_retried_after_401() {
    let transport = Scripted::new([response(401, "")]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    assert!(blocking::Publisher::new(client, topic()).send(&event()).unwrap_err().is_unauthorized());
}

#[cfg(feature = "bearer")]
mod bearer {
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Mutex, OnceLock};
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use eventgrid::credential::{AccessToken, AnyCredential, AsyncBearerToken, BearerToken};
    use eventgrid::{Environment, Error, Publisher, Request, Response, SendAsyncSleep, Sleep, Transport};

    use super::*;
    use crate::support::ready;

    /// A clock that the test moves, in seconds.
    #[derive(Default)]
    struct Clock(Mutex<u64>);

    impl Clock {
        fn set(&self, seconds: u64) {
            *self.0.lock().unwrap() = seconds;
        }
    }

    impl Environment for Clock {
        fn unix_time(&self) -> Option<Duration> {
            Some(self.uptime())
        }

        fn uptime(&self) -> Duration {
            Duration::from_secs(*self.0.lock().unwrap())
        }

        fn random(&self) -> u64 {
            0
        }
    }

    impl Sleep for Clock {
        fn sleep(&self, _: Duration) {}
    }

    impl SendAsyncSleep for Clock {
        async fn sleep(&self, _: Duration) {}
    }

    /// Brings tokens `token-1`, `token-2`, …, each valid for 1,000 seconds, or fails when told to.
    #[derive(Default)]
    struct Source {
        fetched: AtomicU32,
        fails: Mutex<bool>,
    }

    impl Source {
        fn fetch(&self, clock: &Clock) -> Result<AccessToken, String> {
            if *self.fails.lock().unwrap() {
                return Err("the directory is down".to_owned());
            }
            let number = self.fetched.fetch_add(1, Ordering::Relaxed) + 1;
            Ok(AccessToken::new(format!("token-{number}"), clock.uptime() + Duration::from_secs(1000)))
        }
    }

    /// Publishes in each colour at these times, and gives the credentials that were sent; `None`
    /// where none could be obtained.
    fn both(steps: &[(u64, bool, u16)]) -> Vec<Option<String>> {
        let run = |asynchronous: bool| -> Vec<Option<String>> {
            let (clock, source) = (Clock::default(), Source::default());
            let fetch = || source.fetch(&clock);
            let blocking = BearerToken::new(&fetch);
            let future = AsyncBearerToken::new(async || fetch());
            let mut sent = Vec::new();
            for (time, fails, status) in steps {
                clock.set(*time);
                *source.fails.lock().unwrap() = *fails;
                let transport = Scripted::new([response(*status, ""), response(200, "")]);
                let result = if asynchronous {
                    ready(Publisher::new(Client::new(&transport, &clock, &future), topic()).send(&event()))
                } else {
                    blocking::Publisher::new(Client::new(&transport, &clock, &blocking), topic())
                        .send(&event())
                };
                let seen = authorizations(&transport);
                assert_eq!(result.is_ok(), !seen.is_empty());
                sent.push(seen.last().cloned());
            }
            sent
        };
        let first = run(false);
        assert_eq!(first, run(true), "the two colours differ");
        first
    }

    fn token(number: u32) -> String {
        format!("Bearer token-{number}")
    }

    #[test]
    fn a_token_is_kept_until_five_minutes_before_its_end() {
        let sent = both(&[(0, false, 200), (699, false, 200), (700, false, 200), (1399, false, 200)]);
        assert_eq!(sent, [token(1), token(1), token(2), token(2)].map(Some));
    }

    #[test]
    fn a_failing_source_is_no_obstacle_while_the_token_is_valid() {
        let sent = both(&[(0, false, 200), (999, true, 200), (1000, true, 200), (1000, false, 200)]);
        assert_eq!(sent, [Some(token(1)), Some(token(1)), None, Some(token(2))]);
    }

    #[test]
    fn a_401_fetches_a_new_token_once() {
        assert_eq!(both(&[(0, false, 200), (1, false, 401)]), [token(1), token(2)].map(Some));
        let (clock, source) = (Clock::default(), Source::default());
        let transport = Scripted::new([response(401, ""), response(401, "")]);
        let credential = BearerToken::new(|| source.fetch(&clock));
        let client = Client::new(&transport, &clock, credential);
        let error = blocking::Publisher::new(client, topic()).send(&event()).unwrap_err();
        assert_eq!((error.status(), transport.requests()), (Some(401), 2));
    }

    #[test]
    fn a_401_takes_nothing_from_the_retries() {
        let (clock, source) = (Clock::default(), Source::default());
        let transport = Scripted::new([401, 503, 503, 503, 200].map(|status| response(status, "")));
        let client = Client::new(&transport, &clock, BearerToken::new(|| source.fetch(&clock)));
        blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        assert_eq!(transport.requests(), 5);
    }

    /// A transport on which something else happens before its first response is read.
    struct Meanwhile<'s>(&'s Scripted, Mutex<Option<Box<dyn FnOnce() + 's>>>);

    impl Transport for Meanwhile<'_> {
        type Error = crate::support::ScriptedError;

        fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Self::Error> {
            let sent = Transport::send(self.0, request, response);
            if let Some(meanwhile) = self.1.lock().unwrap().take() {
                meanwhile();
            }
            sent
        }
    }

    #[test]
    fn a_late_401_says_nothing_of_a_token_that_was_fetched_since() {
        let (clock, source) = (Clock::default(), Source::default());
        let credential = BearerToken::new(|| source.fetch(&clock));
        let [late, early] = [(); 2].map(|()| Scripted::new([response(401, ""), response(200, "")]));
        let send_early = || {
            let client = Client::new(&early, &clock, &credential);
            blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        };
        let transport = Meanwhile(&late, Mutex::new(Some(Box::new(send_early))));
        let client = Client::new(transport, &clock, &credential);
        blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        assert_eq!(authorizations(&early), [token(1), token(2)]);
        assert_eq!(authorizations(&late), [token(1), token(2)]);
        assert_eq!(source.fetched.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn while_a_token_is_valid_nobody_waits_for_the_next_one() {
        type Fetch = Box<dyn Fn() -> Result<AccessToken, String> + Send + Sync>;
        static CREDENTIAL: OnceLock<BearerToken<Fetch>> = OnceLock::new();
        static CLOCK: Clock = Clock(Mutex::new(0));
        let transport: &'static Scripted =
            Box::leak(Box::new(Scripted::new(std::iter::repeat_n(response(200, ""), 3))));
        let send = move || {
            let client = Client::new(transport, &CLOCK, CREDENTIAL.get().unwrap());
            blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        };
        let source = Source::default();
        // The second token comes only after another call was made.
        let fetch = move || {
            if CLOCK.uptime().as_secs() > 0 {
                send();
            }
            source.fetch(&CLOCK)
        };
        CREDENTIAL.set(BearerToken::new(Box::new(fetch))).unwrap();
        send();
        CLOCK.set(800);
        send();
        assert_eq!(authorizations(transport), [1, 1, 2].map(token));
    }

    #[test]
    fn who_waits_for_a_fetch_that_fails_begins_none_of_their_own() {
        let (clock, fetched, has_failed) = (Clock::default(), AtomicU32::new(0), AtomicBool::new(false));
        let credential = AsyncBearerToken::new(async || {
            fetched.fetch_add(1, Ordering::Relaxed);
            let end = |_: &mut Context<'_>| {
                if has_failed.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
            };
            std::future::poll_fn(end).await;
            Err::<AccessToken, _>("the directory is down")
        });
        let transport = Scripted::new([]);
        let publisher = Publisher::new(Client::new(&transport, &clock, &credential), topic());
        let event = event();
        let mut context = Context::from_waker(Waker::noop());
        let mut sends: Vec<_> = (0..3).map(|_| Box::pin(publisher.send(&event))).collect();
        assert!(sends.iter_mut().all(|send| send.as_mut().poll(&mut context).is_pending()));
        has_failed.store(true, Ordering::Relaxed);
        for (place, send) in sends.iter_mut().enumerate() {
            let Poll::Ready(Err(error)) = send.as_mut().poll(&mut context) else { panic!("{place}") };
            let text = eventgrid::with_causes(&error).to_string();
            assert!(text.ends_with(": the directory is down"), "{text}");
        }
        assert_eq!(fetched.load(Ordering::Relaxed), 1);
        ready(publisher.send(&event)).unwrap_err();
        assert_eq!(fetched.load(Ordering::Relaxed), 2, "a later request tries again");
    }

    #[test]
    fn clones_share_the_token() {
        let (clock, source) = (Clock::default(), Source::default());
        let transport = Scripted::new(std::iter::repeat_n(response(200, ""), 6));

        let client = Client::new(&transport, &clock, BearerToken::new(|| source.fetch(&clock)));
        for client in [client.clone(), client] {
            blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        }
        let client = Client::new(&transport, &clock, AsyncBearerToken::new(async || source.fetch(&clock)));
        for client in [client.clone(), client] {
            ready(Publisher::new(client, topic()).send(&event())).unwrap();
        }
        let shared = Arc::new(AsyncBearerToken::new(async || source.fetch(&clock)));
        for credential in [Arc::clone(&shared), shared] {
            let client = Client::new(&transport, &clock, credential);
            ready(Publisher::new(client, topic()).send(&event())).unwrap();
        }
        assert_eq!(authorizations(&transport), [1, 1, 2, 2, 3, 3].map(token));
    }

    #[test]
    fn an_asynchronous_program_chooses_at_run_time() {
        let clock = Arc::new(Clock::default());
        let transport = Scripted::new([response(200, ""), response(401, ""), response(200, "")]);
        let source = Arc::new(Source::default());
        let fetch = {
            let clock = Arc::clone(&clock);
            move || std::future::ready(source.fetch(&clock))
        };
        let choices = [
            AnyCredential::new(AccessKey::new("a2V5")),
            AnyCredential::new(Rotating::new(AnyCredential::new(AsyncBearerToken::new(fetch)))),
        ];
        for credential in choices {
            assert!(!format!("{credential:?}").contains("a2V5"));
            let client = Client::new(&transport, &*clock, credential);
            ready(Publisher::new(client, topic()).send(&event())).unwrap();
        }
        let expected = ["SharedAccessKey a2V5".to_owned(), token(1), token(2)];
        assert_eq!(authorizations(&transport), expected);
    }

    #[test]
    fn a_replaced_source_is_asked_for_the_next_token() {
        let (clock, source) = (Clock::default(), Source::default());
        let fetch = &async || source.fetch(&clock);
        let transport = Scripted::new(std::iter::repeat_n(response(200, ""), 3));
        let credential = Rotating::new(AsyncBearerToken::new(fetch));
        let client = Client::new(&transport, &clock, credential.clone());
        let publisher = Publisher::new(client, topic());
        ready(publisher.send(&event())).unwrap();
        ready(publisher.send(&event())).unwrap();
        credential.replace(AsyncBearerToken::new(fetch));
        ready(publisher.send(&event())).unwrap();
        assert_eq!(authorizations(&transport), [1, 1, 2].map(token));
    }

    #[test]
    fn a_token_goes_over_plain_http_to_this_machine() {
        for endpoint in ["http://127.0.0.1:6500", "http://localhost", "http://[::1]:6500"] {
            let (clock, source) = (Clock::default(), Source::default());
            let transport = Scripted::new([response(200, "{}"), response(200, "{}")]);
            let topic = || NamespaceTopic::new(endpoint, "orders").unwrap();
            let credential = BearerToken::new(|| source.fetch(&clock));
            let client = Client::new(&transport, &clock, credential);
            blocking::Publisher::new(client, topic()).send(&event()).unwrap();
            let credential = AsyncBearerToken::new(async || source.fetch(&clock));
            let client = Client::new(&transport, &clock, credential);
            ready(Publisher::new(client, topic()).send(&event())).unwrap();
            assert_eq!(authorizations(&transport), [1, 2].map(token));
        }
    }

    #[test]
    fn a_token_never_goes_over_plain_http_to_another_machine() {
        for endpoint in ["http://10.0.2.2:6500", "http://ns.example"] {
            let (clock, source) = (Clock::default(), Source::default());
            let transport = Scripted::new([]);
            let topic = || NamespaceTopic::new(endpoint, "orders").unwrap();
            let credential = BearerToken::new(|| source.fetch(&clock));
            let client = Client::new(&transport, &clock, credential).allow_plain_http();
            let error = blocking::Publisher::new(client, topic()).send(&event()).unwrap_err();
            assert!(
                matches!(error, Error::Credential { error: CredentialError::PlainHttp, .. }),
                "{error:?}"
            );
            let credential = AsyncBearerToken::new(async || source.fetch(&clock));
            let client = Client::new(&transport, &clock, credential).allow_plain_http();
            let error = ready(Publisher::new(client, topic()).send(&event())).unwrap_err();
            assert!(
                matches!(error, Error::Credential { error: CredentialError::PlainHttp, .. }),
                "{error:?}"
            );
            assert_eq!(source.fetched.load(Ordering::Relaxed), 0, "it is not even fetched");
        }
    }

    #[test]
    fn nothing_shows_the_token() {
        let credential =
            BearerToken::new(|| Ok::<_, String>(AccessToken::new("s3cret", Duration::from_secs(9999))));
        let transport = Scripted::new([response(200, "")]);
        let client = Client::new(&transport, Clock::default(), &credential);
        blocking::Publisher::new(client, topic()).send(&event()).unwrap();
        assert_eq!(authorizations(&transport), ["Bearer s3cret"]);
        assert!(!format!("{credential:?}").contains("s3cret"));
    }
}
