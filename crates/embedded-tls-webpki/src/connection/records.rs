//! Checks of received records that `embedded-tls` does not make and should.

use core::cell::Cell;

use embedded_io_async::{Error as _, ErrorKind, ErrorType, Read, Write};

use crate::error::TlsError;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER_SPEC: u8 = 20;
const ENCRYPTED: u8 = 23;

/// The longest record, RFC 8446 section 5.2.
const LONGEST: usize = (1 << 14) + 256;
/// What a cipher adds to a record: its tag, and a byte that says what it holds.
const SHORTEST_ENCRYPTED: usize = 16 + 1;

/// Checks the received records before `embedded-tls` sees them.
///
/// `embedded-tls` accepts plain text where only encrypted records are allowed, so anyone could end
/// a connection as if cleanly. And it panics on an encrypted record without content.
#[derive(Default)]
pub(super) struct Records {
    room: Cell<usize>,
    phase: Cell<Phase>,
    header: Cell<([u8; 5], usize)>,
    remaining: Cell<usize>,
    error: Cell<Option<TlsError>>,
}

#[derive(Clone, Copy, Default)]
enum Phase {
    /// The server's hello is still to come.
    #[default]
    Hello,
    /// The rest of the handshake.
    Handshake,
    /// Data.
    Open,
}

impl Records {
    /// Starts over for a new connection. `room` is the size of the read buffer.
    pub(super) fn begin_connection(&self, room: usize) {
        self.room.set(room);
        self.phase.set(Phase::Hello);
        self.header.take();
        self.remaining.set(0);
        self.error.set(None);
    }

    /// From now on, every record must be encrypted.
    pub(super) fn end_handshake(&self) {
        self.phase.set(Phase::Open);
    }

    /// Whether only a part of a record has been read.
    pub(super) fn is_within_a_record(&self) -> bool {
        self.remaining.get() > 0 || self.header.get().1 > 0
    }

    /// What was wrong with a record, or the socket's error.
    pub(super) fn error(&self) -> Option<TlsError> {
        self.error.get()
    }

    fn read(&self, mut bytes: &[u8]) -> Result<(), TlsError> {
        while let Some((first, rest)) = bytes.split_first() {
            if self.remaining.get() > 0 {
                let part = bytes.len().min(self.remaining.get());
                self.remaining.set(self.remaining.get() - part);
                bytes = &bytes[part..];
                continue;
            }
            let (mut header, length) = self.header.get();
            header[length] = *first;
            bytes = rest;
            if length + 1 < header.len() {
                self.header.set((header, length + 1));
            } else {
                self.header.set(([0; 5], 0));
                self.begin(header[0], usize::from(u16::from_be_bytes([header[3], header[4]])))?;
            }
        }
        Ok(())
    }

    fn begin(&self, kind: u8, length: usize) -> Result<(), TlsError> {
        let is_expected = match (self.phase.get(), kind) {
            (Phase::Hello, HANDSHAKE) => {
                self.phase.set(Phase::Handshake);
                true
            }
            (Phase::Hello, ALERT) | (Phase::Handshake, ALERT | CHANGE_CIPHER_SPEC) => true,
            (Phase::Handshake | Phase::Open, ENCRYPTED) => length >= SHORTEST_ENCRYPTED,
            _ => false,
        };
        if !is_expected || length == 0 || length > LONGEST {
            return Err(TlsError::Malformed);
        }
        if length > self.room.get() {
            return Err(TlsError::ReadBufferTooSmall { needed: length });
        }
        self.remaining.set(length);
        Ok(())
    }

    fn failed(&self, error: TlsError) -> ErrorKind {
        self.error.set(Some(error));
        embedded_io_async::Error::kind(&error)
    }
}

/// A socket whose received records are checked.
pub(super) struct Watched<'a, S> {
    pub(super) socket: &'a mut S,
    pub(super) records: &'a Records,
}

impl<S> ErrorType for Watched<'_, S> {
    type Error = ErrorKind;
}

impl<S: Read> Read for Watched<'_, S> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let read = self
            .socket
            .read(buffer)
            .await
            .map_err(|error| self.records.failed(TlsError::Io(error.kind())))?;
        self.records.read(&buffer[..read]).map_err(|error| self.records.failed(error))?;
        Ok(read)
    }
}

impl<S: Write> Write for Watched<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.socket.write(bytes).await.map_err(|error| self.records.failed(TlsError::Io(error.kind())))
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.socket.flush().await.map_err(|error| self.records.failed(TlsError::Io(error.kind())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &[u8] = &[22, 3, 3, 0, 2, 0, 0];
    const SEALED: &[u8] = &[23, 3, 3, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    fn after(records: &[&[u8]]) -> Records {
        let all = Records::default();
        all.begin_connection(1024);
        for record in records {
            all.read(record).unwrap();
        }
        all
    }

    #[test]
    fn a_handshake_passes_byte_by_byte() {
        let records = after(&[]);
        for byte in [HELLO, SEALED].concat() {
            records.read(&[byte]).unwrap();
        }
        assert!(!records.is_within_a_record());
        records.end_handshake();
        records.read(&[SEALED, SEALED, &SEALED[..6]].concat()).unwrap();
        assert!(records.is_within_a_record());
    }

    #[test]
    fn plain_text_ends_with_the_hello() {
        let alert = [21, 3, 3, 0, 2, 1, 0];
        let records = after(&[HELLO]);
        assert_eq!(records.read(HELLO), Err(TlsError::Malformed));
        let records = after(&[HELLO, &alert, SEALED]);
        records.end_handshake();
        assert_eq!(records.read(&alert), Err(TlsError::Malformed), "anyone can send it");
    }

    #[test]
    fn nothing_is_encrypted_before_the_hello() {
        assert_eq!(after(&[]).read(SEALED), Err(TlsError::Malformed));
    }

    #[test]
    fn an_encrypted_record_holds_something() {
        let empty = [&[23, 3, 3, 0, 16][..], &[0; 16]].concat();
        assert_eq!(after(&[HELLO]).read(&empty), Err(TlsError::Malformed), "`embedded-tls` panics");
        assert_eq!(after(&[]).read(&[22, 3, 3, 0, 0]), Err(TlsError::Malformed));
    }

    #[test]
    fn a_record_that_does_not_fit_says_how_long_it_is() {
        assert_eq!(after(&[]).read(&[22, 3, 3, 4, 0]), Ok(()));
        assert_eq!(after(&[]).read(&[22, 3, 3, 4, 1]), Err(TlsError::ReadBufferTooSmall { needed: 1025 }));
        assert_eq!(after(&[]).read(&[22, 3, 3, 0x41, 1]), Err(TlsError::Malformed), "no record is that long");
    }
}
