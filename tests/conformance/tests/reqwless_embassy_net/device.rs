//! A device with its network.

use std::time::Duration;

use eventgrid_reqwless::{Embassy, Reqwless, Slot};
use tokio::task::spawn_local;

use crate::network::{self, leak};
use crate::on_a_thread::Jobs;
use crate::relay::{Relayed, Relays};

static ENVIRONMENT: Embassy = Embassy::new();

/// Runs a device until it is given no more to do.
pub(crate) async fn run(mut jobs: Jobs, response_timeout: Duration, idle_timeout: Duration) {
    let (near, far) = network::pair();
    near.wait_config_up().await;
    far.wait_config_up().await;
    let relays = Relays::new(far);
    let slot = || Slot::new(Relayed::new(near, relays.clone()), leak([0; 1024]));
    let transport = Reqwless::new(&ENVIRONMENT, [slot(), slot()])
        .response_timeout(response_timeout)
        .idle_timeout(idle_timeout);
    let transport: &Reqwless<'static, _, _> = leak(transport);
    while let Some(job) = jobs.recv().await {
        let relays = relays.clone();
        spawn_local(async move {
            relays.settle().await;
            job.run(transport).await;
        });
    }
}
