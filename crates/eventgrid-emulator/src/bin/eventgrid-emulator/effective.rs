//! What options, environment and file come to.

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use eventgrid_emulator::Secret;
use eventgrid_emulator::configuration::{
    AdminConfiguration, BasicResourceConfiguration, BearerTokenConfiguration, ChannelConfiguration,
    Configuration, PartnerNamespaceConfiguration, TextSource, TlsConfiguration,
};

use crate::options::ServeOptions;

/// Where it listens if nothing says another address.
const LISTEN: &str = "127.0.0.1:6500";

/// The topic and the event subscription that it has if nothing names anything else.
const TOPIC: (&str, &str) = ("orders", "billing");

/// The access key if nothing gives another: known to everybody, so it may be printed.
pub(crate) const KEY: &str = "ZXZlbnRncmlkLWVtdWxhdG9yLXdlbGxrbm93bi1rZXk=";

/// The variable that an access key is taken from if no option gives one.
const KEY_VARIABLE: &str = "EVENTGRID_EMULATOR_KEY";

/// The variable that names a file with an access key if nothing else gives one.
const KEY_FILE_VARIABLE: &str = "EVENTGRID_EMULATOR_KEY_FILE";

/// The configuration that the file says, with what the options say on top, and the defaults for
/// what neither says.
///
/// # Errors
/// All that is wrong, a line for each.
pub(crate) fn configuration(options: &ServeOptions) -> Result<Configuration, String> {
    let mut configuration = match &options.config {
        Some(path) => read(path)?,
        None => Configuration::default(),
    };
    add(options, &mut configuration)?;
    add_defaults(&mut configuration);
    // The file was checked with its lines; what is found now comes from the options.
    configuration.check().map_err(|errors| {
        let lines: Vec<_> =
            errors.iter().map(|error| format!("{}: {}", error.field(), error.message())).collect();
        lines.join("\n")
    })?;
    Ok(configuration)
}

/// Adds what there is if nothing else is said.
pub(crate) fn add_defaults(to: &mut Configuration) {
    if to.listen.is_empty() {
        to.listen.push(LISTEN.to_owned());
    }
    if to.namespace.keys.is_empty() {
        to.namespace.keys.push(Secret::new(KEY));
    }
    if to.is_empty() {
        to.topic(TOPIC.0).event_subscription(TOPIC.1);
    }
}

/// Reads a file.
///
/// # Errors
/// All that is wrong, a line for each, which begins with the file, its line and column.
pub(crate) fn read(path: &Path) -> Result<Configuration, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read the configuration file {}: {error}", path.display()))?;
    Configuration::parse_with(&text, TextSource::read).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(|error| format!("{}:{error}", path.display())).collect();
        lines.join("\n")
    })
}

fn add(options: &ServeOptions, to: &mut Configuration) -> Result<(), String> {
    let set = |seconds: Option<u64>, to: &mut Option<Duration>| {
        *to = seconds.map(Duration::from_secs).or(*to);
    };
    set(options.lock_duration, &mut to.namespace.settings.lock_duration);
    set(options.time_to_live, &mut to.namespace.settings.time_to_live);
    let settings = &mut to.namespace.settings;
    settings.max_delivery_count = options.max_delivery_count.or(settings.max_delivery_count);
    to.seed = options.seed.or(to.seed);
    to.limits = options.limits.unwrap_or(to.limits);
    to.attribute_order = options.attribute_order.unwrap_or(to.attribute_order);
    to.without_sas |= options.without_sas;
    to.without_authentication |= options.no_authentication;
    to.basic_topic_at_root |= options.basic_topic_at_root;
    if let Some(folder) = &options.data {
        to.data_folder = Some(folder.clone());
    }
    to.push.allowed_hosts.extend(options.push_hosts.iter().cloned());
    if let Some(callback) = &options.push_callback {
        to.push.callback = Some(callback.clone());
    }
    if !options.listen.is_empty() {
        to.listen.clone_from(&options.listen);
    }
    add_admin(options, to)?;
    if let Some(key) = key(options)? {
        to.namespace.keys = vec![Secret::new(key)];
    }
    let tokens = options.bearer_tokens.iter().map(|token| BearerTokenConfiguration::new(Secret::new(token)));
    to.bearer_tokens.extend(tokens);
    add_names(options, to)?;
    add_tls(options, to)
}

