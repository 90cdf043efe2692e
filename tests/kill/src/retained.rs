//! A client that has the MQTT broker retain messages, as a process that can be killed, and what
//! must be retained at the end.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::path::Path;
use std::time::Duration;

use eventgrid::RetryPolicy;
use eventgrid::credential::{AccessToken, AsyncBearerToken};
use eventgrid::mqtt::{MqttBroker, MqttMessage, TopicName};
use eventgrid_hyper::{MqttClient, client};

use crate::AnyError;
use crate::client::pause;
use crate::journal::Journal;
use crate::processes::TOKEN;

/// Every so many messages of a topic delete the one that is retained.
const DELETED: u32 = 5;

/// Retains messages forever, and writes down what it asks for and what was confirmed. Each has the
/// number of its turn. After a failure, which may have been done or not, another topic begins, so
/// that no request comes after a later one.
pub(crate) fn retain(endpoint: &str, journal: &Path) -> Result<(), AnyError> {
    let journal = Journal::new(journal);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mqtt = mqtt(endpoint)?;
        for round in 0_u32.. {
            let topic = format!("devices/{}/{round}", std::process::id());
            for turn in 1_u32.. {
                journal.write("retaining", &topic, turn)?;
                let payload = payload(turn).unwrap_or_default();
                let message = MqttMessage::text(TopicName::new(&topic)?, &payload).retained();
                if mqtt.publish(&message).await.is_err() {
                    break;
                }
                journal.write("retained", &topic, turn)?;
            }
            pause().await;
        }
        Ok(())
    })
}

/// What is retained after that turn.
fn payload(turn: u32) -> Option<String> {
    (!turn.is_multiple_of(DELETED)).then(|| turn.to_string())
}

/// How many topics there were, and those whose message is neither that of the last turn that was
/// confirmed nor that of the one after it.
pub(crate) fn wrong(endpoint: &str, journal: &Journal) -> Result<(usize, Vec<String>), AnyError> {
    let mut topics = BTreeMap::<_, [u32; 2]>::new();
    for (what, topic, turn) in journal.lines()? {
        let of_topic = topics.entry(topic).or_default();
        match what.as_str() {
            "retained" => of_topic[0] = turn,
            "retaining" => of_topic[1] = turn,
            _ => {}
        }
    }
    topics.retain(|_, [_, asked]| *asked > 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mqtt = mqtt(endpoint)?;
        let mut wrong = Vec::new();
        for (topic, turns) in &topics {
            let found = match mqtt.get_retained(TopicName::new(topic)?).await {
                Ok(message) => Some(String::from_utf8_lossy(message.payload()).into_owned()),
                Err(error) if error.is_not_found() => None,
                Err(error) => return Err(error.into()),
            };
            if turns.iter().all(|turn| (*turn > 0).then(|| payload(*turn)).flatten() != found) {
                wrong.push(format!("{topic} has {found:?} after the turns {turns:?}"));
            }
        }
        Ok((topics.len(), wrong))
    })
}

type Mqtt = MqttClient<AsyncBearerToken<fn() -> Ready<Result<AccessToken, Infallible>>>>;

fn mqtt(endpoint: &str) -> Result<Mqtt, AnyError> {
    let token: fn() -> _ = || ready(Ok(AccessToken::new(TOKEN, Duration::MAX)));
    let client = client(AsyncBearerToken::new(token)).retry(RetryPolicy::none());
    Ok(MqttClient::new(client, MqttBroker::new(endpoint.to_owned())?))
}
