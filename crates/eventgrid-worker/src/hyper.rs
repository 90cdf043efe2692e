//! The worker over [`eventgrid_hyper`]: its types with transport and environment filled in.
//!
//! With them, a program that stores a batcher or a processor in a type of its own need not name the
//! transport and the environment.
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

/// A processor over hyper. It receives events, has them handled, and settles them.
pub type Processor<C = AccessKey<'static>, S = Inline> = processor::Processor<Hyper, Tokio, C, S>;

/// A batcher over hyper. It publishes single events in batches.
pub type Batcher<C = AccessKey<'static>, K = NamespaceTopic<'static>, S = CloudEvents> =
    batcher::Batcher<Hyper, Tokio, C, K, S>;

/// A pipeline over hyper. It is a handler that publishes what each event is transformed into.
pub type Pipeline<C = AccessKey<'static>, K = NamespaceTopic<'static>, S = CloudEvents> =
    pipeline::Pipeline<Hyper, Tokio, C, K, S>;
