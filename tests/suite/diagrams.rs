//! Tests of diagrams.
