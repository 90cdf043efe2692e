//! The list on a terminal.
//!
//! This module covers what the list has, what it looks like, what keys do, and the terminal. It is
//! told the records that are printed elsewhere, and decides about no event.

mod entry;
mod keys;
mod model;
mod picture;
mod screen;

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use eventgrid_push::{DeliveryTier, ResponseMeaning, ResponseRow};
use eventgrid_worker::ProcessorEvent;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};

use self::entry::Entry;
use self::model::{List, Request};
use self::screen::Screen;
use super::courier::Courier;
use super::record::{AttemptRecord, Outcome};
use crate::failure::{Failure, FailureKind, one_line};

/// How often times are shown anew.
const TICK: Duration = Duration::from_secs(1);

/// The shortest time between two pictures.
const SHORTEST_PICTURE: Duration = Duration::from_millis(30);

/// The list, which deliveries and the terminal share.
pub(super) struct SharedList {
    list: RefCell<List>,
    changed: Notify,
    began: Instant,
    /// Whether the user has ended the program by `q`.
    is_closed: Cell<bool>,
}

impl SharedList {
    /// An empty one. `title` is in its first line.
    pub(super) fn new(title: String) -> Self {
        Self {
            list: RefCell::new(List::new(title)),
            changed: Notify::new(),
            began: Instant::now(),
            is_closed: Cell::new(false),
        }
    }

    /// An event was received. Who is told by what is returned retries it at once.
    pub(super) fn begin(&self, event: &ProcessorEvent) -> Rc<Notify> {
        let entry = Entry::new(event);
        let retry = entry.retry();
        self.list.borrow_mut().add(entry);
        self.changed.notify_one();
        retry
    }

    /// An attempt to deliver an event has ended.
    pub(super) fn record(&self, key: &str, record: AttemptRecord) {
        self.list.borrow_mut().record(key, record, self.began.elapsed());
        self.changed.notify_one();
    }

    /// Whether the user has ended the program by `q`.
    pub(super) fn was_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Shows the list and obeys keys, until the user asks for the end: by `q`, which is not a
    /// failure ([`was_closed`](Self::was_closed)), or by Ctrl-C. Messages are shown in the last
    /// line.
    ///
    /// # Errors
    /// [`Failure`] is what it ends with in any case, also if the terminal cannot be used.
    pub(super) async fn show(
        &self,
        courier: &Courier,
        mut messages: mpsc::UnboundedReceiver<String>,
    ) -> Failure {
        let (again, replays) = mpsc::unbounded_channel();
        let said = async {
            while let Some(message) = messages.recv().await {
                self.list.borrow_mut().say(one_line(&message));
                self.changed.notify_one();
            }
        };
        let beside = async {
            tokio::join!(said, self.replay(courier, replays));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = self.draw_and_obey(&again) => ended.unwrap_or_else(|error| {
                Failure::local("cannot use the terminal", &error)
                    .advice("choose a form of output instead of the list, such as -o table")
            }),
            () = beside => Failure::new(FailureKind::Other, "the list has ended"),
        }
    }

    async fn draw_and_obey(&self, again: &mpsc::UnboundedSender<Entry>) -> io::Result<Failure> {
        let mut screen = Screen::enter()?;
        let mut keys = keys::read();
        loop {
            screen.draw(&mut self.list.borrow_mut(), self.began.elapsed())?;
            tokio::select! {
                key = keys.recv() => {
                    let key = key.ok_or_else(|| io::Error::other("it cannot be read from"))?;
                    let request = self.list.borrow_mut().obey(&key);
                    match request {
                        Some(Request::Quit(kind)) => {
                            self.is_closed.set(kind == FailureKind::Other);
                            return Ok(Failure::new(kind, "interrupted"));
                        }
                        // It is received as long as the list is shown.
                        Some(Request::Replay(entry)) => drop(again.send(*entry)),
                        None => {}
                    }
                }
                () = self.changed.notified() => sleep(SHORTEST_PICTURE).await,
                () = sleep(TICK) => {}
            }
        }
    }

    /// Delivers events again that have their verdicts, one after the other. It changes no verdict.
    async fn replay(&self, courier: &Courier, mut entries: mpsc::UnboundedReceiver<Entry>) {
        while let Some(entry) = entries.recv().await {
            let pushed = courier.push(entry.json(), entry.delivery_count()).await;
            let key = entry.key().to_owned();
            let record = match pushed {
                Ok(ended) => {
                    let meaning = ResponseRow::of(DeliveryTier::Namespace, ended.result).meaning;
                    let is_taken = meaning == ResponseMeaning::Delivered;
                    let outcome = if is_taken { Outcome::Delivered } else { Outcome::Failed };
                    entry.next_record(outcome).ended(ended.result, &ended.text, ended.took)
                }
                Err(reason) => AttemptRecord { reason: Some(reason), ..entry.next_record(Outcome::Failed) },
            };
            self.record(&key, record);
        }
    }
}
