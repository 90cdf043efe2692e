//! What can go wrong between a client and the service, and what the client reports: a table, from
//! which both the tests for every adapter and the printed page are made.

mod body;
mod busy;
mod call;
mod connection;
mod expected;
mod kept;
mod page;
mod proxy;
mod redirect;
mod response;
mod slow;
mod stage;
mod tls;

pub(crate) use page::page;

use std::time::Duration;

use eventgrid::TransportErrorKind;

use call::Call;
use expected::{Expected, Report};
use stage::Stage;

use crate::part::Part;
use crate::subject::Adapter;

/// Something that goes wrong at every attempt of a call.
struct Fault {
    /// Its name among those of its file.
    name: &'static str,
    /// What goes wrong, in words.
    what: &'static str,
    /// Sets it up, for a call that makes this many attempts.
    stage: fn(attempts: usize) -> Stage,
    /// What a publish reports.
    publish: Expected,
    /// What a receive reports; `None` if the fault cannot happen to a receive.
    receive: Option<Expected>,
    /// The same for a settling call.
    settle: Option<Expected>,
}

impl Fault {
    /// A fault that is the same for every call and every adapter.
    const fn new(
        name: &'static str,
        what: &'static str,
        expected: Expected,
        stage: fn(usize) -> Stage,
    ) -> Self {
        let (receive, settle) = (Some(expected.of_receive()), Some(expected));
        Self { name, what, stage, publish: expected, receive, settle }
    }

    /// The body of a response breaks off, in that way. A receive is then not repeated: its events
    /// are locked.
    const fn in_the_body(
        name: &'static str,
        what: &'static str,
        kind: TransportErrorKind,
        stage: fn(usize) -> Stage,
    ) -> Self {
        let receive = Some(Expected::unreadable(Report::Transport(kind)));
        Self { receive, ..Self::new(name, what, Expected::lost(kind), stage) }
    }

    /// What the call reports, if the fault can happen to it.
    fn expected(&self, call: Call) -> Option<Expected> {
        match call {
            Call::Publish | Call::PublishAtMostOnce => Some(self.publish),
            Call::Receive => self.receive,
            Call::Settle => self.settle,
        }
    }
}

/// The faults of a file, by the file's name.
struct Group {
    name: &'static str,
    title: &'static str,
    /// What an adapter must offer to run them.
    part: Option<Part>,
    faults: &'static [Fault],
}

const GROUPS: &[Group] = &[
    Group { name: "connection", title: "Without a connection", part: None, faults: connection::FAULTS },
    Group {
        name: "tls",
        title: "Connections that cannot be trusted",
        part: Some(Part::Tls),
        faults: tls::FAULTS,
    },
    Group {
        name: "proxy",
        title: "A proxy in the environment",
        part: Some(Part::Proxy),
        faults: proxy::FAULTS,
    },
    Group {
        name: "response",
        title: "Responses that break off, or are not HTTP",
        part: None,
        faults: response::FAULTS,
    },
    Group {
        name: "body",
        title: "Bodies that do not fit their head, or are too large",
        part: None,
        faults: body::FAULTS,
    },
    Group { name: "slow", title: "Responses that take too long", part: None, faults: slow::FAULTS },
    Group { name: "busy", title: "A service that is busy", part: None, faults: busy::FAULTS },
    Group { name: "redirect", title: "Redirects to another host", part: None, faults: redirect::FAULTS },
    Group {
        name: "kept",
        title: "Connections that were kept from an earlier call",
        part: None,
        faults: kept::FAULTS,
    },
];

/// The waits of the client between its attempts, if the service asks for none: the shortest of
/// their ranges.
const BACKOFF: &[Duration] =
    &[Duration::from_millis(400), Duration::from_millis(800), Duration::from_millis(1600)];

/// The same where no connection can be opened.
const ONCE: &[Duration] = &[Duration::from_millis(400)];

/// The same of a receive of which nothing was sent: it is repeated at once.
const ONCE_AT_ONCE: &[Duration] = &[Duration::ZERO];

/// A row to run.
pub(crate) struct Trial {
    pub(crate) name: String,
    fault: &'static Fault,
    call: Call,
    expected: Expected,
}

impl Trial {
    pub(crate) fn run(&self, adapter: Adapter) {
        let stage = (self.fault.stage)(self.expected.attempts(self.call));
        stage.play(&self.name, adapter, self.call, &self.expected);
    }
}

/// Every fault with every call that it can happen to.
pub(crate) fn all() -> Vec<Trial> {
    let mut trials = Vec::new();
    for group in GROUPS {
        for fault in group.faults {
            for call in Call::ALL {
                let Some(expected) = fault.expected(call) else { continue };
                let name = format!("faults::{}::{}::{}", group.name, fault.name, call.name());
                trials.push(Trial { name, fault, call, expected });
            }
        }
    }
    trials
}
