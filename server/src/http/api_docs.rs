//! `/api/docs`: the agent protocol to be read, made from the OpenAPI document at `/api/openapi.json`. A page of our own:
//! nothing is loaded from elsewhere, and it works without a script.

use super::{Shared, page, session, words};
use crate::html::escape;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_agent_protocol::openapi::openapi_json;
use muster_domain::Language;
use serde_json::Value;
use std::sync::LazyLock;

static JSON: LazyLock<String> = LazyLock::new(openapi_json);
static EN: LazyLock<String> = LazyLock::new(|| body(&JSON, Language::En));
static RU: LazyLock<String> = LazyLock::new(|| body(&JSON, Language::Ru));

const STYLE: &str = include_str!("../../templates/api/style.css");

/// `GET /api/openapi.json`: the document, for programs of any origin; it is the same for everybody.
pub async fn document() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, JSON.as_str())
}

/// `GET /api/docs`.
pub async fn show(State(site): Shared, headers: HeaderMap) -> Response {
    let language = session::language(&headers);
    let body: &str = match language {
        Language::En => &EN,
        Language::Ru => &RU,
    };
    let title = words::agent_protocol(language);
    let mut response = page::styled(&*site.ports.secrets, language, StatusCode::OK, title, STYLE, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    response
}

/// Escaped text in which what stands in backticks is code.
fn prose(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces.map(|(n, p)| if n % 2 == 1 { format!("<code>{}</code>", escape(p)) } else { escape(p) }).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// The name in `#/components/schemas/Name`.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|r| r.rsplit('/').next())
}

/// The type of a value, with links to the types that it is made of.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("<a href=\"#{0}\">{0}</a>", escape(name));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema[choice].as_array() {
            return all.iter().map(kind).collect::<Vec<_>>().join(" | ");
        }
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let named = names.into_iter().map(|n| match n {
        "array" => format!("array of {}", kind(&schema["items"])),
        other => escape(other),
    });
    named.collect::<Vec<_>>().join(" | ")
}

fn limits(schema: &Value) -> String {
    let names = ["format", "minimum", "maximum", "minLength", "maxLength", "pattern"];
    let found = names.into_iter().filter(|n| !schema[*n].is_null()).map(|n| {
        let value = schema[n].as_str().map_or_else(|| schema[n].to_string(), str::to_owned);
        format!("{n} {}", escape(&value))
    });
    found.collect::<Vec<_>>().join(", ")
}

/// The id of an operation in the page.
fn anchor(operation: &Value) -> String {
    format!("call-{}", escape(text(operation, "operationId")))
}

fn call(method: &str, path: &str, operation: &Value, language: Language) -> String {
    let method = method.to_uppercase();
    let mut out = format!(
        "<section id=\"{}\"><h3><span class=\"method\">{}</span> <code>{}</code></h3><p>{}</p>",
        anchor(operation),
        escape(&method),
        escape(path).replace('/', "<wbr>/"),
        prose(text(operation, "description")),
    );
    let signed =
        if operation["security"].is_array() { words::signed(language) } else { words::not_signed(language) };
    out.push_str(&format!("<p class=\"tag\">{signed}</p>"));
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        out.push_str(&format!("<p><b>{}</b> {}</p>", words::body(language), kind(body)));
    }
    out.push_str(&format!("<p><b>{}</b></p><ul>", words::answers(language)));
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let schema = &answer["content"]["application/json"]["schema"];
        let of = if schema.is_null() { String::new() } else { format!(" · {}", kind(schema)) };
        out.push_str(&format!(
            "<li><code>{}</code> {}{of}</li>",
            escape(status),
            prose(text(answer, "description"))
        ));
    }
    out.push_str("</ul></section>");
    out
}

fn fields(schema: &Value, language: Language) -> String {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut out = String::from("<dl>");
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let must = if required.contains(&name.as_str()) { words::required(language) } else { "" };
        let limits = limits(field);
        let small =
            [must, limits.as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · ");
        out.push_str(&format!(
            "<dt><code>{}</code> <span>{}</span></dt><dd>{}{}</dd>",
            escape(name),
            kind(field),
            prose(text(field, "description")),
            if small.is_empty() { String::new() } else { format!(" <small>{small}</small>") },
        ));
    }
    out.push_str("</dl>");
    out
}

