//! The conversation with the provider.
use super::claims::{Claims, Identity};
use super::error::Error;
use super::flow::Flow;
use super::page::BACK;
use crate::clock::{Clock, Millis};
use crate::config::OpenId;
use crate::ids::OperatorId;
use anyhow::Context as _;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims, http,
};
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const ANSWER_MOST: usize = 1024 * 1024;
/// How long its addresses and keys are taken for what they were.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// Keys that it began to use meanwhile are asked for, but not more often than this.
const ASK_AGAIN: Duration = Duration::from_mins(1);
/// Nobody waits for a provider that did not answer somebody else just now.
const LEFT_ALONE: Duration = Duration::from_secs(15);

/// Whatever a provider adds to the claims of the standard.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct More(Claims);
impl AdditionalClaims for More {}

type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Ours = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider that this installation trusts. One for all workers.
pub struct Provider {
    pub(super) config: OpenId,
    back: RedirectUrl,
    clock: Clock,
    web: reqwest::Client,
    known: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    known: Option<Known>,
    failed_at: Option<Millis>,
}

#[derive(Clone)]
struct Known {
    about: Arc<CoreProviderMetadata>,
    since: Millis,
}

impl Provider {
    /// # Errors
    /// When the file of authorities is none, or the server's own address is none.
    pub fn new(config: &OpenId, base_url: &str, clock: Clock) -> anyhow::Result<Self> {
        // An address that a provider leads to might be one of this machine's neighbours.
        let mut web = reqwest::Client::builder()
            .redirect(Policy::none())
            .https_only(config.issuer.starts_with("https://"))
            .timeout(PATIENCE);
        if let Some(file) = &config.authorities {
            let place = || format!("openid.authorities: {}", file.display());
            let pem = std::fs::read(file).with_context(place)?;
            for one in reqwest::Certificate::from_pem_bundle(&pem).with_context(place)? {
                web = web.add_root_certificate(one);
            }
        }
        Ok(Self {
            config: config.clone(),
            back: RedirectUrl::new(format!("{base_url}{BACK}"))
                .context("the server's own address")?,
            clock,
            web: web
                .build()
                .context("cannot set up TLS towards the provider")?,
            known: Mutex::default(),
        })
    }

    /// The way to it from the page of signing in.
    pub(in crate::access) fn button(&self, next: &str) -> Value {
        let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
        json!({ "name": self.config.name, "href": format!("/sign-in/openid?{query}") })
    }

    /// Where the browser has to go, and what has to be remembered until it comes back.
    pub(super) async fn begin(
        &self,
        next: &str,
        links: Option<OperatorId>,
    ) -> Result<(String, Flow), Error> {
        let client = self.client(&self.known(KNOWN_FOR).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let code = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut way = client
            .authorize_url(code, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge);
        if links.is_some() {
            // Not whoever happens to be signed in there, in a browser that others use too.
            way = way.add_prompt(CoreAuthPrompt::Login);
        }
        for scope in &self.config.scopes {
            way = way.add_scope(Scope::new(scope.clone()));
        }
        let (address, state, nonce) = way.url();
        let words = (
            state.into_secret(),
            nonce.secret().clone(),
            verifier.into_secret(),
        );
        let flow = Flow::new(words, next, links, self.clock.now());
        Ok((address.into(), flow))
    }

    /// Whether an answer that names its sender (RFC 9207) was sent by this provider.
    pub(super) fn sent(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|issuer| issuer == self.config.issuer)
    }

