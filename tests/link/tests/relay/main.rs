//! The link over TCP. No test here depends on how long anything takes.

mod peers;

use std::io::{ErrorKind, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use link::relay::Relay;
use link::{LinkOptions, PipeOptions};
use socket2::{Domain, Socket, Type};

use self::peers::{Setup, bytes, echo, is_reset, receive, reset, send, until};

#[test]
fn bytes_go_both_ways_at_once_whole_and_in_order() {
    let options = PipeOptions::new()
        .rate(20_000_000)
        .latency(Duration::from_millis(2))
        .jitter(Duration::from_millis(2))
        .loss(0.01)
        .retransmission(Duration::from_millis(5));
    let setup = Setup::both(options);
    let (client, server) = setup.connect();
    let sent = bytes(1_000_000);
    thread::scope(|scope| {
        scope.spawn(|| send(&client, &sent).unwrap());
        scope.spawn(|| send(&server, &sent).unwrap());
        for socket in [&client, &server] {
            let (received, result) = receive(socket);
            result.unwrap();
            assert!(received == sent, "{} bytes", received.len());
        }
    });
    until(&setup.relay, |stats| stats.open == 0);
    let stats = setup.relay.stats();
    assert_eq!((stats.connections, stats.resets, stats.unreachable), (1, 0, 0));
    assert_eq!((stats.bytes_to_server, stats.bytes_to_client), (1_000_000, 1_000_000));
}

#[test]
fn a_single_byte_at_a_time_comes_through() {
    let setup = Setup::both(PipeOptions::new().fragment(1));
    let (client, server) = setup.connect();
    send(&client, b"hello").unwrap();
    assert_eq!(receive(&server).0, b"hello");
}

#[test]
fn a_client_that_has_shut_down_still_receives_the_response() {
    let setup = Setup::both(PipeOptions::new());
    let (client, server) = setup.connect();
    send(&client, b"request").unwrap();
    assert_eq!(receive(&server).0, b"request");
    send(&server, b"response").unwrap();
    assert_eq!(receive(&client).0, b"response");
    until(&setup.relay, |stats| stats.open == 0);
    assert_eq!(setup.relay.stats().resets, 0);
}

#[test]
fn a_reset_by_the_client_is_passed_on_after_its_bytes() {
    let setup = Setup::both(PipeOptions::new());
    let (client, server) = setup.connect();
    (&client).write_all(b"last words").unwrap();
    until(&setup.relay, |stats| stats.bytes_to_server == 10);
    reset(client);
    let (received, result) = receive(&server);
    assert_eq!(received, b"last words");
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionReset);
    until(&setup.relay, |stats| stats.open == 0 && stats.resets == 1);
}

#[test]
fn a_reset_by_the_server_is_passed_on() {
    let setup = Setup::both(PipeOptions::new());
    let (client, server) = setup.connect();
    reset(server);
    assert!(is_reset(&client));
}

#[test]
fn a_reset_after_the_end_of_a_direction_is_passed_on() {
    let setup = Setup::both(PipeOptions::new());
    let (client, server) = setup.connect();
    send(&client, b"request").unwrap();
    assert_eq!(receive(&server).0, b"request");
    reset(server);
    assert!(is_reset(&client));
}

