//! Shutting a transport down: requests in progress end at once, and no other one begins.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{JoinHandle, spawn};

use eventgrid_ureq::eventgrid::{
    AccessKey, Buf, CloudEvent, Error, NamespaceTopic, Open, ReadBody, ReceiveOptions, Request, Response,
    Std, Subscription, Transport, TransportError, TransportErrorKind,
};
use eventgrid_ureq::{Client, Consumer, Publisher, Ureq};

/// A server that takes a request of each connection and responds with these bytes, and no more.
/// Sends the connections once it has done so.
fn server(response: &'static [u8]) -> (String, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap() == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            stream.write_all(response).unwrap();
            if sender.send(stream).is_err() {
                break;
            }
        }
    });
    (endpoint, receiver)
}

fn transport() -> Ureq {
    Ureq::builder().without_proxy().build()
}

type Failure = Error<'static, eventgrid_ureq::Error>;

/// A poll on a thread of its own: how it ends.
fn poll(transport: &Ureq, endpoint: &str) -> JoinHandle<Result<usize, Failure>> {
    let client = Client::new(transport.clone(), Std, AccessKey::new("c2VjcmV0"));
    let subscription = Subscription::new(endpoint.to_owned(), "orders", "billing").unwrap();
    let consumer = Consumer::new(client, subscription);
    spawn(move || consumer.receive(ReceiveOptions::new()).map(|batch| batch.len()))
}

/// Whether the transport was shut down, and whether the request may have been sent.
fn is_shut_down(failure: &Failure, sent: bool) {
    let Error::Transport { error, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Configuration, sent));
    assert!(error.to_string().starts_with("the transport was shut down"), "{error}");
    assert!(!failure.is_retryable());
}

#[test]
fn a_poll_ends_and_no_clone_begins_another_request() {
    let (endpoint, connections) = server(b"");
    let transport = transport();
    let clone = transport.clone();
    let polls = [poll(&transport, &endpoint), poll(&clone, &endpoint)];
    let open = [connections.recv().unwrap(), connections.recv().unwrap()];
    transport.shutdown();
    for poll in polls {
        is_shut_down(&poll.join().unwrap().unwrap_err(), true);
    }
    drop(open);
    for again in [transport, clone] {
        again.close();
        again.shutdown();
        let client = Client::new(again, Std, AccessKey::new("c2VjcmV0"));
        let publisher = Publisher::new(client, NamespaceTopic::new(endpoint.clone(), "orders").unwrap());
        is_shut_down(&publisher.send(&CloudEvent::new("1", "urn:shop", "Ordered")).unwrap_err(), false);
    }
    assert!(connections.try_recv().is_err(), "no other connection was opened");
}

#[test]
fn a_poll_of_connections_that_were_closed_meanwhile_ends_too() {
    let (endpoint, connections) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
    let transport = transport();
    let before = poll(&transport, &endpoint);
    let open = connections.recv().unwrap();
    transport.close();
    let after = poll(&transport, &endpoint);
    let also_open = connections.recv().unwrap();
    transport.shutdown();
    is_shut_down(&before.join().unwrap().unwrap_err(), true);
    is_shut_down(&after.join().unwrap().unwrap_err(), true);
    drop((open, also_open));
}

#[test]
fn a_body_that_is_read_in_pieces_ends() {
    let (endpoint, connections) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
    let transport = transport();
    let url = format!("{endpoint}/topics");
    let request = Request::new("GET", &url);
    let mut body = transport.open(&request, &mut Response::new(Buf::counting())).unwrap();
    let open = connections.recv().unwrap();
    transport.close();
    let mut room = [0; 8];
    assert_eq!(body.read(&mut room).unwrap(), 1);
    transport.shutdown();
    let error = body.read(&mut room).unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Configuration, true));
    drop(open);
}

#[test]
fn another_transport_goes_on() {
    let (endpoint, connections) = server(b"");
    let (ending, other) = (transport(), transport());
    let ended = poll(&ending, &endpoint);
    let _open = connections.recv().unwrap();
    let goes_on = poll(&other, &endpoint);
    let mut open = connections.recv().unwrap();
    ending.shutdown();
    is_shut_down(&ended.join().unwrap().unwrap_err(), true);
    open.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"value\":[]}").unwrap();
    assert_eq!(goes_on.join().unwrap().unwrap(), 0);
}
