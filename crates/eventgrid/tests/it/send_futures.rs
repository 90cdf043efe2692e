//! The futures of the clients can be spawned: they are `Send` wherever the transport's are.

#![cfg(feature = "std")]

use crate::support::{Scripted, Still};
use eventgrid::mqtt::{ListOptions, MqttBroker, MqttMessage, TopicName};
use eventgrid::{
    AccessKey, Attempt, CallOptions, Client, CloudEvent, Consumer, Data, MqttClient, NamespaceTopic,
    Publisher, ReceiveOptions, SendAsyncSleep, SendAsyncTransport, Subscription,
};

fn assert_send<T: Send>(_: T) {}

#[test]
fn concrete() {
    let client = Client::new(Scripted::default(), Still::default(), AccessKey::new("k"));
    let publisher = Publisher::new(client, NamespaceTopic::new("https://h", "t").unwrap());
    let text = String::from("x");
    let event = CloudEvent::new("1", "s", "t").with_data(Data::text(&*text));
    assert_send(publisher.send(&event));
    assert_send(publisher.send(std::slice::from_ref(&event)));
    let tell = |_: &Attempt<'_>| {};
    let options = CallOptions::new().on_attempt(&tell);
    assert_send(publisher.send_with(&event, &options));
    assert_send(publisher.send_all_with(std::slice::from_ref(&event), &options));
    let client = Client::new(Scripted::default(), Still::default(), AccessKey::new("k"));
    let consumer = Consumer::new(client, Subscription::new("https://h", "t", "s").unwrap());
    assert_send(consumer.receive(ReceiveOptions::new()));
    let client = Client::new(Scripted::default(), Still::default(), AccessKey::new("k"));
    let mqtt = MqttClient::new(client, MqttBroker::new("https://h").unwrap());
    let topic = TopicName::new("a").unwrap();
    let message = MqttMessage::new(topic, b"");
    assert_send(mqtt.publish_with(&message, &options));
    assert_send(mqtt.get_retained(topic));
    assert_send(async {
        let page = mqtt.list_retained(topic.into(), ListOptions::new()).await?;
        mqtt.next_page(page.next_page().unwrap()).await
    });
    assert_send(async {
        let batch = consumer.receive(ReceiveOptions::new()).await?;
        consumer.acknowledge(&batch).await
    });
}

/// What a program would spawn that is generic over the transport.
fn spawnable<T, E>(
    publisher: Publisher<T, E, AccessKey<'static>>,
    consumer: Consumer<T, E, AccessKey<'static>>,
) -> impl Future + Send + 'static
where
    T: SendAsyncTransport + Send + 'static,
    E: SendAsyncSleep + Send + 'static,
{
    async move {
        let batch = consumer.receive(ReceiveOptions::new()).await.ok()?;
        publisher.send(&CloudEvent::new("1", "s", "t")).await.ok()?;
        consumer.acknowledge(&batch).await.ok()
    }
}

#[test]
fn generic() {
    let client = || Client::new(Scripted::default(), Still::default(), AccessKey::new("k"));
    let publisher = Publisher::new(client(), NamespaceTopic::new("https://h", "t").unwrap());
    let consumer = Consumer::new(client(), Subscription::new("https://h", "t", "s").unwrap());
    assert_send(spawnable(publisher, consumer));
}
