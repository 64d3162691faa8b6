//! What can go wrong below a slice. "No row" is not here: it is an `Option`.
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the database itself, never an outcome that a slice should have foreseen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection or no place in the write queue within the time allowed; trying again helps.
    #[error("the database is busy")]
    Busy(#[source] anyhow::Error),
    /// The disk that holds the database is full.
    #[error("the database's disk is full")]
    Full(#[source] anyhow::Error),
    /// A text holds a zero byte, which PostgreSQL cannot keep or compare.
    #[error("text with a zero byte cannot be stored or searched")]
    ZeroByte(#[source] anyhow::Error),
    /// Anything else: a bug of ours or a broken database.
    #[error("the database failed")]
    Fault(#[source] anyhow::Error),
}

impl Error {
    /// The same again, for each of several callers who shared what failed.
    #[must_use]
    pub fn copy(&self) -> Self {
        let again = |cause: &anyhow::Error| anyhow::anyhow!("{cause:#}");
        match self {
            Self::Busy(cause) => Self::Busy(again(cause)),
            Self::Full(cause) => Self::Full(again(cause)),
            Self::ZeroByte(cause) => Self::ZeroByte(again(cause)),
            Self::Fault(cause) => Self::Fault(again(cause)),
        }
    }
}

impl From<Diesel> for Error {
    fn from(cause: Diesel) -> Self {
        match &cause {
            Diesel::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection,
                _,
            ) => Self::Busy(cause.into()),
            Diesel::DatabaseError(kind, info)
                if is_locked(info.message()) || is_deadlock(*kind, info.details()) =>
            {
                Self::Busy(cause.into())
            }
            Diesel::DatabaseError(_, info) if is_full(info.message()) => Self::Full(cause.into()),
            Diesel::DatabaseError(_, info) if is_zero_byte(info.message()) => {
                Self::ZeroByte(cause.into())
            }
            _ => Self::Fault(cause.into()),
        }
    }
}

/// SQLite's words, which are never translated.
fn is_locked(message: &str) -> bool {
    message.contains("database is locked")
}

/// Whether PostgreSQL broke a ring of waiting. Diesel has no kind for that and passes the code on to
/// nobody; the message is in the server's language. But each line of its details names the kind of
/// lock that somebody waits for, as it is called in every language, and no other error does.
fn is_deadlock(kind: DatabaseErrorKind, details: Option<&str>) -> bool {
    let waits = |line: &str| line.contains("ShareLock") || line.contains("ExclusiveLock");
    let lines = || details.unwrap_or_default().lines();
    matches!(kind, DatabaseErrorKind::Unknown) && lines().count() > 1 && lines().all(waits)
}

/// The second half is the system's own word for it, which PostgreSQL translates.
fn is_full(message: &str) -> bool {
    message.contains("database or disk is full") || message.contains("No space left on device")
}

/// The names of the encoding and of the byte stand in the message whatever its language.
fn is_zero_byte(message: &str) -> bool {
    message.contains("UTF8") && message.contains("0x00")
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::result::DatabaseErrorInformation;

    /// What PostgreSQL says of one failure.
    struct Said(&'static str, Option<&'static str>);

    impl DatabaseErrorInformation for Said {
        fn message(&self) -> &str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            self.1
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            None
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    fn told(kind: DatabaseErrorKind, said: Said) -> Error {
        Diesel::DatabaseError(kind, Box::new(said)).into()
    }

    #[test]
    fn a_deadlock_is_known_in_any_language() {
        for (message, details) in [
            (
                "deadlock detected",
                "Process 7 waits for ShareLock on transaction 755; blocked by process 8.\n\
                 Process 8 waits for ShareLock on transaction 754; blocked by process 7.",
            ),
            (
                "обнаружена взаимоблокировка",
                "Процесс 7 ожидает в режиме ShareLock блокировку \"транзакция 755\"; заблокирован процессом 8.\n\
                 Процесс 8 ожидает в режиме ExclusiveLock блокировку \"кортеж (0,1)\"; заблокирован процессом 7.",
            ),
            (
                "interblocage (deadlock) détecté",
                "Le processus 7 attend ShareLock sur transaction 755 ; bloqué par le processus 8.\n\
                 Le processus 8 attend ShareLock sur transaction 754 ; bloqué par le processus 7.",
            ),
        ] {
            let said = || Said(message, Some(details));
            let is_busy = matches!(told(DatabaseErrorKind::Unknown, said()), Error::Busy(_));
            assert!(is_busy, "{message}");
            let other = told(DatabaseErrorKind::CheckViolation, said());
            assert!(matches!(other, Error::Fault(_)), "{message}");
        }
        for details in [
            None,
            Some(""),
            Some("Key (id)=(1) is there.\nA ShareLock is held."),
        ] {
            let said = Said("something else", details);
            assert!(matches!(
                told(DatabaseErrorKind::Unknown, said),
                Error::Fault(_)
            ));
        }
    }

    #[test]
    fn a_zero_byte_is_known_in_any_language() {
        for message in [
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "séquence d'octets invalide pour l'encodage « UTF8 » : 0x00",
            "неверная последовательность байт для кодировки \"UTF8\": 0x00",
        ] {
            let said = Said(message, None);
            let is_known = matches!(told(DatabaseErrorKind::Unknown, said), Error::ZeroByte(_));
            assert!(is_known, "{message}");
        }
    }
}
