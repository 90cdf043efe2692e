//! What concerns both directions of a connection: its ends, resets, and closed sockets.

use std::time::Duration;

use link::{End, Error, Link, LinkOptions, PipeOptions, Pulled};

const START: Duration = Duration::ZERO;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// A link with a latency of ten seconds.
fn slow() -> Link {
    Link::new(&LinkOptions::new().both(PipeOptions::new().latency(seconds(10))), START)
}

fn pull(link: &mut Link, at: End, now: Duration) -> Result<Pulled, Error> {
    link.pull(at, now, &mut [0; 100])
}

#[test]
fn bytes_go_to_the_other_end() {
    let mut link = slow();
    assert_eq!(link.push(End::Server, START, b"hello"), Ok(5));
    assert_eq!(pull(&mut link, End::Client, seconds(10)), Ok(Pulled::Bytes(5)));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::Pending));
}

#[test]
fn an_end_that_has_shut_down_still_receives() {
    let mut link = slow();
    link.shutdown(End::Client, START);
    assert_eq!(link.push(End::Client, START, b"x"), Err(Error::Closed));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::End));
    assert_eq!(link.push(End::Server, seconds(10), b"response"), Ok(8));
    assert_eq!(pull(&mut link, End::Client, seconds(20)), Ok(Pulled::Bytes(8)));
    assert!(!link.is_over());
    link.shutdown(End::Server, seconds(20));
    assert_eq!(pull(&mut link, End::Client, seconds(30)), Ok(Pulled::End));
    assert!(link.is_over() && !link.is_reset());
}

#[test]
fn a_cut_loses_what_is_on_the_way_and_keeps_what_has_arrived() {
    let mut link = slow();
    link.push(End::Client, START, b"early").unwrap();
    link.push(End::Client, seconds(5), b"late").unwrap();
    link.reset(seconds(10));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::Bytes(5)));
    assert_eq!(pull(&mut link, End::Server, seconds(20)), Err(Error::Reset));
    assert_eq!(pull(&mut link, End::Client, seconds(20)), Err(Error::Reset));
    assert_eq!(link.push(End::Server, seconds(20), b"x"), Err(Error::Reset));
}

#[test]
fn an_abort_comes_after_the_bytes_and_takes_as_long() {
    let mut link = slow();
    link.push(End::Client, START, b"last words").unwrap();
    link.abort(End::Client, seconds(1));
    assert_eq!(pull(&mut link, End::Client, seconds(1)), Err(Error::Reset));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::Bytes(10)));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::Pending));
    assert_eq!(link.next_event(End::Server), Some(seconds(11)));
    assert_eq!(pull(&mut link, End::Server, seconds(11)), Err(Error::Reset));
    assert_eq!(link.push(End::Server, seconds(11), b"x"), Err(Error::Reset));
}

#[test]
fn an_abort_is_seen_even_after_the_end() {
    let mut link = slow();
    link.shutdown(End::Client, START);
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::End));
    link.abort(End::Client, seconds(20));
    assert_eq!(link.push(End::Server, seconds(29), b"x"), Ok(1));
    assert_eq!(link.push(End::Server, seconds(30), b"x"), Err(Error::Reset));
}

#[test]
fn an_abort_overtakes_no_byte_but_the_end_before_it() {
    let mut link = slow();
    link.push(End::Client, START, b"x").unwrap();
    link.shutdown(End::Client, START);
    link.abort(End::Client, START);
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Ok(Pulled::Bytes(1)));
    assert_eq!(pull(&mut link, End::Server, seconds(10)), Err(Error::Reset));
}

#[test]
fn a_socket_that_is_closed_with_unread_bytes_resets_the_other_end() {
    let mut link = slow();
    link.push(End::Client, START, b"unread").unwrap();
    link.close(End::Server, seconds(10));
    assert_eq!(pull(&mut link, End::Client, seconds(19)), Ok(Pulled::Pending));
    assert_eq!(pull(&mut link, End::Client, seconds(20)), Err(Error::Reset));
}

