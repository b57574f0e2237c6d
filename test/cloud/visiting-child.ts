// The person's browser on a computer behind a proxy: logs in and prints where the login page leads to.
import { visitLogin } from '../../fixtures/cloud/visitor.ts'

const [url = '', user = '', password = ''] = process.argv.slice(2)
console.log((await visitLogin(url, { user, password })).callback)
