//! What a configuration says, and what is said about one that is wrong.

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
