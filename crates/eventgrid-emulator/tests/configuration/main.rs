//! What a configuration says, and what is said about one that is wrong.

mod builder;
mod dead_letters;
mod difference;
mod file;
mod filters;
mod imports;
