//! What a context says.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A connection with a name. What it does not say must be given by arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Context {
    /// The address of the namespace, topic, domain, partner namespace or emulator.
    pub(crate) endpoint: String,
    /// What is at the endpoint.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) kind: Option<TargetKind>,
    /// The topic of the namespace.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) topic: Option<String>,
    /// The event subscription of the topic.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) subscription: Option<String>,
    /// The channel of the partner namespace.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) channel: Option<String>,
    /// Where the key comes from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) key: Option<KeySource>,
    /// Whether the key may go over plain http to another machine.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) allow_plain_http: bool,
}

/// What is at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TargetKind {
    /// A namespace, which has topics with event subscriptions to pull from.
    Namespace,
    /// A custom topic of Event Grid Basic.
    Basic,
    /// A domain of Event Grid Basic; each event names its domain topic.
    Domain,
    /// A partner namespace of Event Grid Basic; needs --channel.
    Partner,
}

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeySource {
    /// An environment variable, by its name.
    Env(String),
    /// A file that has the key and nothing else.
    File(PathBuf),
    /// A command line that prints the key and nothing else.
    Command(String),
    /// Microsoft Entra ID. The token is asked for anew before it ends.
    #[serde(rename = "entraId")]
    EntraId(EntraIdSource),
}

/// Who asks Microsoft Entra ID for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntraIdSource {
    /// Whoever is signed in to the Azure CLI, or else to the Azure Developer CLI.
    Developer,
    /// The managed identity of this machine; `AZURE_CLIENT_ID` names one that is assigned by a
    /// user.
    Managed,
    /// The workload identity of this pod, by `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    Workload,
    /// A service principal, by `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`.
    Secret,
}

impl Context {
    /// Where the key comes from, as people read it.
    pub(crate) fn key_text(&self) -> String {
        match &self.key {
            None => String::new(),
            Some(KeySource::Env(name)) => format!("variable {name}"),
            Some(KeySource::File(file)) => format!("file {}", file.display()),
            Some(KeySource::Command(command)) => format!("command {command}"),
            Some(KeySource::EntraId(source)) => {
                format!("Microsoft Entra ID, {}", format!("{source:?}").to_lowercase())
            }
        }
    }
}