#[test]
fn a_socket_that_is_closed_responds_to_later_bytes_with_a_reset() {
    let mut link = slow();
    link.push(End::Server, START, b"bye").unwrap();
    link.close(End::Server, START);
    link.push(End::Client, START, b"more").unwrap();
    // The bytes arrive after ten seconds, and the reset comes ten later.
    assert_eq!(pull(&mut link, End::Client, seconds(10)), Ok(Pulled::Bytes(3)));
    assert_eq!(pull(&mut link, End::Client, seconds(10)), Ok(Pulled::End));
    assert_eq!(link.push(End::Client, seconds(19), b"more"), Ok(4));
    assert_eq!(link.push(End::Client, seconds(20), b"more"), Err(Error::Reset));
}

#[test]
fn a_reset_after_bytes_lets_exactly_these_through() {
    for limit in [0, 1, 1459, 1460, 1461, 4000] {
        let options = PipeOptions::new().reset_after_bytes(limit);
        let mut link = Link::new(&LinkOptions::new().to_server(options), START);
        assert_eq!(link.push(End::Client, START, &[1; 5000]), Ok(5000));
        let mut room = [0; 5000];
        if limit > 0 {
            let count = usize::try_from(limit).unwrap();
            assert_eq!(link.pull(End::Server, START, &mut room), Ok(Pulled::Bytes(count)));
        }
        assert_eq!(link.pull(End::Server, START, &mut room), Err(Error::Reset));
        assert_eq!(link.pull(End::Client, START, &mut room), Err(Error::Reset));
    }
}

#[test]
fn a_sender_learns_of_a_reset_on_the_way_when_it_has_happened() {
    let options = PipeOptions::new().latency(seconds(10)).reset_after_bytes(3);
    let mut link = Link::new(&LinkOptions::new().to_server(options), START);
    assert_eq!(link.push(End::Client, START, b"four"), Ok(4));
    assert_eq!(link.push(End::Client, seconds(9), b"more"), Ok(4));
    assert_eq!(link.next_event(End::Client), Some(seconds(10)));
    assert_eq!(link.push(End::Client, seconds(10), b"more"), Err(Error::Reset));
}

#[test]
fn a_reset_after_a_time_counts_from_when_the_link_was_made() {
    let options = LinkOptions::new().to_client(PipeOptions::new().reset_after(seconds(60)));
    let mut link = Link::new(&options, seconds(1000));
    for end in [End::Client, End::Server] {
        assert_eq!(link.next_event(end), Some(seconds(1060)));
        assert_eq!(pull(&mut link, end, seconds(1059)), Ok(Pulled::Pending));
    }
    for end in [End::Client, End::Server] {
        assert_eq!(pull(&mut link, end, seconds(1060)), Err(Error::Reset));
    }
}

#[test]
fn directions_and_seeds_differ_in_what_is_lost() {
    let arrivals = |seed, from: End| {
        let options = PipeOptions::new().loss(0.3).jitter(seconds(1));
        let mut link = Link::new(&LinkOptions::new().seed(seed).both(options), START);
        link.push(from, START, &[1; 1460]).unwrap();
        link.next_event(from.other())
    };
    assert_eq!(arrivals(7, End::Client), arrivals(7, End::Client));
    assert_ne!(arrivals(7, End::Client), arrivals(8, End::Client));
    assert_ne!(arrivals(7, End::Client), arrivals(7, End::Server));
}

#[test]
fn a_lost_segment_comes_after_the_retransmission_time_which_doubles() {
    // All transmissions but the last are lost: 200 ms + 400 ms + ... + 6400 ms.
    let options = LinkOptions::new().both(PipeOptions::new().loss(1.0));
    let mut link = Link::new(&options, START);
    link.push(End::Client, START, b"x").unwrap();
    assert_eq!(link.next_event(End::Server), Some(Duration::from_millis(12_600)));
}

#[test]
fn random_stalls_come_again_and_again() {
    let options = PipeOptions::new().random_stalls(seconds(10), seconds(1));
    let mut link = Link::new(&LinkOptions::new().both(options), START);
    let mut stalled = 0;
    for tenth in 0..10_000 {
        let now = Duration::from_millis(tenth * 100);
        link.push(End::Client, now, b"x").unwrap();
        stalled += usize::from(pull(&mut link, End::Server, now) == Ok(Pulled::Pending));
    }
    // A second in eleven.
    assert!((700..1100).contains(&stalled), "{stalled}");
}
