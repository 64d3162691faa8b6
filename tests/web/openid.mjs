// A real OpenID Connect provider on a free port of this machine, for the tests. Who signs in next, and
// what is wrong with its answers, is said by POST /control. The first line it prints is its issuer.
import http from 'node:http';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it behind a flag.
const { Provider } = await import('oidc-provider');
const jose = await import('jose');

const CLAIMS = ['name', 'preferred_username', 'groups', 'shops'];
let account = null; // { sub, …claims }
let wrong = null; // what is wrong with the next ID tokens
let provider = null;
let key = null;

// Makes the provider anew with a key of its own, as one that changes its keys.
async function begin({ redirect, in_token: inToken = false }) {
  const pair = await jose.generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  const jwk = { ...(await jose.exportJWK(key)), alg: 'RS256', use: 'sig', kid: String(Date.now()) };
  provider = new Provider(issuer, {
    clients: [
      { client_id: 'posfleet', client_secret: 'a secret of the tests', redirect_uris: [redirect] },
    ],
    jwks: { keys: [jwk] },
    claims: { openid: ['sub'], profile: CLAIMS },
    // Providers differ: some put all they know into the token, some tell it to who asks.
    conformIdTokenClaims: !inToken,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['a key of the tests'] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 3600, Grant: 600, Interaction: 600, Session: 600 },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...account, sub }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile email');
      grant.addOIDCClaims(CLAIMS);
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && wrong && ctx.body?.id_token) {
      ctx.body.id_token = await spoil(ctx.body.id_token);
    }
  });
}

async function spoil(token) {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const other = await jose.generateKeyPair('RS256');
  const now = Math.floor(Date.now() / 1000);
  const how = {
    nonce: { nonce: 'of another way' },
    audience: { aud: 'another client' },
    issuer: { iss: 'https://another.example' },
    expired: { exp: now - 3600, iat: now - 7200 },
    access_token: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' },
    signature: {},
    unsigned: {},
  }[wrong];
  if (wrong === 'unsigned') {
    const part = (it) => jose.base64url.encode(JSON.stringify(it));
    return `${part({ alg: 'none' })}.${part(claims)}.`;
  }
  return new jose.SignJWT({ ...claims, ...how })
    .setProtectedHeader(header)
    .sign(wrong === 'signature' ? other.privateKey : key);
}

async function body(req) {
  let text = '';
  for await (const piece of req) text += piece;
  return JSON.parse(text);
}

async function answer(req, res) {
  if (req.url === '/control') {
    const told = await body(req);
    if ('account' in told) account = told.account;
    if ('wrong' in told) wrong = told.wrong;
    if (told.redirect) await begin(told);
    res.end('{}');
  } else if (req.url.startsWith('/interaction/')) {
    const result = account
      ? { login: { accountId: account.sub } }
      : { error: 'access_denied', error_description: 'the person said no' };
    await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  } else {
    provider.callback()(req, res);
  }
}

let issuer = '';
const server = http.createServer((req, res) => {
  answer(req, res).catch((e) => {
    res.statusCode = 500;
    res.end(String(e));
  });
});
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
});
