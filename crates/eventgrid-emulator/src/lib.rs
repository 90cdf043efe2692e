#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The tests of the store use the broker's model, which is written for tests outside.
#[cfg(all(test, feature = "data"))]
extern crate self as eventgrid_emulator;

pub mod _docs;
mod accepted;
mod admin;
mod builder;
mod configuration_error;
mod dead_letter_folders;
mod dead_letter_path;
mod duration;
mod event;
mod facts;
mod fault;
mod in_process;
mod latest;
mod limits;
mod mqtt;
mod name;
mod observe;
mod push_targets;
mod reading;
mod role;
mod secret;
mod server;
mod service;
mod stderr;
#[cfg(feature = "data")]
mod store;
mod target;
mod time;
mod topic_id;

pub mod broker;
#[cfg(feature = "configuration")]
pub mod configuration;

pub use accepted::{Accepted, InputSchema, TargetKind, UnknownSchema};
pub use builder::EmulatorBuilder;
pub use configuration_error::{ConfigurationError, PushSettingError};
pub use event::{AttributeOrder, UnknownAttributeOrder};
pub use eventgrid_filters;
pub use eventgrid_push;
pub use facts::{Area, Fact, Source};
pub use fault::{Fault, FaultCondition, FaultEffect, FaultError, FaultState, ResetPoint, TransportFault};
pub use in_process::{InProcess, InProcessError};
pub use limits::{Limits, UnknownLimits};
pub use observe::{
    DeliveryCriteria, DeliveryKind, HeaderNotKept, JournaledRequest, LoggedDelivery, LoggedEvent,
    NextDelivery, Operation, RequestCriteria, ServedRequest,
};
pub use role::{Role, UnknownRole};
pub use secret::Secret;
pub use server::{AdminListenError, RunningEmulator};
pub use service::{
    ClockState, Condition, DeadLetterFile, DeadLetteringError, DuePush, Emulator, EventSubscriptionOptions,
    HandshakeState, HandshakeStatus, HealthError, Outcome, PublishError, PushEndpointError, Snapshot,
    SnapshotError, SubscriptionOverview, SystemEventError, TopicOverview, WaitError, WaiterId,
};
#[cfg(feature = "data")]
pub use store::{DataError, rows_written_again};
pub use target::Target;
pub use time::UnixTime;
