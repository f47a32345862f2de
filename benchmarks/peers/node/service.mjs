// What both Node servers are started with: settings from the environment, one process or several, and a tidy end.
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { Database } from './database.mjs'
import { Loaders } from './loaders.mjs'
import { authenticator } from './viewer.mjs'

export const settings = {
  databaseUrl: process.env.PEER_DATABASE_URL,
  redisUrl: process.env.PEER_REDIS_URL,
  key: process.env.PEER_SECRET_KEY,
  port: Number(process.env.PEER_PORT),
  workers: Number(process.env.PEER_WORKERS ?? 1)
}

// Where the hints of a match travel; servers that are started side by side have channels of their own.
export const channel = (matchId) => `${process.env.PEER_NAME}:match:${matchId}`

export const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')

// What a request needs: the database, who asks, and what is made anew for each request and for each event.
export function service() {
  const database = new Database(settings.databaseUrl)
  const renew = (context) => { context.loaders = new Loaders(database) }
  const authenticate = authenticator(database, settings.key)
  const context = async (authorization) => {
    const made = { database, viewer: await authenticate(authorization), renew }
    renew(made)
    return made
  }
  return { database, context }
}

// Start `serve()` in this process, or in each of so many. SIGTERM ends it; SIGUSR2 collects garbage before a measurement.
export function run(serve) {
  if (settings.workers > 1 && cluster.isPrimary) {
    for (let each = 0; each < settings.workers; each++) cluster.fork()
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
      process.exit(0)
    })
    return
  }
  process.on('SIGTERM', () => process.exit(0))
  process.on('SIGUSR2', () => globalThis.gc?.())
  serve().catch((error) => {
    console.error(error)
    process.exit(1)
  })
}
