//! Microsoft Entra ID: a real credential of the Azure SDK gets tokens from a token endpoint of our
//! own, and the emulator accepts them.

#![cfg(feature = "azure-core")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, ClientOptions, HttpClient, Request, Transport};
use azure_core::time::{Duration, OffsetDateTime};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_hyper::eventgrid::credential::BEARER_SCOPE;
use eventgrid_hyper::eventgrid::{Client, CredentialError, Error, NamespaceTopic, RetryPolicy};
use eventgrid_hyper::{EntraId, Hyper, Publisher, Tokio};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use support::{event, read_head, tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const SECRET: &str = "s3cret";

/// The emulator, which takes one token, behind TLS.
async fn service(token: &str) -> (RunningEmulator, Hyper) {
    let emulator = Emulator::builder().subscription("readings", "alarms").bearer_token(token);
    let emulator = emulator.start("127.0.0.1:0").unwrap();
    let plain = emulator.endpoint().strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, certificate) = tls(&[]);
    tokio::spawn(async move {
        loop {
            let (tls, plain) = (tls.clone(), plain.clone());
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut outer = tls.accept(stream).await.unwrap();
                let mut inner = TcpStream::connect(plain).await.unwrap();
                // It ends however the client ends it.
                let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    let connector =
        tower::service_fn(
            move |_: hyper::Uri| async move { TcpStream::connect(address).await.map(TokioIo::new) },
        );
    let builder = Hyper::builder().without_proxy().root_certificates(certificate.as_bytes()).unwrap();
    (emulator, builder.connector(connector).build())
}

fn publisher(transport: &Hyper, credential: &EntraId) -> Publisher<EntraId> {
    let client = Client::new(transport.clone(), Tokio, credential.clone()).retry(RetryPolicy::none());
    Publisher::new(client, NamespaceTopic::new("https://eventgrid.invalid", "readings").unwrap())
}

/// Sends what is meant for the token endpoint to a server on this machine, without TLS.
#[derive(Debug)]
struct ToThisMachine(SocketAddr);

#[async_trait::async_trait]
impl HttpClient for ToThisMachine {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let Body::Bytes(form) = request.body() else { panic!("a form is short") };
        let stream = TokioIo::new(TcpStream::connect(self.0).await?);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let request = hyper::Request::post(request.url().path()).body(Full::new(form.clone())).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status().as_u16().into();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Ok(AsyncRawResponse::from_bytes(status, Headers::new(), body))
    }
}

/// A credential of the Azure SDK that asks `endpoint`.
fn client_secret(endpoint: SocketAddr) -> Arc<dyn TokenCredential> {
    let mut cloud = CustomConfiguration::default();
    "https://login.invalid".clone_into(&mut cloud.authority_host);
    let client_options = ClientOptions {
        transport: Some(Transport::new(Arc::new(ToThisMachine(endpoint)))),
        cloud: Some(Arc::new(CloudConfiguration::from(cloud))),
        ..ClientOptions::default()
    };
    ClientSecretCredential::new(
        "tenant",
        "application".to_owned(),
        Secret::new(SECRET),
        Some(ClientSecretCredentialOptions { client_options }),
    )
    .unwrap()
}

/// A token endpoint that sends this response to every request, and counts the requests.
async fn token_endpoint(status: &'static str, body: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let head = read_head(&mut stream).await;
            assert!(head.starts_with("POST /tenant/oauth2/v2.0/token "), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut form = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut form).await.unwrap();
            let form = String::from_utf8(form).unwrap();
            for part in ["client_id=application", "client_secret=s3cret", "eventgrid.azure.net%2F.default"] {
                assert!(form.contains(part), "{form}");
            }
            count.fetch_add(1, Ordering::Relaxed);
            let response = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    });
    (address, asked)
}

/// Publishes in so many tasks at the same time.
async fn publish(transport: &Hyper, credential: &EntraId, tasks: usize) {
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let publisher = publisher(transport, credential);
        running.spawn(async move { publisher.send(&event()).await.unwrap() });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_of_the_azure_sdk_is_asked_once_for_many_tasks() {
    let (endpoint, asked) = token_endpoint(
        "200 OK",
        r#"{"token_type":"Bearer","expires_in":3600,"ext_expires_in":3600,"access_token":"t0ken"}"#,
    )
    .await;
    let (emulator, transport) = service("t0ken").await;
    publish(&transport, &EntraId::new(client_secret(endpoint)), 30).await;
    assert_eq!(emulator.stats("readings", "alarms").unwrap().published, 30);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_error_has_the_reason_but_no_secret() {
    let refusal = r#"{"error":"invalid_client","error_description":"the application is not known"}"#;
    let (endpoint, _) = token_endpoint("401 Unauthorized", refusal).await;
    let (_emulator, transport) = service("t0ken").await;
    let credential = EntraId::new(client_secret(endpoint));
    let error = publisher(&transport, &credential).send(&event()).await.unwrap_err();
    let Error::Credential { error: CredentialError::Unavailable(cause), .. } = &error else {
        panic!("{error:?}")
    };
    assert!(cause.to_string().contains("the application is not known"), "{cause}");
    assert!(!error.may_have_been_acted_on());
    assert!(!format!("{error:?}{error}{cause}{credential:?}").contains(SECRET));
}

/// Brings these tokens one after the other, each valid for so long, and the last one forever.
#[derive(Debug)]
struct Listed {
    tokens: &'static [&'static str],
    valid: Duration,
    asked: AtomicUsize,
}

impl Listed {
    fn new(tokens: &'static [&'static str], valid: Duration) -> Arc<Self> {
        Arc::new(Self { tokens, valid, asked: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl TokenCredential for Listed {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, [BEARER_SCOPE]);
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let token = self.tokens[turn.min(self.tokens.len() - 1)];
        Ok(AccessToken::new(token, OffsetDateTime::now_utc() + self.valid))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_refusals_of_one_token_fetch_one_new_one() {
    let (emulator, transport) = service("new").await;
    let source = Listed::new(&["old", "new", "needless"], Duration::hours(1));
    publish(&transport, &EntraId::new(source.clone()), 30).await;
    assert_eq!(emulator.stats("readings", "alarms").unwrap().published, 30);
    assert_eq!(source.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_token_is_fetched_anew_before_it_ends_and_not_earlier() {
    let (_emulator, transport) = service("t0ken").await;
    for (valid, fetches) in [(Duration::minutes(4), 3), (Duration::minutes(10), 1)] {
        let source = Listed::new(&["t0ken"], valid);
        let publisher = publisher(&transport, &EntraId::new(source.clone()));
        for _ in 0..3 {
            publisher.send(&event()).await.unwrap();
        }
        assert_eq!(source.asked.load(Ordering::Relaxed), fetches, "{valid}");
    }
}
