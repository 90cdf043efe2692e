//! The terminal.

use std::io::{self, Stdout, Write as _};
use std::time::Duration;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::{Attribute, Color, Print, ResetColor, SetAttribute, SetForegroundColor};
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, size,
};
use crossterm::{execute, queue};

use super::model::List;
use super::picture::Style;

/// The terminal while the list is shown. Dropping it brings back what was there before.
pub(super) struct Screen(Stdout);

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// That of the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        // From here on, dropping it undoes what was done.
        let mut screen = Self(io::stdout());
        execute!(screen.0, EnterAlternateScreen, DisableLineWrap, Hide)?;
        Ok(screen)
    }

    /// Draws the list as it is now.
    ///
    /// # Errors
    /// That of the terminal.
    pub(super) fn draw(&mut self, list: &mut List, now: Duration) -> io::Result<()> {
        let (width, height) = size()?;
        let lines = list.lines(width.into(), height.into(), now);
        for (row, line) in (0..height).zip(lines) {
            queue!(self.0, MoveTo(0, row), Clear(ClearType::CurrentLine))?;
            match line.style {
                Style::Plain => {}
                Style::Heading => queue!(self.0, SetAttribute(Attribute::Bold))?,
                Style::Selected => queue!(self.0, SetAttribute(Attribute::Reverse))?,
                Style::Good => queue!(self.0, SetForegroundColor(Color::Green))?,
                Style::Bad => queue!(self.0, SetForegroundColor(Color::Red))?,
                Style::Waiting => queue!(self.0, SetForegroundColor(Color::Yellow))?,
            }
            queue!(self.0, Print(line.text), SetAttribute(Attribute::Reset), ResetColor)?;
        }
        self.0.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // There is nobody to tell that this fails.
        let _ = execute!(self.0, Show, EnableLineWrap, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}
