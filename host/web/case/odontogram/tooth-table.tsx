import type { CaseTooth } from '../../../api.ts'
import { reconstruction, term } from '../terms.ts'
import { say } from '../words.ts'
import { FDI } from './arch.ts'
import { isOnImplant, isRestored } from './restoration.ts'
import { useSelection } from './selection.ts'
import { joinedTo, materialOf } from './tooth-details.tsx'

/** The same as the chart, to be read: every tooth of the treatment with its work. */
export function ToothTable({ teeth }: { readonly teeth: readonly CaseTooth[] }) {
  const { pointed, seen } = useSelection()
  const rank = (number: number): number => FDI.indexOf(number > 50 ? number - 40 : number)
  const inOrder = [...teeth].sort((a, b) => rank(a.number) - rank(b.number))
  return (
    <div class="scroll-x">
      <table class="table tooth-table">
        <caption class="visually-hidden">{say('teeth-table')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('tooth')}</th>
            <th scope="col">{say('reconstruction')}</th>
            <th scope="col">{say('material')}</th>
            <th scope="col">{say('shade')}</th>
            <th scope="col">{say('implant')}</th>
            <th scope="col">{say('connected')}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder.map((tooth) => (
            <tr
              key={tooth.number}
              class={`${isRestored(tooth) ? 'restored' : ''}${seen.value === tooth.number ? ' seen' : ''}`}
              onPointerEnter={() => {
                pointed.value = tooth.number
              }}
              onPointerLeave={() => {
                pointed.value = null
              }}
            >
              <th scope="row">{tooth.number}</th>
              <td>{reconstruction(tooth.reconstructionType)}</td>
              <td>{isRestored(tooth) && materialOf(tooth)}</td>
              <td>{isRestored(tooth) && tooth.color}</td>
              <td>{isOnImplant(tooth) && term('implant', tooth.implantType ?? '')}</td>
              <td>{joinedTo(tooth.number, teeth).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
