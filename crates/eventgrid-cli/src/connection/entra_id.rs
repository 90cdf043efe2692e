//! Tokens of Microsoft Entra ID by the crate `azure_identity`, if this program has it.

use crate::context::EntraIdSource;
use crate::failure::Failure;

/// A token for Event Grid.
///
/// # Errors
/// [`Failure`] if there is none to be had.
#[cfg(feature = "azure-identity")]
pub(super) fn token_of(source: EntraIdSource) -> Result<String, Failure> {
    with_identity::token_of(source)
}

/// That this program has no such tokens, and where others come from.
///
/// # Errors
/// [`Failure`] each time.
#[cfg(not(feature = "azure-identity"))]
pub(super) fn token_of(_: EntraIdSource) -> Result<String, Failure> {
    Err(Failure::usage("this egrid is built without Microsoft Entra ID").advice(
        "install it by `cargo install eventgrid-cli --features azure-identity`, or use --key-command with \
         `az account get-access-token --resource https://eventgrid.azure.net --query accessToken -o tsv`",
    ))
}

#[cfg(feature = "azure-identity")]
mod with_identity {
    use std::env;
    use std::sync::Arc;
    use std::time::Duration;

    use azure_core::credentials::{Secret, TokenCredential};
    use azure_core::error::{Error, ErrorKind};
    use azure_core::http::headers::Headers;
    use azure_core::http::{
        AsyncRawResponse, Body, ClientOptions, HttpClient, Request, StatusCode, Transport,
    };
    use azure_identity::{
        ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
        DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
        UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
    };
    use eventgrid::credential::BEARER_SCOPE;

    use super::{EntraIdSource, Failure};
    use crate::failure::FailureKind;

    /// How long a request for a token may take.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Asks for a token, and waits for it on a runtime of its own.
    pub(super) fn token_of(source: EntraIdSource) -> Result<String, Failure> {
        let failed = |error: &dyn std::error::Error| {
            Failure::new(FailureKind::Authentication, "cannot get a token of Microsoft Entra ID")
                .caused_by(error)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(&error))?;
        let token = runtime.block_on(async { credential_of(source)?.get_token(&[BEARER_SCOPE], None).await });
        Ok(token.map_err(|error| failed(&error))?.token.secret().to_owned())
    }

    fn credential_of(source: EntraIdSource) -> azure_core::Result<Arc<dyn TokenCredential>> {
        Ok(match source {
            EntraIdSource::Developer => DeveloperToolsCredential::new(None)?,
            EntraIdSource::Managed => {
                ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                    user_assigned_id: env::var("AZURE_CLIENT_ID").ok().map(UserAssignedId::ClientId),
                    client_options: client_options(),
                }))?
            }
            EntraIdSource::Workload => {
                WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions { client_options: client_options() },
                    ..WorkloadIdentityCredentialOptions::default()
                }))?
            }
            EntraIdSource::Secret => ClientSecretCredential::new(
                &variable("AZURE_TENANT_ID")?,
                variable("AZURE_CLIENT_ID")?,
                Secret::new(variable("AZURE_CLIENT_SECRET")?),
                Some(ClientSecretCredentialOptions { client_options: client_options() }),
            )?,
        })
    }

    fn variable(name: &str) -> azure_core::Result<String> {
        let missing = |error| {
            Error::with_error(ErrorKind::Credential, error, format!("cannot read the variable {name}"))
        };
        env::var(name).map_err(missing)
    }

    fn client_options() -> ClientOptions {
        ClientOptions { transport: Some(Transport::new(Arc::new(UreqClient))), ..ClientOptions::default() }
    }

    /// Sends the requests of `azure_identity` by ureq, which this program has already. Nothing else
    /// runs on the thread, so it may block.
    #[derive(Debug)]
    struct UreqClient;

    #[async_trait::async_trait]
    impl HttpClient for UreqClient {
        async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
            let failed =
                |error: ureq::Error| Error::with_error(ErrorKind::Io, error, "cannot ask for a token");
            let Body::Bytes(body) = request.body() else {
                return Err(Error::with_message(ErrorKind::Other, "the request has no body of a known size"));
            };
            let mut sent =
                ureq::http::Request::builder().method(request.method().as_ref()).uri(request.url().as_str());
            for (name, value) in request.headers().iter() {
                sent = sent.header(name.as_str(), value.as_str());
            }
            let sent = sent.body(body.to_vec()).map_err(|error| failed(error.into()))?;
            let config =
                ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
            let mut response = ureq::Agent::from(config.build()).run(sent).map_err(failed)?;
            let mut headers = Headers::new();
            for (name, value) in response.headers() {
                if let Ok(value) = value.to_str() {
                    headers.insert(name.as_str().to_owned(), value.to_owned());
                }
            }
            let status = StatusCode::from(response.status().as_u16());
            let body = response.body_mut().read_to_vec().map_err(failed)?;
            Ok(AsyncRawResponse::from_bytes(status, headers, body))
        }
    }
}
