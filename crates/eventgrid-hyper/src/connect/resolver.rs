//! Resolves names to addresses by the operating system.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower_service::Service;

use crate::error::BeforeSending;

/// A resolver that asks the operating system. Its errors say that resolving the name failed.
#[derive(Clone)]
pub(super) struct Resolver(GaiResolver);

impl Resolver {
    pub(super) fn new() -> Self {
        Self(GaiResolver::new())
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = BeforeSending;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, BeforeSending>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BeforeSending>> {
        self.0.poll_ready(context).map_err(BeforeSending::resolving)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.0.call(name);
        Box::pin(async { resolving.await.map_err(BeforeSending::resolving) })
    }
}
