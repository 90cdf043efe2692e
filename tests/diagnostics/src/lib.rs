//! Only a place for the programs in `src/bin`, none of which compiles. See `check`.
