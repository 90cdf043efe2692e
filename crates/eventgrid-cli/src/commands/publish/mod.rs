//! `egrid publish`.
//!
//! Here belong what is read or made, how it is gathered into requests, and what is reported. How a
//! request is cut, sent and repeated is the library's.

mod chunk;
mod dry_run;
mod failed_file;
mod gathering;
mod pace;
mod plan;
mod report;

use eventgrid::credential::AnyCredential;
use eventgrid::target::{AnyTarget, Target as _};
use eventgrid::{SendLimits, Transport};

use self::dry_run::Showing;
use self::gathering::Gathering;
use self::pace::Pace;
use self::plan::Plan;
use self::report::Report;
use crate::arguments::PublishArguments;
use crate::connection::{BlockingClient, Connection};
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::OutputFormat;

/// How this program publishes over a transport.
type Publisher<T> = eventgrid::blocking::Publisher<T, Interruption, AnyCredential, AnyTarget<'static>>;

/// Does what was asked for.
pub(super) fn run(arguments: &PublishArguments, format: Option<OutputFormat>) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    let connection = Connection::new(&arguments.connection)?;
    let target = connection.target()?;
    if arguments.dry_run {
        let publisher = publisher(connection.client_over(Showing)?, target, arguments);
        return publish(&publisher, plan, arguments, &Interruption::default()).finish("shown", format);
    }
    let interruption = Interruption::watch()?;
    let client = connection.client(&interruption)?;
    publish(&publisher(client, target, arguments), plan, arguments, &interruption).finish("published", format)
}

fn publisher<T: Transport>(
    client: BlockingClient<T>,
    target: AnyTarget<'static>,
    arguments: &PublishArguments,
) -> Publisher<T> {
    let documented = SendLimits::of(target.endpoint_kind());
    let most = arguments.max_events.map_or(documented.max_events, usize::from);
    let limits = SendLimits {
        max_events: arguments.rate.map_or(most, |rate| most.min(Pace::new(rate).max_events())),
        max_bytes: arguments.max_bytes.unwrap_or(documented.max_bytes),
    };
    Publisher::new(client.replay_publish(!arguments.at_most_once), target).limits(limits)
}

fn publish<T: Transport>(
    publisher: &Publisher<T>,
    plan: Plan,
    arguments: &PublishArguments,
    interruption: &Interruption,
) -> Report {
    let mut gathering = Gathering::new(publisher, arguments, interruption);
    let result = match plan {
        Plan::Made(recipe) => gathering.make(&recipe, arguments.count),
        Plan::Read { sources, form, recipe } => gathering.read(sources, form, recipe.as_ref()),
    };
    gathering.end(result)
}
