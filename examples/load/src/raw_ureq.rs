//! By bare ureq: the least that the same requests can take.

use crate::AnyError;
use crate::options::Workload;
use crate::raw::{self, BATCH, KEY, Urls};

pub(crate) fn run(endpoint: &str, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let agent = ureq::Agent::new_with_defaults();
    let urls = Urls::new(endpoint);
    let authorization = format!("SharedAccessKey {KEY}");
    let post = |url: &str, content_type: &str, body: &[u8]| -> Result<Vec<u8>, AnyError> {
        let request =
            agent.post(url).header("content-type", content_type).header("authorization", &authorization);
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