fn add_admin(options: &ServeOptions, to: &mut Configuration) -> Result<(), String> {
    if let Some(listen) = &options.admin {
        let token = to.admin.take().and_then(|admin| admin.token);
        let mut admin = AdminConfiguration::new(listen);
        admin.token = token;
        to.admin = Some(admin);
    }
    match (&mut to.admin, &options.admin_token) {
        (_, None) => Ok(()),
        (Some(admin), Some(token)) => {
            admin.token = Some(Secret::new(token));
            Ok(())
        }
        (None, Some(_)) => {
            Err("--admin-token is for the admin API: give it an address by --admin".to_owned())
        }
    }
}

fn add_names(options: &ServeOptions, to: &mut Configuration) -> Result<(), String> {
    let same = |first: &str, second: &str| {
        if first == second {
            Ok(())
        } else {
            Err(format!("the names {first:?} and {second:?} differ only in case: spell them the same"))
        }
    };
    for name in &options.topics {
        same(&to.topic(name).name, name)?;
    }
    for (topic, name) in &options.subscriptions {
        let of = to.topic(topic);
        same(&of.name, topic)?;
        same(&of.event_subscription(name).name, name)?;
    }
    if let Some(name) = &options.mqtt_route_to {
        same(&to.topic(name).name, name)?;
        to.namespace.mqtt.route_to = Some(name.clone());
    }
    let basic = |(name, schema): &(String, _)| BasicResourceConfiguration::new(name, *schema);
    to.basic_topics.extend(options.basic_topics.iter().map(basic));
    to.domains.extend(options.domains.iter().map(basic));
    for (name, channel, schema) in &options.partner_channels {
        let all = &mut to.partner_namespaces;
        let index = all.iter().position(|it| it.name == *name).unwrap_or_else(|| {
            all.push(PartnerNamespaceConfiguration::new(name));
            all.len() - 1
        });
        all[index].channels.push(ChannelConfiguration::new(channel, *schema));
    }
    Ok(())
}

fn add_tls(options: &ServeOptions, to: &mut Configuration) -> Result<(), String> {
    if let (Some(certificate), Some(private_key)) = (&options.tls_cert, &options.tls_key) {
        let (certificate, private_key) = (certificate.clone(), private_key.clone());
        to.tls = Some(TlsConfiguration::files(certificate, private_key));
    }
    if let Some(folder) = &options.tls_dev {
        to.tls = Some(TlsConfiguration::development(folder, []));
    }
    match &mut to.tls {
        _ if options.tls_names.is_empty() => Ok(()),
        Some(TlsConfiguration::Development { names, .. }) => {
            names.extend(options.tls_names.iter().cloned());
            Ok(())
        }
        _ => Err("--tls-name is for the certificate of --tls-dev: give a folder for it".to_owned()),
    }
}

/// The access key from the first place that has one: an option, then a variable.
fn key(options: &ServeOptions) -> Result<Option<String>, String> {
    let key = match (&options.key, &options.key_file) {
        (Some(key), _) => Some(("--key".to_owned(), key.clone())),
        (None, Some(path)) => Some(key_in(path)?),
        (None, None) => match (variable(KEY_VARIABLE)?, variable(KEY_FILE_VARIABLE)?) {
            (Some(key), _) => Some((KEY_VARIABLE.to_owned(), key.trim().to_owned())),
            (None, Some(path)) => Some(key_in(path.as_ref())?),
            (None, None) => None,
        },
    };
    match key {
        Some((place, key)) if key.is_empty() => Err(format!("{place} is empty")),
        key => Ok(key.map(|(_, key)| key)),
    }
}

/// A file with an access key: what it is called in errors, and the key.
fn key_in(path: &Path) -> Result<(String, String), String> {
    let place = format!("the key file {}", path.display());
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {place}: {error}"))?;
    Ok((place, text.trim().to_owned()))
}

fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}
