#!/usr/bin/env bash
# cors 2.8.6, @fastify/cors 11.4.3, hono 4.13.19 (npm), tower-http 0.6.11 (crates.io): middleware
# for CORS takes the handshake of a webhook for a browser's preflight, and its response has no
# consent.
#
# Expected: a preflight is an OPTIONS request with Access-Control-Request-Method (Fetch standard,
#   CORS-preflight request). Any other OPTIONS request goes to the route that the program has for
#   it. The handshake of CloudEvents is one: it has WebHook-Request-Origin instead.
# Seen: every OPTIONS request is taken for a preflight by four of five. Three respond with success,
#   and @fastify/cors with 400; the route is not asked. @koa/cors 5.0.0 does as expected.
#
# Why it matters: Event Grid delivers CloudEvents only where the handshake was consented to. An
#   endpoint that has worked fails its next handshake when CORS is added to the server for other
#   pages, and its log has a successful OPTIONS request. The URL for a later consent is in a header
#   of the same request, so it is lost, too. Keep the route of the webhook outside of the
#   middleware. In this project eventgrid's `Webhook` consents only if it is given the request, and
#   eventgrid-push and the emulator do not take such a response for consent.
#
# Output:
#   express 5.3.0: 200, allowed origin eventgrid.azure.net
#   express 5.3.0 and cors: 204, allowed origin none
#   fastify 5.12.8: 200, allowed origin eventgrid.azure.net
#   fastify 5.12.8 and @fastify/cors: 400, allowed origin none
#   hono 4.13.19: 200, allowed origin eventgrid.azure.net
#   hono 4.13.19 and its cors: 204, allowed origin none
#   koa 3.3.0: 200, allowed origin eventgrid.azure.net
#   koa 3.3.0 and @koa/cors: 200, allowed origin eventgrid.azure.net
#   tower 0.5.3: 200, allowed origin eventgrid.azure.net
#   tower 0.5.3 and CorsLayer: 200, allowed origin none
#
# It needs Node.js 20 or later with npm, and Rust with crates.io. The servers are in the same
# processes.
set -euo pipefail
folder=$(mktemp -d)
export npm_config_cache="$folder/npm-cache"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts express@5.3.0 cors@2.8.6 fastify@5.12.8 \
    @fastify/cors@11.4.3 hono@4.13.19 koa@3.3.0 @koa/cors@5.0.0
cat >main.js <<'END'
const { once } = require("node:events");
const http = require("node:http");
const express = require("express");
const cors = require("cors");
const fastify = require("fastify");
const fastifyCors = require("@fastify/cors");
const { Hono } = require("hono");
const { cors: honoCors } = require("hono/cors");
const Koa = require("koa");
const koaCors = require("@koa/cors");

const ASKED = "WebHook-Request-Origin";
const ALLOWED = "WebHook-Allowed-Origin";
const HANDSHAKE = { method: "OPTIONS", headers: { [ASKED]: "eventgrid.azure.net" } };

const show = (name, status, allowed) => console.log(`${name}: ${status}, allowed origin ${allowed ?? "none"}`);

async function ask(name, listener) {
  const server = http.createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const response = await fetch(`http://127.0.0.1:${server.address().port}/events`, HANDSHAKE);
  show(name, response.status, response.headers.get(ALLOWED));
  server.close();
  server.closeAllConnections();
}

(async () => {
  for (const hasCors of [false, true]) {
    const app = express();
    if (hasCors) app.use(cors());
    app.options("/events", (request, response) => response.set(ALLOWED, request.get(ASKED)).send(""));
    await ask(hasCors ? "express 5.3.0 and cors" : "express 5.3.0", app);
  }
  for (const hasCors of [false, true]) {
    const app = fastify();
    if (hasCors) await app.register(fastifyCors);
    app.options("/events", (request, reply) => reply.header(ALLOWED, request.headers[ASKED.toLowerCase()]).send(""));
    const response = await app.inject({ url: "/events", ...HANDSHAKE });
    const name = hasCors ? "fastify 5.12.8 and @fastify/cors" : "fastify 5.12.8";
    show(name, response.statusCode, response.headers[ALLOWED.toLowerCase()]);
  }
  for (const hasCors of [false, true]) {
    const app = new Hono();
    if (hasCors) app.use(honoCors());
    app.options("/events", (context) => context.body("", 200, { [ALLOWED]: context.req.header(ASKED) }));
    const response = await app.request("/events", HANDSHAKE);
    show(hasCors ? "hono 4.13.19 and its cors" : "hono 4.13.19", response.status, response.headers.get(ALLOWED));
  }
  for (const hasCors of [false, true]) {
    const app = new Koa();
    if (hasCors) app.use(koaCors());
    app.use((context) => {
      context.set(ALLOWED, context.get(ASKED));
      context.body = "";
      context.status = 200;
    });
    await ask(hasCors ? "koa 3.3.0 and @koa/cors" : "koa 3.3.0", app.callback());
  }
})();
END
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "behind-cors"
version = "0.0.0"
edition = "2021"

[dependencies]
futures-executor = "=0.3.31"
http = "=1.3.1"
tower = { version = "=0.5.3", features = ["util"] }
tower-http = { version = "=0.6.11", features = ["cors"] }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use std::convert::Infallible;

use futures_executor::block_on;
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::cors::CorsLayer;

async fn route(request: Request<String>) -> Result<Response<String>, Infallible> {
    let origin = &request.headers()["webhook-request-origin"];
    Ok(Response::builder().header("webhook-allowed-origin", origin).body(String::new()).expect("a response"))
}

fn show<S>(name: &str, service: S)
where
    S: Service<Request<String>, Response = Response<String>, Error = Infallible>,
{
    let request = Request::options("/events").header("webhook-request-origin", "eventgrid.azure.net");
    let request = request.body(String::new()).expect("a request");
    let Ok(response) = block_on(service.oneshot(request));
    let allowed = response.headers().get("webhook-allowed-origin");
    let allowed = allowed.map_or("none", |origin| origin.to_str().expect("text"));
    println!("{name}: {}, allowed origin {allowed}", response.status().as_u16());
}

fn main() {
    show("tower 0.5.3", service_fn(route));
    show("tower 0.5.3 and CorsLayer", CorsLayer::permissive().layer(service_fn(route)));
}
END
node main.js >seen
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >>seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
express 5.3.0: 200, allowed origin eventgrid.azure.net
express 5.3.0 and cors: 204, allowed origin none
fastify 5.12.8: 200, allowed origin eventgrid.azure.net
fastify 5.12.8 and @fastify/cors: 400, allowed origin none
hono 4.13.19: 200, allowed origin eventgrid.azure.net
hono 4.13.19 and its cors: 204, allowed origin none
koa 3.3.0: 200, allowed origin eventgrid.azure.net
koa 3.3.0 and @koa/cors: 200, allowed origin eventgrid.azure.net
tower 0.5.3: 200, allowed origin eventgrid.azure.net
tower 0.5.3 and CorsLayer: 200, allowed origin none
END
