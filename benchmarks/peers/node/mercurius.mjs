// Mercurius on Fastify: its JIT on, hand-written DataLoaders instead of its own, and mqemitter-redis for its pubsub.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import mqRedis from 'mqemitter-redis'
import { resolvers } from './resolvers.mjs'
import { channel, run, service, settings, typeDefs } from './service.mjs'

async function serve() {
  const { context } = service()
  const app = Fastify({ logger: { level: 'error' } })
  const redis = new URL(settings.redisUrl)
  const emitter = mqRedis({ host: redis.hostname, port: Number(redis.port), password: redis.password || undefined })
  const hints = {
    publish: (matchId, payload) => emitter.emit({ topic: channel(matchId), payload }, (error) => {
      if (error) app.log.error(error)
    }),
    // Mercurius gives each subscription a pubsub of its own, which ends with it.
    subscribe: (matchId, { pubsub }) => pubsub.subscribe(channel(matchId))
  }
  app.register(mercurius, {
    schema: typeDefs,
    resolvers,
    jit: 1,
    path: '/graphql',
    context: async (request) => ({ hints, ...(await context(request.headers.authorization)) }),
    subscription: {
      emitter,
      onConnect: async ({ payload }) => ({ hints, ...(await context(payload?.authorization)) })
    }
  })
  await app.listen({ port: settings.port, host: '127.0.0.1' })
}

run(serve)
