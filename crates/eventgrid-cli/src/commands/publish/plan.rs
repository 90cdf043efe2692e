//! What is published: events made of arguments, or read.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use crate::arguments::{EventArguments, PublishArguments};
use crate::events::{
    AnyEvent, DataRecipe, EventFault, EventRecipe, EventSchema, InputForm, InputSource, RecipeParts,
    Template, TemplateValues,
};
use crate::failure::Failure;

/// How an event is made.
type Make<'m> = Box<dyn Fn(&TemplateValues) -> Result<AnyEvent<'static>, EventFault> + 'm>;

/// What is published.
pub(super) enum Plan<'m> {
    /// Events that are made, one like the other.
    Made(Make<'m>),
    /// Events that are read: whole ones, or with a recipe, their data.
    Read {
        /// Where from.
        sources: Vec<InputSource>,
        /// How the input is cut.
        form: InputForm,
        /// How the rest of each event is made.
        recipe: Option<Box<EventRecipe>>,
    },
}

impl Plan<'_> {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// [`Failure`] if they contradict each other, or name a file that cannot be read.
    pub(super) fn new(arguments: &PublishArguments) -> Result<Self, Failure> {
        if arguments.binary && arguments.schema != EventSchema::CloudEvents {
            return Err(Failure::usage("only CloudEvents have a binary content mode")
                .advice("leave out --binary, or --schema"));
        }
        check_schema(arguments)?;
        let has_lines = arguments.data_lines || arguments.text_lines;
        let is_custom = arguments.schema == EventSchema::Custom;
        let has_type = arguments.event.event_type.is_some() || (is_custom && arguments.event.is_given());
        if arguments.files.is_empty() && !has_lines && has_type {
            let recipe = recipe(arguments)?;
            if let Some(id) = &recipe.0.id {
                check_id(id, &recipe.0.source, arguments.count, "--id")?;
            }
            return Ok(Self::Made(Box::new(move |values| recipe.make(values))));
        }
        let sources = sources(arguments)?;
        if arguments.count != 1 {
            return Err(Failure::usage(
                "--count is for an event of arguments, and these events are read from files",
            )
            .advice("leave it out"));
        }
        if has_lines {
            let form = if arguments.text_lines {
                InputForm::Text
            } else {
                InputForm::Json { arrays_are_lists: false }
            };
            return Ok(Self::Read { sources, form, recipe: Some(Box::new(recipe(arguments)?)) });
        }
        if arguments.event.is_given() {
            return Err(Failure::usage("events that are read have their own attributes").advice(
                "leave out the arguments of an event, or say by --data-lines or --text-lines that the \
                 input is only data",
            ));
        }
        Ok(Self::Read { sources, form: InputForm::Json { arrays_are_lists: !is_custom }, recipe: None })
    }
}

/// That each argument of an event has a place in its schema: none is dropped silently.
fn check_schema(arguments: &PublishArguments) -> Result<(), Failure> {
    let EventArguments {
        event_type,
        source,
        subject,
        id,
        time,
        content_type,
        data_schema,
        data_version,
        extensions,
        ..
    } = &arguments.event;
    let cloud = [
        ("--source", source.is_some()),
        ("--content-type", content_type.is_some()),
        ("--dataschema", data_schema.is_some()),
        ("--ext", !extensions.is_empty()),
    ];
    let both = [
        ("--type", event_type.is_some()),
        ("--subject", subject.is_some()),
        ("--id", id.is_some()),
        ("--time", time.is_some()),
    ];
    let event_grid = [("--data-version", data_version.is_some())];
    let domain = [("--domain-topic", arguments.domain_topic.is_some())];
    let (schema, strangers) = match arguments.schema {
        EventSchema::CloudEvents => ("a CloudEvent", event_grid.to_vec()),
        EventSchema::EventGrid => ("an event of the Event Grid schema", cloud.to_vec()),
        EventSchema::Custom => (
            "an event of a custom schema, which is its data alone,",
            [&cloud[..], &both, &event_grid, &domain].concat(),
        ),
    };
    match strangers.iter().find(|(_, is_given)| *is_given) {
        Some((argument, _)) => Err(Failure::usage(format!("{schema} has no place for {argument}"))
            .advice(format!("leave out {argument}, or name another --schema"))),
        None => Ok(()),
    }
}

