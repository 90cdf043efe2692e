//! An emulator with an admin API, and short ways to send requests to both.

use eventgrid::{CloudEvent, NamespaceTopic, blocking};
use eventgrid_emulator::{EmulatorBuilder, InProcess, RunningEmulator};
use http::Request;
use serde_json::Value;
use ureq::{Agent, Body};

pub(crate) const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";
pub(crate) const TOKEN: &str = "of-the-admin";

/// A running emulator.
pub(crate) struct Running {
    pub(crate) emulator: RunningEmulator,
    agent: Agent,
}

/// A response: its status and its JSON body; `null` if it has none.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    head: http::response::Parts,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Which error it is.
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// What the error says.
    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}

impl Running {
    pub(crate) fn start(builder: EmulatorBuilder) -> Self {
        let builder = builder.key(KEY).seed(1).admin("127.0.0.1:0").admin_token(TOKEN);
        let emulator = builder.start("127.0.0.1:0").unwrap();
        let config = Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
        Self { emulator, agent: config.proxy(None).build().into() }
    }

    /// A request to the admin API, with its token.
    pub(crate) fn admin(&self, method: &str, path: &str, body: impl Into<String>) -> Reply {
        self.admin_with(method, path, &[("authorization", &format!("Bearer {TOKEN}"))], body)
    }

    /// A request to the admin API that succeeds: the body of its response.
    pub(crate) fn ok(&self, method: &str, path: &str, body: impl Into<String>) -> Value {
        let reply = self.admin(method, path, body);
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply.body
    }

    /// A request to the admin API, with these headers alone.
    pub(crate) fn admin_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Reply {
        self.send(&self.emulator.admin_endpoint().unwrap(), method, path, headers, body.into())
    }

    /// A request to the data plane.
    pub(crate) fn data(&self, path: &str, content_type: &str, body: &str) -> Reply {
        self.data_with(path, &[("aeg-sas-key", KEY), ("content-type", content_type)], body)
    }

    /// A request to the data plane, with these headers alone.
    pub(crate) fn data_with(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.send(&self.emulator.endpoint(), "POST", path, headers, body.to_owned())
    }

    /// Publishes an event with that id to a topic of the namespace.
    pub(crate) fn publish(&self, topic: &str, id: &str) -> Reply {
        let path = format!("/topics/{topic}:publish?api-version=2024-06-01");
        self.data(&path, "application/cloudevents+json", &event(id))
    }

    /// Receives events from `orders/billing`: their lock tokens. Waits for two minutes at most.
    pub(crate) fn receive(&self, max_events: u32) -> Vec<String> {
        let path = "/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01";
        let reply =
            self.data(&format!("{path}&maxEvents={max_events}&maxWaitTime=120"), "application/json", "");
        assert_eq!(reply.status, 200, "{reply:?}");
        let token = |event: &Value| event["brokerProperties"]["lockToken"].as_str().unwrap().to_owned();
        reply.body["value"].as_array().unwrap().iter().map(token).collect()
    }

    fn send(
        &self,
        endpoint: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("{endpoint}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        reply(response.unwrap())
    }
}

fn event(id: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/shop","type":"Ordered","data":{{"total":1.50}}}}"#
    )
}

/// Publishes events with these ids to the topic `orders`.
pub(crate) fn publish_in_process(namespace: &InProcess, ids: &[&str]) {
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = blocking::Publisher::new(namespace.client(), topic);
    for id in ids {
        publisher.send(&CloudEvent::new(*id, "/shop", "Ordered")).unwrap();
    }
}

fn reply(response: http::Response<Body>) -> Reply {
    let (head, mut body) = response.into_parts();
    let text = body.read_to_string().unwrap();
    let kind = head.headers.get("content-type").and_then(|value| value.to_str().ok());
    let body = match &*text {
        "" => Value::Null,
        _ if kind.is_some_and(|kind| kind.starts_with("text/") || kind == "image/svg+xml") => {
            Value::String(text)
        }
        _ => serde_json::from_str(&text).expect(&text),
    };
    Reply { status: head.status.as_u16(), body, head }
}
