//! The HTTP server and the program, over real sockets.

mod configured;
mod connections;
mod data;
mod dead_letters;
mod faults;
mod handshakes;
mod hostile_endpoints;
mod http_client;
mod https;
mod kept_pushes;
mod mqtt;
mod observed;
mod program;
mod pushes;
mod robustness;
mod sink;
