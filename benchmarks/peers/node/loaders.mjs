// Hand-written DataLoaders: what one request reads for many parents at once. Made anew for every request and event.
import DataLoader from 'dataloader'

const LAST = Number.MAX_SAFE_INTEGER

function grouped(keys, rows, column) {
  const found = new Map(keys.map((key) => [key, []]))
  for (const row of rows) found.get(row[column]).push(row)
  return keys.map((key) => found.get(key))
}

// One loader for each pair of arguments that a list is asked with, in the same request.
function lists(database, statement, column, start) {
  const made = new Map()
  return (first, after) => {
    const name = `${first}:${after}`
    let loader = made.get(name)
    if (loader === undefined) {
      loader = new DataLoader(async (keys) =>
        grouped(keys, await database.rows(statement, [keys, after ?? start, first + 1]), column)
      )
      made.set(name, loader)
    }
    return loader
  }
}

export class Loaders {
  constructor(database) {
    this.users = new DataLoader(async (ids) => {
      const found = new Map((await database.rows('users', [ids])).map((row) => [row.id, row]))
      return ids.map((id) => found.get(id) ?? null)
    })
    this.steps = new DataLoader(async (ids) => grouped(ids, await database.rows('steps_of_matches', [ids]), 'match_id'))
    this.posts = lists(database, 'posts_of_matches', 'match_id', LAST)
    this.comments = lists(database, 'comments_of_posts', 'post_id', 0)
  }
}
