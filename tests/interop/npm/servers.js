// The server of a test: the emulator, or with SERVER=control one that responds to everything with
// 200 `{}`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { AzureKeyCredential } from "@azure/core-auth";

// Base64 text, so that it can sign.
export const KEY = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";
export const WRONG_KEY = "d3Jvbmcta2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMhISE=";
export const TOKEN = "a-bearer-token";
const ADMIN_TOKEN = "of-the-tests";

// The admin API of each emulator, by its endpoint.
const ADMIN_ENDPOINTS = new Map();

const TARGETS = [
  ["--subscription", "orders/billing", "--subscription", "orders/shipping"],
  ["--basic-topic", "grid=eventgrid", "--basic-topic", "cloud=cloudevents", "--basic-topic", "custom=custom"],
  ["--domain", "grid-domain=eventgrid", "--domain", "cloud-domain=cloudevents"],
  ["--partner", "partner/news=cloudevents"],
].flat();

/** Starts a server for a test, which ends with the test: its endpoint. */
export async function start(test, scheme) {
  return process.env.SERVER === "control" ? startControl(test, scheme) : startEmulator(test, scheme);
}

async function startEmulator(test, scheme) {
  const { CERTIFICATE, CERTIFICATE_KEY } = process.env;
  const tls = scheme === "https" ? ["--tls-cert", CERTIFICATE, "--tls-key", CERTIFICATE_KEY] : [];
  const credentials = ["--key", KEY, "--bearer-token", TOKEN];
  const admin = ["--admin", "127.0.0.1:0", "--admin-token", ADMIN_TOKEN];
  const options = ["--listen", "127.0.0.1:0", ...admin, ...credentials, ...tls, ...TARGETS];
  const emulator = spawn("eventgrid-emulator", options, { stdio: ["ignore", "pipe", "inherit"] });
  test.after(async () => {
    emulator.kill();
    await once(emulator, "exit");
  });
  const lines = createInterface({ input: emulator.stdout })[Symbol.asyncIterator]();
  const after = async (start) => (await lines.next()).value.replace(start, "");
  const endpoint = await after("listening on ");
  ADMIN_ENDPOINTS.set(endpoint, await after("admin API on "));
  return endpoint;
}

async function startControl(test, scheme) {
  const respond = (request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end("{}");
  };
  const { CERTIFICATE, CERTIFICATE_KEY } = process.env;
  const server =
    scheme === "https"
      ? https.createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(CERTIFICATE_KEY) }, respond)
      : http.createServer(respond);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${scheme}://127.0.0.1:${server.address().port}`;
}

/** What the emulator has accepted since it started, oldest first. */
export async function accepted(endpoint) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  // The control has no admin API: it responds to this as to anything else.
  const admin = ADMIN_ENDPOINTS.get(endpoint) ?? endpoint;
  return (await fetch(`${admin}/accepted`, { headers })).json();
}

/** Publishes as another program does: the JSON as it is written here. */
export async function publishText(endpoint, text) {
  const headers = {
    authorization: `SharedAccessKey ${KEY}`,
    "content-type": "application/cloudevents-batch+json",
  };
  const url = `${endpoint}/topics/orders:publish?api-version=2024-06-01`;
  const response = await fetch(url, { method: "POST", headers, body: text });
  if (response.status !== 200) throw new Error(await response.text());
}

export const key = (secret = KEY) => new AzureKeyCredential(secret);

/** A `TokenCredential` with one token. */
export const bearer = (token = TOKEN) => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});
