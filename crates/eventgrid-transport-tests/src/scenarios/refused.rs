//! What the service refuses.

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::target::BasicTopic;
use eventgrid::{Data, NamespaceTopic, ReceiveOptions, Subscription};

use super::scene::{Scene, event, events, outcome};
use crate::subject::Adapter;

rows![a_wrong_key, what_is_not_there, what_is_too_large];

const WRONG_KEY: &str = "d3Jvbmc=";

fn a_wrong_key(adapter: Adapter) {
    let scene = Scene::new(adapter);
    let client = || scene.client_with_key(WRONG_KEY);
    let published = Publisher::new(client(), scene.topic()).send(&event("1"));
    scene.tell(format_args!("publish: {}", outcome(&published, |()| String::new())));
    let consumer = Consumer::new(client(), scene.consumer().subscription().clone());
    let received = consumer.receive(ReceiveOptions::new());
    scene.tell(format_args!("receive: {}", outcome(&received, events)));
    let topic = BasicTopic::new(scene.at("/orders/api/events")).unwrap();
    let published = Publisher::new(client(), topic).send(&event("1"));
    scene.tell(format_args!("publish to a basic topic: {}", outcome(&published, |()| String::new())));
    scene.publish("with the right key", scene.topic(), &event("1"));
    scene.end(&[
        "publish: refused by 401 Unauthorized",
        "receive: refused by 401 Unauthorized",
        "publish to a basic topic: refused by 401 Unauthorized",
        "publish with the right key: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
    ]);
}

fn what_is_not_there(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("to a topic", NamespaceTopic::new(scene.at(""), "weather").unwrap(), &event("1"));
    let basic = BasicTopic::new(scene.at("/weather/api/events")).unwrap();
    scene.publish("to a basic topic", basic, &event("1"));
    for (topic, subscription) in [("weather", "alarms"), ("readings", "storms")] {
        let subscription = Subscription::new(scene.at(""), topic, subscription).unwrap();
        let received = Consumer::new(scene.client(), subscription).receive(ReceiveOptions::new());
        scene.tell(format_args!("receive: {}", outcome(&received, events)));
    }
    scene.end(&[
        "publish to a topic: refused by 404 NotFound",
        "publish to a basic topic: refused by 404 NotFound",
        "receive: refused by 404 NotFound",
        "receive: refused by 404 NotFound",
    ]);
}

fn what_is_too_large(adapter: Adapter) {
    let scene = Scene::new(adapter);
    let large = Data::text("x".repeat(1 << 20));
    scene.publish("more than a megabyte", scene.topic(), &event("1").with_data(large));
    scene.publish("less", scene.topic(), &event("2"));
    drop(scene.receive());
    scene.end(&[
        "publish more than a megabyte: refused by 413 RequestEntityTooLarge",
        "publish less: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "receive, after 0 s: 2 (delivery 1)",
    ]);
}
