//! `egrid trigger`.
//!
//! This module covers how a type is found by its name, and how a sample becomes an event. The
//! samples are the library's, and publishing them is that of `egrid publish`.

mod names;

use std::io;

use eventgrid::system_events::SystemEvent;
use eventgrid_push::{DeliverySchema, SampleEvent};
use jiff::Timestamp;
use serde::Serialize;

use super::publish;
use crate::arguments::{PublishArguments, TriggerArguments};
use crate::events::{AnyEvent, EventFault, EventSchema, Template, TemplateValues};
use crate::failure::Failure;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(arguments: &TriggerArguments, format: Option<OutputFormat>) -> Result<(), Failure> {
    let name = arguments.name.as_deref().unwrap_or_default();
    if arguments.list {
        return list(name, OutputFormat::or_default(format));
    }
    let sample = Sample::new(names::find(name)?, arguments)?;
    // What is wrong with a sample is wrong with each of its events: it is said before any is sent.
    let first = TemplateValues { number: 1, now: Timestamp::now() };
    sample.make(&first).map_err(|fault| Failure::usage(fault.to_string()))?;
    let publishing = PublishArguments {
        schema: arguments.schema,
        count: arguments.count,
        domain_topic: arguments.domain_topic.clone(),
        dry_run: arguments.dry_run,
        connection: arguments.connection.clone(),
        ..PublishArguments::default()
    };
    publish::run_made(&publishing, |values| sample.make(values), format)
}

/// Prints the types that have `part` in them.
fn list(part: &str, format: OutputFormat) -> Result<(), Failure> {
    let part = part.to_ascii_lowercase();
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let mut types =
        SystemEvent::all().filter(|event| event.event_type().to_ascii_lowercase().contains(&part));
    let written = types
        .try_for_each(|event| {
            out.write(&KnownType { event_type: event.event_type(), service: event.service() })
        })
        .and_then(|()| out.finish());
    written.map_err(|error| cannot_write(&error))
}

/// A type that can be triggered.
#[derive(Debug, Serialize)]
struct KnownType {
    #[serde(rename = "type")]
    event_type: &'static str,
    service: &'static str,
}

impl Record for KnownType {
    const COLUMNS: &'static [&'static str] = &["TYPE", "SERVICE"];

    fn cells(&self) -> Vec<String> {
        vec![self.event_type.to_owned(), self.service.to_owned()]
    }

    fn write_raw(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.event_type.as_bytes())
    }
}

/// A sample, and what is different about it.
#[derive(Debug)]
struct Sample {
    event: SystemEvent,
    schema: EventSchema,
    /// Paths, and their values.
    overrides: Vec<(String, Template)>,
    /// Whether the event says itself which topic it is of.
    has_topic: bool,
}

impl Sample {
    /// The sample of a type, as the arguments have it.
    ///
    /// # Errors
    /// [`Failure`] if an override has no value or an unknown placeholder, or if system events have
    /// no such schema.
    fn new(event: SystemEvent, arguments: &TriggerArguments) -> Result<Self, Failure> {
        if arguments.schema == EventSchema::Custom {
            return Err(Failure::usage("system events have no custom schema")
                .advice("leave out --schema, or write --schema eventgrid"));
        }
        let subject = arguments.subject.as_deref().map(|subject| Ok(("subject", subject)));
        let overrides = arguments.overrides.iter().map(|assignment| {
            assignment.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--override {assignment:?} has no `=`"))
                    .advice("write it as --override data.contentLength=5")
            })
        });
        let overrides = subject
            .into_iter()
            .chain(overrides)
            .map(|pair| {
                let (path, value) = pair?;
                Ok((path.to_owned(), publish::template_of(value)?))
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let last = |names: &[&str]| {
            overrides.iter().rev().find(|(path, _)| names.contains(&path.as_str())).map(|(_, value)| value)
        };
        if let Some(id) = last(&["id"]) {
            let source = last(&["topic", "source"]).cloned().unwrap_or_default();
            publish::check_id(id, &source, arguments.count, "--override id")?;
        }
        let has_topic = overrides.iter().any(|(path, _)| path == "topic" || path == "source");
        Ok(Self { event, schema: arguments.schema, overrides, has_topic })
    }

    /// One event of it, with an id of its own and the current time.
    ///
    /// # Errors
    /// [`EventFault`] if a part cannot be set.
    fn make(&self, values: &TemplateValues) -> Result<AnyEvent<'static>, EventFault> {
        let id = uuid::Uuid::new_v4().to_string();
        let mut sample = SampleEvent::new(self.event, id, values.now_text());
        for (path, value) in &self.overrides {
            sample.set(path, &value.expand(values)).map_err(|error| EventFault::new(error.to_string()))?;
        }
        let schema = match self.schema {
            EventSchema::EventGrid => DeliverySchema::EventGrid,
            _ => DeliverySchema::CloudEvents,
        };
        let mut event = AnyEvent::from_json(self.schema, &sample.to_json(schema))?.into_owned()?;
        // A topic takes no event that names another one, and adds its own name.
        if let AnyEvent::EventGrid(event) = &mut event {
            if !self.has_topic {
                event.topic = None;
            }
            // Event Grid sends some about itself that have none.
            if event.subject.is_empty() {
                return Err(EventFault::new("the event needs a subject: give it one by --subject"));
            }
        }
        Ok(event)
    }
}
