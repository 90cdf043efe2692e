//! Bytes with a fill level, lent by the caller: what requests are written into and responses are
//! read into.

use core::fmt;

/// A byte buffer with a fill level: a slice the caller lends, a `Vec` that grows up to a limit, or
/// nothing but a counter.
///
/// Requests are encoded into one and responses are read into another. The type is concrete on
/// purpose: what holds the bytes never spreads into the signatures of those who fill it.
///
/// ```
/// use eventgrid_transport::Buf;
///
/// let mut storage = [0; 8];
/// let mut buf = Buf::new(&mut storage);
/// buf.extend(b"1234567")?;
/// assert!(buf.extend(b"89").is_err(), "what does not fit changes nothing");
/// assert_eq!(buf.filled(), b"1234567");
/// # Ok::<(), eventgrid_transport::BufFull>(())
/// ```
pub struct Buf<'b> {
    storage: Storage<'b>,
    len: usize,
}

enum Storage<'b> {
    Slice(&'b mut [u8]),
    #[cfg(feature = "alloc")]
    Vec {
        /// Its length is how much is initialized, which is at least the fill level.
        vec: &'b mut alloc::vec::Vec<u8>,
        limit: usize,
    },
    Counting,
}

impl<'b> Buf<'b> {
    /// An empty buffer over a slice; it can be filled up to the length of that slice.
    pub fn new(storage: &'b mut [u8]) -> Self {
        Self { storage: Storage::Slice(storage), len: 0 }
    }

    /// An empty buffer over a `Vec` that grows as needed, up to `limit` bytes.
    ///
    /// The `Vec` is storage only: what it held is overwritten, and its own length afterwards says
    /// nothing; ask [`filled`](Self::filled). Using the same `Vec` again and again allocates
    /// nothing once it is large enough.
    #[cfg(feature = "alloc")]
    pub fn growable(storage: &'b mut alloc::vec::Vec<u8>, limit: usize) -> Self {
        Self { storage: Storage::Vec { vec: storage, limit }, len: 0 }
    }

