//! Gathers events until a request is full, and sends them.

use std::time::Duration;

use eventgrid::target::Target as _;
use eventgrid::{Data, Environment as _, Sleep as _, Transport};
use jiff::Timestamp;

use super::Publisher;
use super::chunk::Chunk;
use super::failed_file::FailedFile;
use super::pace::Pace;
use super::progress::Progress;
use super::report::Report;
use crate::arguments::PublishArguments;
use crate::events::{
    AnyEvent, EventFault, EventRecipe, EventSchema, Input, InputForm, InputItem, InputPlace, InputPosition,
    InputSource, NextInput, TemplateValues, event_in_record,
};
use crate::failure::{Failure, FailureKind};
use crate::interruption::Interruption;

/// How long events wait for others, when no more of them come.
const PATIENCE: Duration = Duration::from_millis(100);

/// Events on their way.
pub(super) struct Gathering<'p, T> {
    publisher: &'p Publisher<T>,
    schema: EventSchema,
    domain_topic: Option<&'p str>,
    interruption: &'p Interruption,
    chunk: Chunk,
    /// Where each event of the chunk is from.
    places: Vec<InputPlace>,
    /// Where the last one is from that was in a chunk before.
    last_place: Option<InputPlace>,
    /// The size of a request with the chunk, in bytes.
    bytes: usize,
    failed: FailedFile,
    progress: Progress,
    report: Report,
    /// Why nothing more is sent: all of it would be refused.
    hopeless: Option<FailureKind>,
    number: u64,
    /// How many bytes were read.
    read: u64,
    pace: Option<Pace>,
    /// The uptime when the first event was sent, and how many were since.
    sent: Option<(Duration, u64)>,
    /// The first and the last of the events that were not sent any more.
    unsent: Option<(InputPlace, InputPlace)>,
}

impl<'p, T: Transport> Gathering<'p, T> {
    /// Without any event.
    pub(super) fn new(
        publisher: &'p Publisher<T>,
        arguments: &'p PublishArguments,
        interruption: &'p Interruption,
        progress: Progress,
    ) -> Self {
        Self {
            publisher,
            schema: arguments.schema,
            domain_topic: arguments.domain_topic.as_deref(),
            interruption,
            chunk: Chunk::new(arguments, publisher.target().endpoint_kind()),
            places: Vec::new(),
            last_place: None,
            bytes: 0,
            failed: FailedFile::new(arguments.failed.clone()),
            report: Report::new(progress.clone()),
            progress,
            hopeless: None,
            number: 0,
            read: 0,
            pace: arguments.rate.map(Pace::new),
            sent: None,
            unsent: None,
        }
    }

    /// Makes so many events and sends them.
    ///
    /// # Errors
    /// [`Failure`] if the program was asked to end, or cannot keep what failed.
    pub(super) fn make(
        &mut self,
        make: impl Fn(&TemplateValues) -> Result<AnyEvent<'static>, EventFault>,
        count: u64,
    ) -> Result<(), Failure> {
        for _ in 0..count {
            self.check_interruption()?;
            if let Some(kind) = self.hopeless {
                self.report.fail_unmade(count - self.number, kind);
                break;
            }
            let values = self.next_values();
            let place = InputPlace::Made(values.number);
            self.add(place, &[], make(&values))?;
        }
        self.send()
    }

    /// Reads events and sends them.
    ///
    /// # Errors
    /// [`Failure`] if input cannot be read, if the program was asked to end, or if it cannot keep
    /// what failed.
    pub(super) fn read(
        &mut self,
        sources: Vec<InputSource>,
        form: InputForm,
        recipe: Option<&EventRecipe>,
    ) -> Result<(), Failure> {
        let mut input = Input::open(sources, form)?;
        let (mut result, mut is_all_read) = (Ok(()), false);
        let mut position = InputPosition::default();
        while result.is_ok() && !self.is_pointless() {
            self.check_interruption()?;
            match input.next(PATIENCE) {
                Ok(NextInput::Part(items)) => {
                    let taken = items.try_for_each(&mut position, |item| {
                        if self.is_pointless() {
                            return Err(None);
                        }
                        self.add_item(item, form, recipe).map_err(Some)
                    });
                    match taken {
                        Ok(()) => input.recycle(items),
                        Err(None) => break,
                        Err(Some(failure)) => return Err(failure),
                    }
                }
                Ok(NextInput::Nothing) => self.send()?,
                Ok(NextInput::End) => {
                    is_all_read = true;
                    break;
                }
                Err(failure) => result = Err(failure),
            }
        }
        self.send()?;
        if self.hopeless.is_some() && !is_all_read {
            self.progress.print("the rest of the input was not read; --failed would keep it");
        }
        result
    }

    /// Whether events would neither be sent nor kept.
    fn is_pointless(&self) -> bool {
        self.hopeless.is_some() && !self.failed.keeps()
    }

    fn next_values(&mut self) -> TemplateValues {
        self.number += 1;
        self.values()
    }

    /// What is filled into the event that is made now.
    fn values(&self) -> TemplateValues {
        TemplateValues { number: self.number, now: Timestamp::now() }
    }

