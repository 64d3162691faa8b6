//! TLV.
