//! The world as it is: the one place that names `std::fs` and `std::env`.
pub struct RealHost;
