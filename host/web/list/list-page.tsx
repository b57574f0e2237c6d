import { say } from '../words/say.ts'

export const ListPage = () => (
  <div class="page">
    <h1>{say('nav-cases')}</h1>
  </div>
)
