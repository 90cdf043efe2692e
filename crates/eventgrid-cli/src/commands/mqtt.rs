//! `egrid mqtt`.

use std::fs;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eventgrid::blocking::MqttClient;
use eventgrid::credential::AnyCredential;
use eventgrid::mqtt::{
    InvalidTopic, ListOptions, MqttMessage, Qos, RetainedEntry, RetainedMessage, RetainedMetadata,
    TopicFilter, TopicName,
};
use eventgrid_ureq::Ureq;
use serde::Serialize;

use crate::arguments::{ConnectionArguments, MqttCommand, MqttList, MqttPublish, MqttTopic};
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind};
use crate::interruption::Interruption;
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(command: &MqttCommand, format: OutputFormat) -> Result<(), Failure> {
    match command {
        MqttCommand::Publish(arguments) => publish(arguments),
        MqttCommand::Get(arguments) => get(arguments, format),
        MqttCommand::List(arguments) => list(arguments, format),
        MqttCommand::Delete(arguments) => delete(arguments),
    }
}

type Client = MqttClient<Ureq, Interruption, AnyCredential>;

/// A client of the broker, and what says that the program is to end.
fn client(arguments: &ConnectionArguments) -> Result<(Client, Interruption), Failure> {
    if arguments.topic.is_some() || arguments.channel.is_some() || arguments.kind.is_some() {
        return Err(Failure::usage("--topic, --channel and --kind do not apply to an MQTT broker")
            .advice("write the topic of MQTT after the command: `egrid mqtt get devices/17/state`"));
    }
    let connection = Connection::new(arguments)?;
    let broker = connection.mqtt_broker()?;
    let interruption = Interruption::watch()?;
    let client = MqttClient::new(connection.client(&interruption)?, broker);
    Ok((client, interruption))
}

fn publish(arguments: &MqttPublish) -> Result<(), Failure> {
    let topic = topic_of(&arguments.mqtt_topic)?;
    let text = arguments.text.as_deref().map(text_of).transpose()?;
    let bytes = arguments.bytes.as_deref().map(bytes_of).transpose()?.unwrap_or_default();
    let properties = arguments.properties.iter().map(|property| property_of(property));
    let properties: Vec<_> = properties.collect::<Result<_, _>>()?;
    let mut message = match &text {
        Some(text) => MqttMessage::text(topic, text),
        None => MqttMessage::new(topic, &bytes),
    };
    if arguments.retain && message.payload.is_empty() {
        return Err(Failure::usage("a retained message without a payload would delete the one that is kept")
            .advice("use `egrid mqtt delete`, or give a payload by --text or --bytes"));
    }
    message.retain = arguments.retain;
    message.qos = if arguments.qos == 0 { Qos::AtMostOnce } else { Qos::AtLeastOnce };
    message.response_topic = arguments.response_topic.as_deref().map(topic_of).transpose()?;
    message.correlation_data = arguments.correlation_data.as_deref().map(str::as_bytes);
    message.user_properties = &properties;
    message.content_type = arguments.content_type.as_deref();
    message.expiry = arguments.expiry;
    let (client, interruption) = client(&arguments.connection)?;
    unless_interrupted(&interruption, client.publish(&message).map_err(Failure::from))?;
    message!("published 1 message");
    Ok(())
}

fn get(arguments: &MqttTopic, format: OutputFormat) -> Result<(), Failure> {
    let topic = topic_of(&arguments.mqtt_topic)?;
    let (client, interruption) = client(&arguments.connection)?;
    let found = client.get_retained(topic).map_err(|error| {
        let is_missing = error.is_not_found();
        let failure = Failure::from(error);
        if is_missing {
            failure.advice("`egrid mqtt list` shows the topics that the broker retains messages for")
        } else {
            failure
        }
    });
    let message = unless_interrupted(&interruption, found)?;
    let mut out = RecordWriter::new(format, io::stdout().lock());
    out.write(&Retained::of_message(topic, &message))
        .and_then(|()| out.finish())
        .map_err(|error| cannot_write(&error))
}

fn list(arguments: &MqttList, format: OutputFormat) -> Result<(), Failure> {
    let filter = TopicFilter::new(&arguments.filter).map_err(|error| invalid(&error))?;
    let mut options = ListOptions::new();
    options.max_results = arguments.page_size;
    let (client, interruption) = client(&arguments.connection)?;
    let mut out = RecordWriter::new(format, BufWriter::new(io::stdout().lock()));
    let mut left = arguments.max.unwrap_or(u64::MAX);
    let mut page = client.list_retained(filter, options).map_err(Failure::from);
    loop {
        let current = unless_interrupted(&interruption, page)?;
        for entry in current.iter() {
            if left == 0 {
                break;
            }
            left -= 1;
            out.write(&Retained::of_entry(&entry)).map_err(|error| cannot_write(&error))?;
        }
        out.flush().map_err(|error| cannot_write(&error))?;
        match current.next_page() {
            Some(next) if left > 0 => page = client.next_page(next).map_err(Failure::from),
            _ => return out.finish().map_err(|error| cannot_write(&error)),
        }
    }
}

