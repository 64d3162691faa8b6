//! Where words and numbers of a line begin and end.

/// The byte at `at`, 0 where there is none.
pub(super) fn byte(line: &[u8], at: usize) -> u8 {
    line.get(at).copied().unwrap_or(0)
}

/// The byte in front of `at`, 0 where there is none.
pub(super) fn byte_before(line: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |before| byte(line, before))
}

/// Whether an escape of a web address (`%3D`) ends at `at`.
pub(super) fn is_behind_escape(line: &[u8], at: usize) -> bool {
    let escape = at.checked_sub(3).and_then(|start| line.get(start..at));
    matches!(escape, Some([b'%', a, b]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

/// How many bytes from `at` on are of a kind.
pub(super) fn run(line: &[u8], at: usize, is: fn(&u8) -> bool) -> usize {
    line.get(at..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| is(byte))
        .count()
}

/// The next word of ASCII letters and digits that begins at `at` or behind.
pub(super) fn next_word(line: &[u8], at: usize) -> Option<(usize, usize)> {
    let start = at + line.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
    Some((start, start + run(line, start, u8::is_ascii_alphanumeric)))
}

/// Whether this is hexadecimal, all of it.
pub(super) fn is_hex(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}
