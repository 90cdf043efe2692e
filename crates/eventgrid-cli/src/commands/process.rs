//! `egrid process`.

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::rc::Rc;

use eventgrid::event::CloudEventView;
use eventgrid::event::ExtensionView;
use eventgrid_hyper::Consumer;
use eventgrid_worker::{
    BoxError, Processor, ProcessorEvent, ProcessorHandle, ProcessorStats, ProcessorStop, Verdict,
};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::working::{block_on, report, stop_at_signal};
use crate::arguments::ProcessArguments;
use crate::connection::Connection;
use crate::deliveries::write_data;
use crate::failure::{Failure, FailureKind};

/// The exit code by which a command says that its input is bad and will stay so: `EX_DATAERR` of
/// sysexits.h.
const BAD_INPUT: i32 = 65;

/// Does what was asked for.
pub(super) fn run(arguments: &ProcessArguments) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    let client = connection.async_client()?;
    let delay = arguments.delay;
    block_on(async {
        let mut processor = Processor::new(Consumer::new(client, subscription))
            .concurrency(arguments.concurrency)
            .max_locks(arguments.concurrency)
            .lock_duration(arguments.lock_duration)
            .on_failure(move |failure| match failure.default_verdict() {
                Verdict::Release(_) => Verdict::Release(delay),
                verdict => verdict,
            })
            .on_notice(report);
        if let Some(timeout) = arguments.timeout {
            processor = processor.event_timeout(timeout);
        }
        if let Some(deliveries) = arguments.max_deliveries {
            processor = processor.max_deliveries(deliveries);
        }
        let handle = processor.handle();
        let signal = stop_at_signal(&handle, || {})?;
        let work = Rc::new(Work {
            command: arguments.command.iter().map(OsString::from).collect(),
            left: Cell::new(arguments.max),
            surplus: Cell::new(0),
            handle: handle.clone(),
        });
        let handler = {
            let work = Rc::clone(&work);
            move |event: ProcessorEvent| {
                let work = Rc::clone(&work);
                async move { work.handle(&event).await }
            }
        };
        conclude(&signal.during(processor.run(handler)).await?, work.surplus.get())
    })
}

/// Says what was done. That commands failed is a failure, but not that `surplus` events came with
/// the last ones and were released.
fn conclude(stats: &ProcessorStats, surplus: u64) -> Result<(), Failure> {
    message!(
        "acknowledged {}, released {}, rejected {}, lost {}",
        stats.acknowledged,
        stats.released,
        stats.rejected,
        stats.lost + stats.settled_or_lost
    );
    if stats.acknowledged + surplus == stats.received {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Partial, "some events were not handled"))
}

/// What all handlers share.
struct Work {
    command: Vec<OsString>,
    /// How many more commands are run.
    left: Cell<Option<u64>>,
    /// How many events came after the last command had been run.
    surplus: Cell<u64>,
    handle: ProcessorHandle,
}

impl Work {
    /// Runs the command for an event. If this future is dropped, the command is killed, and on Unix
    /// what it has started.
    async fn handle(&self, event: &ProcessorEvent) -> Result<Verdict, BoxError> {
        match self.left.get() {
            // More events than that came together.
            Some(0) => {
                self.surplus.set(self.surplus.get() + 1);
                return Ok(Verdict::Release(eventgrid::ReleaseDelay::TenSeconds));
            }
            Some(left) => {
                self.left.set(Some(left - 1));
                if left == 1 {
                    self.handle.stop(ProcessorStop::FinishNow);
                }
            }
            None => {}
        }
        let status = self.run(event).await.map_err(|error| {
            // It would fail for every other event as well.
            self.handle.stop(ProcessorStop::Release);
            format!(
                "cannot run {}: {error}",
                self.command.first().map_or("".into(), |name| name.to_string_lossy())
            )
        })?;
        match status.code() {
            Some(0) => Ok(Verdict::Acknowledge),
            Some(BAD_INPUT) => Ok(Verdict::Reject),
            _ => Err(format!("the command ended with {status}").into()),
        }
    }

    async fn run(&self, event: &ProcessorEvent) -> io::Result<ExitStatus> {
        let mut words = self.command.iter();
        let mut command = Command::new(words.next().map_or_else(OsString::new, Clone::clone));
        command.args(words).envs(variables(&event.view())).kill_on_drop(true).stdin(Stdio::piped());
        command.env("EGRID_DELIVERY_COUNT", event.delivery_count().to_string());
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        #[cfg(unix)]
        let group = StartedGroup::of(&child);
        let mut data = Vec::new();
        write_data(&event.view(), &mut data)?;
        let stdin = child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A command need not read its input.
                let _ = stdin.write_all(&data).await;
            }
            std::future::pending().await
        };
        // It may end while something that it has started has its stdin and does not read it either.
        let status = tokio::select! {
            status = child.wait() => status?,
            never = feed => never,
        };
        #[cfg(unix)]
        group.ended();
        Ok(status)
    }
}

/// The process group of a command, which has what the command has started as well. All of it is
/// killed if this is dropped before the command has ended.
#[cfg(unix)]
struct StartedGroup(Option<rustix::process::Pid>);

#[cfg(unix)]
impl StartedGroup {
    /// The group that a command leads.
    fn of(leader: &tokio::process::Child) -> Self {
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(rustix::process::Pid::from_raw))
    }

    /// Leaves it alone: the command has ended, and its number may become another program's.
    fn ended(mut self) {
        self.0 = None;
    }
}

#[cfg(unix)]
impl Drop for StartedGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended just now.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// The attributes as variables: `CE_ID`, `CE_TYPE`, and so on, extension attributes included.
fn variables(view: &CloudEventView<'_>) -> Vec<(String, String)> {
    let mut variables = vec![
        ("CE_ID".to_owned(), view.id().to_string()),
        ("CE_SOURCE".to_owned(), view.source().to_string()),
        ("CE_TYPE".to_owned(), view.event_type().to_string()),
        ("CE_SPECVERSION".to_owned(), "1.0".to_owned()),
    ];
    let optional = [
        ("CE_SUBJECT", view.subject()),
        ("CE_TIME", view.time()),
        ("CE_DATACONTENTTYPE", view.data_content_type()),
        ("CE_DATASCHEMA", view.data_schema()),
    ];
    variables
        .extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_string()))));
    for (name, value) in view.extensions() {
        let name = name.to_string();
        // Another name might change what the command does.
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            let value = match value {
                ExtensionView::String(text) => text.to_string(),
                ExtensionView::Number(number) => number.as_str().to_owned(),
                ExtensionView::Boolean(boolean) => boolean.to_string(),
                ExtensionView::Other(json) => json.as_str().to_owned(),
                _ => continue,
            };
            variables.push((format!("CE_{}", name.to_ascii_uppercase()), value));
        }
    }
    // The operating system takes no variable with a zero in it.
    variables.retain(|(_, value)| !value.contains('\0'));
    variables
}

#[cfg(test)]
mod tests {
    use eventgrid::json::RawJson;

    use super::*;

    #[test]
    fn attributes_are_variables_with_a_prefix_of_their_own() {
        let json =
            r#"{"id":"1","source":"s","type":"t","subject":"a\u0000b","size":5,"LD_PRELOAD":"x","path":"p"}"#;
        let view = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
        let shown: Vec<_> =
            variables(&view).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            shown,
            ["CE_ID=1", "CE_SOURCE=s", "CE_TYPE=t", "CE_SPECVERSION=1.0", "CE_SIZE=5", "CE_PATH=p"]
        );
    }
}
