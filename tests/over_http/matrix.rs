//! Every route, asked by everyone there is. The test walks what is declared, so that no route can
//! be forgotten: who gets through follows from the route's surface and from what it needs.
//!
//! Nothing that an address names is there, so who gets through is told 404, or what his empty
//! request lacks. What becomes of somebody who sees another establishment than the one that an address
//! leads to is walked in `isolation`, with things that are there.
use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::{Declared, Needs, Permission, Surface};
use posfleet::app;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;

/// A page that is soon made, for everyone who is signed in.
const SMALL: &str = "/account/second-factor";
const EDGE: &str = "----a-form-of-the-matrix";

/// Everyone who may ask.
struct Cast {
    app: TestApp,
    anonymous: Persona,
    /// One of each ready-made role, with what it allows.
    people: Vec<(Role, Persona, Vec<Permission>)>,
    owner: Persona,
    other: Persona,
    /// A terminal that was taken out of service, with the token that it had.
    retired: Persona,
    /// For each permission, a client that has nothing else and one that has everything else.
    clients: BTreeMap<Permission, (Persona, Persona)>,
    /// Refusals that should not be and passages that should not be.
    wrong: Vec<String>,
    asked: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Through,
    /// Nobody, or nobody whom this surface knows.
    Unknown,
    /// Known, and lacks the permission.
    Forbidden,
    /// Another's: as if it did not exist.
    NotTheirs,
}

struct Route {
    method: Method,
    path: String,
    declared: Declared,
}

impl Route {
    fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    fn names_something(&self, declared_path: &str) -> bool {
        self.declared.surface == Surface::Terminal
            && (declared_path.contains('{') || declared_path.ends_with("/licence"))
    }
}

/// The address with something in every variable: the terminal's own work in the Terminal API, what
/// nobody has anywhere else.
fn filled(surface: Surface, path: &str) -> String {
    let value = match surface {
        Surface::Terminal => "1",
        _ => "999999",
    };
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').expect("a variable ends");
        filled = filled + before + value;
        rest = after;
    }
    filled
        + rest
        + if path.ends_with("/wait") {
            "?timeout_s=1"
        } else {
            ""
        }
}

/// What was done with a request, as far as it is the gate's doing.
fn fate(answer: &Answer, is_safe: bool) -> Option<Fate> {
    let to = answer.header("location").unwrap_or_default();
    match answer.status {
        401 => Some(Fate::Unknown),
        303 if is_safe && to.starts_with("/sign-in") => Some(Fate::Unknown),
        403 => Some(Fate::Forbidden),
        status if status < 500 => None,
        status => panic!("the server failed with {status}: {}", answer.text()),
    }
}

impl Cast {
    async fn gather(app: &TestApp) -> Self {
        let (owner, other) = (app.device("T1").await, app.device("T2").await);
        let retired = app.device("T3").await;
        assert_eq!(app.assign("T1", "x").await, 1);
        let administrator = app.operator(Role::Administrator).await;
        let uploaded = administrator
            .upload_licence("T1", "t1.lic", b"for T1")
            .await;
        uploaded.expect(303);
        owner.check_in().await;
        retired.check_in().await;
        let script = app.client(&[Permission::TerminalsManage]).await;
        let gone = script.post("/api/v1/terminals/T3/retire", json!({})).await;
        gone.expect(200);
        let mut people = Vec::new();
        for role in Role::ALL {
            people.push((*role, app.operator(*role).await, allowed(app, *role)));
        }
        let mut clients = BTreeMap::new();
        for permission in Permission::ALL {
            let others = Permission::ALL.iter().filter(|other| *other != permission);
            let others: Vec<_> = others.copied().collect();
            let pair = (app.client(&[*permission]).await, app.client(&others).await);
            clients.insert(*permission, pair);
        }
        let bearing = |token: Option<&str>| app.visitor().bearing(token.expect("a token"));
        Self {
            app: app.clone(),
            anonymous: app.visitor(),
            people,
            owner: bearing(owner.token()),
            other: bearing(other.token()),
            retired: bearing(retired.token()),
            clients,
            wrong: Vec::new(),
            asked: 0,
        }
    }

    /// The client for a route: with its permission, or with every other one.
    fn client(&self, needs: Needs, with: bool) -> &Persona {
        let permission = match needs {
            Needs::Permission(permission) => permission,
            _ => Permission::ALL[0],
        };
        let (only, but) = &self.clients[&permission];
        if with { only } else { but }
    }

    /// Everyone, and what becomes of him on a route.
    fn everyone(&self, route: &Route, owned: bool) -> Vec<(&'static str, &Persona, Fate)> {
        let Declared { surface, needs } = route.declared;
        let permission = match needs {
            Needs::Permission(permission) => Some(permission),
            _ => None,
        };
        let on = |own: Surface, may: bool| match needs {
            Needs::Nothing => Fate::Through,
            Needs::Terminal if own == Surface::Terminal => Fate::Through,
            _ if surface != own || needs == Needs::Terminal => Fate::Unknown,
            _ if may => Fate::Through,
            _ => Fate::Forbidden,
        };
        let theirs = match on(Surface::Terminal, true) {
            Fate::Through if owned => Fate::NotTheirs,
            fate => fate,
        };
        let nobody = match needs {
            Needs::Nothing => Fate::Through,
            _ => Fate::Unknown,
        };
        let retired = match needs {
            // It sends no request for a certificate, and this server, which has no TLS, could sign none:
            // either is told before the terminal's life is looked at.
            Needs::Terminal if route.path.ends_with("/v1/certificate") => Fate::Through,
            Needs::Terminal => Fate::Forbidden,
            _ => nobody,
        };
        let people = self.people.iter().map(|(role, person, may)| {
            let may = permission.is_none_or(|one| may.contains(&one));
            (role.code(), person, on(Surface::Web, may))
        });
        let mut all: Vec<_> = people.collect();
        all.extend([
            ("anonymous", &self.anonymous, nobody),
            (
                "client without",
                self.client(needs, false),
                on(Surface::Api, permission.is_none()),
            ),
            (
                "client with",
                self.client(needs, true),
                on(Surface::Api, true),
            ),
            ("terminal", &self.owner, on(Surface::Terminal, true)),
            ("another terminal", &self.other, theirs),
            // It is known still, and told that it serves no more.
            ("retired terminal", &self.retired, retired),
        ]);
        all
    }

