export type { AdaTooth, FdiTooth, Jaw } from '../teeth.ts'
