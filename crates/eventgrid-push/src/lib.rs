#![doc = include_str!("../README.md")]

pub mod _docs;
mod facts;
mod handshake;
mod json;
mod request;
mod sample;
mod schedule;
mod schema;

pub use facts::{DeliveryFact, FactSource};
pub use handshake::{
    AllowedRate, CloudEventsHandshake, DeletedSubscription, HandshakeFailure, HandshakeResult,
    ValidationHandshake,
};
pub use request::{
    Batching, BatchingError, DeliveryProperties, DeliveryProperty, DeliveryPropertyError, InvalidPushedEvent,
    PushError, PushRequest, PushSettings, PushedEvent,
};
pub use sample::{SampleEvent, SetError};
pub use schedule::{
    Attempt, AttemptResult, DeadLetterReason, DeadLetterWords, DeliveryOutcome, DeliveryTier, DueStep,
    NextStep, ResponseMeaning, ResponseRow, ResultPattern, RetryJitter, RetryPolicy, RetryPolicyError,
    RetrySchedule,
};
pub use schema::{
    ConversionError, DeliverySchema, EventConverter, InputSchema, InputSchemaMapping, MappedField,
    Publication, UnsupportedConversion,
};
