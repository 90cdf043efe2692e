//! `egrid context`.

use std::io::{self, Write};
use std::path;

use serde::Serialize;

use crate::arguments::{ContextAdd, ContextCommand};
use crate::context::{Context, ContextStore, KeySource};
use crate::failure::Failure;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(command: ContextCommand, format: OutputFormat) -> Result<(), Failure> {
    match command {
        ContextCommand::Add(arguments) => add(*arguments),
        ContextCommand::Use { name } => {
            let mut contexts = ContextStore::read()?;
            let name = contexts.set_current(&name)?;
            contexts.write()?;
            message!("now using context {name}");
            Ok(())
        }
        ContextCommand::List => list(&ContextStore::read()?, format),
        ContextCommand::Remove { name } => {
            let mut contexts = ContextStore::read()?;
            contexts.remove(&name)?;
            contexts.write()
        }
    }
}

fn add(arguments: ContextAdd) -> Result<(), Failure> {
    let ContextAdd { name, is_used, replace, connection, subscription } = arguments;
    if connection.key.is_some() {
        return Err(Failure::usage("a context keeps no key, only where it comes from")
            .advice("use --key-file, --key-env or --key-command"));
    }
    if connection.max_retries.is_some() {
        return Err(Failure::usage("a context keeps no number of retries")
            .advice("leave out --max-retries here, and give it to the command that connects"));
    }
    let key = match connection.key_source() {
        // The context is used from other folders, too.
        Some(KeySource::File(file)) => Some(KeySource::File(path::absolute(&file).map_err(|error| {
            Failure::local(format!("cannot find the folder of {}", file.display()), &error)
        })?)),
        key => key,
    };
    let endpoint = connection
        .endpoint
        .ok_or_else(|| Failure::usage("a context needs an endpoint").advice("name it by --endpoint"))?;
    eventgrid::Endpoint::new(endpoint.as_str())
        .map_err(|error| Failure::usage("the endpoint is not valid").caused_by(&error))?;
    let context = Context {
        endpoint,
        kind: connection.kind,
        topic: connection.topic,
        subscription: subscription.subscription,
        channel: connection.channel,
        key,
        allow_plain_http: connection.allow_plain_http,
    };
    let mut contexts = ContextStore::read()?;
    let mut is_current = contexts.add(&name, context, replace)?;
    if is_used {
        contexts.set_current(&name)?;
        is_current = true;
    }
    contexts.write()?;
    if is_current {
        message!("now using context {name}");
    }
    Ok(())
}

fn list(contexts: &ContextStore, format: OutputFormat) -> Result<(), Failure> {
    let current = contexts.current().map(|(name, _)| name);
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let mut write = || {
        for (name, context) in contexts.all() {
            out.write(&Listed { name, is_current: Some(name) == current, context })?;
        }
        Ok(())
    };
    write().and_then(|()| out.finish()).map_err(|error| cannot_write(&error))
}

/// A context in the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'c> {
    name: &'c str,
    is_current: bool,
    #[serde(flatten)]
    context: &'c Context,
}

impl Record for Listed<'_> {
    const COLUMNS: &'static [&'static str] = &["", "NAME", "ENDPOINT", "TOPIC", "SUBSCRIPTION", "KEY FROM"];

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            if self.is_current { "*" } else { "" }.to_owned(),
            self.name.to_owned(),
            self.context.endpoint.clone(),
            text(&self.context.topic),
            text(&self.context.subscription),
            self.context.key_text(),
        ]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.name.as_bytes())
    }
}
