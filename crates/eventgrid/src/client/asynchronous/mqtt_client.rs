//! The client of an MQTT broker.

#[cfg(feature = "alloc")]
use super::OpenResponse;
#[cfg(feature = "alloc")]
use eventgrid_transport::AsyncOpen;
use eventgrid_transport::{AsyncSleep, AsyncTransport, Buf};

#[cfg(feature = "alloc")]
use crate::calls::{Call as _, CallOptions};
use crate::client::Client;
#[cfg(feature = "alloc")]
use crate::client::{RawRequest, RawResponse};
use crate::credential::AsyncCredential;
#[cfg(feature = "alloc")]
use crate::endpoint::EndpointKind;
use crate::error::Error;
use crate::mqtt::{
    GetRetained, ListOptions, ListRetained, MqttBroker, MqttMessage, NextPage, PublishMessage,
    RetainedMessage, RetainedMetadata, RetainedPage, TopicFilter, TopicName,
};

/// Publishes messages to the MQTT clients of a namespace, and reads, lists and deletes the messages
/// that its broker retains. The docs of [`mqtt`](crate::mqtt) have an example.
///
/// Its credential must be a token of Microsoft Entra ID: a key or a SAS token is refused before
/// anything is sent, with [`CredentialError::TokenOnly`](crate::CredentialError::TokenOnly).
///
/// It is shared by reference: several tasks may use it at the same time.
#[derive(Debug, Clone)]
pub struct MqttClient<T, E, C> {
    client: Client<T, E, C>,
    broker: MqttBroker<'static>,
}

impl<T, E, C> MqttClient<T, E, C> {
    /// The client through which it sends requests.
    pub fn client(&self) -> &Client<T, E, C> {
        &self.client
    }

    /// The broker that it sends requests to.
    pub fn broker(&self) -> &MqttBroker<'static> {
        &self.broker
    }
}

impl<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential> MqttClient<T, E, C> {
    /// A client of a broker.
    pub fn new(client: Client<T, E, C>, broker: MqttBroker<'static>) -> Self {
        Self { client, broker }
    }

    /// Closes the connections that its client's transport keeps, see [`Client::close`].
    pub async fn close(&self) {
        self.client.close().await;
    }

