//! Input: files and stdin, read part by part and cut into what stands for events.

mod items;
mod parts;
mod source;

use std::io;
use std::mem;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::Duration;

pub(crate) use self::items::{InputItem, InputItems, InputPlace, InputPosition};
use self::parts::InputStep;
pub(crate) use self::parts::{InputForm, InputParts};
pub(crate) use self::source::InputSource;
use crate::failure::Failure;

/// How many parts of the input may be read before they are taken.
const AHEAD: usize = 4;

/// The parts of the input, for a program that has other things to do while it waits for them.
#[derive(Debug)]
pub(crate) struct Input(Reading);

#[derive(Debug)]
enum Reading {
    /// Of lines in files, which are there: to hand parts to another processor takes longer than
    /// reading.
    Here { parts: InputParts, spare: Vec<u8> },
    /// Of pipes and the like, and of documents and long lines. The program may end while it waits
    /// for them.
    OnThread(ReadingThread),
}

#[derive(Debug)]
struct ReadingThread {
    from: Receiver<Result<InputItems, Failure>>,
    used: Sender<Vec<u8>>,
}

/// What there is of the input.
#[derive(Debug)]
pub(crate) enum NextInput {
    /// The next part of it.
    Part(InputItems),
    /// Nothing for now.
    Nothing,
    /// No more.
    End,
}

impl Input {
    /// Begins to read sources, one after the other.
    ///
    /// # Errors
    /// [`Failure`] if no thread can be started for it.
    pub(crate) fn open(sources: Vec<InputSource>, form: InputForm) -> Result<Self, Failure> {
        let are_files = sources.iter().all(InputSource::is_regular_file);
        let parts = InputParts::new(sources, form);
        Ok(Self(if are_files {
            Reading::Here { parts, spare: Vec::new() }
        } else {
            Reading::OnThread(ReadingThread::start(parts)?)
        }))
    }

    /// The next part, once it is there or this time is over.
    ///
    /// # Errors
    /// [`Failure`] if the input cannot be read. Nothing comes after it.
    pub(crate) fn next(&mut self, patience: Duration) -> Result<NextInput, Failure> {
        if let Reading::Here { parts, spare } = &mut self.0 {
            match parts.next_step(mem::take(spare))? {
                InputStep::Part(items) => return Ok(NextInput::Part(items)),
                InputStep::Long => {
                    let parts = mem::replace(parts, InputParts::none());
                    self.0 = Reading::OnThread(ReadingThread::start(parts)?);
                }
                InputStep::End => return Ok(NextInput::End),
            }
        }
        let Reading::OnThread(thread) = &self.0 else { return Ok(NextInput::End) };
        match thread.from.recv_timeout(patience) {
            Ok(part) => Ok(NextInput::Part(part?)),
            Err(RecvTimeoutError::Timeout) => Ok(NextInput::Nothing),
            Err(RecvTimeoutError::Disconnected) => Ok(NextInput::End),
        }
    }

    /// Uses the memory of a part for another one.
    pub(crate) fn recycle(&mut self, items: InputItems) {
        let buffer = items.into_buffer();
        match &mut self.0 {
            Reading::Here { spare, .. } => *spare = buffer,
            // Nobody needs it once all is read.
            Reading::OnThread(thread) => drop(thread.used.send(buffer)),
        }
    }
}

impl ReadingThread {
    fn start(parts: InputParts) -> Result<Self, Failure> {
        let ((to, from), (used, spare)) = (mpsc::sync_channel(AHEAD), mpsc::channel());
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || hand_over(parts, &to, &spare))
            .map_err(|error: io::Error| Failure::local("cannot begin to read", &error))?;
        Ok(Self { from, used })
    }
}

/// Hands over parts until there are no more, or nobody takes them any more.
fn hand_over(mut parts: InputParts, to: &SyncSender<Result<InputItems, Failure>>, spare: &Receiver<Vec<u8>>) {
    while let Some(part) = parts.next_part(spare.try_recv().unwrap_or_default()).transpose() {
        if to.send(part).is_err() {
            return;
        }
    }
}
