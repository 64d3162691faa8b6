//! Layers, checks and the example file.
use super::*;

fn sources(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Sources {
    let own = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), toml).unwrap();
    Sources {
        file: Some(file.keep().unwrap().1),
        environment: own(environment),
        flags: own(flags),
    }
}

#[test]
fn flags_outweigh_the_environment_which_outweighs_the_file() {
    let sources = sources(
        "data = '/from-file'\n[server]\nworkers = 2\n[log]\nfilter = 'warn'",
        &[
            ("POSFLEET__SERVER__WORKERS", "3"),
            ("POSFLEET__LOG__FILTER", "debug"),
            ("HOME", "/home/ann"),
        ],
        &[("server.workers", "4")],
    );
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.data, Path::new("/from-file"));
    assert_eq!(config.server.workers, Some(4));
    assert_eq!(config.log.filter, "debug");
    assert_eq!(config.keys_folder, Path::new("/from-file/keys"));
}

#[test]
fn every_fault_is_told_with_its_place_and_the_way_out() {
    let sources = sources(
        "[server]\nlisten = ['http://0.0.0.0:80']\nbase_url = 'fleet.example.com/x'\n\
         worker = 2\n[server.limits]\nbody_bytes = -1\n[tls]\ncertificate = '/nowhere.pem'\n\
         [storage]\nkind = 'tape'\n[log]\nformat = 'xml'",
        &[("POSFLEET__DATABASE__CONNECTIONS", "many")],
        &[("server.trusted_proxies", "10.0.0.0/99")],
    );
    let told = Config::load(&sources).unwrap_err().to_string();
    for expected in [
        "the configuration has 10 faults",
        "database.connections (POSFLEET__DATABASE__CONNECTIONS): \"many\" will not do",
        "write \"https://0.0.0.0:80\"",
        "server.base_url",
        "did you mean server.workers?",
        "server.limits.body_bytes",
        "tls.certificate",
        "tls.key: is missing",
        "storage.kind",
        "log.format",
        "server.trusted_proxies (flag)",
    ] {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
}

#[test]
fn a_listener_says_what_carries_it() {
    let all = "https://0.0.0.0:8443, https+mtls://[::]:8444, http://localhost:80, 127.0.0.1:81";
    let config = Config::load(&sources("", &[], &[("server.listen", all)])).unwrap();
    let listen = config.server.listen;
    assert!(listen[1].is_mutual() && listen[1].is_tls());
    let said: Vec<_> = listen.iter().map(ToString::to_string).collect();
    let (plain, last) = ("http://127.0.0.1:80", "http://127.0.0.1:81");
    assert_eq!(
        said,
        [
            "https://0.0.0.0:8443",
            "https+mtls://[::]:8444",
            plain,
            last
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_one_fault_beside_the_others() {
    let faults = Config::load(&sources("[server", &[], &[("log.format", "x")])).unwrap_err();
    assert_eq!(faults.0.len(), 2, "{faults}");
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "postgres://fleet:hush@db/fleet\n").unwrap();
    let toml = format!(
        "[database]\nurl_file = '{}'\n[storage]\nkind = 's3'\n[storage.s3]\nbucket = 'b'\n\
         access_key_id = 'id'\nsecret_access_key = 'quiet'",
        secret.path().display()
    );
    let (config, listing) = Config::load_with_listing(&sources(&toml, &[], &[])).unwrap();
    assert_eq!(config.database.url, "postgres://fleet:hush@db/fleet");
    for text in [listing, format!("{config:?}")] {
        assert!(text.contains("postgres://fleet:***@db/fleet"), "{text}");
        assert!(!text.contains("hush") && !text.contains("quiet"), "{text}");
    }
}

#[test]
fn the_listing_and_the_example_are_valid_configurations() {
    let (_, listing) = Config::load_with_listing(&sources("", &[], &[])).unwrap();
    Config::load(&sources(&listing, &[], &[])).unwrap();
    let example = include_str!("../../docs/posfleet.example.toml");
    Config::load(&sources(example, &[], &[])).unwrap();
    // What is commented out must be right too; a line of prose is no setting.
    let uncommented: String = example
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    let faults = Config::load(&sources(&uncommented, &[], &[])).err();
    let real: Vec<_> = faults
        .iter()
        .flat_map(|faults| &faults.0)
        .filter(|fault| !fault.what.contains("cannot be read"))
        .collect();
    assert!(real.is_empty(), "{real:?}");
}

#[test]
fn what_is_no_address_of_postgresql_is_no_new_file_either() {
    for wrong in [
        "db.example.com/posfleet",
        "posfleet@db",
        "host=db user=x",
        "hello",
    ] {
        let toml = format!("[database]\nurl = '{wrong}'");
        let told = Config::load(&sources(&toml, &[], &[])).unwrap_err();
        assert!(told.to_string().contains("database.url"), "{told}");
    }
    for right in [
        "./x",
        "/srv/x",
        "data/posfleet.sqlite",
        "x.db",
        "postgres://db/posfleet",
    ] {
        let toml = format!("[database]\nurl = '{right}'");
        let config = Config::load(&sources(&toml, &[], &[])).unwrap();
        assert_eq!(config.database.url, right);
    }
}

#[test]
fn a_provider_is_named_whole_and_over_tls() {
    let told = Config::load(&sources(
        "[openid]\nissuer = 'http://id.example.com'",
        &[],
        &[],
    ));
    let told = told.unwrap_err().to_string();
    for expected in [
        "openid.client_id",
        "is missing",
        "openid.issuer",
        "https://",
    ] {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
    let toml = "[openid]\nissuer = 'https://id.example.com'\nclient_id = 'posfleet'\n\
                client_secret = 'hush'\nroles = ['CN=tills,OU=shops=support']";
    let sources = sources(toml, &[], &[]);
    let (config, listing) = Config::load_with_listing(&sources).unwrap();
    let openid = config.openid.clone().unwrap();
    assert_eq!(openid.roles[0].group, "CN=tills,OU=shops");
    assert_eq!(openid.roles[0].role, "support");
    for text in [listing, format!("{config:?}")] {
        assert!(!text.contains("hush"), "{text}");
    }
}
