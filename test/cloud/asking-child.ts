// Asks one address as the plugin would, with the proxies and authorities of its own environment.
import { inspect } from 'node:util'
import { openHttp } from '../../plugin/cloud/http.ts'
import { readProfile } from '../../plugin/cloud/profile.ts'

const [url = '', token = ''] = process.argv.slice(2)
const profile = readProfile(
  JSON.stringify({
    name: 'Fixture',
    issuer: 'https://cloud.fixture.example/oauth',
    clientId: 'fixture',
    apiBase: 'https://cloud.fixture.example/api',
    redirectUri: 'http://127.0.0.1:0/callback',
    scopes: ['openid'],
    hosts: ['*.fixture.example', 'localhost'],
    poll: { fastestMs: 1000, slowestMs: 2000 },
  }),
)
const http = openHttp(profile)
try {
  console.log(JSON.stringify({ answer: await http.json({ method: 'GET', url, token, timeoutMs: 10_000 }) }))
} catch (error) {
  const { code, facts } = error as { code: string; facts: object }
  console.log(JSON.stringify({ code, facts, all: inspect(error, { depth: 12, showHidden: true }) }))
}
http.close()
