//! `egrid receive`.

use std::io::{self, BufWriter};

use eventgrid::blocking::Consumer;
use eventgrid::{OwnedReceivedEvent, ReceiveOptions, ReleaseDelay, SettleAction};

use crate::arguments::ReceiveArguments;
use crate::connection::{BlockingConsumer, Connection};
use crate::deliveries::LockedDelivery;
use crate::failure::{Failure, FailureKind, one_line};
use crate::interruption::Interruption;
use crate::output::{OutputFormat, RecordWriter, cannot_write};

/// Does what was asked for.
pub(super) fn run(arguments: &ReceiveArguments, format: OutputFormat) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    let options = ReceiveOptions::new().max_events(arguments.max).max_wait_time(arguments.wait);
    options.check()?;
    let interruption = Interruption::watch()?;
    let consumer = Consumer::new(connection.client(&interruption)?, subscription.clone());
    let received = consumer.receive(options);
    // After a signal, requests are ended: what was received is released by others.
    let (consumer, interrupted) = match interruption.failure() {
        None => (consumer, None),
        Some(failure) => (Consumer::new(connection.client(&interruption)?, subscription), Some(failure)),
    };
    let batch = match (received, interrupted) {
        (Err(_), Some(failure)) => return Err(failure),
        (Err(error), None) => return Err(error.into()),
        (Ok(batch), Some(failure)) => {
            settle(&consumer, SettleAction::Release(ReleaseDelay::NoDelay), &events(&batch))?;
            return Err(failure);
        }
        (Ok(batch), None) => batch,
    };
    if let Some(by) = batch.interruption() {
        message!(
            "warning: the response broke off ({by}): events that did not come completely stay locked for now"
        );
    }
    if batch.without_lock_token() > 0 {
        message!("warning: {} events came without a lock token", batch.without_lock_token());
    }
    let events = events(&batch);
    if arguments.peek {
        settle(&consumer, SettleAction::Release(ReleaseDelay::NoDelay), &events)?;
    }
    if let Err(error) = print(&events, format) {
        if !arguments.peek {
            // Nobody has seen them.
            settle(&consumer, SettleAction::Release(ReleaseDelay::NoDelay), &events)?;
        }
        return Err(cannot_write(&error));
    }
    if arguments.ack {
        settle(&consumer, SettleAction::Acknowledge, &events)?;
    } else if arguments.release {
        settle(&consumer, SettleAction::Release(ReleaseDelay::NoDelay), &events)?;
    }
    Ok(())
}

fn events(batch: &eventgrid::Batch<'_>) -> Vec<OwnedReceivedEvent> {
    batch.iter().map(eventgrid::ReceivedEvent::into_owned).collect()
}

fn print(events: &[OwnedReceivedEvent], format: OutputFormat) -> io::Result<()> {
    let mut out = RecordWriter::new(format, BufWriter::new(io::stdout().lock()));
    for event in events {
        out.write(&LockedDelivery::new(event))?;
    }
    out.finish()
}

fn settle(
    consumer: &BlockingConsumer,
    action: SettleAction,
    events: &[OwnedReceivedEvent],
) -> Result<(), Failure> {
    let settlement = consumer.settle(action, events)?;
    let mut failed = 0;
    for token in settlement.failed() {
        failed += 1;
        let (code, message) = (token.code().to_string(), token.message().to_string());
        message!("could not {action} {}: {}: {}", token.lock_token(), one_line(&code), one_line(&message));
    }
    if failed == 0 {
        return Ok(());
    }
    let message = format!("{failed} of {} events were not settled", events.len());
    Err(Failure::new(FailureKind::Partial, message).advice("they are delivered again when their locks end"))
}
