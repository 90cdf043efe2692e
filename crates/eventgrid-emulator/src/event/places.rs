//! Where the members of an event are in its text.
//!
//! Text and places are one string, so that an event is one allocation and its text is checked to be
//! UTF-8 once: after the text come the places, each in four ASCII characters of seven bits, and
//! last how many they are.

/// How many characters a number takes.
const WIDTH: usize = 4;

/// The largest number that can be written.
const MAX: usize = (1 << (7 * WIDTH)) - 1;

/// Appends the places to the text that they are of. If one of them is too large to be written,
/// there are none: then the members have to be looked for.
pub(super) fn append(text: &mut String, places: &[usize]) {
    let places = if text.len() > MAX || places.len() > MAX { &[] } else { places };
    text.reserve_exact(WIDTH * (places.len() + 1));
    for number in places.iter().copied().chain([places.len()]) {
        text.extend((0..WIDTH).map(|index| char::from((number >> (7 * index)).to_le_bytes()[0] & 0x7f)));
    }
}

/// The text, and its places.
pub(super) fn split(whole: &str) -> (&str, Places<'_>) {
    let (rest, count) = whole.split_at(whole.len() - WIDTH);
    let count = number(count.as_bytes());
    let (text, places) = rest.split_at(rest.len() - WIDTH * count);
    (text, Places(places.as_bytes()))
}

fn number(characters: &[u8]) -> usize {
    characters.iter().rev().fold(0, |number, character| number << 7 | usize::from(*character))
}

/// Where each member begins: at the quote before its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a>(&'a [u8]);

impl Places<'_> {
    /// How many there are.
    pub(super) fn len(self) -> usize {
        self.0.len() / WIDTH
    }

    /// That of the member with this index.
    pub(super) fn get(self, index: usize) -> Option<usize> {
        self.0.get(index * WIDTH..(index + 1) * WIDTH).map(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_and_the_text_is_as_it_was() {
        for places in [&[][..], &[1], &[0, 127, 128, 16_384, 2_097_152, MAX]] {
            let mut whole = "{é}".to_owned();
            append(&mut whole, places);
            let (text, read) = split(&whole);
            assert_eq!(text, "{é}");
            let read: Vec<_> = (0..read.len()).filter_map(|index| read.get(index)).collect();
            assert_eq!(read, places);
        }
    }
}
