//! The commands for the device.

use core::time::Duration;

use eventgrid::{
    AsyncCredential, AsyncSleep, AsyncTransport, Buf, Consumer, ReceiveOptions, ReceivedEvent, SettleAction,
};
use firmware_board::println;

/// Pulls the commands that are there, counts those that it knows, and acknowledges all.
///
/// # Errors
/// The exit code.
pub(crate) async fn obey<
    T: AsyncTransport<Error = eventgrid_reqwless::Error>,
    E: AsyncSleep,
    C: AsyncCredential,
>(
    consumer: &Consumer<T, E, C>,
    tx: &mut [u8],
) -> Result<(), i32> {
    let options = ReceiveOptions::new().max_events(2).max_wait_time(Duration::from_secs(10));
    let (mut commands, mut settled) = ([0; 1024], [0; 256]);
    let (mut commands, mut settled) = (Buf::new(&mut commands), Buf::new(&mut settled));
    let received = consumer.receive_in(options, &mut Buf::new(tx), &mut commands).await;
    let batch = received.map_err(|error| crate::failed(&error))?;
    let known = batch.iter().filter(is_known).count();
    let acknowledged =
        consumer.settle_in(SettleAction::Acknowledge, &batch, &mut Buf::new(tx), &mut settled).await;
    let settlement = acknowledged.map_err(|error| crate::failed(&error))?;
    println!("known={known} acknowledged={}", settlement.succeeded().count());
    Ok(())
}

fn is_known(received: &ReceivedEvent<'_>) -> bool {
    received.event().is_ok_and(|event| event.event_type() == *"Device.Restart")
}
