//! Events that are to be published: made of arguments, or read from files and stdin.
//!
//! This module covers templates, fields, the schemas, and how input is cut into events. How events
//! are sent belongs to `commands`.

mod any_event;
mod fields;
mod input;
mod recipe;
mod record;
mod template;

pub(crate) use self::any_event::{AnyEvent, EventFault, EventSchema};
pub(crate) use self::input::{
    Input, InputForm, InputItem, InputParts, InputPlace, InputPosition, InputSource, NextInput,
};
pub(crate) use self::recipe::{DataRecipe, EventRecipe, RecipeParts};
pub(crate) use self::record::event_in_record;
pub(crate) use self::template::{Template, TemplateValues};
