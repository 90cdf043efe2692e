//! What the device is told to do.

use core::time::Duration;

use eventgrid::{
    AsyncCredential, AsyncSleep, AsyncTransport, Batch, Buf, Consumer, ReceiveOptions, Settling,
};
use firmware_board::println;

/// Pulls the commands that are there, says of which types they are, and acknowledges them.
///
/// # Errors
/// The exit code.
pub(crate) async fn obey<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
    consumer: &Consumer<T, E, C>,
    tx: &mut [u8],
) -> Result<(), i32> {
    let options = ReceiveOptions::new().max_events(2).max_wait_time(Duration::from_secs(10));
    let (mut commands, mut settled) = ([0; 1024], [0; 256]);
    let mut commands = Buf::new(&mut commands);
    let received = consumer.receive_in(options, &mut Buf::new(tx), &mut commands).await;
    let batch = received.map_err(|error| crate::failed(&error))?;
    show(&batch);
    let mut settled = Buf::new(&mut settled);
    let acknowledged =
        consumer.settle_in(Settling::Acknowledge, &batch, &mut Buf::new(tx), &mut settled).await;
    let settlement = acknowledged.map_err(|error| crate::failed(&error))?;
    println!("acknowledged={}", settlement.succeeded().count());
    Ok(())
}

fn show(batch: &Batch<'_>) {
    for received in batch {
        match received.event() {
            Ok(event) => println!("command={} delivery={}", event.event_type(), received.delivery_count()),
            Err(_) => println!("command=?"),
        }
    }
}
