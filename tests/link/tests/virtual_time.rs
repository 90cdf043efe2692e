//! The link in process, on tokio's paused clock: virtual time is exact, and no test waits.

use std::io::ErrorKind;
use std::time::Duration;

use link::tokio::{Stream, duplex};
use link::{LinkOptions, PipeOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

fn both(options: PipeOptions) -> (Stream, Stream) {
    duplex(&LinkOptions::new().seed(7).both(options))
}

/// Sends so many bytes and returns how long it takes until the end has arrived.
async fn send(count: usize, options: PipeOptions) -> Duration {
    let (mut client, mut server) = both(options);
    let sent: Vec<u8> = (0..count).map(|place| u8::try_from(place % 251).unwrap()).collect();
    let start = Instant::now();
    let expected = sent.clone();
    let sender = tokio::spawn(async move {
        client.write_all(&sent).await.unwrap();
        client.shutdown().await.unwrap();
        client
    });
    let mut received = Vec::new();
    server.read_to_end(&mut received).await.unwrap();
    assert!(received == expected, "the bytes differ");
    sender.await.unwrap();
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_megabyte_at_100_kilobytes_per_second_takes_10_seconds() {
    // The burst of one segment is there at once.
    let options = PipeOptions::new().rate(100_000).segment(1000);
    assert_eq!(send(1_000_000, options).await, Duration::from_millis(9_990));
}

#[tokio::test(start_paused = true)]
async fn pieces_of_one_byte_take_no_longer() {
    let options = PipeOptions::new().rate(1_000).segment(10).fragment(1);
    assert_eq!(send(10_000, options).await, Duration::from_millis(9_990));
}

#[tokio::test(start_paused = true)]
async fn a_buffer_limits_the_rate_as_a_window_does() {
    let options = PipeOptions::new().buffer(10_000).latency(Duration::from_millis(100));
    assert_eq!(send(1_000_000, options).await, Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn the_rate_can_change_on_the_way() {
    let (mut client, mut server) = both(PipeOptions::new().rate(0));
    client.write_all(&[1; 3000]).await.unwrap();
    let start = Instant::now();
    let mut received = [0; 3000];
    let (_, ()) = tokio::join!(server.read_exact(&mut received), async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        client.set_options(&LinkOptions::new().both(PipeOptions::new().rate(1000).burst(1000)));
    });
    assert_eq!(start.elapsed(), Duration::from_secs(62));
}

#[tokio::test(start_paused = true)]
async fn a_writer_waits_for_the_reader() {
    let (mut client, mut server) = both(PipeOptions::new().buffer(100));
    client.write_all(&[1; 100]).await.unwrap();
    let (written, ()) =
        tokio::join!(tokio::time::timeout(Duration::from_secs(9), client.write_all(&[2])), async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            server.read_exact(&mut [0; 50]).await.unwrap();
        });
    written.expect("a read makes room").unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_direction_can_end_before_the_other() {
    let (mut client, mut server) = both(PipeOptions::new().latency(Duration::from_secs(1)));
    client.write_all(b"request").await.unwrap();
    client.shutdown().await.unwrap();
    let mut text = String::new();
    server.read_to_string(&mut text).await.unwrap();
    server.write_all(b"response").await.unwrap();
    drop(server);
    client.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "requestresponse");
    assert_eq!(client.write(b"more").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[tokio::test(start_paused = true)]
async fn a_cut_wakes_a_reader_and_a_writer() {
    let (mut client, mut server) = both(PipeOptions::new().buffer(10).latency(Duration::from_secs(100)));
    let (mut reader, mut writer) = tokio::io::split(&mut client);
    let (read, written, ()) = tokio::join!(reader.read_u8(), writer.write_all(&[1; 11]), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.cut();
    });
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(written.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test(start_paused = true)]
async fn a_writer_learns_of_a_reset_though_nobody_reads() {
    let (mut client, _server) = both(PipeOptions::new().buffer(10).reset_after(Duration::from_secs(30)));
    let start = Instant::now();
    assert_eq!(client.write_all(&[1; 11]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(start.elapsed(), Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_reader_learns_of_a_reset_in_the_other_direction() {
    let to_server = PipeOptions::new().latency(Duration::from_secs(2)).reset_after_bytes(3);
    let (mut client, _server) = duplex(&LinkOptions::new().to_server(to_server));
    client.write_all(b"four").await.unwrap();
    let start = Instant::now();
    assert_eq!(client.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(start.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn bytes_for_an_end_that_was_dropped_are_responded_to_with_a_reset() {
    let (mut client, server) = both(PipeOptions::new().latency(Duration::from_secs(1)));
    drop(server);
    client.write_all(b"anyone?").await.unwrap();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(client.write(b"anyone?").await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}
