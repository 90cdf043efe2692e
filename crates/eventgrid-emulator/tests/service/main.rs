//! The protocol without I/O: golden responses, refusals, long polls.

mod any_request;
mod authentication;
mod basic;
mod basic_publish;
mod basic_refusals;
mod binary_mode;
mod events;
mod facts;
mod filters;
mod limits;
mod long_poll;
mod mqtt;
mod mqtt_routing;
mod naive_pusher;
mod namespace;
mod observed;
mod paths;
mod push_endpoints;
mod push_model;
mod push_topics;
mod pushes;
mod refusals;
mod replies;
mod subscriptions;
mod versions;
mod well_formed;
