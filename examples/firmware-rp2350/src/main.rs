//! The telemetry device on an RP2350 with a W5500, wired as on the W5500-EVB-Pico2.
//!
//! Its endpoint and key are set by environment variables when it is built, so that no key is in the
//! sources: `configuration` names them.

#![no_std]
#![no_main]

use core::pin::pin;

use embassy_executor::Spawner;
use embassy_net::{Config, DhcpConfig, Runner, Stack, StackResources};
use embassy_net_wiznet::chip::W5500;
use embassy_net_wiznet::{Device, State};
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::{DMA_CH0, DMA_CH1, SPI0, TRNG};
use embassy_rp::spi::{self, Async, Spi};
use embassy_rp::trng::{self, Trng};
use embassy_rp::{bind_interrupts, dma};
use embassy_time::Delay;
use embedded_hal_bus::spi::ExclusiveDevice;
use eventgrid::{AccessKey, InvalidTarget, NamespaceTopic, Subscription};
use firmware_telemetry::Configuration;
use panic_halt as _;
use static_cell::StaticCell;

bind_interrupts!(struct Interrupts {
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>, dma::InterruptHandler<DMA_CH1>;
    TRNG_IRQ => trng::InterruptHandler<TRNG>;
});

type Bus = ExclusiveDevice<Spi<'static, SPI0, Async>, Output<'static>, Delay>;
type Ethernet = embassy_net_wiznet::Runner<'static, W5500, Bus, Input<'static>, Output<'static>>;

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    static STATE: StaticCell<State<4, 4>> = StaticCell::new();

    let board = embassy_rp::init(embassy_rp::config::Config::default());
    let mut random = Trng::new(board.TRNG, Interrupts, trng::Config::default());

    let mut config = spi::Config::default();
    config.frequency = 50_000_000;
    let (clock, mosi, miso) = (board.PIN_18, board.PIN_19, board.PIN_16);
    let bus = Spi::new(board.SPI0, clock, mosi, miso, board.DMA_CH0, board.DMA_CH1, Interrupts, config);
    let bus = ExclusiveDevice::new(bus, Output::new(board.PIN_17, Level::High), Delay)
        .expect("setting a pin cannot fail");
    let interrupt = Input::new(board.PIN_21, Pull::Up);
    let reset = Output::new(board.PIN_20, Level::High);
    // Locally administered, and another one in each device.
    let mut address = [0x02, 0, 0, 0, 0, 0];
    random.fill_bytes(&mut address[1..]).await;
    let (device, ethernet) =
        embassy_net_wiznet::new(address, STATE.init(State::new()), bus, interrupt, reset)
            .await
            .expect("the W5500 is there");
    spawner.spawn(run_ethernet(ethernet).expect("it is spawned once"));

    let seed = random.blocking_next_u64();
    let network = start_network(spawner, device, seed).await;
    let configuration = configuration(seed).expect("the firmware was built with valid names");
    // Pinned in its place: what is handed on by value is copied over the stack, and this is large.
    pin!(firmware_telemetry::run(network, configuration)).await;
    cortex_m::peripheral::SCB::sys_reset()
}

/// Where to publish and what to obey. It is built into the firmware.
fn configuration(seed: u64) -> Result<Configuration<AccessKey<'static>>, InvalidTarget> {
    let endpoint = env!("EVENTGRID_ENDPOINT", "set it to the URL of the namespace");
    let commands = env!("EVENTGRID_COMMANDS", "set it to the topic that commands are published to");
    let subscription = env!("EVENTGRID_SUBSCRIPTION", "set it to this device's subscription to commands");
    Ok(Configuration {
        topic: NamespaceTopic::new(endpoint, env!("EVENTGRID_TOPIC", "set it to the topic of the readings"))?,
        commands: Subscription::new(endpoint, commands, subscription)?,
        credential: AccessKey::new(env!("EVENTGRID_KEY", "set it to an access key of the namespace")),
        source: env!("EVENTGRID_SOURCE", "set it to the URI that the readings come from"),
        unix_time: None,
        seed,
    })
}

/// Starts the network and waits until it has an address.
async fn start_network(spawner: Spawner, device: Device<'static>, seed: u64) -> Stack<'static> {
    static RESOURCES: StaticCell<StackResources<4>> = StaticCell::new();
    let resources = RESOURCES.init(StackResources::new());
    let (network, runner) = embassy_net::new(device, Config::dhcpv4(DhcpConfig::default()), resources, seed);
    spawner.spawn(run_network(runner).expect("it is spawned once"));
    network.wait_config_up().await;
    network
}

#[embassy_executor::task]
async fn run_ethernet(ethernet: Ethernet) -> ! {
    ethernet.run().await
}

#[embassy_executor::task]
async fn run_network(mut runner: Runner<'static, Device<'static>>) -> ! {
    runner.run().await
}
