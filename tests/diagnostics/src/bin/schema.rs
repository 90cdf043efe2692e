//! An event of the Event Grid schema for a namespace.
// says: does not take events of the schema `EventGridSchema`
// says: a namespace takes `CloudEvent`

use eventgrid::NamespaceTopic;
use eventgrid::calls::{Call, Publish};
use eventgrid::event::EventGridEvent;

fn is_call(_: impl Call) {}

fn main() {
    let topic = NamespaceTopic::new("https://namespace.example", "orders").unwrap();
    let event = EventGridEvent::new("1", "orders/17", "Order.Created", "2024-06-01T12:00:00Z", "1.0");
    is_call(Publish::new(&topic, &event));
}
