//! `egrid webhook`.
//!
//! This module covers what is printed of a delivery and what is responded to it. What a request is,
//! and the handshakes, are the library's.

mod endpoint;
mod server;

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use eventgrid::webhook::{Secret, Webhook};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

use self::endpoint::Endpoint;
use super::working::block_on;
use crate::arguments::{SecretArguments, WebhookCommand, WebhookListen};
use crate::connection::secret_of;
use crate::context::KeySource;
use crate::failure::Failure;
use crate::interruption::Signals;
use crate::output::{OutputFormat, RecordWriter};

/// Does what was asked for.
pub(super) fn run(command: &WebhookCommand, format: OutputFormat) -> Result<(), Failure> {
    match command {
        WebhookCommand::Listen(arguments) => listen(arguments, format),
    }
}

fn listen(arguments: &WebhookListen, format: OutputFormat) -> Result<(), Failure> {
    let secret = secret(&arguments.secret)?;
    let has_secret = secret.is_some();
    let webhook = secret.map_or_else(Webhook::without_secret, Webhook::new);
    block_on(LocalSet::new().run_until(async {
        let mut signals = Signals::catch().map_err(|error| Failure::local("cannot catch signals", &error))?;
        let address = SocketAddr::new(arguments.address, arguments.port);
        let listener = TcpListener::bind(address).await.map_err(|error| cannot_listen(address, &error))?;
        let address = listener.local_addr().map_err(|error| cannot_listen(address, &error))?;
        if !has_secret && !address.ip().is_loopback() {
            message!("warning: anyone who can reach {address} can deliver events: require a secret by --secret-file");
        }
        message!("listening on http://{address}");
        let endpoint = Rc::new(Endpoint::new(webhook, arguments, RecordWriter::new(format, io::stdout())));
        let mut interrupted = None;
        let end = async {
            tokio::select! {
                failure = signals.failure() => interrupted = Some(failure),
                () = endpoint.ended() => {}
            }
        };
        let handler = Rc::clone(&endpoint);
        let handle = move |head, body| Rc::clone(&handler).respond(head, body);
        server::serve(&listener, handle, end).await;
        endpoint.finish()?;
        interrupted.map_or(Ok(()), Err)
    }))
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Failure {
    let failure = Failure::local(format!("cannot listen on {address}"), error);
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            failure.advice("another program listens there: end it, or choose another --port; 0 is a free one")
        }
        io::ErrorKind::PermissionDenied => failure.advice("choose a --port above 1023"),
        _ => failure.advice("choose an --address of this machine"),
    }
}

/// The secret that deliveries must bring, if there is one.
fn secret(arguments: &SecretArguments) -> Result<Option<Secret<'static>>, Failure> {
    let file = arguments.secret_file.clone().map(KeySource::File);
    let env = || arguments.secret_env.clone().map(KeySource::Env);
    let command = || arguments.secret_command.clone().map(KeySource::Command);
    let text = match (&arguments.secret, file.or_else(env).or_else(command)) {
        (Some(secret), _) => {
            message!(
                "warning: others on this machine can see a secret that is an argument, and shells store it: \
                 use --secret-file, --secret-env or --secret-command"
            );
            secret.clone()
        }
        (None, Some(source)) => secret_of(&source, "secret")?.expose().to_owned(),
        (None, None) if arguments.secret_header.is_some() => {
            return Err(Failure::usage("--secret-header says where the secret is, but no secret is given")
                .advice("give it by --secret-file, --secret-env or --secret-command"));
        }
        (None, None) => return Ok(None),
    };
    if text.is_empty() {
        return Err(Failure::usage("the secret is empty: every request would be refused")
            .advice("put a secret there, or leave out the argument"));
    }
    Ok(Some(match &arguments.secret_header {
        Some(name) => Secret::in_header(name.clone(), text),
        None => Secret::in_query(arguments.secret_query.clone(), text),
    }))
}
