//! The telemetry device on an STM32F767 with Ethernet, wired as on the NUCLEO-F767ZI.
//!
//! Its endpoint and key are set by environment variables when it is built, so that no key is in the
//! sources: `configuration` names them.

#![no_std]
#![no_main]

use core::pin::pin;

use embassy_executor::Spawner;
use embassy_net::{Config, DhcpConfig, Runner, Stack, StackResources};
use embassy_stm32::eth::{self, Ethernet, GenericPhy, PacketQueue, Sma};
use embassy_stm32::peripherals::{ETH, ETH_SMA, RNG};
use embassy_stm32::rng::{self, Rng};
use embassy_stm32::{bind_interrupts, rcc, time::Hertz};
use eventgrid::{AccessKey, InvalidTarget, NamespaceTopic, Subscription};
use firmware_telemetry::Configuration;
use panic_halt as _;
use static_cell::StaticCell;

bind_interrupts!(struct Interrupts {
    ETH => eth::InterruptHandler;
    RNG => rng::InterruptHandler<RNG>;
});

type Device = Ethernet<'static, ETH, GenericPhy<Sma<'static, ETH_SMA>>>;

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    static PACKETS: StaticCell<PacketQueue<4, 4>> = StaticCell::new();

    let board = embassy_stm32::init(clocks());
    let mut random = Rng::new(board.RNG, Interrupts);
    // Locally administered, and another one in each device.
    let mut address = [0x02, 0, 0, 0, 0, 0];
    let mut seed = [0; 8];
    random.async_fill_bytes(&mut address[1..]).await.expect("the generator works");
    random.async_fill_bytes(&mut seed).await.expect("the generator works");
    let seed = u64::from_ne_bytes(seed);

    let device = Ethernet::new(
        PACKETS.init(PacketQueue::new()),
        board.ETH,
        Interrupts,
        board.PA1,
        board.PA7,
        board.PC4,
        board.PC5,
        board.PG13,
        board.PB13,
        board.PG11,
        address,
        board.ETH_SMA,
        board.PA2,
        board.PC1,
    );
    let network = start_network(spawner, device, seed).await;
    let configuration = configuration(seed).expect("the firmware was built with valid names");
    // Pinned in its place: what is handed on by value is copied over the stack, and this is large.
    pin!(firmware_telemetry::run(network, configuration)).await;
    cortex_m::peripheral::SCB::sys_reset()
}

/// 216 MHz, made of the 8 MHz that the debugger of the board provides; the random number generator
/// needs 48 MHz.
fn clocks() -> embassy_stm32::Config {
    let mut config = embassy_stm32::Config::default();
    config.rcc.hse = Some(rcc::Hse { freq: Hertz::mhz(8), mode: rcc::HseMode::Bypass });
    config.rcc.pll_src = rcc::PllSource::HSE;
    config.rcc.pll = Some(rcc::Pll {
        prediv: rcc::PllPreDiv::DIV4,
        mul: rcc::PllMul::MUL216,
        divp: Some(rcc::PllPDiv::DIV2),
        divq: Some(rcc::PllQDiv::DIV9),
        divr: None,
    });
    config.rcc.ahb_pre = rcc::AHBPrescaler::DIV1;
    config.rcc.apb1_pre = rcc::APBPrescaler::DIV4;
    config.rcc.apb2_pre = rcc::APBPrescaler::DIV2;
    config.rcc.sys = rcc::Sysclk::PLL1_P;
    config
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
async fn start_network(spawner: Spawner, device: Device, seed: u64) -> Stack<'static> {
    static RESOURCES: StaticCell<StackResources<4>> = StaticCell::new();
    let resources = RESOURCES.init(StackResources::new());
    let (network, runner) = embassy_net::new(device, Config::dhcpv4(DhcpConfig::default()), resources, seed);
    spawner.spawn(run_network(runner).expect("it is spawned once"));
    network.wait_config_up().await;
    network
}

#[embassy_executor::task]
async fn run_network(mut runner: Runner<'static, Device>) -> ! {
    runner.run().await
}
