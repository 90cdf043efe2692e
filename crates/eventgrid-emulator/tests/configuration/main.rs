//! What a configuration means, and the errors of a wrong one.

mod builder;
mod dead_letters;
mod difference;
mod feeds;
mod file;
mod filters;
mod imports;
mod mapping;
mod push;
mod words;
