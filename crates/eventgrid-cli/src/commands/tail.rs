//! `egrid tail`.

use std::cell::RefCell;
use std::future;
use std::io::{self, Stdout};
use std::rc::Rc;

use eventgrid::ReleaseDelay;
use eventgrid_filters::CompiledFilter;
use eventgrid_hyper::Consumer;
use eventgrid_worker::{Processor, ProcessorEvent, ProcessorHandle, ProcessorStop, Verdict};
use tokio::sync::Notify;

use super::working::{block_on, report, stop_at_signal};
use crate::arguments::TailArguments;
use crate::connection::Connection;
use crate::deliveries::Delivery;
use crate::failure::Failure;
use crate::filters::compiled;
use crate::output::{OutputFormat, RecordWriter, cannot_write, stdout_closed};

/// Does what was asked for.
pub(super) fn run(arguments: &TailArguments, format: OutputFormat) -> Result<(), Failure> {
    let filter = compiled(&arguments.filter)?;
    let connection = Connection::new(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    let client = connection.async_client()?;
    block_on(async {
        let processor = Processor::new(Consumer::new(client, subscription))
            .concurrency(arguments.max_locks)
            .max_locks(arguments.max_locks)
            .on_notice(report);
        let handle = processor.handle();
        let tail = Rc::new(Tail {
            filter,
            out: RefCell::new(RecordWriter::new(format, io::stdout())),
            left: RefCell::new(arguments.max),
            acknowledges: arguments.ack,
            failure: RefCell::new(None),
            ended: Notify::new(),
            handle: handle.clone(),
        });
        let ending = Rc::clone(&tail);
        let signal = stop_at_signal(&handle, move || {
            ending.left.replace(Some(0));
            ending.ended.notify_waiters();
        })?;
        let handler = {
            let tail = Rc::clone(&tail);
            move |event: ProcessorEvent| {
                let tail = Rc::clone(&tail);
                async move { tail.take(&event).await }
            }
        };
        let watch = async {
            let failure = stdout_closed().await;
            tail.failure.borrow_mut().get_or_insert(failure);
            tail.end();
            future::pending().await
        };
        let ran = tokio::select! {
            ran = signal.during(processor.run(handler)) => ran,
            never = watch => never,
        };
        let failure = tail.failure.take();
        let closed = tail.out.replace(RecordWriter::new(format, io::stdout())).finish();
        match (failure, ran) {
            (Some(failure), _) | (None, Err(failure)) => Err(failure),
            (None, Ok(_)) => closed.map_err(|error| cannot_write(&error)),
        }
    })
}

/// What all handlers share.
struct Tail {
    filter: Option<CompiledFilter>,
    out: RefCell<RecordWriter<Stdout>>,
    /// How many more events are printed.
    left: RefCell<Option<u64>>,
    acknowledges: bool,
    failure: RefCell<Option<Failure>>,
    /// Told when held events are to be released.
    ended: Notify,
    handle: ProcessorHandle,
}

impl Tail {
    /// Prints an event if it matches.
    async fn take(&self, event: &ProcessorEvent) -> Verdict {
        // Without a delay, the poll that is given up would bring it back to nobody.
        let release = Verdict::Release(ReleaseDelay::TenSeconds);
        let ended = self.ended.notified();
        if self.is_over() {
            return release;
        }
        let json = event.view().as_json();
        let matches =
            self.filter.as_ref().is_none_or(|filter| filter.matches(json.as_str()).unwrap_or(false));
        let printed = if matches { self.print(event) } else { Ok(()) };
        if let Err(error) = printed {
            self.failure.borrow_mut().get_or_insert(cannot_write(&error));
            self.end();
            return release;
        }
        if self.acknowledges {
            return Verdict::Acknowledge;
        }
        if !self.is_over() {
            ended.await;
        }
        release
    }

    fn print(&self, event: &ProcessorEvent) -> io::Result<()> {
        let mut out = self.out.borrow_mut();
        out.write(&Delivery::of_view(event.view(), event.delivery_count()))?;
        out.flush()?;
        if let Some(left) = &mut *self.left.borrow_mut() {
            *left = left.saturating_sub(1);
        }
        if self.is_over() {
            self.end();
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        *self.left.borrow() == Some(0) || self.failure.borrow().is_some()
    }

    fn end(&self) {
        self.handle.stop(ProcessorStop::FinishNow);
        self.ended.notify_waiters();
    }
}