    /// Who it is that came back with `code`.
    pub(super) async fn identify(&self, flow: &Flow, code: String) -> Result<Identity, Error> {
        let known = self.known(KNOWN_FOR).await?;
        let client = self.client(&known);
        let asked = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unproved)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let tokens = asked.request_async(&|it| self.ask(it)).await;
        let tokens = tokens.map_err(|e| match e {
            openidconnect::RequestTokenError::Request(_) => unreachable(&e),
            other => unproved(other),
        })?;
        let subject = match self.proved(&client, &tokens, flow) {
            Ok(proved) => proved,
            // Its keys may be newer than those we know.
            Err(first) => {
                let again = self.known(ASK_AGAIN).await?;
                if again.since == known.since {
                    return Err(unproved(first));
                }
                let client = self.client(&again);
                self.proved(&client, &tokens, flow).map_err(unproved)?
            }
        };
        let (subject, mut claims) = subject;
        for (name, value) in self.user_information(&client, &tokens, &subject).await? {
            claims.entry(name).or_insert(value);
        }
        Ok(Identity::of(&subject, &claims, &self.config))
    }

    /// The subject and the claims of the ID token, if it is what this way was for.
    fn proved(
        &self,
        client: &Ours,
        tokens: &Tokens,
        flow: &Flow,
    ) -> anyhow::Result<(String, Claims)> {
        let clock = self.clock.clone();
        let now = move || clock.now().to_utc().unwrap_or_default();
        let verifier = client.id_token_verifier().set_time_fn(now);
        let token = tokens.id_token().context("no ID token")?;
        let claims = token.claims(&verifier, &Nonce::new(flow.nonce.clone()))?;
        if let Some(told) = claims.access_token_hash() {
            let algorithm = token.signing_alg()?;
            let key = token.signing_key(&verifier)?;
            let real = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)?;
            anyhow::ensure!(real == *told, "another access token than the ID token's");
        }
        Ok((claims.subject().to_string(), plain(claims)?))
    }

    /// What the provider tells only who asks: many leave groups out of the ID token.
    async fn user_information(
        &self,
        client: &Ours,
        tokens: &Tokens,
        subject: &str,
    ) -> Result<Claims, Error> {
        let subject = openidconnect::SubjectIdentifier::new(subject.to_owned());
        let Ok(asked) = client.user_info(tokens.access_token().clone(), Some(subject)) else {
            return Ok(Claims::new());
        };
        let told: Result<UserInfoClaims<More, CoreGenderClaim>, _> = asked
            .require_signed_response(false)
            .request_async(&|it| self.ask(it))
            .await;
        let told = told.map_err(|e| match e {
            openidconnect::UserInfoError::Request(_) => unreachable(&e),
            other => unproved(other),
        })?;
        plain(&told).map_err(unproved)
    }

    /// The provider's addresses and keys, read again when they are older than `most`.
    async fn known(&self, most: Duration) -> Result<Known, Error> {
        let mut memory = self.known.lock().await;
        let now = self.clock.now();
        if let Some(known) = memory.known.as_ref().filter(|it| it.since + most > now) {
            return Ok(known.clone());
        }
        if memory.failed_at.is_some_and(|at| at + LEFT_ALONE > now) {
            return Err(Error::Unreachable);
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(unproved)?;
        let asked = CoreProviderMetadata::discover_async(issuer, &|it| self.ask(it)).await;
        let about = asked.map_err(|e| {
            memory.failed_at = Some(now);
            unreachable(&e)
        })?;
        let fresh = Known {
            about: Arc::new(about),
            since: now,
        };
        memory.known = Some(fresh.clone());
        Ok(fresh)
    }

    fn client(&self, known: &Known) -> Ours {
        let about = known.about.as_ref().clone();
        let takes = about.token_endpoint_auth_methods_supported();
        let basic = takes.is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let client_id = ClientId::new(self.config.client_id.clone());
        let client = Client::from_provider_metadata(about, client_id, secret)
            .set_redirect_uri(self.back.clone());
        client.set_auth_type(if basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        })
    }

    /// Sends one request, and reads no more than an answer of a sane provider has.
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Silent> {
        let request = reqwest::Request::try_from(request)?;
        let mut answer = self.web.execute(request).await?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > ANSWER_MOST {
                return Err(Silent::Endless);
            }
            body.extend_from_slice(&piece);
        }
        let mut back = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            back = back.header(name, value);
        }
        back.body(body).map_err(|_| Silent::Endless)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Silent {
    #[error(transparent)]
    Web(#[from] reqwest::Error),
    #[error("the answer is longer than {ANSWER_MOST} bytes, or none")]
    Endless,
}

/// Claims as one object.
fn plain(claims: &impl Serialize) -> anyhow::Result<Claims> {
    match serde_json::to_value(claims)? {
        Value::Object(all) => Ok(all),
        _ => anyhow::bail!("claims are an object"),
    }
}

/// Tells the log why, and the visitor only that.
fn unproved(why: impl Into<anyhow::Error>) -> Error {
    let why = why.into();
    tracing::warn!(
        error = format!("{why:#}"),
        "the OpenID provider's answer was not accepted"
    );
    Error::Unproved
}

fn unreachable(why: &(dyn std::error::Error + 'static)) -> Error {
    let mut told = why.to_string();
    let mut cause = why.source();
    while let Some(deeper) = cause {
        told = format!("{told}: {deeper}");
        cause = deeper.source();
    }
    tracing::warn!(error = told, "the OpenID provider cannot be reached");
    Error::Unreachable
}