    async fn ask(&mut self, declared: (actix_web::http::Method, String, Declared)) {
        let (method, pattern, declared) = declared;
        // The server and the client that plays the callers have types of their own.
        let method = Method::from_bytes(method.as_str().as_bytes()).expect("a method");
        let path = filled(declared.surface, &pattern);
        let route = Route {
            method,
            path,
            declared,
        };
        let owned = route.names_something(&pattern);
        let mut wrong = Vec::new();
        let mut asked = 0;
        for (name, who, expected) in self.everyone(&route, owned) {
            asked += 1;
            let forge = matches!(name, "anonymous" | "administrator");
            if let Err(why) = meet(&route, (who, forge), expected).await {
                let needs = route.declared.needs;
                let (method, path) = (&route.method, &route.path);
                wrong.push(format!("{method} {path} ({needs:?}), {name}: {why}"));
            }
        }
        self.asked += asked;
        self.wrong.append(&mut wrong);
        if route.declared.surface == Surface::Web && !route.is_safe() {
            self.sign_in_again().await;
        }
    }

    /// Some forms end the session of who sends them.
    async fn sign_in_again(&mut self) {
        for (role, person, _) in &mut self.people {
            if person.get(SMALL).await.status != 200 {
                *person = self.app.operator(*role).await;
            }
        }
    }
}

/// What a ready-made role allows, as the server keeps it.
fn allowed(app: &TestApp, role: Role) -> Vec<Permission> {
    let sql = format!(
        "SELECT permissions AS name FROM access_role WHERE code = '{}'",
        role.code()
    );
    let stored = app.database().texts(&sql).join("");
    let codes: Vec<String> = serde_json::from_str(&stored).expect("a set of permissions");
    codes
        .iter()
        .filter_map(|code| Permission::parse(code))
        .collect()
}

/// Sends what the route expects of an honest caller, and forged forms where it takes forms and `forge`
/// says so: whose session a forged form comes with makes no difference, so one that may send all of
/// them is enough, and nobody's.
async fn meet(route: &Route, (who, forge): (&Persona, bool), expected: Fate) -> Result<(), String> {
    let forms = route.declared.surface == Surface::Web && !route.is_safe();
    if !forms {
        let request = who.request(route.method.clone(), &route.path);
        let request = match route.declared.surface {
            Surface::Terminal if !route.is_safe() => {
                request.json(&json!({ "state": "downloading" }))
            }
            _ => request,
        };
        return judge(&who.send(request).await, route, expected);
    }
    if expected != Fate::Through {
        return judge(&sent(route, who, None, "form").await, route, expected);
    }
    if forge {
        let forged = [
            sent(route, who, None, "form").await,
            sent(route, who, None, "parts").await,
        ];
        let statuses = forged.map(|answer| answer.status);
        if !statuses.contains(&403) || statuses.iter().any(|status| *status < 400) {
            return Err(format!("a form without its token got {statuses:?}"));
        }
    }
    let page = if who.cookie_header().contains("posfleet=") {
        SMALL
    } else {
        "/sign-in"
    };
    let csrf = who.csrf(page).await;
    for kind in if forge {
        &["parts", "form"][..]
    } else {
        &["form"]
    } {
        judge(&sent(route, who, Some(&csrf), kind).await, route, expected)?;
    }
    Ok(())
}

fn judge(answer: &Answer, route: &Route, expected: Fate) -> Result<(), String> {
    let found = fate(answer, route.is_safe());
    let is_right = match expected {
        Fate::Through => found.is_none(),
        Fate::NotTheirs => answer.status == 404,
        refused => found == Some(refused),
    };
    is_right
        .then_some(())
        .ok_or_else(|| format!("{expected:?} expected, got {}", answer.status))
}

/// An empty form, with the anti-forgery token or without.
async fn sent(route: &Route, who: &Persona, csrf: Option<&str>, kind: &str) -> Answer {
    let token = csrf.unwrap_or_default();
    let (kind, body) = match kind {
        "parts" => (
            format!("multipart/form-data; boundary={EDGE}"),
            format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n\
                 --{EDGE}--\r\n"
            ),
        ),
        _ => (
            "application/x-www-form-urlencoded".to_owned(),
            csrf.map(|token| format!("_csrf={token}"))
                .unwrap_or_default(),
        ),
    };
    let request = who
        .request(route.method.clone(), &route.path)
        .header("content-type", kind)
        .body(body);
    who.send(request).await
}

on_both_engines! {
    async fn every_route_lets_in_whom_it_says(app: TestApp) {
        let mut cast = Cast::gather(&app).await;
        let declared = app::routes().declared();
        let count = declared.len();
        for route in declared {
            let (surface, needs) = (route.2.surface, route.2.needs);
            assert!((needs == Needs::Terminal) <= (surface == Surface::Terminal), "{route:?}");
            cast.ask(route).await;
        }
        assert!(cast.wrong.is_empty(), "{}", cast.wrong.join("\n"));
        assert!(count > 60 && cast.asked == count * 11, "{count} routes, {} asked", cast.asked);
    }
}
