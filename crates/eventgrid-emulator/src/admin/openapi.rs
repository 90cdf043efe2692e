//! The OpenAPI document, made of the table of requests.

use http::Method;
use schemars::generate::SchemaSettings;
use schemars::{SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::error::ErrorBody;
use super::reply::Reply;
use super::route::{ResponseBody, Route, routes};

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/openapi.json",
    operation: "getOpenApi",
    summary: "Returns this document.",
    query: &[],
    body: None,
    response: ResponseBody {
        status: 200,
        description: "An OpenAPI document.",
        schema: Some(|_| json_schema!({ "type": "object" })),
    },
    handler: |_, _| Ok(Reply::ok(&document())),
}];

/// The document, in the form of OpenAPI 3.1.
pub(super) fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in routes() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route, &mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "eventgrid-emulator admin API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Inspects and changes a running emulator.",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": generator.take_definitions(true),
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let mut parameters: Vec<_> = in_path.collect();
    for parameter in route.query {
        parameters.push(json!({
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": (parameter.schema)(generator),
        }));
    }
    let error = generator.subschema_for::<ErrorBody>();
    let mut success = json!({ "description": route.response.description });
    if let Some(schema) = route.response.schema {
        let schema = schema(generator);
        // A text is sent as it is.
        let media_type = schema.get("contentMediaType").and_then(Value::as_str).unwrap_or("application/json");
        success["content"] = json!({ (media_type): { "schema": schema } });
    }
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            (route.response.status.to_string()): success,
            "default": {
                "description": "The request is refused.",
                "content": { "application/json": { "schema": error } },
            },
        },
    });
    if let Some(body) = &route.body {
        let example: Value = serde_json::from_str(body.example).unwrap_or_default();
        let content = json!({ "schema": (body.schema)(generator), "example": example });
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    operation
}
