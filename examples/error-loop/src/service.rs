//! The service: an emulator that is busy for a while, and in the end refuses the key.

use std::sync::Arc;
use std::time::Duration;

use eventgrid::{AccessKey, Client, CloudEvent, Data, NamespaceTopic, RetryPolicy, Subscription};
use eventgrid_emulator::{
    Condition, Emulator, Fault, FaultCondition, FaultEffect, Operation, RunningEmulator, Target,
};
use eventgrid_hyper::{Consumer, Hyper, Publisher, Tokio};
use example_namespace::AnyError;

use crate::Job;

const TOPIC: &str = "jobs";
const SUBSCRIPTION: &str = "workers";
/// How long it may take until all jobs are done.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Service {
    emulator: Arc<RunningEmulator>,
}

impl Service {
    /// Starts it with so many jobs. Its second receive, and the one after that, are refused as
    /// those of a busy service.
    pub(crate) async fn start(jobs: u32) -> Result<Self, AnyError> {
        let busy = FaultEffect::new().status(503).header("retry-after-ms", "100");
        let emulator = Emulator::builder()
            .subscription(TOPIC, SUBSCRIPTION)
            .fault(Fault::new(receives().skip(1).count(2), busy))
            .start("127.0.0.1:0")?;
        let service = Self { emulator: Arc::new(emulator) };
        let jobs: Vec<_> = (0..jobs).map(|number| Job { number }).collect();
        service.publish(&jobs).await?;
        Ok(service)
    }

    /// A consumer without retries: the loop around it carries on itself.
    pub(crate) fn consumer(&self) -> Result<Consumer, AnyError> {
        let subscription = Subscription::new(self.emulator.endpoint(), TOPIC, SUBSCRIPTION)?;
        Ok(Consumer::new(self.client(), subscription))
    }

    /// Waits until all jobs are done, and refuses the key from then on. A last job ends the receive
    /// that is under way.
    pub(crate) async fn revoke_key_when_drained(&self) -> Result<(), AnyError> {
        self.drained().await?;
        let refused = Fault::new(receives(), FaultEffect::new().status(401));
        self.emulator.with(move |emulator| emulator.set_faults(vec![refused], None))?;
        self.publish(&[Job { number: u32::MAX }]).await
    }

    async fn drained(&self) -> Result<(), AnyError> {
        let emulator = Arc::clone(&self.emulator);
        let topic = Target::NamespaceTopic(TOPIC);
        let waiting = move || emulator.wait_for(topic, SUBSCRIPTION, Condition::Drained, PATIENCE);
        tokio::task::spawn_blocking(waiting).await??;
        Ok(())
    }

    async fn publish(&self, jobs: &[Job]) -> Result<(), AnyError> {
        let topic = NamespaceTopic::new(self.emulator.endpoint(), TOPIC)?;
        let events: Vec<_> = jobs
            .iter()
            .map(|job| CloudEvent::new(job.number.to_string(), "urn:jobs", "Job").with_data(Data::json(job)))
            .collect();
        Ok(Publisher::new(self.client(), topic).send(&events).await?)
    }

    fn client(&self) -> eventgrid_hyper::Client {
        let key = AccessKey::new(self.emulator.key().to_owned());
        Client::new(Hyper::new(), Tokio, key).retry(RetryPolicy::none())
    }
}

fn receives() -> FaultCondition {
    FaultCondition::new().operation(Operation::Receive)
}
