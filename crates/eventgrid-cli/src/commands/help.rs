//! `egrid help`, `cheat`, `completions` and `man`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use clap_complete::Shell;
use serde::Serialize;

use crate::arguments::{Arguments, HelpArguments};
use crate::failure::Failure;
use crate::output::cannot_write;

/// Prints the help of a command, for people or for programs.
pub(super) fn help(arguments: &HelpArguments) -> Result<(), Failure> {
    let mut root = Arguments::command();
    root.build();
    let mut command = &mut root;
    for name in &arguments.command {
        command = command.find_subcommand_mut(name).ok_or_else(|| {
            Failure::usage(format!("there is no command {name:?}")).advice("`egrid help` lists the commands")
        })?;
    }
    if arguments.json {
        let mut text = serde_json::to_vec_pretty(&CommandHelp::new(command))
            .map_err(|error| Failure::local("cannot write the help", &error))?;
        text.push(b'\n');
        return print(&text);
    }
    print(command.render_long_help().to_string().as_bytes())
}

/// Prints what is typed most.
pub(super) fn cheat() -> Result<(), Failure> {
    print(include_bytes!("cheat_sheet.txt"))
}

/// Prints what a shell needs to complete command lines.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "egrid", &mut script);
    print(&script)
}

/// Prints the man page, or writes one for each command into a folder.
pub(super) fn man(folder: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Arguments::command())
            .render(&mut page)
            .map_err(|error| cannot_write(&error))?;
        return print(&page);
    };
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .map_err(|error| Failure::local(format!("cannot write man pages into {}", folder.display()), &error))
}

/// A command, as programs read it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CommandHelp {
    name: String,
    about: String,
    usage: String,
    arguments: Vec<ArgumentHelp>,
    commands: Vec<CommandHelp>,
}

/// An argument, as programs read it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArgumentHelp {
    /// `--long`, or the name of a value that has its place.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<String>,
    help: String,
    /// The name of its value; a flag has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    /// The values that it may have, if they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    is_required: bool,
    is_repeatable: bool,
}

impl CommandHelp {
    fn new(command: &mut Command) -> Self {
        let usage = command.render_usage().to_string();
        Self {
            name: command.get_name().to_owned(),
            about: text(command.get_long_about().or(command.get_about())),
            usage: usage.trim_start_matches("Usage: ").to_owned(),
            arguments: command
                .get_arguments()
                .filter(|argument| !argument.is_hide_set())
                .map(ArgumentHelp::new)
                .collect(),
            commands: command.get_subcommands_mut().map(Self::new).collect(),
        }
    }
}

impl ArgumentHelp {
    fn new(argument: &Arg) -> Self {
        let value = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
        let takes_value = argument.get_action().takes_values();
        let long = argument.get_long().map(|long| format!("--{long}"));
        let is_list = argument.get_num_args().is_some_and(|range| range.max_values() > 1);
        Self {
            name: long.unwrap_or_else(|| argument.get_id().to_string()),
            short: argument.get_short().map(|short| format!("-{short}")),
            help: text(argument.get_long_help().or(argument.get_help())),
            value: value.filter(|_| takes_value),
            default: argument
                .get_default_values()
                .first()
                .map(|default| default.to_string_lossy().into_owned()),
            choices: if takes_value {
                let choices = argument.get_possible_values();
                choices.iter().map(|choice| choice.get_name().to_owned()).collect()
            } else {
                Vec::new()
            },
            is_required: argument.is_required_set(),
            is_repeatable: is_list || matches!(argument.get_action(), ArgAction::Append | ArgAction::Count),
        }
    }
}

fn text(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

fn print(text: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    stdout.write_all(text).and_then(|()| stdout.flush()).map_err(|error| cannot_write(&error))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    /// The words of a command line up to a pipe or a redirection; quotes as the cheat sheet has
    /// them.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut is_quoted = false;
        for char in line.chars().take_while(|char| !matches!(char, '|' | '<')) {
            match char {
                '\'' => is_quoted = !is_quoted,
                ' ' if !is_quoted => words.push(String::new()),
                char => words.last_mut().unwrap().push(char),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn what_is_typed_most_can_be_typed() {
        let lines = include_str!("cheat_sheet.txt").lines().filter(|line| line.starts_with("egrid "));
        for line in lines.clone() {
            assert!(Arguments::try_parse_from(words(line)).is_ok(), "{line}");
        }
        assert!(lines.count() > 10);
    }

    /// clap makes a line break of `{n}`, also where it is a part of `{{n}}`.
    #[test]
    fn no_placeholder_becomes_a_line_break() {
        fn check(command: &mut Command) {
            for help in [command.render_long_help(), command.render_help()] {
                let help = help.to_string();
                let is_cut =
                    |line: &str| line.trim_start().starts_with('}') || line.trim_end().ends_with('{');
                assert!(!help.lines().any(is_cut), "{help}");
            }
            command.get_subcommands_mut().for_each(check);
        }
        let mut root = Arguments::command();
        root.build();
        check(&mut root);
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