    /// Publishes a message. After it has returned `Ok`, the broker has accepted the message.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. The service also responds with 403 if no
    /// topic space has the topic.
    #[cfg(feature = "alloc")]
    pub async fn publish(&self, message: &MqttMessage<'_>) -> Result<(), Error<'static, T::Error>> {
        self.client.call(&PublishMessage::new(&self.broker, message)).await
    }

    /// Like [`publish`](Self::publish), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn publish_with(
        &self,
        message: &MqttMessage<'_>,
        options: &CallOptions<'_>,
    ) -> Result<(), Error<'static, T::Error>> {
        let call = PublishMessage::new(&self.broker, message);
        self.client.call(&call.with_options(options)).await
    }

    /// Like `publish`, in buffers of the caller: `tx` for the request and `rx` for the response.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    pub async fn publish_in<'r>(
        &self,
        message: &MqttMessage<'_>,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<(), Error<'r, T::Error>> {
        self.client.call_in(&PublishMessage::new(&self.broker, message), tx, rx).await
    }

    /// Reads the message that the broker retains for a topic.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. [`is_not_found`](Error::is_not_found) is true
    /// if the broker retains no message.
    #[cfg(feature = "alloc")]
    pub async fn get_retained(
        &self,
        topic: TopicName<'_>,
    ) -> Result<RetainedMessage<'static>, Error<'static, T::Error>> {
        let mut metadata = RetainedMetadata::default();
        let call = GetRetained::new(&self.broker, topic);
        let message = self.client.call_with_headers(&call, &mut metadata).await?;
        Ok(message.with_metadata(metadata))
    }

    /// Like [`get_retained`](Self::get_retained), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. [`is_not_found`](Error::is_not_found) is true
    /// if the broker retains no message.
    #[cfg(feature = "alloc")]
    pub async fn get_retained_with(
        &self,
        topic: TopicName<'_>,
        options: &CallOptions<'_>,
    ) -> Result<RetainedMessage<'static>, Error<'static, T::Error>> {
        let mut metadata = RetainedMetadata::default();
        let call = GetRetained::new(&self.broker, topic);
        let call = call.with_options(options);
        let message = self.client.call_with_headers(&call, &mut metadata).await?;
        Ok(message.with_metadata(metadata))
    }

    /// Like `get_retained`, in buffers of the caller: `tx` for the request and `rx` for the
    /// payload.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. [`is_not_found`](Error::is_not_found) is true
    /// if the broker retains no message, and it is [`Error::ResponseTooLarge`] if the payload does
    /// not fit into `rx`.
    pub async fn get_retained_in<'r>(
        &self,
        topic: TopicName<'_>,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<RetainedMessage<'r>, Error<'r, T::Error>> {
        let mut metadata = RetainedMetadata::default();
        let call = GetRetained::new(&self.broker, topic);
        let message = self.client.call_with_headers_in(&call, &mut metadata, tx, rx).await?;
        Ok(message.with_metadata(metadata))
    }

    /// Deletes the message that the broker retains for a topic, if there is one. Subscribed clients
    /// receive a message without a payload.
    ///
    /// Without a heap, publish [`MqttMessage::deleting_retained`].
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn delete_retained(&self, topic: TopicName<'_>) -> Result<(), Error<'static, T::Error>> {
        self.publish(&MqttMessage::deleting_retained(topic)).await
    }

    /// Like [`delete_retained`](Self::delete_retained), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn delete_retained_with(
        &self,
        topic: TopicName<'_>,
        options: &CallOptions<'_>,
    ) -> Result<(), Error<'static, T::Error>> {
        self.publish_with(&MqttMessage::deleting_retained(topic), options).await
    }

    /// Lists the messages that the broker retains for the topics that match a filter. Returns the
    /// first page.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn list_retained(
        &self,
        filter: TopicFilter<'_>,
        options: ListOptions,
    ) -> Result<RetainedPage<'static>, Error<'static, T::Error>> {
        self.client.call(&ListRetained::new(&self.broker, filter, options)).await
    }

    /// Like [`list_retained`](Self::list_retained), with options for this call only.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act.
    #[cfg(feature = "alloc")]
    pub async fn list_retained_with(
        &self,
        filter: TopicFilter<'_>,
        options: ListOptions,
        call_options: &CallOptions<'_>,
    ) -> Result<RetainedPage<'static>, Error<'static, T::Error>> {
        let call = ListRetained::new(&self.broker, filter, options);
        self.client.call(&call.with_options(call_options)).await
    }

    /// Like `list_retained`, in buffers of the caller: `tx` for the request and `rx` for the page.
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. [`Error::ResponseTooLarge`] means that the
    /// page does not fit into `rx`: ask for fewer messages by [`ListOptions::max_results`].
    pub async fn list_retained_in<'r>(
        &self,
        filter: TopicFilter<'_>,
        options: ListOptions,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<RetainedPage<'r>, Error<'r, T::Error>> {
        self.client.call_in(&ListRetained::new(&self.broker, filter, options), tx, rx).await
    }

    /// Returns the next page of a list. `page` is from the page before it, see
    /// [`RetainedPage::next_page`].
    ///
    /// # Errors
    /// Any [`Error`]: its variants tell who must act. It is
    /// [`RequestError::NextPage`](crate::RequestError::NextPage) if the link leads to another host.
    #[cfg(feature = "alloc")]
    pub async fn next_page(
        &self,
        page: NextPage<'_>,
    ) -> Result<RetainedPage<'static>, Error<'static, T::Error>> {
        self.client.call(&ListRetained::next(&self.broker, page)).await
    }

    /// Like [`next_page`](Self::next_page), with options for this call only.
    ///
    /// # Errors
    /// Those of [`next_page`](Self::next_page).
    #[cfg(feature = "alloc")]
    pub async fn next_page_with(
        &self,
        page: NextPage<'_>,
        options: &CallOptions<'_>,
    ) -> Result<RetainedPage<'static>, Error<'static, T::Error>> {
        let call = ListRetained::next(&self.broker, page);
        self.client.call(&call.with_options(options)).await
    }

    /// Like `next_page`, in buffers of the caller: `tx` for the request and `rx` for the page. The
    /// page before it must be in another buffer, or its link must be
    /// [copied](NextPage::copied_into).
    ///
    /// # Errors
    /// Those of `next_page`, and [`Error::ResponseTooLarge`] if the page does not fit into `rx`.
    pub async fn next_page_in<'r>(
        &self,
        page: NextPage<'_>,
        tx: &mut Buf<'_>,
        rx: &'r mut Buf<'_>,
    ) -> Result<RetainedPage<'r>, Error<'r, T::Error>> {
        self.client.call_in(&ListRetained::next(&self.broker, page), tx, rx).await
    }

    /// Sends a request of your own to the broker's endpoint, and returns the response whatever its
    /// status is.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub async fn send_request(
        &self,
        request: &RawRequest<'_>,
    ) -> Result<RawResponse, Error<'static, T::Error>> {
        self.client.raw(request, self.broker.endpoint(), EndpointKind::MqttBroker).await
    }

    /// Like [`send_request`](Self::send_request), but the body of the response is read in pieces,
    /// in constant memory.
    ///
    /// Attempts are made as for `send_request`, until the head of a response has come that is
    /// returned. After that there is no retry: if the body breaks off, reading it fails.
    ///
    /// # Errors
    /// [`Error::Request`], [`Error::Credential`] or [`Error::Transport`].
    #[cfg(feature = "alloc")]
    pub async fn open_request(
        &self,
        request: &RawRequest<'_>,
    ) -> Result<OpenResponse<T::Body<'_>>, Error<'static, T::Error>>
    where
        T: AsyncOpen,
    {
        self.client.open_raw(request, self.broker.endpoint(), EndpointKind::MqttBroker).await
    }
}