fn sources(arguments: &PublishArguments) -> Result<Vec<InputSource>, Failure> {
    let sources = if arguments.files.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("there is nothing to publish")
                .advice("make an event by --type and --data, name files, or pipe events into stdin"));
        }
        vec![InputSource::Stdin]
    } else {
        let source = |file: &PathBuf| {
            if is_stdin(file) { InputSource::Stdin } else { InputSource::File(file.clone()) }
        };
        arguments.files.iter().map(source).collect()
    };
    // A loop would be without end.
    if let Some(failed) = &arguments.failed {
        if sources.iter().any(|source| source.is_file_at(failed)) {
            return Err(Failure::usage("the file for events that fail is also read")
                .advice("name another one by --failed"));
        }
    }
    Ok(sources)
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn recipe(arguments: &PublishArguments) -> Result<EventRecipe, Failure> {
    let event = &arguments.event;
    let template = |text: &str| {
        if arguments.no_templates {
            return Ok(Template::plain(text));
        }
        template_of(text).map_err(|failure| {
            failure.advice("use {{n}}, {{uuid}} or {{now}}, or --no-templates to leave the text as it is")
        })
    };
    let optional = |text: &Option<String>| text.as_deref().map(template).transpose();
    if event.event_type.is_none() && arguments.schema != EventSchema::Custom {
        return Err(Failure::usage("the events have no type").advice("give one by --type"));
    }
    Ok(EventRecipe(RecipeParts {
        schema: arguments.schema,
        event_type: optional(&event.event_type)?.unwrap_or_default(),
        source: template(event.source.as_deref().unwrap_or("urn:egrid"))?,
        id: optional(&event.id)?,
        subject: optional(&event.subject)?,
        time: optional(&event.time)?,
        content_type: event.content_type.clone(),
        data_schema: event.data_schema.clone(),
        data_version: event.data_version.clone().unwrap_or_else(|| "1.0".to_owned()),
        extensions: pairs(&event.extensions, "--ext", template)?,
        data: data(event, template)?,
    }))
}

/// An argument in which placeholders are filled in.
///
/// # Errors
/// [`Failure`] if there is a placeholder of another name.
pub(in crate::commands) fn template_of(text: &str) -> Result<Template, Failure> {
    Template::parse(text)
        .map_err(|error| Failure::usage(error.to_string()).advice("use {{n}}, {{uuid}} or {{now}}"))
}

/// That many events made of arguments have ids of their own, or at least sources.
///
/// # Errors
/// [`Failure`] if they would be duplicates; `argument` is what names their id.
pub(in crate::commands) fn check_id(
    id: &Template,
    source: &Template,
    count: u64,
    argument: &str,
) -> Result<(), Failure> {
    if count < 2 || id.is_unique() || source.is_unique() {
        return Ok(());
    }
    Err(Failure::usage("events with one id would be duplicates")
        .advice(format!("leave out {argument} or --count, or use {{{{n}}}} or {{{{uuid}}}} in the id")))
}

fn data(
    event: &EventArguments,
    template: impl Fn(&str) -> Result<Template, Failure>,
) -> Result<DataRecipe, Failure> {
    if let Some(json) = &event.data {
        Ok(DataRecipe::Json(template(&text_of(json)?)?))
    } else if let Some(text) = &event.text {
        Ok(DataRecipe::Text(template(&text_of(text)?)?))
    } else if let Some(file) = &event.bytes {
        Ok(DataRecipe::Bytes(bytes_of(file)?))
    } else if !event.fields.is_empty() {
        Ok(DataRecipe::Fields(pairs(&event.fields, "--field", template)?))
    } else {
        Ok(DataRecipe::None)
    }
}

fn pairs(
    arguments: &[String],
    name: &str,
    template: impl Fn(&str) -> Result<Template, Failure>,
) -> Result<Vec<(String, Template)>, Failure> {
    let pair = |argument: &String| {
        let (key, value) = argument.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{name} {argument:?} has no `=`"))
                .advice(format!("write it as {name} name=value"))
        })?;
        Ok((key.to_owned(), template(value)?))
    };
    arguments.iter().map(pair).collect()
}

/// The argument itself, or what is in `@FILE`, or `-` for stdin.
fn text_of(argument: &str) -> Result<String, Failure> {
    let file = match argument.strip_prefix('@') {
        Some(file) => file,
        None if argument == "-" => "-",
        None => return Ok(argument.to_owned()),
    };
    String::from_utf8(bytes_of(Path::new(file))?).map_err(|error| {
        Failure::usage(format!("{file} is not text in UTF-8")).caused_by(&error.utf8_error())
    })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let read = if is_stdin(file) {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    read.map_err(|error| Failure::local(format!("cannot read {}", file.display()), &error))
}
