//! People who sign in: made on the server's console, they come in through the real form.
use super::{Answer, Persona, TestApp};
use posfleet::access::{self, Limits, Permission, Permissions};
use posfleet::app;
use reqwest::Method;
use std::sync::atomic::{AtomicU32, Ordering};

/// The password of every operator of a test.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The ready-made roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Administrator,
    Operator,
    Support,
    KeyOfficer,
    Viewer,
}

impl Role {
    pub(crate) const ALL: &[Self] = &[
        Self::Administrator,
        Self::Operator,
        Self::Support,
        Self::KeyOfficer,
        Self::Viewer,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Administrator => access::ADMINISTRATOR,
            Self::Operator => access::OPERATOR,
            Self::Support => access::SUPPORT,
            Self::KeyOfficer => access::KEY_OFFICER,
            Self::Viewer => access::VIEWER,
        }
    }
}

impl TestApp {
    /// A new operator with that role, signed in.
    pub(crate) async fn operator(&self, role: Role) -> Persona {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let login = format!("{}-{number}", role.code());
        self.add_operator(&login, role).await;
        let operator = self.visitor();
        operator.sign_in(&login).await;
        operator
    }

    /// A new API client with these scopes.
    pub(crate) async fn client(&self, scopes: &[Permission]) -> Persona {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("client {}", NEXT.fetch_add(1, Ordering::Relaxed));
        let scopes = Permissions(scopes.iter().copied().collect());
        let (ctx, called) = (self.ctx(), name.clone());
        let made = tokio::task::spawn_blocking(move || {
            access::add_client(&ctx.db, &called, scopes, ctx.now())
        });
        let token = made.await.unwrap().expect("a client is made");
        let client = self.visitor().bearing(token);
        client.known_as(&name);
        client
    }

    /// From now on somebody sees these establishments only.
    pub(crate) async fn limit(&self, whom: &Persona, establishments: &[&str]) {
        let (ctx, name) = (self.ctx(), whom.login());
        let is_client = whom.token().is_some();
        let codes = establishments.iter().map(|code| (*code).to_owned());
        let limits = Limits::Only(codes.collect());
        let done = tokio::task::spawn_blocking(move || {
            let (db, now) = (&ctx.db, ctx.now());
            if is_client {
                access::limit_client(db, app::ESTABLISHMENTS, &name, limits, now)
            } else {
                access::limit_operator(db, app::ESTABLISHMENTS, &name, limits, now)
            }
        });
        done.await.unwrap().expect("somebody is limited");
    }

    /// An operator who has not signed in yet; his password is [`PASSWORD`].
    pub(crate) async fn add_operator(&self, login: &str, role: Role) {
        let (ctx, login) = (self.ctx(), login.to_owned());
        let made = tokio::task::spawn_blocking(move || {
            let who = (login.as_str(), login.as_str(), role.code());
            let now = ctx.now();
            access::add_operator(&ctx.db, &ctx.base_url, who, Some(PASSWORD), now)
        });
        made.await.unwrap().expect("an operator is made");
    }
}

impl Persona {
    /// Fills in the sign-in form.
    pub(crate) async fn sign_in(&self, login: &str) {
        let fields = [("login", login), ("password", PASSWORD)];
        self.submit("/sign-in", "/sign-in", &fields)
            .await
            .expect(303);
        self.known_as(login);
    }

    /// Uploads a licence for a terminal by the form, in place of the one it has.
    pub(crate) async fn upload_licence(&self, tid: &str, name: &str, bytes: &[u8]) -> Answer {
        const EDGE: &str = "----a-form-of-the-tests";
        let csrf = self.csrf("/licences/new").await;
        let mut body = Vec::new();
        for (field, value) in [
            ("_csrf", csrf.as_str()),
            ("terminal", tid),
            ("replace", "true"),
        ] {
            let head = format!("content-disposition: form-data; name=\"{field}\"");
            body.extend_from_slice(format!("--{EDGE}\r\n{head}\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("content-disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let head = format!("--{EDGE}\r\n{head}\r\ncontent-type: application/octet-stream\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let request = self
            .request(Method::POST, "/licences")
            .header(
                "content-type",
                format!("multipart/form-data; boundary={EDGE}"),
            )
            .body(body);
        self.send(request).await
    }
}
