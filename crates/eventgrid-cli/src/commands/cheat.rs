//! `egrid cheat`, `completions` and `man`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::cannot_write;

/// Prints what is typed most.
pub(super) fn cheat() -> Result<(), Failure> {
    print(include_bytes!("cheat.txt"))
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
        let lines = include_str!("cheat.txt").lines().filter(|line| line.starts_with("egrid "));
        for line in lines.clone() {
            assert!(Arguments::try_parse_from(words(line)).is_ok(), "{line}");
        }
        assert!(lines.count() > 10);
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
