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
    /// Of files, which are there: to hand parts to another processor takes longer than reading.
    Here { parts: InputParts, spare: Vec<u8> },
    /// Of pipes and the like. The program may end while it waits for them.
    OnThread { from: Receiver<Result<InputItems, Failure>>, used: Sender<Vec<u8>> },
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
        if sources.iter().all(InputSource::is_regular_file) {
            return Ok(Self(Reading::Here { parts: InputParts::new(sources, form), spare: Vec::new() }));
        }
        let ((to, from), (used, spare)) = (mpsc::sync_channel(AHEAD), mpsc::channel());
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || hand_over(InputParts::new(sources, form), &to, &spare))
            .map_err(|error: io::Error| Failure::local("cannot begin to read", &error))?;
        Ok(Self(Reading::OnThread { from, used }))
    }

    /// The next part, once it is there or this time is over.
    ///
    /// # Errors
    /// [`Failure`] if the input cannot be read. Nothing comes after it.
    pub(crate) fn next(&mut self, patience: Duration) -> Result<NextInput, Failure> {
        let part = match &mut self.0 {
            Reading::Here { parts, spare } => parts.next_part(mem::take(spare))?,
            Reading::OnThread { from, .. } => match from.recv_timeout(patience) {
                Ok(part) => Some(part?),
                Err(RecvTimeoutError::Timeout) => return Ok(NextInput::Nothing),
                Err(RecvTimeoutError::Disconnected) => None,
            },
        };
        Ok(part.map_or(NextInput::End, NextInput::Part))
    }

    /// Uses the memory of a part for another one.
    pub(crate) fn recycle(&mut self, items: InputItems) {
        let buffer = items.into_buffer();
        match &mut self.0 {
            Reading::Here { spare, .. } => *spare = buffer,
            // Nobody needs it once all is read.
            Reading::OnThread { used, .. } => drop(used.send(buffer)),
        }
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