#[test]
fn the_link_resets_both_ends_after_exactly_so_many_bytes() {
    let setup = Setup::new(&LinkOptions::new().to_client(PipeOptions::new().reset_after_bytes(10_000)));
    let (client, server) = setup.connect();
    thread::scope(|scope| {
        scope.spawn(|| (&server).write_all(&bytes(20_000)));
        let (received, result) = receive(&client);
        assert!(received == bytes(10_000), "{} bytes", received.len());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
    assert!(is_reset(&server));
    assert_eq!(setup.relay.stats().bytes_to_client, 10_000);
}

#[test]
fn the_link_resets_both_ends_after_a_time_even_if_one_has_ended() {
    let setup = Setup::both(PipeOptions::new().reset_after(Duration::from_millis(300)));
    let (client, server) = setup.connect();
    // It fails if the reset comes first.
    let _ = send(&client, b"");
    assert!(is_reset(&client));
    // The end of the client's direction may have come before the reset.
    until(&setup.relay, |stats| stats.open == 0);
    assert!((0..60_000).any(|_| {
        thread::sleep(Duration::from_millis(1));
        (&server).write_all(b"x").is_err()
    }));
}

#[test]
fn a_cut_resets_open_connections_and_no_later_ones() {
    let setup = Setup::both(PipeOptions::new());
    let open = [(); 3].map(|()| setup.connect());
    assert_eq!(setup.relay.cut(), 3);
    for (client, server) in &open {
        assert!(is_reset(client) && is_reset(server));
    }
    until(&setup.relay, |stats| stats.open == 0 && stats.resets == 3);

    let (client, server) = setup.connect();
    send(&client, b"again").unwrap();
    assert_eq!(receive(&server).0, b"again");
}

#[test]
fn a_cut_ends_writes_to_a_client_that_does_not_read() {
    let setup = Setup::both(PipeOptions::new());
    let (client, server) = setup.connect();
    thread::scope(|scope| {
        let flood = scope.spawn(|| while (&server).write_all(&[1; 10_000]).is_ok() {});
        until(&setup.relay, |stats| stats.bytes_to_client > 0);
        setup.relay.cut();
        flood.join().unwrap();
    });
    assert!(receive(&client).1.is_err());
    until(&setup.relay, |stats| stats.open == 0);
}

#[test]
fn a_sender_feels_a_link_that_is_stopped() {
    let setup = Setup::both(PipeOptions::new().rate(0));
    let (client, _server) = setup.connect();
    socket2::SockRef::from(&client).set_send_buffer_size(16 << 10).unwrap();
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut taken = 0;
    while let Ok(count) = (&client).write(&[1; 1000]) {
        taken += count;
        assert!(taken < 1 << 20, "everything is taken");
    }
    assert_eq!(setup.relay.stats().bytes_to_server, 0);
}

#[test]
fn options_can_change_while_bytes_wait() {
    let setup = Setup::both(PipeOptions::new().rate(0));
    let (client, server) = setup.connect();
    send(&client, b"stopped").unwrap();
    setup.relay.set_options(&LinkOptions::new());
    assert_eq!(receive(&server).0, b"stopped");
}

#[test]
fn a_client_is_reset_if_the_server_cannot_be_reached() {
    // Its port is taken, and it does not listen.
    let nobody = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    nobody.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let nobody = nobody.local_addr().unwrap().as_socket().unwrap();
    let relay = Relay::start(nobody, &LinkOptions::new()).unwrap();
    let client = TcpStream::connect(relay.address()).unwrap();
    assert!(is_reset(&client));
    until(&relay, |stats| stats.open == 0);
    let stats = relay.stats();
    assert_eq!((stats.connections, stats.unreachable), (1, 1));
}

#[test]
fn hundreds_of_connections_are_carried_at_once() {
    const COUNT: u8 = 200;
    let options = PipeOptions::new().rate(100_000).latency(Duration::from_millis(5));
    let relay = Relay::start(echo(), &LinkOptions::new().both(options)).unwrap();
    let clients: Vec<_> = (0..COUNT).map(|_| TcpStream::connect(relay.address()).unwrap()).collect();
    for (number, client) in (0..).zip(&clients) {
        send(client, &[number; 5000]).unwrap();
    }
    for (number, client) in (0..).zip(&clients) {
        let (received, result) = receive(client);
        result.unwrap();
        assert!(received == [number; 5000]);
    }
    let stats = relay.stats();
    assert_eq!(stats.connections, COUNT.into());
    assert_eq!(stats.bytes_to_client, u64::from(COUNT) * 5000);
}

#[test]
fn a_relay_that_is_dropped_resets_its_connections_and_frees_its_port() {
    let setup = Setup::both(PipeOptions::new().rate(10));
    let (client, server) = setup.connect();
    (&client).write_all(&bytes(50_000)).unwrap();
    drop(setup.relay);
    assert!(receive(&client).1.is_err() && receive(&server).1.is_err());
    // Somebody else may take a port that is free, but not each time.
    assert!((0..10).any(|_| {
        let relay = Setup::both(PipeOptions::new()).relay;
        let address = relay.address();
        drop(relay);
        TcpStream::connect(address).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }));
}