fn delete(arguments: &MqttTopic) -> Result<(), Failure> {
    let topic = topic_of(&arguments.mqtt_topic)?;
    let (client, interruption) = client(&arguments.connection)?;
    unless_interrupted(&interruption, client.delete_retained(topic).map_err(Failure::from))?;
    message!("the broker retains no message for {topic} now");
    Ok(())
}

/// After a signal, requests are ended: then the signal is why.
fn unless_interrupted<T>(interruption: &Interruption, result: Result<T, Failure>) -> Result<T, Failure> {
    result.map_err(|failure| interruption.failure().unwrap_or(failure))
}

fn topic_of(text: &str) -> Result<TopicName<'_>, Failure> {
    TopicName::new(text).map_err(|error| invalid(&error))
}

fn invalid(error: &InvalidTopic) -> Failure {
    Failure::usage("the topic is not valid").caused_by(error)
}

fn property_of(text: &str) -> Result<(&str, &str), Failure> {
    text.split_once('=').ok_or_else(|| {
        Failure::usage(format!("{text:?} is not a user property")).advice("write it as NAME=VALUE")
    })
}

fn text_of(argument: &str) -> Result<String, Failure> {
    let file = match argument.strip_prefix('@') {
        Some(file) => file,
        None if argument == "-" => "-",
        None => return Ok(argument.to_owned()),
    };
    String::from_utf8(bytes_of(Path::new(file))?).map_err(|error| {
        Failure::usage(format!("the payload in {file} is not text in UTF-8"))
            .caused_by(&error.utf8_error())
            .advice("send it by --bytes")
    })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| Failure::local("cannot read stdin", &error));
    }
    fs::read(file).map_err(|error| {
        Failure::new(FailureKind::Usage, format!("cannot read {}", file.display())).caused_by(&error)
    })
}

/// A message that the broker retains.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Retained {
    topic: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    qos: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    #[serde(flatten)]
    payload: Payload,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload {
    /// It is not in a list.
    NotListed {},
    Text {
        payload: String,
    },
    Bytes {
        #[serde(rename = "payloadBase64", serialize_with = "base64_of")]
        bytes: Vec<u8>,
    },
}

fn base64_of<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

impl Retained {
    fn of_message(topic: TopicName<'_>, message: &RetainedMessage<'_>) -> Self {
        let bytes = message.payload().to_vec();
        let payload = match String::from_utf8(bytes) {
            Ok(payload) => Payload::Text { payload },
            Err(error) => Payload::Bytes { bytes: error.into_bytes() },
        };
        Self::new(topic.to_string(), message.metadata(), payload)
    }

    fn of_entry(entry: &RetainedEntry<'_>) -> Self {
        Self::new(entry.topic().to_string(), entry.metadata(), Payload::NotListed {})
    }

    fn new(topic: String, metadata: &RetainedMetadata, payload: Payload) -> Self {
        Self {
            topic,
            qos: metadata.qos().map(Qos::number),
            size: metadata.size(),
            expiry: metadata.expiry().map(|time| time.to_string()),
            last_modified: metadata.last_modified().map(|time| time.to_string()),
            payload,
        }
    }
}

impl Record for Retained {
    const COLUMNS: &'static [&'static str] = &["TOPIC", "QOS", "SIZE", "EXPIRY", "LAST MODIFIED", "PAYLOAD"];

    fn cells(&self) -> Vec<String> {
        let payload = match &self.payload {
            Payload::NotListed {} => String::new(),
            Payload::Text { payload } => payload.clone(),
            Payload::Bytes { bytes } => format!("{} bytes", bytes.len()),
        };
        vec![
            self.topic.clone(),
            self.qos.map(|qos| qos.to_string()).unwrap_or_default(),
            self.size.map(|size| size.to_string()).unwrap_or_default(),
            self.expiry.clone().unwrap_or_default(),
            self.last_modified.clone().unwrap_or_default(),
            payload,
        ]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.payload {
            Payload::NotListed {} => out.write_all(self.topic.as_bytes()),
            Payload::Text { payload } => out.write_all(payload.as_bytes()),
            Payload::Bytes { bytes } => out.write_all(bytes),
        }
    }
}
