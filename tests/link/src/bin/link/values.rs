//! The values of options: sizes, times, probabilities, each for one direction or for both.

use std::time::Duration;

use link::End;

/// A value for the direction to an end, or for both.
#[derive(Debug, Clone)]
pub(crate) struct Directed<T> {
    pub(crate) to: Option<End>,
    pub(crate) value: T,
}

/// A parser of values that may begin with a direction, such as `to-client=2M`.
pub(crate) fn directed<T>(
    parse: fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<Directed<T>, String> + Clone {
    move |text| {
        let (to, text) = match text.split_once('=') {
            None => (None, text),
            Some(("to-server", rest)) => (Some(End::Server), rest),
            Some(("to-client", rest)) => (Some(End::Client), rest),
            Some((other, _)) => {
                return Err(format!("{other:?} is not a direction: write to-server= or to-client="));
            }
        };
        Ok(Directed { to, value: parse(text)? })
    }
}

/// A number of bytes, such as 1460, 400k, 1.5M or 64Ki.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let units = [
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("", 1),
    ];
    scaled(text, &units).ok_or_else(|| {
        "expected a number of bytes, such as 1460, 400k, 1.5M (of 1000) or 64Ki (of 1024)".to_owned()
    })
}

/// A number of bytes that is not 0 and fits into memory.
pub(crate) fn length(text: &str) -> Result<usize, String> {
    match size(text)? {
        0 => Err("at least 1 byte is needed".to_owned()),
        bytes => usize::try_from(bytes).map_err(|_| "more than the memory of this machine".to_owned()),
    }
}

/// A time, such as 50ms.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let units = [("us", 1_000), ("ms", 1_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000)];
    // A zero needs no unit.
    let text = if text == "0" { "0s" } else { text };
    scaled(text, &units)
        .map(Duration::from_nanos)
        .ok_or_else(|| "expected a time with its unit, such as 200us, 50ms, 1.5s or 2min".to_owned())
}

/// Two times, such as 10s+500ms.
pub(crate) fn two_times(text: &str) -> Result<(Duration, Duration), String> {
    let (first, second) =
        text.split_once('+').ok_or_else(|| "expected two times, such as 10s+500ms".to_owned())?;
    Ok((time(first)?, time(second)?))
}

/// A probability, such as 0.01 or 1%.
pub(crate) fn probability(text: &str) -> Result<f64, String> {
    let (number, divisor) = match text.strip_suffix('%') {
        Some(percent) => (percent, 100.0),
        None => (text, 1.0),
    };
    let value = number.parse::<f64>().ok().map(|number| number / divisor);
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| "expected a probability from 0 to 1, such as 0.01, or from 0% to 100%".to_owned())
}

/// A decimal number with the first unit that it ends in, in the smallest unit.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let (number, unit) = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || number.ends_with('.') {
        return None;
    }
    let scale = 10_u128.checked_pow(fraction.len().try_into().ok()?)?;
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
    let value = whole.parse::<u128>().ok()?.checked_mul(scale)?.checked_add(fraction)?;
    u64::try_from(value.checked_mul(unit.into())? / scale).ok()
}
