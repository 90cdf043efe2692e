//! Responses that are reported without another attempt.

use eventgrid::{Buf, Error, ReceiveOptions, RetryPolicy};

use crate::client::{Recorder, client, consumer, event, publisher};
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::transport::OK;

rows![
    what_will_not_pass_is_reported_with_the_words_of_the_service,
    a_redirect_to_another_host_is_reported_and_not_followed,
    a_large_error_page_keeps_its_status,
    a_batch_that_does_not_fit_is_not_asked_for_again,
];

fn what_will_not_pass_is_reported_with_the_words_of_the_service(adapter: Adapter) {
    for status in [400, 401, 403, 404, 405, 409, 413, 501] {
        let body = r#"{"error":{"code":"SomeCode","message":"some words"}}"#;
        let response = format!("HTTP/1.1 {status} No\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let server = Server::start([Script::new().respond(response)]);
        let recorder = Recorder::default();
        let error = publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap_err();
        assert!(!error.is_retryable());
        let Error::Service(error) = error else { panic!("{error}") };
        assert_eq!(error.status(), status);
        assert_eq!(error.code().unwrap(), *"SomeCode");
        assert_eq!(error.message().unwrap(), *"some words");
        assert!(recorder.slept().is_empty());
        assert_eq!(server.finish().requests.len(), 1);
    }
}

fn a_redirect_to_another_host_is_reported_and_not_followed(adapter: Adapter) {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start([Script::new().respond(OK)]);
        let redirect = format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {}/topics/readings:publish\r\nContent-Length: 0\r\n\r\n",
            other.url()
        );
        let server = Server::start([Script::new().respond(redirect)]);
        let recorder = Recorder::default();
        let error = publisher(client(adapter, &recorder), server.url()).send(&event()).unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(recorder.slept().is_empty());
        assert_eq!(server.finish().requests.len(), 1);
        assert_eq!(other.finish().connections, 0, "the credential must not go there");
    }
}

fn a_large_error_page_keeps_its_status(adapter: Adapter) {
    let page = "<html><h1>Bad Gateway</h1>".repeat(50_000);
    let response = format!("HTTP/1.1 502 Bad Gateway\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let server = Server::start([Script::new().respond(&response), Script::new().respond(&response)]);
    let client = client(adapter, &Recorder::default()).retry(RetryPolicy::none()).body_limit(2000);
    let publisher = publisher(client, server.url());

    let Err(Error::Service(error)) = publisher.send(&event()) else { panic!() };
    assert_eq!((error.status(), error.is_truncated(), error.body().len()), (502, true, 2000));

    let (mut tx, mut rx) = ([0; 2000], [0; 100]);
    let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
    let Err(Error::Service(error)) = publisher.send_in(&event(), &mut tx, &mut rx) else { panic!() };
    assert_eq!((error.status(), error.is_truncated(), error.body().len()), (502, true, 100));
    server.finish();
}

fn a_batch_that_does_not_fit_is_not_asked_for_again(adapter: Adapter) {
    let body = format!(r#"{{"value":["{}"]}}"#, "x".repeat(3000));
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Server::start([Script::new().respond(response)]);
    let recorder = Recorder::default();
    let consumer = consumer(client(adapter, &recorder).body_limit(2000), server.url());
    let error = consumer.receive(ReceiveOptions::new()).unwrap_err();
    let Error::BatchTooLarge(batch) = error else { panic!("{error}") };
    assert!(batch.is_empty(), "there is no lock token in it");
    assert!(recorder.slept().is_empty());
    assert_eq!(server.finish().requests.len(), 1);
}
