//! Receiving and settling.

use eventgrid::{Buf, LockToken, ReceiveOptions, ReleaseDelay, SettleAction};

use super::scene::{Scene, emulator, event, events, outcome, settlement};
use crate::subject::Adapter;

rows![
    each_way_to_settle,
    a_lock_ends,
    a_renewed_lock_holds,
    some_tokens_fail,
    deliveries_are_exhausted,
    in_buffers_of_the_callers_own,
];

fn each_way_to_settle(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("six", scene.topic(), &["1", "2", "3", "4", "5", "6"].map(event));
    let batch = scene.receive();
    let tokens: Vec<_> = batch.iter().map(|received| received.lock_token()).collect();
    let consumer = scene.consumer();
    scene.settled("acknowledge 1 and 2", &consumer.acknowledge(&tokens[..2]));
    scene.settled("release 3", &consumer.release(&tokens[2], ReleaseDelay::NoDelay));
    scene.settled("release 4 after 10 s", &consumer.release(&tokens[3], ReleaseDelay::TenSeconds));
    scene.settled("reject 5", &consumer.reject(&tokens[4]));
    scene.settled("renew the lock of 6", &consumer.renew_locks(&tokens[5]));
    scene.tell_stats();
    drop(scene.receive());
    drop(scene.receive());
    scene.tell_stats();
    scene.end(&[
        "publish six: done",
        "  NamespaceTopic readings took 6 of schema cloudevents as application/cloudevents-batch+json; charset=utf-8",
        "receive, after 0 s: 1 (delivery 1), 2 (delivery 1), 3 (delivery 1), 4 (delivery 1), 5 (delivery 1), 6 (delivery 1)",
        "acknowledge 1 and 2: 2 succeeded, failed []",
        "release 3: 1 succeeded, failed []",
        "release 4 after 10 s: 1 succeeded, failed []",
        "reject 5: 1 succeeded, failed []",
        "renew the lock of 6: 1 succeeded, failed []",
        "published 6, queued 1, locked 1, delayed 1, acknowledged 2, rejected 1, exhausted 0, expired 0",
        "receive, after 0 s: 3 (delivery 2)",
        "receive, after 10 s: 4 (delivery 2)",
        "published 6, queued 0, locked 3, delayed 0, acknowledged 2, rejected 1, exhausted 0, expired 0",
    ]);
}

fn a_lock_ends(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("one", scene.topic(), &event("1"));
    let batch = scene.receive();
    scene.advance(60);
    scene.settled("acknowledge", &scene.consumer().acknowledge(&batch));
    scene.settled("renew", &scene.consumer().renew_locks(&batch));
    drop(scene.receive());
    scene.end(&[
        "publish one: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "receive, after 0 s: 1 (delivery 1)",
        "60 s pass",
        "acknowledge: 0 succeeded, failed [TokenLost]",
        "renew: 0 succeeded, failed [TokenLost]",
        "receive, after 0 s: 1 (delivery 2)",
    ]);
}

fn a_renewed_lock_holds(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("one", scene.topic(), &event("1"));
    let batch = scene.receive();
    scene.advance(50);
    scene.settled("renew", &scene.consumer().renew_locks(&batch));
    scene.advance(50);
    scene.settled("acknowledge", &scene.consumer().acknowledge(&batch));
    drop(scene.receive());
    scene.end(&[
        "publish one: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "receive, after 0 s: 1 (delivery 1)",
        "50 s pass",
        "renew: 1 succeeded, failed []",
        "50 s pass",
        "acknowledge: 1 succeeded, failed []",
        "receive, after 60 s: nothing",
    ]);
}

fn some_tokens_fail(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("two", scene.topic(), &[event("1"), event("2")]);
    let batch = scene.receive();
    let mut tokens: Vec<_> = batch.iter().map(|received| received.lock_token()).collect();
    scene.settled("acknowledge 1", &scene.consumer().acknowledge(&tokens[0]));
    tokens.push(LockToken::new("no token"));
    scene.settled("acknowledge 1 again, 2, and what is not a token", &scene.consumer().acknowledge(&tokens));
    scene.end(&[
        "publish two: done",
        "  NamespaceTopic readings took 2 of schema cloudevents as application/cloudevents-batch+json; charset=utf-8",
        "receive, after 0 s: 1 (delivery 1), 2 (delivery 1)",
        "acknowledge 1: 1 succeeded, failed []",
        "acknowledge 1 again, 2, and what is not a token: 1 succeeded, failed [TokenLost, BadToken]",
    ]);
}

fn deliveries_are_exhausted(adapter: Adapter) {
    let scene = Scene::with(adapter, emulator().max_delivery_count(2));
    scene.publish("one", scene.topic(), &event("1"));
    for _ in 0..2 {
        let batch = scene.receive();
        scene.settled("release", &scene.consumer().release(&batch, ReleaseDelay::NoDelay));
    }
    drop(scene.receive());
    scene.tell_stats();
    scene.end(&[
        "publish one: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "receive, after 0 s: 1 (delivery 1)",
        "release: 1 succeeded, failed []",
        "receive, after 0 s: 1 (delivery 2)",
        "release: 1 succeeded, failed []",
        "receive, after 60 s: nothing",
        "published 1, queued 0, locked 0, delayed 0, acknowledged 0, rejected 0, exhausted 1, expired 0",
    ]);
}

fn in_buffers_of_the_callers_own(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("one", scene.topic(), &event("1"));
    let consumer = scene.consumer();
    let (mut tx, mut rx, mut other_rx) = ([0; 1024], [0; 1024], [0; 1024]);
    let (mut tx, mut rx, mut other_rx) = (Buf::new(&mut tx), Buf::new(&mut rx), Buf::new(&mut other_rx));
    let batch = consumer.receive_in(ReceiveOptions::new(), &mut tx, &mut rx).unwrap();
    scene.tell(events(&batch));
    let settled = consumer.settle_in(SettleAction::Acknowledge, &batch, &mut tx, &mut other_rx);
    scene.tell(outcome(&settled.map_err(eventgrid::Error::into_owned), settlement));
    scene.tell_stats();
    scene.end(&[
        "publish one: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "1 (delivery 1)",
        "1 succeeded, failed []",
        "published 1, queued 0, locked 0, delayed 0, acknowledged 1, rejected 0, exhausted 0, expired 0",
    ]);
}
