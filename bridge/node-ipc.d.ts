/** What the bridge uses of node-ipc 14.0.0, which has no types of its own. */
declare module 'node-ipc' {
  import type { Server as NetServer, Socket } from 'node:net'

  interface Config {
    id: string
    silent: boolean
    parser: 'guarded'
    socketRoot: string
    secureSocketRoot: boolean
    unlink: boolean
    maxMessageSize: number
    maxPendingBytes: number
    /** ms; 0: none */
    messageTimeout: number
    maxConnections: number
    maxRetries: number
    stopRetrying: boolean
  }

  interface IpcServer {
    readonly server: NetServer | false
    on(event: string, handler: (data: unknown, socket: Socket) => void): this
    on(event: 'connect' | 'close', handler: (socket: Socket) => void): this
    on(event: 'error', handler: (error: Error & { readonly code?: string }) => void): this
    emit(socket: Socket, event: string, data: unknown): boolean
    start(): void
    stop(): void
  }

  interface IpcClient {
    readonly socket: Socket
    on(event: string, handler: (data: unknown) => void): this
    on(event: 'connect' | 'disconnect', handler: () => void): this
    on(event: 'error', handler: (error: Error & { readonly code?: string }) => void): this
    emit(event: string, data: unknown): boolean
  }

  class IPCModule {
    readonly config: Config
    readonly of: Record<string, IpcClient>
    readonly server: IpcServer
    serve(path: string, started: () => void): void
    connectTo(id: string, path: string, made: () => void): void
    disconnect(id: string): void
  }
}
