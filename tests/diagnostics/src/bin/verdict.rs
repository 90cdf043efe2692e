//! A handler whose return type cannot become a verdict.
// says: a handler must not return `bool`
// says: return `()` to acknowledge the event

fn is_handler(_: impl eventgrid_worker::Handler) {}

fn main() {
    is_handler(|_: eventgrid_worker::ProcessorEvent| async { true });
}
