//! Card numbers.
