//! `egrid sas`.

use std::io::{self, Read as _, Write};
use std::time::Duration;

use eventgrid::Endpoint;
use eventgrid::sas::{SasKey, SasResource, SharedAccessSignature};
use eventgrid::target::AnyTarget;
use jiff::Timestamp;
use serde::Serialize;

use crate::arguments::{SasCommand, SasGenerate, SasInspect};
use crate::connection::{Connection, key_of};
use crate::context::KeySource;
use crate::failure::{Failure, FailureKind};
use crate::output::{OutputFormat, Record, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(command: &SasCommand, format: OutputFormat) -> Result<(), Failure> {
    match command {
        SasCommand::Generate(arguments) => generate(arguments),
        SasCommand::Inspect(arguments) => inspect(arguments, format),
    }
}

fn generate(arguments: &SasGenerate) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let key = sas_key(connection.secret()?.expose())?;
    let now = unix_time(Timestamp::now())?;
    let expiry = now.saturating_add(arguments.valid_for);
    let token = if arguments.namespace {
        let endpoint = Endpoint::new(connection.endpoint())
            .map_err(|error| Failure::usage("the endpoint is not valid").caused_by(&error))?;
        key.token(SasResource::namespace(&endpoint), expiry)
    } else if arguments.subscription.subscription.is_some() {
        key.token(&connection.subscription(&arguments.subscription)?, expiry)
    } else {
        let target: AnyTarget<'_> = connection.target()?;
        key.token(&target, expiry)
    };
    writeln!(io::stdout(), "{}", token.as_str()).map_err(|error| cannot_write(&error))
}

fn inspect(arguments: &SasInspect, format: OutputFormat) -> Result<(), Failure> {
    let mut token = arguments.token.clone();
    if token == "-" {
        token.clear();
        io::stdin()
            .read_to_string(&mut token)
            .map_err(|error| Failure::local("cannot read stdin", &error))?;
    }
    let token = token.trim();
    let token = token.strip_prefix("SharedAccessSignature ").unwrap_or(token);
    let signature = SharedAccessSignature::parse(token)
        .map_err(|error| Failure::usage("this is not a SAS token").caused_by(&error))?;
    let now = unix_time(Timestamp::now())?;
    let by_key = match key_source(arguments) {
        None => None,
        Some(source) => {
            let key = sas_key(key_of(&source)?.expose())?;
            // The time is told by itself, and the resource is above itself.
            Some(signature.verify([&key], signature.resource(), Duration::ZERO).is_ok())
        }
    };
    let inspected = Inspected {
        resource: signature.resource().to_owned(),
        expiry: Timestamp::from_duration(signature.expiry().try_into().unwrap_or_default())
            .map(|expiry| expiry.to_string())
            .unwrap_or_default(),
        has_expired: signature.expiry() <= now,
        is_signed_by_key: by_key,
    };
    let mut out = RecordWriter::new(format, io::stdout().lock());
    out.write(&inspected).and_then(|()| out.finish()).map_err(|error| cannot_write(&error))?;
    if by_key == Some(false) {
        return Err(Failure::new(FailureKind::Authentication, "the key has not signed the token")
            .advice("compare with the other key of the resource, and see whether the token was changed"));
    }
    if inspected.has_expired {
        return Err(Failure::new(FailureKind::Authentication, "the token has expired")
            .advice("sign a new one by `egrid sas generate`"));
    }
    Ok(())
}

fn key_source(arguments: &SasInspect) -> Option<KeySource> {
    let file = arguments.key_file.clone().map(KeySource::File);
    let env = || arguments.key_env.clone().map(KeySource::Env);
    let command = || arguments.key_command.clone().map(KeySource::Command);
    file.or_else(env).or_else(command)
}

fn sas_key(text: &str) -> Result<SasKey, Failure> {
    SasKey::new(text)
        .map_err(|error| Failure::new(FailureKind::Authentication, "the key cannot sign").caused_by(&error))
}

fn unix_time(now: Timestamp) -> Result<Duration, Failure> {
    Duration::try_from(now.as_duration())
        .map_err(|error| Failure::local("the clock of this machine is before 1970", &error))
}

/// What a token says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    resource: String,
    expiry: String,
    has_expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_signed_by_key: Option<bool>,
}

impl Record for Inspected {
    const COLUMNS: &'static [&'static str] = &["EXPIRY", "EXPIRED", "SIGNED BY KEY", "RESOURCE"];

    fn cells(&self) -> Vec<String> {
        let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let signed = self.is_signed_by_key.map_or_else(|| "not checked".to_owned(), word);
        vec![self.expiry.clone(), word(self.has_expired), signed, self.resource.clone()]
    }

    fn write_raw(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.resource.as_bytes())
    }
}
