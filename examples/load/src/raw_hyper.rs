//! By bare hyper: the least that the same requests can take.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::{Builder, Runtime};

use crate::AnyError;
use crate::options::Workload;
use crate::raw::{self, BATCH, KEY, Urls};

pub(crate) fn run(endpoint: &str, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let urls = Urls::new(endpoint);
    runtime(workload)?.block_on(async {
        let sender = Sender(Client::builder(TokioExecutor::new()).build_http());
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
struct Sender(Client<HttpConnector, Full<Bytes>>);

impl Sender {
    async fn post(&self, url: &str, content_type: &str, body: Bytes) -> Result<Bytes, AnyError> {
        let request = Request::post(url)
            .header("content-type", content_type)
            .header("authorization", format!("SharedAccessKey {KEY}"))
            .body(Full::new(body))?;
        let response = self.0.request(request).await?;
        if !response.status().is_success() {
            return Err(format!("the sink answered {}", response.status()).into());
        }
        Ok(response.into_body().collect().await?.to_bytes())
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
