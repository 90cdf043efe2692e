//! The HTTP server and the program, over real sockets.

mod configured;
mod connections;
mod data;
mod dead_letters;
mod faults;
mod http_client;
mod https;
mod observed;
mod program;
mod robustness;
