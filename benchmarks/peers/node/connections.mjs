// Relay's connections: a page of a list, from one row more than was asked for.
import { GraphQLError } from 'graphql'
import { numberCursor, numberOf } from './identifiers.mjs'

const DEFAULT_SIZE = 20
const LARGEST_SIZE = 100

export async function connection(lists, parentId, { first, after }) {
  const size = first ?? DEFAULT_SIZE
  if (size < 1 || size > LARGEST_SIZE) throw new GraphQLError(`Ask for 1 to ${LARGEST_SIZE} at a time.`)
  const read = await lists(size, after == null ? null : numberOf(after)).load(parentId)
  const rows = read.slice(0, size)
  const edges = rows.map((node) => ({ cursor: numberCursor(node.number), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: read.length > size,
      hasPreviousPage: after != null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null
    }
  }
}
