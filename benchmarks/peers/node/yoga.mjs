// GraphQL Yoga on Node's own HTTP server, with graphql-ws on ws and Yoga's Redis event target, as its documentation says.
import { createServer } from 'node:http'
import { createRedisEventTarget } from '@graphql-yoga/redis-event-target'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'
import { resolvers } from './resolvers.mjs'
import { channel, run, service, settings, typeDefs } from './service.mjs'

// A subscription of Yoga's begins to listen when it is first asked; this one has been asked already.
function listening(subscription) {
  let first = subscription.next()
  return {
    next() {
      const next = first ?? subscription.next()
      first = null
      return next
    },
    return: () => subscription.return(),
    [Symbol.asyncIterator]() { return this }
  }
}

async function serve() {
  const { context } = service()
  const pubsub = createPubSub({
    eventTarget: createRedisEventTarget({
      publishClient: new Redis(settings.redisUrl),
      subscribeClient: new Redis(settings.redisUrl)
    })
  })
  const hints = {
    publish: (matchId, row) => pubsub.publish(channel(matchId), row),
    subscribe: async (matchId) => listening(pubsub.subscribe(channel(matchId)))
  }
  const yoga = createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    context: async ({ request, connectionParams }) => ({
      hints,
      ...(await context(request?.headers.get('authorization') ?? connectionParams?.authorization))
    }),
    graphiql: false,
    landingPage: false,
    logging: 'error'
  })
  const server = createServer(yoga)
  const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })
  useServer(
    {
      execute: (args) => args.rootValue.execute(args),
      subscribe: (args) => args.rootValue.subscribe(args),
      onSubscribe: async (ctx, _id, params) => {
        const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
          connectionParams: ctx.connectionParams, params
        })
        const args = {
          schema,
          operationName: params.operationName,
          document: parse(params.query),
          variableValues: params.variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe }
        }
        const errors = validate(args.schema, args.document)
        return errors.length ? errors : args
      }
    },
    sockets
  )
  server.listen(settings.port, '127.0.0.1')
}

run(serve)
