import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Group,
  InterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  MeshStandardMaterial,
  SRGBColorSpace,
  Texture,
} from 'three'
import type { Piece } from '../mesh/pieces.ts'
import type { Dress } from './stage-messages.ts'

/** A scan on the graphics card. */
export interface Surface {
  readonly group: Group
  add(piece: Piece): void
  /** Takes the image over. */
  texture(image: ImageBitmap): void
  dress(dress: Dress): void
  dispose(): void
}

/** `stone`: CSS colour of what has no colours of its own. */
export function surfaceOf(stone: string): Surface {
  const group = new Group()
  const material = new MeshStandardMaterial({ color: stone, roughness: 0.62, metalness: 0, side: DoubleSide })
  material.onBeforeCompile = scanShader
  let hasColours = false
  let image: Texture | null = null
  let worn: Dress = { visible: true, opacity: 1, coloured: true }

  const dress = (): void => {
    const { visible, opacity, coloured } = worn
    const bare = !coloured || (!hasColours && image === null)
    group.visible = visible
    material.vertexColors = coloured && hasColours
    material.map = coloured ? image : null
    material.color.set(bare ? stone : '#ffffff')
    material.opacity = opacity
    material.transparent = opacity < 1
    // what is seen through is drawn after what stands behind it
    for (const mesh of group.children) mesh.renderOrder = opacity < 1 ? 1 : 0
    material.needsUpdate = true
  }

  return {
    group,
    add(piece) {
      const mesh = new Mesh(geometryOf(piece), material)
      mesh.renderOrder = worn.opacity < 1 ? 1 : 0
      group.add(mesh)
      if (hasColours || piece.colours === null) return
      hasColours = true
      dress()
    },
    texture(bitmap) {
      image = new Texture(bitmap)
      image.colorSpace = SRGBColorSpace
      image.flipY = false
      image.anisotropy = 4
      image.needsUpdate = true
      image.onUpdate = () => bitmap.close()
      dress()
    },
    dress(next) {
      worn = next
      dress()
    },
    dispose() {
      for (const mesh of group.children) (mesh as Mesh).geometry.dispose()
      group.clear()
      group.removeFromParent()
      image?.dispose()
      material.dispose()
    },
  }
}

function geometryOf({ positions, normals, colours, uvs, indices }: Piece): BufferGeometry {
  const geometry = new BufferGeometry()
  const position = new BufferAttribute(positions, 3)
  const index = new BufferAttribute(indices, 1)
  const fourBytes = (bytes: Int8Array | Uint8Array): InterleavedBufferAttribute =>
    new InterleavedBufferAttribute(released(new InterleavedBuffer(bytes, 4)), 3, 0, true)
  geometry.setAttribute('position', position)
  geometry.setAttribute('normal', fourBytes(normals))
  if (colours) geometry.setAttribute('color', fourBytes(colours))
  if (uvs) geometry.setAttribute('uv', released(new BufferAttribute(uvs, 2)))
  geometry.setIndex(released(index))
  geometry.computeBoundingSphere()
  released(position)
  return geometry
}

/** Once the graphics card has it, the page need not keep it. */
function released<T extends BufferAttribute | InterleavedBuffer>(buffer: T): T {
  buffer.onUpload(() => {
    buffer.array = buffer.array.slice(0, 0)
  })
  return buffer
}

/** Colours of scans are sRGB; the inside of a jaw is darker than its outside. */
function scanShader(shader: { vertexShader: string; fragmentShader: string }): void {
  shader.vertexShader = shader.vertexShader.replace(
    '#include <color_vertex>',
    `#include <color_vertex>
    #ifdef USE_COLOR
      vColor.rgb = pow( vColor.rgb, vec3( 2.2 ) );
    #endif`,
  )
  shader.fragmentShader = shader.fragmentShader.replace(
    '#include <color_fragment>',
    `#include <color_fragment>
    if ( ! gl_FrontFacing ) diffuseColor.rgb *= 0.45;`,
  )
}
