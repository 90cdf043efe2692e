//! The spans of a processor's handlers, and what they are linked to.

use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, Subscription};
use eventgrid_emulator::Emulator;
use eventgrid_hyper::{Consumer, Publisher, client};
use eventgrid_worker::spawn::Tokio;
use eventgrid_worker::{Processor, ProcessorEvent, ProcessorStop};
use opentelemetry::Value;
use opentelemetry::trace::SpanKind;
use opentelemetry_tests::{attribute, exported};
use tracing::Instrument;

const KEY: &str = "c2VjcmV0";

/// Publishes two events one by one, the second in a trace of its own, and has both handled.
async fn publish_and_handle(on_tokio: bool) {
    let emulator =
        Emulator::builder().key(KEY).subscription("orders", "billing").start("127.0.0.1:0").unwrap();
    let client = client(AccessKey::new(KEY));
    let topic = NamespaceTopic::new(emulator.endpoint(), "orders").unwrap();
    let publisher = Publisher::new(client.clone(), topic);
    let event = |id| CloudEvent::new(id, "urn:shop", "Ordered");
    publisher.send(&event("1")).await.unwrap();
    publisher.send(&event("2")).instrument(tracing::info_span!("order")).await.unwrap();

    let subscription = Subscription::new(emulator.endpoint(), "orders", "billing").unwrap();
    let processor = Processor::new(Consumer::new(client, subscription));
    let handle = processor.handle();
    let handler = move |_: ProcessorEvent| {
        let begun = tracing::info_span!("begun");
        begun.in_scope(|| {});
        let handle = handle.clone();
        async move {
            tokio::task::yield_now().await;
            tracing::info_span!("handled").in_scope(|| {});
            if handle.stats().received == 2 {
                handle.stop(ProcessorStop::FinishNow);
            }
        }
    };
    let stats = if on_tokio {
        processor.spawner(Tokio::current()).run(handler).await.unwrap()
    } else {
        processor.run(handler).await.unwrap()
    };
    assert_eq!(stats.acknowledged, 2);
}

#[test]
fn a_handler_has_a_span_that_is_linked_to_the_one_that_published_its_event() {
    for on_tokio in [false, true] {
        let exported = exported(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(publish_and_handle(on_tokio));
        });
        let (sent, processed) = (exported.spans("send orders"), exported.spans("process orders"));
        assert_eq!((sent.len(), processed.len()), (2, 2));
        for producer in &sent {
            let linked = processed.iter().filter(|span| {
                span.links
                    .iter()
                    .map(|link| link.span_context.span_id())
                    .eq([producer.span_context.span_id()])
            });
            let [span] = linked.collect::<Vec<_>>()[..] else { panic!("{producer:#?} {processed:#?}") };
            assert_eq!(span.links[0].span_context.trace_id(), producer.span_context.trace_id());
            assert_eq!(span.span_kind, SpanKind::Consumer);
            let text = |name| attribute(span, name).map(|value| value.to_string());
            assert_eq!(text("messaging.operation.type").as_deref(), Some("process"));
            assert_eq!(text("messaging.destination.subscription.name").as_deref(), Some("billing"));
            assert!(span.attributes.iter().all(|attribute| !matches!(&attribute.value, Value::String(text)
                if text.as_str().parse::<i64>().is_ok())));
            // What the handler does is a part of its span, before its future and within it.
            for name in ["begun", "handled"] {
                let inside = exported.spans(name);
                let children =
                    inside.iter().filter(|inner| inner.parent_span_id == span.span_context.span_id());
                assert_eq!(children.count(), 1, "{name}");
            }
        }
    }
}
