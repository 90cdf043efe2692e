//! Finds out from an error what has to be fixed: the program, the credential, the network, or the
//! service.
//!
//! It makes each of these mistakes on purpose, against the namespace that the crate
//! `example-namespace` chooses.

use std::process::ExitCode;

use eventgrid::{
    AccessKey, CloudEvent, Error, LockToken, NamespaceTopic, ReceiveOptions, RetryPolicy, TransportErrorKind,
    with_causes,
};
use eventgrid_hyper::Publisher;
use example_namespace::{AnyError, Namespace, exit_code, source_of_this_run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// The program asks for what cannot be: change it.
    You,
    /// Renew the key or token, or what it may do.
    Credential,
    /// See to the connection, or try again later.
    Network,
    /// Nobody: the service is busy, try again later.
    Service,
}

fn who_must_act(error: &Error<'_, eventgrid_hyper::Error>) -> Act {
    match error {
        Error::Credential { .. } => Act::Credential,
        Error::Transport { .. } => Act::Network,
        Error::Service(_) if error.is_unauthorized() => Act::Credential,
        Error::Service(_) if error.is_retryable() => Act::Service,
        Error::Request(_) | Error::BatchTooLarge(_) | Error::Service(_) => Act::You,
        // The service broke its promise, or something in between did.
        _ => Act::Service,
    }
}

/// Whether each mistake was told from the others.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("orders", "billing")])?;
    let (publisher, consumer) = namespace.first();
    let topic = publisher.target();
    let source = source_of_this_run();
    let event = CloudEvent::new("1", source.as_str(), "Order.Created");
    let mut told = Told::default();

    // Nothing was sent: the time is not one that CloudEvents knows.
    let invalid = event.clone().with_time("yesterday");
    told.expect(Act::You, "an event that is not valid", publisher.send(&invalid).await);

    // Nothing was sent: the service gives at most a hundred events at once.
    let options = ReceiveOptions::new().max_events(1000);
    told.expect(Act::You, "a thousand events at once", consumer.receive(options).await.map(drop));

    // The service does not know that topic.
    let elsewhere = NamespaceTopic::new(topic.endpoint().to_string(), "no-such-topic")?;
    let result = Publisher::new(namespace.client(), elsewhere).send(&event).await;
    told.expect(Act::You, "a topic that is not there", result);

    // The service does not accept that key.
    let stranger = eventgrid_hyper::client(AccessKey::new("c3RyYW5nZXI="));
    let result = Publisher::new(stranger, topic.clone()).send(&event).await;
    told.expect(Act::Credential, "a wrong key", result);

    // Nobody listens there. By default one retry would follow, within a second.
    let nowhere = NamespaceTopic::new("http://127.0.0.1:9", "orders")?;
    let impatient = namespace.client().retry(RetryPolicy::none());
    let result = Publisher::new(impatient, nowhere).send(&event).await;
    if let Err(error) = &result {
        let connect = error.transport_kind() == Some(TransportErrorKind::Connect);
        assert!(connect && !error.may_have_been_acted_on(), "so it is safe to send it elsewhere");
    }
    told.expect(Act::Network, "a host that does not respond", result);

    // No error at all: the call succeeds, and says what became of each token.
    let settlement = consumer.acknowledge(&LockToken::new("bm8gc3VjaCB0b2tlbg==")).await?;
    for failed in settlement.failed() {
        println!("a lock token of someone else: {:?}", failed.reason());
    }
    told.all_right &= !settlement.is_complete();
    Ok(told.all_right)
}

struct Told {
    all_right: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self { all_right: true }
    }
}

impl Told {
    fn expect(
        &mut self,
        act: Act,
        mistake: &str,
        result: Result<(), Error<'static, eventgrid_hyper::Error>>,
    ) {
        let Err(error) = result else {
            println!("{mistake}: nobody complained");
            self.all_right = false;
            return;
        };
        let told = who_must_act(&error);
        println!("{mistake}: {told:?} must act: {}", with_causes(&error));
        self.all_right &= told == act;
    }
}
