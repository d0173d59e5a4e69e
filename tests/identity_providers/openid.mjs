// An OpenID provider for the tests: oidc-provider, with people and pages that the tests choose.
//   node openid.mjs PORT CALLBACK_ADDRESS PORTAL_ADDRESS
// POST /people  {"claims": {...}, "amr": [...], "acr": "...", "signed_in_at": SECONDS}: who signs in from now on.
// POST /refuse  {"refuse": true}: the next person says no.
import crypto from 'node:crypto'
import process from 'node:process'
import Provider from 'oidc-provider'

const [port, callback, portal] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
let person = { claims: { sub: 'nobody' } }
let refuse = false

const key = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'openhouse',
      client_secret: 'a-secret-of-the-tests',
      redirect_uris: [callback],
      post_logout_redirect_uris: [portal],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'one' }] },
  cookies: { keys: ['tests'] },
  claims: { openid: ['sub', 'employee_id', 'groups', 'amr', 'acr', 'auth_time'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  async findAccount(ctx, id) {
    return { accountId: id, claims: async () => ({ ...person.claims, sub: id }) }
  },
})

async function body(ctx) {
  const parts = []
  for await (const part of ctx.req) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString() || '{}')
}

async function interact(ctx, uid) {
  const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res)
  if (refuse) {
    refuse = false
    return provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' })
  }
  if (prompt.name === 'login') {
    const login = { accountId: person.claims.sub, amr: person.amr, acr: person.acr, ts: person.signed_in_at }
    return provider.interactionFinished(ctx.req, ctx.res, { login })
  }
  const grant = new provider.Grant({ accountId: person.claims.sub, clientId: params.client_id })
  grant.addOIDCScope('openid profile email')
  grant.addOIDCClaims(['employee_id', 'groups'])
  return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } })
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/people') {
    person = await body(ctx)
    ctx.body = 'ok'
  } else if (ctx.path === '/refuse') {
    refuse = true
    ctx.body = 'ok'
  } else if (ctx.path.startsWith('/interaction/')) {
    ctx.respond = false
    await interact(ctx, ctx.path.split('/')[2])
  } else {
    await next()
  }
})

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'))