/// The values of an enumeration, with what each means where the document says it.
fn values(schema: &Value) -> String {
    let plain = schema["enum"].as_array().into_iter().flatten().map(|v| (v, ""));
    let told = schema["oneOf"].as_array().into_iter().flatten().map(|one| {
        let value = one["enum"].as_array().and_then(|e| e.first()).unwrap_or(&one["const"]);
        (value, text(one, "description"))
    });
    let items = plain.chain(told).filter_map(|(value, meaning)| {
        Some(format!("<li><code>{}</code> {}</li>", escape(value.as_str()?), prose(meaning)))
    });
    let items = items.collect::<String>();
    if items.is_empty() { items } else { format!("<ul>{items}</ul>") }
}

fn type_of(name: &str, schema: &Value, language: Language) -> String {
    let mut out = format!(
        "<section id=\"{0}\"><h3>{0}</h3><p>{1}</p>",
        escape(name),
        prose(text(schema, "description"))
    );
    if schema["properties"].is_object() {
        out.push_str(&fields(schema, language));
    }
    out.push_str(&values(schema));
    if let Ok(example) = serde_json::to_string_pretty(&schema["example"])
        && !schema["example"].is_null()
    {
        let example = escape(&example);
        out.push_str(&format!(
            "<p><b>{}</b></p><pre tabindex=\"0\">{example}</pre>",
            words::example(language)
        ));
    }
    out.push_str("</section>");
    out
}

/// The page's body. The words of the protocol itself are English, as in the document.
fn body(json: &str, language: Language) -> String {
    let api: Value = serde_json::from_str(json).unwrap_or_default();
    let english = if language == Language::En { "" } else { " lang=\"en\"" };
    let mut calls = String::new();
    let mut index = String::new();
    for (path, operations) in api["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            calls.push_str(&call(method, path, operation, language));
            let name = escape(&text(operation, "operationId").replace('_', " "));
            index.push_str(&format!("<li><a href=\"#{}\">{name}</a></li>", anchor(operation)));
        }
    }
    let types = api["components"]["schemas"].as_object().into_iter().flatten();
    let types = types.map(|(name, schema)| type_of(name, schema, language)).collect::<String>();
    format!(
        "<p{english}>{} Version {}.</p><p><a href=\"/api/openapi.json\">{}</a></p><nav><ul>{index}</ul></nav>\
         <h2>{}</h2><p{english}>{}</p><h2>{}</h2><div{english}>{calls}</div><h2>{}</h2><div{english}>{types}</div>",
        prose(text(&api["info"], "description")),
        escape(text(&api["info"], "version")),
        words::openapi(language),
        words::signing(language),
        prose(text(&api["components"]["securitySchemes"]["signature"], "description")),
        words::calls(language),
        words::types(language),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_and_every_type_of_the_document_stands_in_the_page_in_both_languages() {
        let api: Value = serde_json::from_str(&JSON).unwrap();
        for page in [&*EN, &*RU] {
            let paths = api["paths"].as_object().unwrap();
            assert_eq!(page.matches("<section id=\"call-").count(), paths.len());
            for path in paths.keys() {
                assert!(page.contains(&path.replace('/', "<wbr>/")), "{path}");
            }
            let types = api["components"]["schemas"].as_object().unwrap();
            for (name, schema) in types {
                assert!(page.contains(&format!("<section id=\"{name}\">")), "{name}");
                for field in schema["properties"].as_object().into_iter().flatten() {
                    assert!(page.contains(&format!("<dt><code>{}</code>", field.0)), "{name}.{}", field.0);
                }
            }
            for code in muster_agent_protocol::problem::ProblemCode::ALL {
                assert!(page.contains(&format!("<code>{}</code>", code.name())), "{code:?}");
            }
            for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
            }
        }
        assert!(EN.contains("<h2>Calls</h2>") && RU.contains("<h2>Вызовы</h2>"));
    }

    #[test]
    fn a40_markup_in_a_description_stays_text() {
        let json = r#"{"paths":{"/<b>":{"get":{"operationId":"a\"b","description":"<script>`<i>`"}}}}"#;
        let page = body(json, Language::En);
        assert!(
            !page.contains("<script>") && !page.contains("<i>") && page.contains("<code>&lt;i&gt;</code>")
        );
        assert!(!page.contains("id=\"call-a\"b"));
    }
}
