//! The program, from its first request to SIGTERM.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const ORDERS: usize = 40;

#[test]
fn what_was_taken_is_published_and_billed_before_it_ends() {
    let mut service = Command::new(env!("CARGO_BIN_EXE_web-service"))
        .env("WEB_SERVICE_ADDRESS", "127.0.0.1:0")
        .env_remove("EVENTGRID_ENDPOINT")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(service.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.next().unwrap().strip_prefix("listening on ").unwrap().to_owned();

    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    std::thread::scope(|threads| {
        for number in 0..ORDERS {
            let (agent, url) = (&agent, format!("{address}/orders"));
            threads.spawn(move || {
                let order = format!(r#"{{"item":"tea","total":{number}}}"#);
                let request = agent.post(url).content_type("application/json");
                assert_eq!(request.send(order).unwrap().status(), 201);
            });
        }
    });
    let nonsense = agent.post(format!("{address}/orders")).content_type("application/json").send("{}");
    assert!(matches!(nonsense, Err(ureq::Error::StatusCode(422))), "{nonsense:?}");
    wait_until_billed(&mut lines, ORDERS);

    terminate(&service);
    assert!(service.wait().unwrap().success());
    assert_eq!(lines.last().unwrap(), format!("published {ORDERS}, billed {ORDERS}, lost 0"));
}

fn wait_until_billed(lines: &mut impl Iterator<Item = String>, orders: usize) {
    let billed = lines.filter(|line| line.starts_with("billed")).take(orders).count();
    assert_eq!(billed, orders);
}

fn terminate(service: &Child) {
    let killed = Command::new("kill").args(["-TERM", &service.id().to_string()]).status().unwrap();
    assert!(killed.success());
}
