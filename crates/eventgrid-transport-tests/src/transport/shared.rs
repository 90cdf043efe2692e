//! One transport, many threads.

use std::thread;

use crate::exchange::Exchange;

use crate::options::Options;
use crate::server::{Script, Server};
use crate::subject::Adapter;

rows![each_thread_gets_its_own_responses];

fn each_thread_gets_its_own_responses(adapter: Adapter) {
    const THREADS: usize = 8;
    const CALLS: usize = 25;
    let server = Server::start((0..THREADS * CALLS).map(|_| Script::new().echo()));
    let subject = adapter(&Options::default());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (subject, url) = (&subject, server.url());
            scope.spawn(move || {
                for call in 0..CALLS {
                    let text = format!("thread {thread}, call {call}");
                    let outcome = Exchange::publish_text(&url, &text).send(subject);
                    assert!(outcome.result.is_ok(), "{:?}", outcome.result);
                    let echo = String::from_utf8(outcome.body).unwrap();
                    assert!(echo.contains(&format!("\"{text}\"")), "{echo} is not the response to {text}");
                }
            });
        }
    });
    assert_eq!(server.finish().requests.len(), THREADS * CALLS);
}
