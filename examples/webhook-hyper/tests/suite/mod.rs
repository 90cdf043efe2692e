//! What each of the webhook examples must do: starts the program, and sends it HTTP requests over a
//! socket.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use eventgrid::system_events::SystemEvent;
use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::eventgrid_push::SampleEvent;
use eventgrid_emulator::{Emulator, EventSubscriptionOptions, InputSchema, Target};

const EVENT_GRID: &str = "Content-Type: application/json; charset=utf-8\r\naeg-event-type: Notification\r\n";
const CLOUD_EVENTS: &str = "Content-Type: application/cloudevents+json; charset=utf-8\r\n";

/// Starts the program and goes through all that it is for.
pub(crate) fn run(program: &str) {
    let mut server = Server::start(program);
    events_are_taken_and_printed(&mut server);
    handshakes_get_a_response(&mut server);
    strangers_are_kept_out(&mut server);
    what_is_no_delivery_is_refused(&mut server);
    a_deletion_is_told(&mut server);
}

/// Starts the program and lets the emulator push to it: in both schemas, after the handshake of
/// each.
pub(crate) fn receives_from_the_emulator(program: &str) {
    let mut server = Server::start(program);
    let url = format!("http://{}/events?code=s3cret", server.address);
    let options = || EventSubscriptionOptions::new().push_endpoint(PushEndpoint::new(&url).unwrap());
    let (orders, invoices) = (Target::NamespaceTopic("orders"), Target::BasicTopic("invoices"));
    let emulator = Emulator::builder()
        .subscription_of(orders, "webhook", options())
        .basic_topic("invoices", InputSchema::EventGrid)
        .subscription_of(invoices, "webhook", options())
        .start("127.0.0.1:0")
        .unwrap();
    let mut handshakes = [server.printed(), server.printed()];
    handshakes.sort();
    assert_eq!(handshakes[0], "consented to eventgrid.azure.net");
    assert!(handshakes[1].starts_with("validated for Some(\"/subscriptions/"), "{handshakes:?}");
    for (target, id) in [(orders, "1"), (invoices, "2")] {
        let created = SampleEvent::new(SystemEvent::StorageBlobCreated, id, "2024-06-01T12:00:00Z");
        emulator.with(move |emulator| emulator.publish_system_event(target, &created)).unwrap();
        assert_eq!(server.printed(), format!("Microsoft.Storage.BlobCreated: {id}"));
    }
}

fn events_are_taken_and_printed(server: &mut Server) {
    let one = r#"{"id":"1","subject":"s","eventType":"Order.Created","eventTime":"2024-06-01T12:00:00Z"}"#;
    let another =
        r#"{"specversion":"1.0","id":"2","source":"urn:shop","type":"Order.Paid","data":{"total":9}}"#;
    let response = server.ask("POST", "code=s%33cret", EVENT_GRID, &format!("[{one},{{}},{another}]"));
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    assert_eq!(server.printed(), "Order.Created: 1");
    assert_eq!(server.printed(), "Order.Paid: 2");

    let response = server.ask("POST", "code=s3cret", CLOUD_EVENTS, another);
    assert_eq!(response.status, 200);
    assert_eq!(server.printed(), "Order.Paid: 2");

    let binary = "ce-specversion: 1.0\r\nce-id: 3\r\nce-source: urn:shop\r\nce-type: Order.Shipped\r\nContent-Type: image/png\r\n";
    assert_eq!(server.ask("POST", "code=s3cret", binary, "PNG").status, 200);
    assert_eq!(server.printed(), "Order.Shipped: 3");
}

fn handshakes_get_a_response(server: &mut Server) {
    let validation = r#"[{"id":"4","topic":"/subscriptions/s","subject":"","data":{"validationCode":"512d38b6"},
        "eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2018-01-25T22:12:19Z"}]"#;
    let headers = EVENT_GRID.replace("Notification", "SubscriptionValidation");
    let response = server.ask("POST", "code=s3cret", &headers, validation);
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"validationResponse":"512d38b6"}"#));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(server.printed(), r#"validated for Some("/subscriptions/s")"#);

    let headers = "WebHook-Request-Origin: eventgrid.azure.net\r\nWebHook-Request-Rate: 120\r\n";
    let response = server.ask("OPTIONS", "code=s3cret", headers, "");
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    assert_eq!(response.header("webhook-allowed-origin"), Some("eventgrid.azure.net"));
    assert_eq!(response.header("webhook-allowed-rate"), Some("*"));
    assert_eq!(response.header("allow"), Some("POST"));
    assert_eq!(server.printed(), "consented to eventgrid.azure.net");
}

fn strangers_are_kept_out(server: &mut Server) {
    for query in ["", "code=wrong", "code="] {
        let headers = format!("{EVENT_GRID}WebHook-Request-Origin: eventgrid.azure.net\r\n");
        assert_eq!(server.ask("POST", query, &headers, "[]").status, 401);
    }
}

fn what_is_no_delivery_is_refused(server: &mut Server) {
    assert_eq!(server.ask("POST", "code=s3cret", EVENT_GRID, "[").status, 400);
    assert_eq!(server.ask("POST", "code=s3cret", "Content-Type: text/xml\r\n", "<a/>").status, 415);
    let response = server.ask("PUT", "code=s3cret", EVENT_GRID, "[]");
    assert_eq!((response.status, response.header("allow")), (405, Some("POST, OPTIONS")));
    // One byte too much, so that the server has read all of it and nothing cuts the response off.
    let too_large = " ".repeat(2 * 1024 * 1024 + 1);
    assert_eq!(server.ask("POST", "code=s3cret", EVENT_GRID, &too_large).status, 413);
}

fn a_deletion_is_told(server: &mut Server) {
    let deletion = r#"[{"id":"5","subject":"","data":{"eventSubscriptionId":"/subscriptions/s/es"},
        "eventType":"Microsoft.EventGrid.SubscriptionDeletedEvent","eventTime":"2018-01-25T22:12:19Z"}]"#;
    let headers = EVENT_GRID.replace("Notification", "SubscriptionDeletion");
    assert_eq!(server.ask("POST", "code=s3cret", &headers, deletion).status, 200);
    // Had anything been printed for what was refused, it would come first.
    assert_eq!(server.printed(), r#"deleted: Some("/subscriptions/s/es")"#);
}

struct Server {
    process: Child,
    address: String,
    printed: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(program: &str) -> Self {
        let mut process = Command::new(program)
            .env("WEBHOOK_SECRET", "s3cret")
            .env("WEBHOOK_ADDRESS", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = printed.next().unwrap().unwrap();
        let address = line.strip_prefix("listening on ").expect("the address").to_owned();
        Self { process, address, printed }
    }

    /// The next line that the program prints.
    fn printed(&mut self) -> String {
        self.printed.next().unwrap().unwrap()
    }

    fn ask(&self, method: &str, query: &str, headers: &str, body: &str) -> Response {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut request =
            format!("{method} /events?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        write!(request, "{headers}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        Response::parse(&response)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Response {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}
