// Made from `types.txt` by `tests/system_events`; do not edit.

pub mod api_center;
pub mod api_management;
pub mod app_configuration;
pub mod avs;
pub mod cache;
pub mod communication;
pub mod container_registry;
pub mod container_service;
pub mod data_box;
pub mod devices;
pub mod edge;
pub mod event_grid;
pub mod event_hub;
pub mod healthcare_apis;
pub mod key_vault;
pub mod machine_learning_services;
pub mod maps;
pub mod media;
pub mod policy_insights;
pub mod resource_notifications;
pub mod resources;
pub mod service_bus;
pub mod signal_r_service;
pub mod storage;
mod system_event;
pub(super) mod table;
pub mod web;

pub use system_event::SystemEvent;
