//! What is shown of deliveries: a record for each attempt, or a list.

use std::cell::RefCell;
use std::io::{self, Stdout};
use std::rc::Rc;

use eventgrid_worker::ProcessorEvent;
use tokio::sync::Notify;

use super::list::SharedList;
use super::record::AttemptRecord;
use crate::failure::Failure;
use crate::output::{OutputFormat, RecordWriter, cannot_write};

/// What is shown of deliveries.
pub(super) enum View {
    /// A record for each attempt.
    Records(RecordView),
    /// A list on a terminal.
    List(Rc<SharedList>),
}

/// Records on stdout.
pub(super) struct RecordView {
    out: RefCell<RecordWriter<Stdout>>,
    failure: RefCell<Option<Failure>>,
}

impl View {
    /// Records in that form.
    pub(super) fn records(format: OutputFormat) -> Self {
        let out = RefCell::new(RecordWriter::new(format, io::stdout()));
        Self::Records(RecordView { out, failure: RefCell::new(None) })
    }

    /// An event was received. Whoever is told by what is returned retries it at once.
    pub(super) fn begin(&self, event: &ProcessorEvent) -> Rc<Notify> {
        match self {
            Self::Records(_) => Rc::default(),
            Self::List(list) => list.begin(event),
        }
    }

    /// An attempt has ended. Whether it could be shown is returned.
    pub(super) fn record(&self, event: &ProcessorEvent, record: AttemptRecord) -> bool {
        match self {
            Self::Records(view) => view.write(&record),
            Self::List(list) => {
                list.record(&event.lock_token().to_string(), record);
                true
            }
        }
    }

    /// Ends the output.
    ///
    /// # Errors
    /// [`Failure`] if not everything was written.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        match self {
            Self::List(_) => Ok(()),
            Self::Records(view) => match view.failure.take() {
                Some(failure) => Err(failure),
                None => view.out.borrow_mut().end().map_err(|error| cannot_write(&error)),
            },
        }
    }
}

impl RecordView {
    fn write(&self, record: &AttemptRecord) -> bool {
        let mut out = self.out.borrow_mut();
        let written = out.write(record).and_then(|()| out.flush());
        if let Err(error) = &written {
            self.failure.borrow_mut().get_or_insert(cannot_write(error));
        }
        written.is_ok()
    }
}
