//! What a server reports about the requests that it serves.

use std::sync::mpsc::{Receiver, channel};

use eventgrid_emulator::{Emulator, RunningEmulator, ServedRequest};

use crate::http_client::{Connection, PATIENCE, PUBLISH, RECEIVE};

fn observed() -> (RunningEmulator, Receiver<ServedRequest>) {
    let (sender, served) = channel();
    let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    let builder = builder.on_request(move |request| sender.send(request.clone()).unwrap());
    (builder.start("127.0.0.1:0").unwrap(), served)
}

fn next(served: &Receiver<ServedRequest>) -> ServedRequest {
    served.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn each_request_is_told_with_its_result_and_without_its_secrets() {
    let (emulator, served) = observed();
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    let request = next(&served);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", PUBLISH));
    assert_eq!((request.status.map(|status| status.as_u16()), request.response_bytes), (Some(200), 2));
    assert!(!request.is_refused());
    assert!(request.request_bytes > 50 && request.error_code.is_none(), "{request:?}");

    connection.write(
        "POST /topics/fake:publish?api-version=2024-06-01&aeg-sas-key=c2VjcmV0 HTTP/1.1\r\nhost: emulator\r\n\
         x-ms-client-request-id: mine\r\ncontent-length: 2\r\n\r\n[]",
    );
    assert_eq!(connection.reply().status, 404);
    let request = next(&served);
    assert!(request.is_refused());
    assert_eq!(request.error_code.as_deref(), Some("NotFound"));
    assert_eq!(request.error_message.as_deref(), Some("Topic 'fake' is not found"));
    assert_eq!(request.client_request_id.as_deref(), Some("mine"));
    assert_eq!(request.path, "/topics/fake:publish?api-version=2024-06-01&***");
    assert!(!format!("{request} {request:?}").contains("c2VjcmV0"));
}

#[test]
fn what_never_reaches_the_emulator_is_told_too() {
    let (emulator, served) = observed();
    let mut connection = Connection::open(emulator.address());
    connection.write("POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(connection.reply().status, 400);
    let request = next(&served);
    assert_eq!(request.error_message.as_deref(), Some("A request of HTTP/1.1 needs one Host header."));

    let mut gone = Connection::open(emulator.address());
    gone.send(RECEIVE, "application/json", "");
    crate::connections::until(|| emulator.waiting() == 1);
    drop(gone);
    let request = next(&served);
    assert_eq!(request.status, None);
    let message = request.error_message.unwrap();
    assert!(message.contains("before the response"), "{message}");
}

#[test]
fn text_of_a_request_cannot_forge_a_line() {
    let (emulator, served) = observed();
    let mut connection = Connection::open(emulator.address());
    connection.send("/topics/a%0A2026-01-01T00:00:00%1B[2K:publish?api-version=2024-06-01", "text/plain", "");
    assert_eq!(connection.reply().status, 404);
    let request = next(&served);
    assert!(request.error_message.as_ref().unwrap().contains('\n'), "the message is as it was sent");
    let line = request.to_string();
    assert!(line.chars().all(|character| !character.is_control()), "{line}");
}
