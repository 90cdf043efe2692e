//! The worker over [`eventgrid_hyper`]: its types with transport and environment filled in.
//!
//! They save a program that keeps a batcher or a processor in a type of its own from naming both.
//!
//! ```no_run
//! use eventgrid_worker::eventgrid::{AccessKey, NamespaceTopic};
//! use eventgrid_worker::hyper::Batcher;
//!
//! struct Orders {
//!     created: Batcher,
//! }
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
//! let topic = NamespaceTopic::new("https://my-namespace.westeurope-1.eventgrid.azure.net", "orders")?;
//! let publisher = eventgrid_hyper::Publisher::new(client, topic);
//! let (batcher, run) = Batcher::builder(publisher).build();
//! let orders = Orders { created: batcher };
//! # drop((orders.created, run));
//! # Ok(())
//! # }
//! ```

use eventgrid::target::CloudEvents;
use eventgrid::{AccessKey, NamespaceTopic};
use eventgrid_hyper::{Hyper, Tokio};

use crate::spawn::Inline;
use crate::{batcher, pipeline, processor};

/// Receives events, has them handled and settles them, by hyper.
pub type Processor<C = AccessKey<'static>, S = Inline> = processor::Processor<Hyper, Tokio, C, S>;

/// Publishes events that come one at a time in batches, by hyper.
pub type Batcher<C = AccessKey<'static>, K = NamespaceTopic<'static>, S = CloudEvents> =
    batcher::Batcher<Hyper, Tokio, C, K, S>;

/// A handler that publishes what it makes of each event, by hyper.
pub type Pipeline<C = AccessKey<'static>, K = NamespaceTopic<'static>, S = CloudEvents> =
    pipeline::Pipeline<Hyper, Tokio, C, K, S>;
