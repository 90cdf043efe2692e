//! Byte buffers with a fill level, lent by the caller. Requests are written into them, and
//! responses are read into them.

use core::fmt;

/// A byte buffer with a fill level. Its storage is a slice or a `Vec` that the caller lends, or
/// none at all: then it only counts bytes.
///
/// Requests are encoded into one and responses are read into another. The type has no parameter for
/// its storage on purpose, so that functions which fill a buffer need no type parameter for it
/// either.
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
        /// Its length is the number of initialized bytes, which is at least the fill level.
        vec: &'b mut alloc::vec::Vec<u8>,
        limit: usize,
    },
    Counting,
}

impl<'b> Buf<'b> {
    /// An empty buffer over a slice. It can be filled up to the length of that slice.
    pub fn new(storage: &'b mut [u8]) -> Self {
        Self { storage: Storage::Slice(storage), len: 0 }
    }

    /// An empty buffer over a `Vec` that grows as needed, up to `limit` bytes.
    ///
    /// The `Vec` is storage only: its contents are overwritten, and its own length has no meaning
    /// afterwards. Read the bytes by [`filled`](Self::filled). A `Vec` that is used again allocates
    /// no memory once it is large enough.
    #[cfg(feature = "alloc")]
    pub fn growable(storage: &'b mut alloc::vec::Vec<u8>, limit: usize) -> Self {
        Self { storage: Storage::Vec { vec: storage, limit }, len: 0 }
    }

    /// A buffer that counts bytes without storing them, and is never full. Encode into it to learn
    /// from [`len`](Self::len) how large a real buffer must be.
    pub fn counting() -> Buf<'static> {
        Buf { storage: Storage::Counting, len: 0 }
    }

    /// How many bytes are filled.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no byte is filled.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes it can hold at most: `usize::MAX` if it only [counts](Self::counting).
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

    /// Lends the same storage for a shorter time, as an empty buffer. It may overwrite what is
    /// filled here. To count here what was filled there, call [`clear`](Self::clear) and
    /// [`advance`](Self::advance).
    pub fn reborrow(&mut self) -> Buf<'_> {
        let storage = match &mut self.storage {
            Storage::Slice(slice) => Storage::Slice(slice),
            #[cfg(feature = "alloc")]
            Storage::Vec { vec, limit } => Storage::Vec { vec, limit: *limit },
            Storage::Counting => Storage::Counting,
        };
        Buf { storage, len: 0 }
    }

    /// Sets the fill level to zero. The bytes stay in the storage until others overwrite them.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Reduces the fill level to `len` bytes. Does nothing if it is not higher than that.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Reduces the fill level to `len` bytes, and overwrites what was filled beyond it with zeros:
    /// for secrets, which must not stay in memory.
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
    /// [`BufFull`] if they do not all fit. The buffer is then unchanged.
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

    /// Appends `before`, `text` and `behind`, such as a text between its quotes. The free room is
    /// checked only once.
    ///
    /// # Errors
    /// [`BufFull`] if they do not all fit. A part of them may have been appended.
    #[inline]
    pub fn extend_between<const N: usize>(
        &mut self,
        before: u8,
        text: &[u8],
        behind: &[u8; N],
    ) -> Result<(), BufFull> {
        let len = self.len;
        // On a device, where the size of code counts for more than time, the three are appended one
        // by one.
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

    /// Lets `write` append up to `N` bytes if there is room for `N` of them without growing, and
    /// returns whether there was. `write` returns how many bytes it wrote.
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

    /// Appends more bytes than the initialized room takes.
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
                // All of the room is initialized at once, not a little with each small piece to
                // come.
                vec.resize(vec.capacity().min(*limit).max(vec.len()), 0);
                vec[self.len..end].copy_from_slice(bytes);
            }
            Storage::Counting => {}
        }
        self.len = end;
        Ok(())
    }

    /// The free room after the filled bytes, to read into. A growing buffer makes room for at least
    /// `wanted` bytes, as far as its limit allows. It is empty if and only if the buffer is full.
    ///
    /// Call [`advance`](Self::advance) with the number of bytes that were written to it.
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
    /// In a debug build, if there is less spare room than `read` bytes, which the caller therefore
    /// cannot have written. In any other build only the spare room is counted, so that a device
    /// needs no code for a panic.
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

    /// Makes room for `additional` more bytes at once if the buffer can grow, as far as its limit
    /// allows.
    pub fn reserve(&mut self, additional: usize) {
        #[cfg(feature = "alloc")]
        if let Storage::Vec { vec, limit } = &mut self.storage {
            let end = self.len.saturating_add(additional).min(*limit);
            vec.reserve(end.saturating_sub(vec.len()));
        }
        #[cfg(not(feature = "alloc"))]
        let _ = additional;
    }

    /// The bytes that can be written to without growing.
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

/// Appends text. Formatting may write several pieces: those before the first one that does not fit
/// stay in the buffer.
impl fmt::Write for Buf<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.extend(text.as_bytes()).map_err(|BufFull| fmt::Error)
    }
}

/// Shows only lengths: a buffer may hold credentials.
impl fmt::Debug for Buf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buf").field("len", &self.len).field("limit", &self.limit()).finish()
    }
}

/// The error of appending more to a [`Buf`] than fits.
// There is no more to say about it, so it will never get a field.
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
