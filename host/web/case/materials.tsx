import type { CasePage } from '../../api.ts'
import { readable, teethText, term } from './terms.ts'
import { say } from './words.ts'

/** What the doctor ordered, and what the laboratory makes it of. */
export const Materials = ({ materials }: Pick<CasePage, 'materials'>) => (
  <div class="scroll-x">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{say('teeth')}</th>
          <th scope="col">{say('material-ordered')}</th>
          <th scope="col">{say('material-taken')}</th>
          <th scope="col">{say('material-method')}</th>
          <th scope="col">{say('material-decided')}</th>
        </tr>
      </thead>
      <tbody>
        {materials.map(({ ordered, taken, method, decidedBy, teeth }) => (
          <tr key={`${ordered} ${taken} ${teeth.join()}`}>
            <td>{teethText(teeth)}</td>
            <td>{ordered}</td>
            <td>
              <span class="taken-arrow" aria-hidden="true">
                →
              </span>
              <strong>{taken}</strong>
            </td>
            <td>{term('method', method)}</td>
            <td>{decided(decidedBy)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function decided(by: string): string {
  switch (by) {
    case 'only-candidate':
    case 'default':
    case 'answer':
      return say(`by-${by}`)
    default:
      return readable(by)
  }
}