    fn add_item(
        &mut self,
        item: InputItem<'_>,
        form: InputForm,
        recipe: Option<&EventRecipe>,
    ) -> Result<(), Failure> {
        self.number += 1;
        // With its line break.
        self.read += item.bytes.len() as u64 + 1;
        let text = item.text().map_err(|error| EventFault::new(format!("it is not text in UTF-8: {error}")));
        if let (Ok(text), None, None) = (&text, recipe, self.domain_topic) {
            if let Some(size) = self.chunk.push_as_it_came(text) {
                return self.pushed(item.place, size);
            }
        }
        let event = text.and_then(|text| match recipe {
            // Every JSON value is an event of a custom schema, so a record is one, too.
            None => AnyEvent::from_json(self.schema, text)
                .or_else(|_| AnyEvent::from_json(self.schema, event_in_record(text))),
            Some(recipe) => {
                let data = match form {
                    InputForm::Text => Data::text(text),
                    InputForm::Json { .. } => Data::raw_json(text)?,
                };
                recipe.with_data(&self.values(), data)
            }
        });
        self.add(item.place, item.bytes, event)
    }

    /// Takes an event, and sends what there is if another one would not fit. `source` is what is
    /// kept of an event that is not valid.
    fn add(
        &mut self,
        place: InputPlace,
        source: &[u8],
        event: Result<AnyEvent<'_>, EventFault>,
    ) -> Result<(), Failure> {
        let pushed = event.and_then(|event| {
            let event = match self.domain_topic {
                Some(topic) => event.for_domain_topic(topic),
                None => event,
            };
            self.chunk.push(event)
        });
        match pushed {
            Ok(size) => self.pushed(place, size),
            Err(fault) => {
                self.report.fail(std::slice::from_ref(&place), FailureKind::Usage, &fault.to_string());
                self.progress.advance(1);
                self.failed.keep(source)
            }
        }
    }

    /// Counts an event that was put into the chunk, with its size in bytes, and sends what there is
    /// if another one would not fit.
    fn pushed(&mut self, place: InputPlace, size: usize) -> Result<(), Failure> {
        let limits = self.publisher.send_limits();
        self.places.push(place);
        // The brackets around all, and the comma after each.
        self.bytes += size + if self.places.len() == 1 { 2 } else { 1 };
        // Events are often of one size: another one like this would not fit.
        if self.places.len() >= limits.max_events || self.bytes + size + 1 > limits.max_bytes {
            self.send()?;
            self.progress.estimate(self.number, self.read);
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Failure> {
        if self.places.is_empty() {
            return Ok(());
        }
        self.keep_pace();
        let refusals = match (self.hopeless, self.interruption.failure()) {
            (None, None) => self.chunk.send(self.publisher),
            (hopeless, interruption) => {
                let kind = hopeless.or(interruption.map(|failure| failure.kind()));
                return self.give_up(kind.unwrap_or(FailureKind::Other));
            }
        };
        let (mut refused, mut kept) = (0, Ok(()));
        for refusal in refusals {
            refused += refusal.events.len();
            let places = self.places.get(refusal.events.clone()).unwrap_or_default();
            self.report.fail(places, refusal.kind, &refusal.message);
            for index in refusal.events {
                kept = kept.and_then(|()| self.failed.keep(self.chunk.json(index).as_bytes()));
            }
            if refusal.is_hopeless {
                self.hopeless = Some(refusal.kind);
            }
        }
        self.report.accept(self.places.len() - refused);
        // What was accepted must not be kept as well, even if nothing else can be.
        self.clear();
        kept.and_then(|()| self.failed.flush())
    }

    /// Waits until the chunk may be sent, or the program is to end.
    fn keep_pace(&mut self) {
        let Some(pace) = self.pace else { return };
        let now = self.interruption.uptime();
        let (begin, sent) = self.sent.get_or_insert((now, 0));
        self.interruption.sleep(pace.wait(*sent, now.saturating_sub(*begin)));
        *sent += self.places.len() as u64;
    }

    /// Keeps what is not sent any more.
    fn give_up(&mut self, kind: FailureKind) -> Result<(), Failure> {
        self.report.fail_quietly(self.places.len(), kind);
        if let (Some(first), Some(last)) = (self.places.first(), self.places.last()) {
            let first = self.unsent.take().map_or_else(|| first.clone(), |(first, _)| first);
            self.unsent = Some((first, last.clone()));
        }
        let kept =
            (0..self.chunk.len()).try_for_each(|index| self.failed.keep(self.chunk.json(index).as_bytes()));
        self.clear();
        kept.and_then(|()| self.failed.flush())
    }

    fn clear(&mut self) {
        self.progress.advance(self.places.len());
        self.chunk.clear();
        self.last_place = self.places.pop().or(self.last_place.take());
        self.places.clear();
        self.bytes = 0;
    }

    fn check_interruption(&self) -> Result<(), Failure> {
        self.interruption.failure().map_or(Ok(()), Err)
    }

    /// What became of it all, if it ended with `result`.
    pub(super) fn end(mut self, result: Result<(), Failure>) -> Report {
        let last = self.places.last().cloned().or_else(|| self.last_place.clone());
        // A request that was ended is no more than a consequence.
        let interrupted = || self.report.has_failures().then(|| self.interruption.failure()).flatten();
        let mut failure = result.err().or_else(interrupted);
        if let Some(reason) = &failure {
            let kept = self.give_up(reason.kind());
            failure = kept.err().or(failure);
        }
        if let Err(cannot_keep) = self.failed.flush() {
            failure = Some(cannot_keep);
        }
        self.progress.finish();
        let unsent = self.unsent.filter(|_| !self.failed.keeps_all());
        self.report.end(failure, unsent, last, self.number);
        self.report
    }
}
