//! Where the members of an event are in its text.
//!
//! Text and places are one string, so that an event is one allocation and its text is checked to be
//! UTF-8 once: after the text come the places, each in four ASCII characters of seven bits, and
//! last how many they are, with a mark or without.

/// How many characters a number takes.
const WIDTH: usize = 4;

/// The largest number that can be written.
const MAX: usize = (1 << (7 * WIDTH)) - 1;

/// What is added to the number of places if the text has a mark.
const MARK: usize = MAX / 2 + 1;

/// Appends the places to the text that they are of, and whether it has a mark. If one of the places
/// is too large to be written, there are none: then the members have to be looked for.
pub(super) fn append(text: &mut String, places: &[usize], is_marked: bool) {
    let places = if text.len() > MAX || places.len() >= MARK { &[] } else { places };
    let count = places.len() + if is_marked { MARK } else { 0 };
    text.reserve_exact(WIDTH * (places.len() + 1));
    for number in places.iter().copied().chain([count]) {
        text.extend((0..WIDTH).map(|index| char::from((number >> (7 * index)).to_le_bytes()[0] & 0x7f)));
    }
}

/// The text, and its places.
pub(super) fn split(whole: &str) -> (&str, Places<'_>) {
    let (end, count) = (whole.len() - WIDTH, last_number(whole) % MARK);
    let (text, places) = whole[..end].split_at(end - WIDTH * count);
    (text, Places(places.as_bytes()))
}

/// Whether the text has a mark.
pub(super) fn is_marked(whole: &str) -> bool {
    last_number(whole) >= MARK
}

/// The number that so many characters stand for.
fn number(characters: [u8; WIDTH]) -> usize {
    let [first, second, third, fourth] = characters.map(usize::from);
    first | second << 7 | third << 14 | fourth << 21
}

/// The last number of a text.
fn last_number(whole: &str) -> usize {
    whole.as_bytes().last_chunk().map_or(0, |characters| number(*characters))
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
        self.0.get(index * WIDTH..)?.first_chunk().map(|characters| number(*characters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_and_the_text_is_as_it_was() {
        let numbers = [&[][..], &[1], &[0, 127, 128, 16_384, 2_097_152, MAX]];
        for (places, marked) in numbers.into_iter().flat_map(|places| [(places, false), (places, true)]) {
            let mut whole = "{é}".to_owned();
            append(&mut whole, places, marked);
            let (text, read) = split(&whole);
            assert_eq!((text, is_marked(&whole)), ("{é}", marked));
            let read: Vec<_> = (0..read.len()).filter_map(|index| read.get(index)).collect();
            assert_eq!(read, places);
        }
    }
}
