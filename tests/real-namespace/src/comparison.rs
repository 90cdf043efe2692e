//! Each scenario on both sides, and where they differ.

use std::fmt;

use crate::AnyError;
use crate::namespace::Namespace;
use crate::scenarios::{SCENARIOS, Scenario};
use crate::settling::drain;

/// What came of it.
#[derive(Debug)]
pub struct Comparison {
    differences: Vec<Difference>,
}

/// A scenario in which the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row of the emulator's facts that is concerned, or a name of its own.
    pub id: &'static str,
    /// What is done.
    pub case: &'static str,
    /// What the namespace does.
    pub namespace: Vec<String>,
    /// What the emulator does.
    pub emulator: Vec<String>,
}

/// Runs all scenarios. Each of them settles what it publishes, also where a side differs.
///
/// # Errors
/// There are events of others in the event subscription, or a request got no response.
pub fn compare(namespace: &Namespace, emulator: &Namespace) -> Result<Comparison, AnyError> {
    drain(namespace)?;
    let compared = SCENARIOS.iter().map(|scenario| difference(scenario, namespace, emulator));
    let differences = compared.collect::<Result<Vec<_>, _>>();
    // Also after an error.
    let left = drain(namespace)?;
    let differences = differences?.into_iter().flatten().collect();
    match left.first() {
        Some(delivered) => Err(format!("event {:?} was left and is acknowledged now", delivered.id()).into()),
        None => Ok(Comparison { differences }),
    }
}

fn difference(
    scenario: &Scenario,
    namespace: &Namespace,
    emulator: &Namespace,
) -> Result<Option<Difference>, AnyError> {
    let observe =
        |side: &Namespace| (scenario.observe)(side).map_err(|error| format!("{}: {error}", scenario.id));
    let (namespace, emulator) = (observe(namespace)?, observe(emulator)?);
    let differs = namespace != emulator;
    Ok(differs.then_some(Difference { id: scenario.id, case: scenario.case, namespace, emulator }))
}

impl Comparison {
    /// How many scenarios ran.
    pub fn scenarios(&self) -> usize {
        SCENARIOS.len()
    }

    /// Where the two sides differ.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.id, self.case)?;
        for (side, lines) in [("namespace", &self.namespace), ("emulator", &self.emulator)] {
            for line in lines {
                write!(f, "\n    {side:9}  {line}")?;
            }
        }
        Ok(())
    }
}
