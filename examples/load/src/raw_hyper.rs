//! Bare hyper: the least that the same requests can take, either with two headers and no deadlines
//! or with those of the crate.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::AnyError;
use crate::options::Workload;
use crate::raw::{self, BATCH, CONNECT, IDLE, KEY, RESPONSE, Terms, Urls};

pub(crate) fn run(endpoint: &str, terms: Terms, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let urls = Urls::new(endpoint);
    runtime(workload)?.block_on(async {
        let sender = Sender::new(terms);
        if workload == Workload::Consume100 {
            let acknowledgement = Bytes::from(raw::acknowledgement()?);
            for _ in 0..requests {
                sender.post(&urls.receive, "application/json", Bytes::new()).await?;
                sender.post(&urls.acknowledge, "application/json", acknowledgement.clone()).await?;
            }
            return Ok(());
        }
        let body = Bytes::from(raw::events(workload.events_per_request())?);
        at_a_time(workload, requests, move |share| {
            publish(sender.clone(), urls.publish.clone(), body.clone(), share)
        })
        .await
    })
}

async fn publish(sender: Sender, url: String, body: Bytes, requests: usize) -> Result<(), AnyError> {
    for _ in 0..requests {
        sender.post(&url, BATCH, body.clone()).await?;
    }
    Ok(())
}

#[derive(Clone)]
struct Sender {
    client: Client<HttpConnector, Full<Bytes>>,
    terms: Terms,
}

impl Sender {
    fn new(terms: Terms) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        let client = match terms {
            Terms::Bare => builder.build_http(),
            Terms::Ours => {
                let mut connector = HttpConnector::new();
                connector.set_connect_timeout(Some(CONNECT));
                // It closes connections that were idle for 90 seconds.
                builder.pool_timer(TokioTimer::new()).build(connector)
            }
        };
        Self { client, terms }
    }

    async fn post(&self, url: &str, content_type: &str, body: Bytes) -> Result<Bytes, AnyError> {
        let mut request = Request::post(url)
            .header("content-type", content_type)
            .header("authorization", format!("SharedAccessKey {KEY}"));
        if let Some((fixed, (name, id))) = self.terms.headers() {
            for (name, value) in fixed {
                request = request.header(name, value);
            }
            request = request.header(name, id);
        }
        let responding = self.client.request(request.body(Full::new(body))?);
        let response = match self.terms {
            Terms::Bare => responding.await?,
            Terms::Ours => timeout(RESPONSE, responding).await??,
        };
        if !response.status().is_success() {
            return Err(format!("the sink responded with {}", response.status()).into());
        }
        let mut body = response.into_body();
        if self.terms == Terms::Bare {
            return Ok(body.collect().await?.to_bytes());
        }
        let mut received = Vec::new();
        while let Some(frame) = timeout(IDLE, body.frame()).await? {
            received.extend_from_slice(&frame?.into_data().unwrap_or_default());
        }
        Ok(received.into())
    }
}

/// Two threads for what is done 64 at a time, and one for all else.
pub(crate) fn runtime(workload: Workload) -> std::io::Result<Runtime> {
    match workload {
        Workload::Publish1x64 => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
        _ => Builder::new_current_thread().enable_all().build(),
    }
}

/// Shares the requests among as many tasks as the workload has at a time.
pub(crate) async fn at_a_time<F: Future<Output = Result<(), AnyError>> + Send + 'static>(
    workload: Workload,
    requests: usize,
    task: impl Fn(usize) -> F,
) -> Result<(), AnyError> {
    if workload != Workload::Publish1x64 {
        return task(requests).await;
    }
    let tasks: Vec<_> =
        (0..64).map(|index| tokio::spawn(task(requests / 64 + usize::from(index < requests % 64)))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}
