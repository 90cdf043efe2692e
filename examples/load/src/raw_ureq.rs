//! Bare ureq: the least that the same requests can take, either with two headers and no deadlines
//! or with those of the crate.

use ureq::Agent;

use crate::AnyError;
use crate::options::Workload;
use crate::raw::{self, BATCH, CONNECT, IDLE, KEY, RESPONSE, Terms, Urls};

pub(crate) fn run(endpoint: &str, terms: Terms, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let agent = agent(terms);
    let urls = Urls::new(endpoint);
    let authorization = format!("SharedAccessKey {KEY}");
    let post = |url: &str, content_type: &str, body: &[u8]| -> Result<Vec<u8>, AnyError> {
        let mut request =
            agent.post(url).header("content-type", content_type).header("authorization", &authorization);
        if let Some((fixed, (name, id))) = terms.headers() {
            for (name, value) in fixed {
                request = request.header(name, value);
            }
            request = request.header(name, id);
        }
        Ok(request.send(body)?.body_mut().read_to_vec()?)
    };
    if workload == Workload::Consume100 {
        let acknowledgement = raw::acknowledgement()?;
        for _ in 0..requests {
            post(&urls.receive, "application/json", b"")?;
            post(&urls.acknowledge, "application/json", &acknowledgement)?;
        }
        return Ok(());
    }
    if workload == Workload::Publish1x64 {
        return Err("ureq blocks: take another workload, or hyper".into());
    }
    let body = raw::events(workload.events_per_request())?;
    for _ in 0..requests {
        post(&urls.publish, BATCH, &body)?;
    }
    Ok(())
}

/// ureq has deadlines for the parts of a request and of a response, and none for the time without a
/// byte.
fn agent(terms: Terms) -> Agent {
    match terms {
        Terms::Bare => Agent::new_with_defaults(),
        Terms::Ours => Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_send_request(Some(IDLE))
            .timeout_send_body(Some(IDLE))
            .timeout_recv_response(Some(RESPONSE))
            .timeout_recv_body(Some(IDLE))
            .build()
            .new_agent(),
    }
}
