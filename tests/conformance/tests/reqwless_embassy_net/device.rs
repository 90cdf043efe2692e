//! A device with its network.

use eventgrid::Limits;
use eventgrid_reqwless::{Embassy, Reqwless, Slot};
use tokio::task::spawn_local;

use crate::HEAD;
use crate::network::{self, leak};
use crate::on_a_thread::Jobs;
use crate::relay::{Relayed, Relays};

static ENVIRONMENT: Embassy = Embassy::new();

/// Runs a device until it is given no more to do.
pub(crate) async fn run(mut jobs: Jobs, limits: Limits) {
    let (near, far) = network::pair();
    near.wait_config_up().await;
    far.wait_config_up().await;
    let relays = Relays::new(near, far);
    let slot = || Slot::new(Relayed::new(near, relays.clone()), vec![0; HEAD].leak());
    let transport = Reqwless::new(&ENVIRONMENT, [slot(), slot()]).limits(limits);
    let transport: &Reqwless<'static, _, _> = leak(transport);
    while let Some(job) = jobs.recv().await {
        let relays = relays.clone();
        spawn_local(async move {
            relays.settle().await;
            job.run(transport).await;
        });
    }
}