    /// A buffer that stores nothing and takes any number of bytes: encoding into it tells, by
    /// [`len`](Self::len), how large a real one must be.
    pub fn counting() -> Buf<'static> {
        Buf { storage: Storage::Counting, len: 0 }
    }

    /// How many bytes are filled.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is filled.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes it can hold at the most.
    pub fn limit(&self) -> usize {
        match &self.storage {
            Storage::Slice(slice) => slice.len(),
            #[cfg(feature = "alloc")]
            Storage::Vec { limit, .. } => *limit,
            Storage::Counting => usize::MAX,
        }
    }

    /// The bytes filled so far. A [counting](Self::counting) buffer has none.
    pub fn filled(&self) -> &[u8] {
        self.initialized().get(..self.len).unwrap_or_default()
    }

    /// The bytes filled so far, to be changed in place. A [counting](Self::counting) buffer has
    /// none.
    pub fn filled_mut(&mut self) -> &mut [u8] {
        let len = self.len;
        match &mut self.storage {
            Storage::Slice(slice) => slice.get_mut(..len).unwrap_or_default(),
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, .. } => vec.get_mut(..len).unwrap_or_default(),
            Storage::Counting => &mut [],
        }
    }

    /// The same storage, lent for a shorter time as an empty buffer. What is filled through it
    /// counts here once [`advance`](Self::advance) says so; what was filled before may be
    /// overwritten.
    pub fn reborrow(&mut self) -> Buf<'_> {
        let storage = match &mut self.storage {
            Storage::Slice(slice) => Storage::Slice(slice),
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, limit } => Storage::Vec { vec, limit: *limit },
            Storage::Counting => Storage::Counting,
        };
        Buf { storage, len: 0 }
    }

    /// Forgets all that was filled.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Forgets what was filled beyond `len` bytes; does nothing if there is not that much.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Overwrites what was filled beyond `len` bytes with zeros, and forgets it: for what must not
    /// stay in memory.
    pub fn erase_from(&mut self, len: usize) {
        let secret = self.filled_mut().get_mut(len..).unwrap_or_default();
        #[cfg(feature = "zeroize")]
        zeroize::Zeroize::zeroize(secret);
        #[cfg(not(feature = "zeroize"))]
        secret.fill(0);
        self.truncate(len);
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`BufFull`] if they do not all fit; then nothing is changed.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), BufFull> {
        let len = self.len;
        match self.initialized_mut().get_mut(len..).and_then(|room| room.get_mut(..bytes.len())) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
                Ok(())
            }
            None => self.extend_by_growing(bytes),
        }
    }

    /// Appends `before`, `text` and `behind`, such as a text between its quotes, with one check of
    /// the room.
    ///
    /// # Errors
    /// [`BufFull`] if they do not all fit; then a part of them may be there.
    #[inline]
    pub fn extend_between<const N: usize>(
        &mut self,
        before: u8,
        text: &[u8],
        behind: &[u8; N],
    ) -> Result<(), BufFull> {
        let len = self.len;
        // A device, where code counts for more than time, appends one after the other.
        let room = if cfg!(feature = "std") { self.initialized_mut().get_mut(len..) } else { None };
        if let Some((first, room)) = room.and_then(<[u8]>::split_first_mut) {
            if let Some((middle, room)) = room.split_at_mut_checked(text.len()) {
                if let Some(end) = room.first_chunk_mut() {
                    *first = before;
                    middle.copy_from_slice(text);
                    *end = *behind;
                    self.len += 1 + text.len() + N;
                    return Ok(());
                }
            }
        }
        self.extend(&[before])?;
        self.extend(text)?;
        self.extend(behind)
    }

    /// Has `write` append up to `N` bytes if there is room for `N` without growing, and returns
    /// whether there was. `write` returns how many of them it wrote.
    #[cfg(feature = "std")]
    #[inline]
    pub fn fill<const N: usize>(&mut self, write: impl FnOnce(&mut [u8; N]) -> usize) -> bool {
        let len = self.len;
        let Some(room) = self.initialized_mut().get_mut(len..).and_then(<[u8]>::first_chunk_mut) else {
            return false;
        };
        self.len += write(room).min(N);
        true
    }

    /// Appends more than there is initialized room for.
    #[inline(never)]
    fn extend_by_growing(&mut self, bytes: &[u8]) -> Result<(), BufFull> {
        let end = self.len.checked_add(bytes.len()).ok_or(BufFull)?;
        match &mut self.storage {
            Storage::Slice(_) => return Err(BufFull),
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, limit } => {
                if end > *limit {
                    return Err(BufFull);
                }
                vec.reserve(end.saturating_sub(vec.len()));
                // Once, instead of with each of the small pieces to come.
                vec.resize(vec.capacity().min(*limit).max(vec.len()), 0);
                vec[self.len..end].copy_from_slice(bytes);
            }
            Storage::Counting => {}
        }
        self.len = end;
        Ok(())
    }

    /// Room to read into, after what is filled: as much as is left, and for a growing buffer at
    /// least `wanted` bytes as long as its limit allows. Empty exactly if the buffer is full.
    ///
    /// Say by [`advance`](Self::advance) how much of it was used.
    pub fn spare_mut(&mut self, wanted: usize) -> &mut [u8] {
        self.reserve(wanted.max(1));
        match &mut self.storage {
            Storage::Slice(slice) => slice.get_mut(self.len..).unwrap_or_default(),
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, limit } => {
                let stop = vec.capacity().min(*limit).max(self.len);
                if vec.len() < stop {
                    vec.resize(stop, 0);
                }
                vec.get_mut(self.len..stop).unwrap_or_default()
            }
            Storage::Counting => &mut [],
        }
    }

    /// Counts the first `read` bytes of [`spare_mut`](Self::spare_mut) as filled.
    ///
    /// # Panics
    /// In a debug build, if there is not that much spare room: the caller cannot have written it.
    /// In any other build what there is counts, so that a device needs no code for it.
    pub fn advance(&mut self, read: usize) {
        let spare = if matches!(self.storage, Storage::Counting) {
            usize::MAX
        } else {
            self.initialized().len().min(self.limit())
        };
        let spare = spare.saturating_sub(self.len);
        debug_assert!(read <= spare, "advanced by {read} bytes over {spare} bytes of spare room");
        self.len += read.min(spare);
    }

    /// Makes room for `additional` more bytes at once, if the buffer grows and as far as its limit
    /// allows it.
    pub fn reserve(&mut self, additional: usize) {
        #[cfg(feature = "alloc")]
        if let Storage::Vec { vec, limit } = &mut self.storage {
            let end = self.len.saturating_add(additional).min(*limit);
            vec.reserve(end.saturating_sub(vec.len()));
        }
        #[cfg(not(feature = "alloc"))]
        let _ = additional;
    }

    /// What can be written to without growing.
    #[inline]
    fn initialized_mut(&mut self) -> &mut [u8] {
        match &mut self.storage {
            Storage::Slice(slice) => slice,
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, limit } => {
                let end = vec.len().min(*limit);
                &mut vec[..end]
            }
            Storage::Counting => &mut [],
        }
    }

    fn initialized(&self) -> &[u8] {
        match &self.storage {
            Storage::Slice(slice) => slice,
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, .. } => vec,
            Storage::Counting => &[],
        }
    }
}

