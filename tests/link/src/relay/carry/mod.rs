//! One connection of a relay: two sockets, a link, and the four threads that carry bytes between
//! them.

mod wire;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

pub(super) use self::wire::Wire;

use super::sockets;
use super::stats::Counters;
use crate::error::Error;
use crate::link::End;

/// What a thread moves at once.
const CHUNK: usize = 16 << 10;

/// The chunk is on the heap.
const STACK: usize = 64 << 10;

/// Starts a thread with a small stack.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    builder(name).spawn(work)
}

fn builder(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned()).stack_size(STACK)
}

/// Carries a connection until it is over.
pub(super) fn carry(wire: &Wire, client: &TcpStream, server: &TcpStream, counters: &Counters) {
    thread::scope(|scope| {
        let started: io::Result<()> = (|| {
            builder("link-from-client").spawn_scoped(scope, || read(wire, End::Client, client))?;
            builder("link-from-server").spawn_scoped(scope, || read(wire, End::Server, server))?;
            builder("link-to-client").spawn_scoped(scope, || write(wire, End::Client, client, counters))?;
            Ok(())
        })();
        if started.is_err() {
            // Without its threads, the connection cannot be carried.
            wire.cut();
            sockets::reset(client);
        }
        write(wire, End::Server, server, counters);
    });
    if wire.is_reset() {
        counters.resets.fetch_add(1, Ordering::SeqCst);
    }
}

/// Carries bytes from the socket of an end to the link.
fn read(wire: &Wire, end: End, mut socket: &TcpStream) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(room) = wire.wait_for_room(end) {
        match socket.read(&mut chunk[..room.min(CHUNK)]) {
            Ok(0) => return wire.shutdown(end),
            Ok(count) if wire.push(end, &chunk[..count]).is_err() => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return wire.abort(end),
        }
    }
}

/// Carries bytes from the link to the socket of an end, and then waits until the connection is
/// over: a reset can still come.
fn write(wire: &Wire, end: End, socket: &TcpStream, counters: &Counters) {
    if write_all(wire, end, socket, counters).is_err() || wire.wait_until_over(end).is_err() {
        wire.abort(end);
        sockets::reset(socket);
    }
}

fn write_all(wire: &Wire, end: End, socket: &TcpStream, counters: &Counters) -> Result<(), Error> {
    let mut chunk = vec![0; CHUNK];
    while let Some(count) = wire.pull(end, &mut chunk)? {
        let mut rest = &chunk[..count];
        while !rest.is_empty() {
            let written = write_some(wire, socket, rest)?;
            counters.bytes_to(end).fetch_add(written as u64, Ordering::SeqCst);
            rest = &rest[written..];
        }
    }
    // It fails if the peer has reset the connection, which its reader finds out.
    let _ = socket.shutdown(Shutdown::Write);
    Ok(())
}

/// Returns how many bytes the socket has taken, which may be 0. A socket that fails is a reset by
/// its peer.
fn write_some(wire: &Wire, mut socket: &TcpStream, bytes: &[u8]) -> Result<usize, Error> {
    match socket.write(bytes) {
        Ok(count) => Ok(count),
        Err(error) => match error.kind() {
            // The timeout; systems report it as either.
            ErrorKind::WouldBlock | ErrorKind::TimedOut if wire.is_reset() => Err(Error::Reset),
            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(0),
            _ => Err(Error::Reset),
        },
    }
}
