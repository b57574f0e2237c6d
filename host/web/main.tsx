import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { bringUpDialogs } from './dialogs/open.ts'
import { followQuery } from './list/window.ts'
import { follow } from './live.ts'
import { followLinks } from './router.ts'

followLinks()
followQuery()
const page = document.querySelector('#page')
if (page !== null) render(<App />, page)
void follow().then(bringUpDialogs)
