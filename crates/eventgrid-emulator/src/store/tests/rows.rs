//! Rows come back as they were written.
