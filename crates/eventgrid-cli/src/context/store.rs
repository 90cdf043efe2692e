//! The file that keeps the contexts.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::Context;
use crate::failure::{Failure, FailureKind};

/// The variable that names another folder.
const FOLDER_VARIABLE: &str = "EGRID_CONFIG";

/// All contexts, and which is used.
#[derive(Debug)]
pub(crate) struct ContextStore {
    file: PathBuf,
    kept: Kept,
}

/// What is in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    current: Option<String>,
    /// The one that was used before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    previous: Option<String>,
    #[serde(default)]
    contexts: BTreeMap<String, Context>,
}

impl ContextStore {
    /// Reads the contexts. There are none without the file.
    ///
    /// # Errors
    /// [`Failure`] if there is no folder for it, or if it cannot be read or understood.
    pub(crate) fn read() -> Result<Self, Failure> {
        Self::read_in(&folder()?)
    }

    fn read_in(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join("contexts.json");
        let kept = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                Failure::usage(format!("{} is not valid", file.display()))
                    .caused_by(&error)
                    .advice("correct the file, or remove it and add the contexts again")
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::default(),
            Err(error) => {
                return Err(Failure::local(format!("cannot read {}", file.display()), &error));
            }
        };
        Ok(Self { file, kept })
    }

    /// The context of that name.
    ///
    /// # Errors
    /// [`Failure`] if there is none.
    pub(crate) fn get(&self, name: &str) -> Result<&Context, Failure> {
        self.kept.contexts.get(name).ok_or_else(|| unknown(name))
    }

    /// The context that is used, if one is.
    pub(crate) fn current(&self) -> Option<(&str, &Context)> {
        let name = self.kept.current.as_deref()?;
        Some((name, self.kept.contexts.get(name)?))
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Context)> {
        self.kept.contexts.iter().map(|(name, context)| (name.as_str(), context))
    }

    /// Adds a context. The first one is used from then on. Whether it is used is returned.
    ///
    /// # Errors
    /// [`Failure`] if the name is not valid, or taken unless it is to be replaced.
    pub(crate) fn add(&mut self, name: &str, context: Context, replaces: bool) -> Result<bool, Failure> {
        let is_plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        // What begins with `-` would be taken for an option by every other command.
        if name.is_empty() || name.starts_with('-') || !name.chars().all(is_plain) {
            return Err(Failure::usage(
                "the name of a context must be letters, digits, `-`, `_` or `.`, and not begin with `-`",
            ));
        }
        if !replaces && self.kept.contexts.contains_key(name) {
            return Err(Failure::usage(format!("there is a context {name} already"))
                .advice("choose another name, or replace it by --replace"));
        }
        self.kept.contexts.insert(name.to_owned(), context);
        if self.kept.current.is_none() {
            self.kept.current = Some(name.to_owned());
        }
        Ok(self.kept.current.as_deref() == Some(name))
    }

    /// Uses a context from now on; `-` is the one that was used before. Its name is returned.
    ///
    /// # Errors
    /// [`Failure`] if there is none of that name.
    pub(crate) fn set_current(&mut self, name: &str) -> Result<String, Failure> {
        let name = match name {
            "-" => self
                .kept
                .previous
                .clone()
                .ok_or_else(|| Failure::new(FailureKind::Usage, "no context was used before this one"))?,
            name => name.to_owned(),
        };
        self.get(&name)?;
        if self.kept.current.as_deref() != Some(&name) {
            self.kept.previous = self.kept.current.replace(name.clone());
        }
        Ok(name)
    }

    /// Removes a context.
    ///
    /// # Errors
    /// [`Failure`] if there is none of that name.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Failure> {
        self.kept.contexts.remove(name).map(drop).ok_or_else(|| unknown(name))?;
        for kept in [&mut self.kept.current, &mut self.kept.previous] {
            if kept.as_deref() == Some(name) {
                *kept = None;
            }
        }
        Ok(())
    }

    /// Writes the file, which its owner alone may read. It is written beside and then renamed, so
    /// that it is never half written.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let failed = |error: io::Error| {
            Failure::local(format!("cannot write {}", self.file.display()), &error)
                .advice(format!("{FOLDER_VARIABLE} names another folder"))
        };
        if let Some(folder) = self.file.parent() {
            create_private_folder(folder).map_err(failed)?;
        }
        let text = serde_json::to_vec_pretty(&self.kept).map_err(|error| failed(error.into()))?;
        let beside = self.file.with_extension(format!("{}.tmp", std::process::id()));
        let written = create_private(&beside).and_then(|mut file| {
            file.write_all(&text)?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&beside, &self.file)).map_err(|error| {
            // It is of no use to anybody, and there may be none.
            let _ = fs::remove_file(&beside);
            failed(error)
        })
    }
}

fn unknown(name: &str) -> Failure {
    Failure::usage(format!("there is no context {name}")).advice("`egrid context list` lists the contexts")
}

/// Where the platform keeps the configuration of programs.
fn folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|error| {
        Failure::local("there is no folder for the configuration", &error)
            .advice(format!("set {FOLDER_VARIABLE} to a folder"))
    })?;
    Ok(strategy.config_dir().join("egrid"))
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(unix)]
fn create_private(file: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

/// Elsewhere the folder of the user is closed to others.
#[cfg(not(unix))]
fn create_private(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(file)
}
