//! A database of the benchmark's own on a PostgreSQL server: made, measured and dropped. Its backends
//! are known by its name, which stands in the titles of their processes.
use super::machine::{Process, processes};
use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

pub(super) struct Postgres {
    admin: String,
    name: String,
    /// The database's own address.
    pub(super) url: String,
    /// What was asked of the server, for the report.
    pub(super) about: String,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Postgres {
    pub(super) fn create(url: &str) -> anyhow::Result<Self> {
        let name = format!("posfleet_bench_{}", std::process::id());
        let mut conn = connect(url)?;
        conn.batch_execute(&format!("CREATE DATABASE {name}"))
            .with_context(|| {
                format!("cannot make the database {name}: the benchmark needs the right to")
            })?;
        let about = about(&mut conn)?;
        Ok(Self {
            admin: url.to_owned(),
            url: with_database(url, &name),
            name,
            about,
        })
    }

    /// What autovacuum would do after a while.
    pub(super) fn analyze(&self) -> anyhow::Result<()> {
        Ok(connect(&self.url)?.batch_execute("ANALYZE")?)
    }

    /// Seconds of processor time that its backends have used so far.
    pub(super) fn cpu_s(&self) -> f64 {
        let all = processes("postgres", &self.name);
        all.into_iter().map(Process::cpu_s).sum()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let dropped = connect(&self.admin).and_then(|mut conn| {
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            Ok(conn.batch_execute(&sql)?)
        });
        if let Err(cause) = dropped {
            eprintln!("bench: the database {} stays behind: {cause:#}", self.name);
        }
    }
}

fn connect(url: &str) -> anyhow::Result<PgConnection> {
    // libpq repeats the address in its errors, and a password may stand in it.
    PgConnection::establish(url)
        .map_err(|e| anyhow::anyhow!("{}", e.to_string().replace(url, "<url>")))
        .context("cannot reach PostgreSQL")
}

fn about(conn: &mut PgConnection) -> anyhow::Result<String> {
    let mut show = |name: &str| -> anyhow::Result<String> {
        let sql = format!("SELECT current_setting('{name}') AS value");
        Ok(diesel::sql_query(sql).get_result::<Setting>(conn)?.value)
    };
    let (version, fsync) = (show("server_version")?, show("fsync")?);
    let commit = show("synchronous_commit")?;
    let durable = if fsync == "on" && commit != "off" {
        ""
    } else {
        " (**not durable: do not compare**)"
    };
    Ok(format!(
        "PostgreSQL {version}, fsync={fsync}, synchronous_commit={commit}, shared_buffers={}{durable}",
        show("shared_buffers")?
    ))
}

/// The same server's address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (rest, query) = match url.split_once('?') {
        Some((rest, query)) => (rest, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, place) = rest.split_once("://").unwrap_or(("postgres", rest));
    let host = place.split_once('/').map_or(place, |(host, _)| host);
    format!("{scheme}://{host}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_an_address_changes() {
        let of = |url| with_database(url, "x");
        assert_eq!(
            of("postgres://me:pw@host:5/db"),
            "postgres://me:pw@host:5/x"
        );
        assert_eq!(
            of("postgresql:///db?host=/run&user=a"),
            "postgresql:///x?host=/run&user=a"
        );
        assert_eq!(of("postgres://host"), "postgres://host/x");
    }
}