/// Appends text. Of what is formatted in several pieces, those before the first that does not fit
/// stay.
impl fmt::Write for Buf<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.extend(text.as_bytes()).map_err(|BufFull| fmt::Error)
    }
}

/// Shows lengths alone: a buffer may hold credentials.
impl fmt::Debug for Buf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buf").field("len", &self.len).field("limit", &self.limit()).finish()
    }
}

/// What was to be appended to a [`Buf`] does not fit.
// It says all there is to say, so it never grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BufFull;

impl fmt::Display for BufFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the buffer is full")
    }
}

impl core::error::Error for BufFull {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_filled_to_its_end_and_no_further() {
        let mut storage = [0; 4];
        let mut buf = Buf::new(&mut storage);
        buf.extend(b"abc").unwrap();
        assert_eq!(buf.extend(b"de"), Err(BufFull));
        assert_eq!(buf.filled(), b"abc");
        buf.spare_mut(1)[0] = b'd';
        buf.advance(1);
        assert_eq!(buf.filled(), b"abcd");
        assert!(buf.spare_mut(1).is_empty());
    }

    #[test]
    fn what_is_erased_is_gone_and_the_rest_stays() {
        let mut storage = *b"......";
        let mut buf = Buf::new(&mut storage);
        buf.extend(b"abcde").unwrap();
        buf.erase_from(2);
        assert_eq!(buf.filled(), b"ab");
        buf.erase_from(9);
        assert_eq!(storage, *b"ab\0\0\0.");
    }

    #[test]
    fn counting_takes_everything_and_stores_nothing() {
        let mut buf = Buf::counting();
        buf.extend(&[0; 1000]).unwrap();
        buf.extend(&[0; 24]).unwrap();
        assert_eq!(buf.len(), 1024);
        assert!(buf.filled().is_empty());
    }

    #[test]
    #[should_panic(expected = "advanced by 2 bytes over 1 bytes")]
    fn advancing_over_the_end_is_a_bug_of_the_caller() {
        Buf::new(&mut [0]).advance(2);
    }

    #[cfg(feature = "alloc")]
    #[test]
    #[should_panic(expected = "advanced by 11 bytes over 10 bytes")]
    fn the_limit_holds_for_a_vec_that_was_larger_before() {
        Buf::growable(&mut alloc::vec![0; 100], 10).advance(11);
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn a_vec_grows_to_its_limit_and_is_reused() {
        let mut vec = alloc::vec::Vec::new();
        let mut buf = Buf::growable(&mut vec, 10);
        buf.extend(b"12345678").unwrap();
        assert_eq!(buf.extend(b"abc"), Err(BufFull));
        assert_eq!(buf.spare_mut(100).len(), 2);
        buf.truncate(3);
        buf.extend(b"xyz").unwrap();
        assert_eq!(buf.filled(), b"123xyz");
        let capacity = vec.capacity();
        let mut buf = Buf::growable(&mut vec, 10);
        assert!(buf.is_empty());
        buf.extend(b"0123456789").unwrap();
        assert!(buf.spare_mut(1).is_empty());
        assert_eq!(vec.capacity(), capacity);
    }
}
