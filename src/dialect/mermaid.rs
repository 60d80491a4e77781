//! Reads mermaid.
