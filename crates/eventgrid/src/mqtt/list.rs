//! Listing retained messages: `GET /mqtt/retainedMessages` (api-version 2025-11-16-preview).

use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::calls::{Call, Operation};
use crate::endpoint::{Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError, UrlWriter};
use crate::mqtt::retained::version_for_retained;
use crate::mqtt::{MqttBroker, NextPage, RetainedPage, TopicFilter};
use crate::received::DecodeError;
use crate::text::Bytes;

/// Options for listing retained messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ListOptions {
    /// How many messages a page has at most, 1 to 100. `None` leaves the number to the service.
    pub max_results: Option<u32>,
}

impl ListOptions {
    /// Pages as large as the service makes them.
    pub const fn new() -> Self {
        Self { max_results: None }
    }

    /// Sets how many messages a page has at most: 1 to 100.
    #[must_use]
    pub const fn max_results(mut self, messages: u32) -> Self {
        self.max_results = Some(messages);
        self
    }
}

/// Lists the messages that the broker retains for the topics that match a filter, one page at a
/// time (api-version 2025-11-16-preview).
///
/// ```
/// use eventgrid::Buf;
/// use eventgrid::calls::{Call, RequestContext};
/// use eventgrid::mqtt::{ListOptions, ListRetained, MqttBroker, TopicFilter};
///
/// let broker = MqttBroker::new("https://ns.example")?;
/// let options = ListOptions::new().max_results(50);
/// let call = ListRetained::new(&broker, TopicFilter::new("devices/#")?, options);
/// let mut storage = [0; 512];
/// let mut tx = Buf::new(&mut storage);
/// let encoded = call.encode(&RequestContext::default(), &mut tx)?;
/// assert_eq!(
///     encoded.request(&tx).path_and_query(),
///     "/mqtt/retainedMessages?api-version=2025-11-16-preview&topicFilter=devices%2F%23&maxResults=50",
/// );
///
/// let page = call.decode(
///     br#"{"nextLink":"https://ns.example/mqtt/retainedMessages?continuationToken=2",
///         "retainedMessages":[{"topic":"devices/17/state","qos":1,"size":42}]}"#[..].into(),
///     false,
/// )?;
/// let Some(next) = page.next_page() else { panic!() };
/// let call = ListRetained::next(&broker, next);
/// let encoded = call.encode(&RequestContext::default(), &mut tx)?;
/// assert_eq!(
///     encoded.request(&tx).path_and_query(),
///     "/mqtt/retainedMessages?continuationToken=2&api-version=2025-11-16-preview",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ListRetained<'c> {
    broker: &'c MqttBroker<'c>,
    page: Page<'c>,
}

/// Which page is asked for.
#[derive(Debug, Clone, Copy)]
enum Page<'c> {
    First { filter: TopicFilter<'c>, options: ListOptions },
    Next(NextPage<'c>),
}

impl<'c> ListRetained<'c> {
    /// A call for the first page of this filter, from this broker.
    pub const fn new(broker: &'c MqttBroker<'c>, filter: TopicFilter<'c>, options: ListOptions) -> Self {
        Self { broker, page: Page::First { filter, options } }
    }

    /// A call for the page to which `page` leads, from this broker.
    pub const fn next(broker: &'c MqttBroker<'c>, page: NextPage<'c>) -> Self {
        Self { broker, page: Page::Next(page) }
    }
}

impl Call for ListRetained<'_> {
    type Output<'b> = RetainedPage<'b>;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.broker.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::MqttBroker
    }

    fn operation(&self) -> Operation<'_> {
        Operation::new("list_retained_messages")
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let endpoint = self.broker.endpoint();
        let version = version_for_retained(context)?;
        let url = match self.page {
            Page::First { filter, options } => {
                let mut url = UrlWriter::with_method(tx, "GET", endpoint)?;
                url.path("/mqtt/retainedMessages")?;
                url.api_version(version)?;
                url.encoded_query("topicFilter", filter.as_str())?;
                match options.max_results {
                    Some(messages @ 1..=100) => url.query("maxResults", u64::from(messages))?,
                    Some(messages) => return Err(RequestError::MaxResults(messages)),
                    None => {}
                }
                url
            }
            Page::Next(page) => {
                let link = page.path_and_query(endpoint).ok_or(RequestError::NextPage)?;
                let mut url = UrlWriter::with_base_path(tx, "GET", endpoint, "")?;
                url.path_and_query(link)?;
                if !page.has_parameter("api-version") {
                    url.api_version(version)?;
                }
                url
            }
        };
        Ok(url.headers(context)?.body().end(Duration::ZERO, Replay::Always))
    }

    fn decode<'b>(&self, body: Bytes<'b>, _replayed: bool) -> Result<RetainedPage<'b>, DecodeError> {
        RetainedPage::parse(body)
    }
}
