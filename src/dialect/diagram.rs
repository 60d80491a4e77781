//! Reads diagram.
