//! Filters: their forms, their limits, and which events match them.

mod agreement;
mod explanations;
mod filter_sets;
mod forms;
mod keys;
mod limits;
mod naive;
mod parts;
mod truth_table;
