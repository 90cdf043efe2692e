//! `egrid listen`.
//!
//! This module covers how events that are received go to a webhook, and what is shown of that. What
//! is sent, what a response means and when to retry is the library of push delivery's to say; locks
//! are the worker's.

mod attempts;
mod courier;
mod delivery;
mod handshake;
mod http_sender;
mod list;
mod record;
mod view;
mod webhook_url;

use std::cell::Cell;
use std::env;
use std::io::{self, IsTerminal as _};
use std::rc::Rc;

use eventgrid_hyper::Consumer;
use eventgrid_push::{
    Batching, DeliveryProperties, DeliveryProperty, DeliverySchema, PushSettings, RetryPolicy,
};
use eventgrid_worker::{Processor, ProcessorEvent};
use tokio::sync::{Notify, mpsc};

use self::attempts::AttemptPolicy;
use self::courier::Courier;
use self::delivery::Deliveries;
use self::http_sender::HttpSender;
use self::list::SharedList;
use self::view::View;
use self::webhook_url::WebhookUrl;
use super::working::{block_on, report, stop_at_signal};
use crate::arguments::ListenArguments;
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind, in_words_of_arguments};
use crate::output::OutputFormat;

/// Does what was asked for.
pub(super) fn run(arguments: &ListenArguments, format: Option<OutputFormat>) -> Result<(), Failure> {
    let url = WebhookUrl::parse(&arguments.forward_to, &arguments.allow_host)?;
    if url.is_open() {
        message!("warning: the events go over plain http: everybody on the way can read them; use https");
    }
    let policy = policy(arguments)?;
    let connection = Connection::new(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    let settings = settings(arguments, subscription.subscription())?;
    let client = connection.async_client()?;
    let is_list = format.is_none() && io::stdout().is_terminal() && io::stdin().is_terminal();
    block_on(async {
        let sender = HttpSender::new(url)?;
        let (message, messages) = mpsc::unbounded_channel();
        let most = usize::try_from(arguments.max.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let locks = arguments.max_locks.min(most);
        let processor = Processor::new(Consumer::new(client, subscription))
            .concurrency(locks)
            .max_locks(locks)
            .lock_duration(arguments.lock_duration)
            .on_notice(move |notice| {
                if !is_list {
                    report(notice);
                } else if notice.is_problem() {
                    // It is received as long as the list is shown.
                    let _ = message.send(in_words_of_arguments(&format!("warning: {notice}")));
                }
            });
        let handle = processor.handle();
        let list = is_list.then(|| Rc::new(SharedList::new(format!("egrid listen to {}", sender.url()))));
        let view = match &list {
            Some(list) => View::List(Rc::clone(list)),
            None => View::records(OutputFormat::or_default(format)),
        };
        let deliveries = Rc::new(Deliveries {
            courier: Courier::new(sender, settings, arguments.concurrency),
            policy: AttemptPolicy { policy, retry_wait: arguments.retry_wait },
            releases_failed: arguments.release_failed,
            left: Cell::new(arguments.max),
            given_up: Cell::new(0),
            reached: Notify::new(),
            ending: Notify::new(),
            is_ending: Cell::new(false),
            view,
            handle: handle.clone(),
        });
        let ending = Rc::clone(&deliveries);
        let mut signal = stop_at_signal(&handle, move || ending.end())?;
        if !arguments.skip_handshake {
            signal.before(handshake::shake_hands(deliveries.courier.sender())).await?;
        }
        let delivering = Rc::clone(&deliveries);
        let handler = move |event: ProcessorEvent| {
            let deliveries = Rc::clone(&delivering);
            async move { deliveries.deliver(event).await }
        };
        let asked = async {
            match &list {
                Some(list) => list.show(&deliveries.courier, messages).await,
                None => std::future::pending().await,
            }
        };
        let ran = signal.during_or(processor.run(handler), asked).await;
        let shown = deliveries.view.finish();
        match ran {
            Err(_) if list.as_ref().is_some_and(|list| list.was_closed()) => shown,
            Err(failure) => Err(failure),
            Ok(stats) => {
                let given_up = deliveries.given_up.get();
                message!("delivered {}, given up {given_up}", stats.acknowledged);
                shown?;
                if given_up == 0 {
                    return Ok(());
                }
                Err(Failure::new(FailureKind::Partial, "some events were not delivered"))
            }
        }
    })
}

/// How often and for how long delivery is attempted.
fn policy(arguments: &ListenArguments) -> Result<RetryPolicy, Failure> {
    let invalid = |name: &str, error: &dyn std::error::Error| {
        Failure::usage(format!("{name} is not valid")).caused_by(error)
    };
    let policy = RetryPolicy::namespace()
        .with_max_attempts(arguments.max_attempts)
        .map_err(|error| invalid("--max-attempts", &error))?;
    match arguments.time_to_live {
        Some(time) => policy.with_time_to_live(time).map_err(|error| invalid("--time-to-live", &error)),
        None => Ok(policy),
    }
}

/// What requests have beside events.
fn settings(arguments: &ListenArguments, subscription: &str) -> Result<PushSettings, Failure> {
    let settings = PushSettings::new(DeliverySchema::CloudEvents, subscription).map_err(|error| {
        Failure::usage("the name of the event subscription cannot be sent").caused_by(&error)
    })?;
    let settings = settings.with_properties(headers(arguments)?);
    let batching = Batching::from_options(arguments.batch_events, arguments.batch_kilobytes)
        .map_err(|error| Failure::usage("the size of the batches is not valid").caused_by(&error))?;
    Ok(match batching {
        Some(batching) => settings.with_batching(batching),
        None => settings,
    })
}

/// The headers that are sent beside those of Event Grid.
fn headers(arguments: &ListenArguments) -> Result<DeliveryProperties, Failure> {
    let invalid = |error| Failure::usage("a header cannot be sent").caused_by(&error);
    // Without the value, which may be a secret.
    let no_value = |argument: &str, form: &str| {
        Failure::usage(format!("{argument} has no `=`")).advice(format!("write it as {argument} {form}"))
    };
    let mut properties = Vec::new();
    for header in &arguments.headers {
        let (name, value) = header.split_once('=').ok_or_else(|| no_value("--header", "name=value"))?;
        properties.push(DeliveryProperty::fixed(name, value).map_err(invalid)?);
    }
    for header in &arguments.header_env {
        let (name, variable) =
            header.split_once('=').ok_or_else(|| no_value("--header-env", "name=VARIABLE"))?;
        let value = env::var(variable).map_err(|error| {
            Failure::usage(format!("cannot read a header from the variable {variable}")).caused_by(&error)
        })?;
        properties.push(DeliveryProperty::secret(name, &value).map_err(invalid)?);
    }
    DeliveryProperties::new(properties).map_err(invalid)
}
