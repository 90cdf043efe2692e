//! The same program on bare ureq, without checks, retries or a report: the baseline for the size of
//! the other.

use std::error::Error;
use std::io::{BufRead, stdin};

const GROUP: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = std::env::var("EVENTGRID_ENDPOINT")?;
    let url =
        format!("{endpoint}/topics/{}:publish?api-version=2024-06-01", std::env::var("EVENTGRID_TOPIC")?);
    let authorization = format!("SharedAccessKey {}", std::env::var("EVENTGRID_KEY")?);
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();

    let lines: Vec<String> = stdin().lock().lines().collect::<Result<_, _>>()?;
    for group in lines.chunks(GROUP) {
        let mut response = agent
            .post(&url)
            .header("content-type", "application/cloudevents-batch+json; charset=utf-8")
            .header("authorization", &authorization)
            .send(format!("[{}]", group.join(",")))?;
        response.body_mut().read_to_vec()?;
    }
    println!("published {}", lines.len());
    Ok(())
}
