// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure API Management.

/// An API was created.
pub const API_CREATED: &str = "Microsoft.ApiManagement.APICreated";

/// An API was deleted.
pub const API_DELETED: &str = "Microsoft.ApiManagement.APIDeleted";

/// A release of an API was created.
pub const API_RELEASE_CREATED: &str = "Microsoft.ApiManagement.APIReleaseCreated";

/// A release of an API was deleted.
pub const API_RELEASE_DELETED: &str = "Microsoft.ApiManagement.APIReleaseDeleted";

/// A release of an API was updated.
pub const API_RELEASE_UPDATED: &str = "Microsoft.ApiManagement.APIReleaseUpdated";

/// An API was updated.
pub const API_UPDATED: &str = "Microsoft.ApiManagement.APIUpdated";

/// The circuit breaker of a backend closed: requests flow again.
pub const CIRCUIT_BREAKER_CLOSED: &str = "Microsoft.ApiManagement.CircuitBreaker.Closed";

/// The circuit breaker of a backend opened: requests are held off.
pub const CIRCUIT_BREAKER_OPENED: &str = "Microsoft.ApiManagement.CircuitBreaker.Opened";

/// An API was added to a self-hosted gateway.
pub const GATEWAY_API_ADDED: &str = "Microsoft.ApiManagement.GatewayAPIAdded";

/// An API was removed from a self-hosted gateway.
pub const GATEWAY_API_REMOVED: &str = "Microsoft.ApiManagement.GatewayAPIRemoved";

/// A certificate authority was added to a self-hosted gateway.
pub const GATEWAY_CERTIFICATE_AUTHORITY_CREATED: &str =
    "Microsoft.ApiManagement.GatewayCertificateAuthorityCreated";

/// A certificate authority was removed from a self-hosted gateway.
pub const GATEWAY_CERTIFICATE_AUTHORITY_DELETED: &str =
    "Microsoft.ApiManagement.GatewayCertificateAuthorityDeleted";

/// A certificate authority of a self-hosted gateway was updated.
pub const GATEWAY_CERTIFICATE_AUTHORITY_UPDATED: &str =
    "Microsoft.ApiManagement.GatewayCertificateAuthorityUpdated";

/// A self-hosted gateway was created.
pub const GATEWAY_CREATED: &str = "Microsoft.ApiManagement.GatewayCreated";

/// A self-hosted gateway was deleted.
pub const GATEWAY_DELETED: &str = "Microsoft.ApiManagement.GatewayDeleted";

/// A host name configuration of a self-hosted gateway was created.
pub const GATEWAY_HOSTNAME_CONFIGURATION_CREATED: &str =
    "Microsoft.ApiManagement.GatewayHostnameConfigurationCreated";

/// A host name configuration of a self-hosted gateway was deleted.
pub const GATEWAY_HOSTNAME_CONFIGURATION_DELETED: &str =
    "Microsoft.ApiManagement.GatewayHostnameConfigurationDeleted";

/// A host name configuration of a self-hosted gateway was updated.
pub const GATEWAY_HOSTNAME_CONFIGURATION_UPDATED: &str =
    "Microsoft.ApiManagement.GatewayHostnameConfigurationUpdated";

/// The access token of a self-hosted gateway expired.
pub const GATEWAY_TOKEN_EXPIRED: &str = "Microsoft.ApiManagement.GatewayTokenExpired";

/// The access token of a self-hosted gateway expires soon.
pub const GATEWAY_TOKEN_NEAR_EXPIRY: &str = "Microsoft.ApiManagement.GatewayTokenNearExpiry";

/// A self-hosted gateway was updated.
pub const GATEWAY_UPDATED: &str = "Microsoft.ApiManagement.GatewayUpdated";

/// A product was created.
pub const PRODUCT_CREATED: &str = "Microsoft.ApiManagement.ProductCreated";

/// A product was deleted.
pub const PRODUCT_DELETED: &str = "Microsoft.ApiManagement.ProductDeleted";

/// A product was updated.
pub const PRODUCT_UPDATED: &str = "Microsoft.ApiManagement.ProductUpdated";

/// A subscription to an API or a product was created.
pub const SUBSCRIPTION_CREATED: &str = "Microsoft.ApiManagement.SubscriptionCreated";

/// A subscription to an API or a product was deleted.
pub const SUBSCRIPTION_DELETED: &str = "Microsoft.ApiManagement.SubscriptionDeleted";

/// A subscription to an API or a product was updated.
pub const SUBSCRIPTION_UPDATED: &str = "Microsoft.ApiManagement.SubscriptionUpdated";

/// A user was created.
pub const USER_CREATED: &str = "Microsoft.ApiManagement.UserCreated";

/// A user was deleted.
pub const USER_DELETED: &str = "Microsoft.ApiManagement.UserDeleted";

/// A user was updated.
pub const USER_UPDATED: &str = "Microsoft.ApiManagement.UserUpdated";
