//! The captured requests, restated: all that makes a difference to the service.

/// A request of the Python SDK (azure-eventgrid 4.22.1); all of them are `POST`.
pub(crate) struct Captured {
    /// The name of its case.
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    /// Those headers that matter.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static str,
}

const NAMESPACE_KEY: (&str, &str) = ("authorization", "SharedAccessKey c2VjcmV0a2V5");
const BASIC_KEY: (&str, &str) = ("aeg-sas-key", "c2VjcmV0a2V5");
const EVENTS: (&str, &str) = ("content-type", "application/cloudevents-batch+json; charset=utf-8");
const JSON_UTF8: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) const CAPTURED: [Captured; 37] = [
    Captured {
        name: "namespace: CloudEvent, dict data, all attributes, 3 extensions",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"sub","time":"2024-06-01T12:00:00.123456Z","datacontenttype":"application/json","dataschema":"http://x/y","ext1":"v","extint":5,"extbool":true,"data":{"b":1,"a":[1,2,null,1.5,true]}}]"#,
    },
    Captured {
        name: "namespace: str data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":"hello"}]"#,
    },
    Captured {
        name: "namespace: bytes data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data_base64":"AQL/"}]"#,
    },
    Captured {
        name: "namespace: data omitted (None)",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z"}]"#,
    },
    Captured {
        name: "namespace: explicit null data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":null}]"#,
    },
    Captured {
        name: "namespace: int 0 data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":0}]"#,
    },
    Captured {
        name: "namespace: non-ASCII str data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":"hé中😀"}]"#,
    },
    Captured {
        name: "namespace: list of two",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":1},{"specversion":"1.0","id":"2","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":"x"}]"#,
    },
    Captured {
        name: "namespace: dict input, time with +02:00 offset (azure-core drops the offset)",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00Z","ext":"1","data":{"x":1}}]"#,
    },
    Captured {
        name: "namespace: dict input with data_base64",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"AQI="}]"#,
    },
    Captured {
        name: "namespace: dict input with both data and data_base64 (sent as is)",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data_base64":"AQI="}]"#,
    },
    Captured {
        name: "namespace: CNCF CloudEvent bytes",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00+02:00","ext":"v","data_base64":"AQI="}]"#,
    },
    Captured {
        name: "namespace: CNCF CloudEvent None data",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00+02:00","ext":"v"}]"#,
    },
    Captured {
        name: "namespace: topic name needing escapes",
        target: "/topics/my%20topic%2F1:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":1}]"#,
    },
    Captured {
        name: "namespace: content_type override (body is still an array)",
        target: "/topics/orders:publish?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, ("content-type", "application/cloudevents+json")],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":1}]"#,
    },
    Captured {
        name: "consumer: receive()",
        target: "/topics/orders/eventsubscriptions/sub1:receive?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY],
        body: "",
    },
    Captured {
        name: "consumer: receive(max_events=100,max_wait_time=10)",
        target: "/topics/orders/eventsubscriptions/sub1:receive?api-version=2024-06-01&maxEvents=100&maxWaitTime=10",
        headers: &[NAMESPACE_KEY],
        body: "",
    },
    Captured {
        name: "consumer: acknowledge",
        target: "/topics/orders/eventsubscriptions/sub1:acknowledge?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, JSON],
        body: r#"{"lockTokens":["t1","t2"]}"#,
    },
    Captured {
        name: "consumer: release",
        target: "/topics/orders/eventsubscriptions/sub1:release?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, JSON],
        body: r#"{"lockTokens":["t1"]}"#,
    },
    Captured {
        name: "consumer: release with delay",
        target: "/topics/orders/eventsubscriptions/sub1:release?api-version=2024-06-01&releaseDelayInSeconds=3600",
        headers: &[NAMESPACE_KEY, JSON],
        body: r#"{"lockTokens":["t1"]}"#,
    },
    Captured {
        name: "consumer: reject",
        target: "/topics/orders/eventsubscriptions/sub1:reject?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, JSON],
        body: r#"{"lockTokens":["t1"]}"#,
    },
    Captured {
        name: "consumer: renew_locks",
        target: "/topics/orders/eventsubscriptions/sub1:renewLock?api-version=2024-06-01",
        headers: &[NAMESPACE_KEY, JSON],
        body: r#"{"lockTokens":["t1"]}"#,
    },
    Captured {
        name: "basic: CloudEvent dict data + extensions",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","ext1":"v","extint":5,"data":{"b":1,"a":[1]}}]"#,
    },
    Captured {
        name: "basic: CloudEvent bytes",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data_base64":"/wA="}]"#,
    },
    Captured {
        name: "basic: CloudEvent None",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z"}]"#,
    },
    Captured {
        name: "basic: CloudEvent NULL",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":null}]"#,
    },
    Captured {
        name: "basic: EventGridEvent",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0","data":{"a":1}}]"#,
    },
    Captured {
        name: "basic: EventGridEvent with topic (domain)",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","topic":"domtopic","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0","data":{"a":1}}]"#,
    },
    Captured {
        name: "basic: EventGridEvent data=None (data member dropped)",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0"}]"#,
    },
    Captured {
        name: "basic: EventGridEvent as dict",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-01-01T00:00:00Z","dataVersion":"1","data":{"x":1}}]"#,
    },
    Captured {
        name: "basic: list of EventGridEvent",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0","data":{"a":1}},{"id":"2","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0","data":{"a":1}}]"#,
    },
    Captured {
        name: "basic: custom schema dict",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"customSubject":"s","n":1}]"#,
    },
    Captured {
        name: "basic: custom schema list",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, JSON_UTF8],
        body: r#"[{"customSubject":"s"},{"customSubject":"t"}]"#,
    },
    Captured {
        name: "basic: CloudEvent as dict",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","ext":"v","data":"x"}]"#,
    },
    Captured {
        name: "basic: CNCF CloudEvent dict data",
        target: "/api/events?api-version=2018-01-01",
        headers: &[BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00+02:00","ext":"v","data":{"a":1}}]"#,
    },
    Captured {
        name: "basic: partner channel",
        target: "/api/events?api-version=2018-01-01",
        headers: &[("aeg-channel-name", "ch1"), BASIC_KEY, EVENTS],
        body: r#"[{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-06-01T12:00:00.123456Z","data":1}]"#,
    },
    Captured {
        name: "basic: SAS token credential",
        target: "/api/events?api-version=2018-01-01",
        headers: &[("aeg-sas-token", "r=x&e=y&s=z"), JSON_UTF8],
        body: r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00.123456Z","dataVersion":"1.0","data":{"a":1}}]"#,
    },
];
