//! The spans of a client, and the trace that its events carry.

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::event::BinaryMode;
use eventgrid::{CloudEvent, NamespaceTopic, ReceiveOptions, Subscription};
use eventgrid_emulator::{Emulator, InProcess};
use opentelemetry::Value;
use opentelemetry::trace::SpanKind;
use opentelemetry_tests::{attribute, exported, traceparent};

fn namespace() -> InProcess {
    Emulator::builder().seed(1).subscription("orders", "billing").in_process().unwrap()
}

fn publisher(
    namespace: &InProcess,
) -> Publisher<InProcess, InProcess, eventgrid::AccessKey<'static>, NamespaceTopic<'static>> {
    Publisher::new(namespace.client(), NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap())
}

fn event(id: &str) -> CloudEvent<'_> {
    CloudEvent::new(id, "/shop", "Ordered").with_data_content_type("text/plain")
}

#[test]
fn whole_numbers_arrive_as_such() {
    let namespace = namespace();
    let exported = exported(|| {
        publisher(&namespace).send(&[event("1"), event("2")]).unwrap();
        let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap();
        let consumer = Consumer::new(namespace.client(), subscription);
        let batch = consumer.receive(ReceiveOptions::new().max_events(2)).unwrap();
        let _ = consumer.acknowledge(&batch).unwrap();
    });
    for name in ["send orders", "receive orders", "acknowledge orders"] {
        let span = exported.span(name);
        assert_eq!(attribute(&span, "messaging.batch.message_count"), Some(Value::I64(2)), "{name}");
        assert!(matches!(attribute(&span, "server.port"), Some(Value::I64(_))), "{name}");
    }
    let requests = exported.spans("POST");
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(attribute(&request, "http.response.status_code"), Some(Value::I64(200)));
        assert!(matches!(attribute(&request, "server.port"), Some(Value::I64(_))));
        for attribute in &request.attributes {
            let Value::String(text) = &attribute.value else { continue };
            assert!(text.as_str().parse::<i64>().is_err(), "{attribute:?}");
        }
    }
}

#[test]
fn events_carry_the_span_that_published_them_without_a_further_line() {
    let namespace = namespace();
    // What is written before an operation begins is a part of what the caller does.
    let publish: [(&dyn Fn(), &str); 5] = [
        (&|| publisher(&namespace).send(&event("1")).unwrap(), "send orders"),
        (&|| publisher(&namespace).send(&[event("1")]).unwrap(), "send orders"),
        (&|| publisher(&namespace).send(&BinaryMode(&event("1"))).unwrap(), "send orders"),
        (&|| assert!(publisher(&namespace).send_all(&[event("1")]).is_complete()), "order"),
        (
            &|| {
                let publisher = publisher(&namespace);
                publisher.send(&publisher.encode(&event("1")).unwrap()).unwrap();
            },
            "order",
        ),
    ];
    for (publish, producer) in publish {
        namespace.clear_accepted();
        let exported = exported(|| tracing::info_span!("order").in_scope(publish));
        let (order, send) = (exported.span("order"), exported.span("send orders"));
        assert_eq!(send.span_kind, SpanKind::Producer);
        assert_eq!(send.parent_span_id, order.span_context.span_id());

        let producer = exported.span(producer).span_context;
        let accepted = namespace.accepted();
        let json = eventgrid::json::RawJson::parse(accepted[0].events[0].json()).unwrap();
        let trace = eventgrid::event::CloudEventView::parse(json).unwrap().trace_context().unwrap();
        assert_eq!(trace.traceparent(), traceparent(&producer));
        let header = accepted[0].headers["traceparent"].to_str().unwrap();
        assert_eq!(header.split('-').nth(1), Some(producer.trace_id().to_string().as_str()));
        let received = trace.to_span_context().unwrap();
        assert!(received.is_remote());
        assert_eq!(
            (received.trace_id(), received.span_id(), received.trace_flags()),
            (producer.trace_id(), producer.span_id(), producer.trace_flags())
        );
    }
}

#[test]
fn without_a_span_or_with_another_source_there_is_no_trace() {
    let namespace = namespace();
    publisher(&namespace).send(&event("1")).unwrap();
    exported(|| {
        let client = namespace.client().trace_source(|| None);
        let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
        Publisher::new(client, topic).send(&event("2")).unwrap();
    });
    for publish in namespace.accepted() {
        assert!(!publish.headers.contains_key("traceparent"));
        assert!(!publish.events[0].json().contains("traceparent"), "{}", publish.events[0].json());
    }
}
