// A SAML identity provider for the tests: samlp, with people and lapses that the tests choose.
//   node saml.mjs PORT CERTIFICATE_FILE KEY_FILE ACS_ADDRESS
// POST /people  {"subject": "...", "attributes": {...}, "context": "...", ...}: who signs in from now on; any other key is
//               handed to samlp as it is, for example {"signAssertion": false} or {"lifetimeInSeconds": -600}.
import fs from 'node:fs'
import process from 'node:process'
import express from 'express'
import samlp from 'samlp'

const [port, certificate, key, acs] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}/`
const cert = fs.readFileSync(certificate)
let person = { subject: 'nobody', attributes: {} }

const app = express()
app.use(express.json())
app.post('/people', (request, answer) => {
  person = request.body
  answer.send('ok')
})
app.get('/metadata', samlp.metadata({ issuer, cert, redirectEndpointPath: '/sso', postEndpointPath: '/sso' }))
app.get('/sso', (request, answer, next) => {
  const { subject, attributes, context, ...lapses } = person
  samlp.auth({
    issuer,
    cert,
    key: fs.readFileSync(key),
    recipient: acs,
    destination: acs,
    getPostURL: (audience, dom, req, done) => done(null, acs),
    getUserFromRequest: () => person,
    profileMapper: () => ({
      getClaims: () => attributes,
      getNameIdentifier: () => ({ nameIdentifier: subject }),
      metadata: [],
    }),
    nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    authnContextClassRef: context,
    ...lapses,
  })(request, answer, next)
})
app.listen(Number(port), '127.0.0.1', () => console.log('ready'))
