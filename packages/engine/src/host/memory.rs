//! A folder in memory.
