//! `egrid publish`.
//!
//! This module covers what is read or made, how it is gathered into requests, and what is reported.
//! How a request is cut, sent and repeated is the library's.

mod chunk;
mod dry_run;
mod failed_file;
mod gathering;
mod pace;
mod plan;
mod progress;
mod report;

use eventgrid::credential::AnyCredential;
use eventgrid::target::{AnyTarget, Target as _};
use eventgrid::{EndpointKind, SendLimits, Transport};

use self::dry_run::Showing;
use self::gathering::Gathering;
use self::pace::Pace;
use self::plan::Plan;
pub(super) use self::plan::{check_id, template_of};
use self::progress::Progress;
use self::report::Report;
use crate::arguments::PublishArguments;
use crate::connection::{BlockingClient, Connection};
use crate::events::{AnyEvent, EventFault, TemplateValues};
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::OutputFormat;

/// How this program publishes over a transport.
type Publisher<T> = eventgrid::blocking::Publisher<T, Interruption, AnyCredential, AnyTarget<'static>>;

/// Does what was asked for.
pub(super) fn run(arguments: &PublishArguments, format: Option<OutputFormat>) -> Result<(), Failure> {
    let plan = Plan::new(arguments)?;
    run_plan(arguments, plan, format)
}

/// Publishes events that another command makes: as many as the arguments say.
pub(super) fn run_made(
    arguments: &PublishArguments,
    make: impl Fn(&TemplateValues) -> Result<AnyEvent<'static>, EventFault>,
    format: Option<OutputFormat>,
) -> Result<(), Failure> {
    run_plan(arguments, Plan::Made(Box::new(make)), format)
}

fn run_plan(
    arguments: &PublishArguments,
    plan: Plan<'_>,
    format: Option<OutputFormat>,
) -> Result<(), Failure> {
    let connection = Connection::new(&arguments.connection)?;
    let target = connection.target()?;
    if arguments.domain_topic.is_some() && target.endpoint_kind() != EndpointKind::Domain {
        return Err(Failure::usage("--domain-topic is for a domain, and the endpoint is not a domain's")
            .advice("leave it out, or name the endpoint of a domain and add --kind domain"));
    }
    if arguments.dry_run {
        let interruption = Interruption::default();
        let showing = Showing::new(interruption.clone());
        let publisher = publisher(connection.client_over(showing.clone())?, target, arguments);
        let report = publish(&publisher, plan, arguments, &interruption, Progress::hidden());
        return match showing.failure() {
            Some(failure) => Err(failure),
            None => report.finish("shown", format),
        };
    }
    let interruption = Interruption::watch()?;
    let client = connection.client(&interruption)?;
    let progress = Progress::of(&plan, arguments.count);
    let report = publish(&publisher(client, target, arguments), plan, arguments, &interruption, progress);
    report.finish("published", format)
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
    plan: Plan<'_>,
    arguments: &PublishArguments,
    interruption: &Interruption,
    progress: Progress,
) -> Report {
    let mut gathering = Gathering::new(publisher, arguments, interruption, progress);
    let result = match plan {
        Plan::Made(make) => gathering.make(make, arguments.count),
        Plan::Read { sources, form, recipe } => gathering.read(sources, form, recipe.as_deref()),
    };
    gathering.end(result)
}
