//! Publishing to every kind of target.

use eventgrid::Data;
use eventgrid::event::{BinaryMode, CustomEvent, EventGridEvent};
use eventgrid::target::{BasicTopic, Domain, PartnerChannel};

use super::scene::{Scene, event};
use crate::subject::Adapter;

rows![a_namespace_topic, a_basic_topic, a_domain, a_partner_channel];

fn reading(id: &str) -> EventGridEvent<'_> {
    EventGridEvent::new(id, "boilers/1", "Reading", "2024-06-01T12:00:00Z", "1.0")
        .with_data(Data::text("71 °C"))
}

fn a_namespace_topic(adapter: Adapter) {
    let scene = Scene::new(adapter);
    scene.publish("an event", scene.topic(), &event("1").with_data(Data::text("71 °C")));
    scene.publish("a batch", scene.topic(), &[event("2"), event("3")]);
    let binary = event("4").with_data_content_type("text/plain").with_data(Data::text("71"));
    scene.publish("in binary mode", scene.topic(), &BinaryMode(&binary));
    drop(scene.receive());
    scene.end(&[
        "publish an event: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as application/cloudevents+json; charset=utf-8",
        "publish a batch: done",
        "  NamespaceTopic readings took 2 of schema cloudevents as application/cloudevents-batch+json; charset=utf-8",
        "publish in binary mode: done",
        "  NamespaceTopic readings took 1 of schema cloudevents as text/plain",
        "receive, after 0 s: 1 (delivery 1), 2 (delivery 1), 3 (delivery 1), 4 (delivery 1)",
    ]);
}

fn a_basic_topic(adapter: Adapter) {
    let scene = Scene::new(adapter);
    let topic = |name| BasicTopic::new(scene.at(&format!("/{name}/api/events"))).unwrap();
    scene.publish("an event", topic("orders"), &reading("1"));
    scene.publish("a batch", topic("orders"), &[reading("2"), reading("3")]);
    let custom = CustomEvent::raw_json(r#"{"celsius":71}"#).unwrap();
    scene.publish("a custom event", topic("boilers"), &custom);
    scene.publish("another schema", topic("orders"), &custom);
    scene.end(&[
        "publish an event: done",
        "  BasicTopic orders took 1 of schema eventgrid as application/json; charset=utf-8",
        "publish a batch: done",
        "  BasicTopic orders took 2 of schema eventgrid as application/json; charset=utf-8",
        "publish a custom event: done",
        "  BasicTopic boilers took 1 of schema custom as application/json; charset=utf-8",
        "publish another schema: refused by 400 BadRequest",
    ]);
}

fn a_domain(adapter: Adapter) {
    let scene = Scene::new(adapter);
    let domain = || Domain::new(scene.at("/shops/api/events")).unwrap();
    scene.publish("to a domain topic", domain(), &reading("1").for_domain_topic("berlin"));
    scene.publish("to none", domain(), &reading("2"));
    scene.end(&[
        "publish to a domain topic: done",
        "  Domain shops took 1 of schema eventgrid as application/json; charset=utf-8",
        "publish to none: Request(Event { index: 0, reason: NoDomainTopic })",
    ]);
}

fn a_partner_channel(adapter: Adapter) {
    let scene = Scene::new(adapter);
    let channel = |name| PartnerChannel::new(scene.at("/contoso/api/events"), name).unwrap();
    scene.publish("to a channel", channel("news"), &event("1"));
    scene.publish("to one that is not there", channel("sports"), &event("1"));
    scene.end(&[
        "publish to a channel: done",
        "  PartnerChannel contoso, channel news took 1 of schema cloudevents as application/cloudevents-batch+json; charset=utf-8",
        "publish to one that is not there: refused by 404 NotFound",
    ]);
}
