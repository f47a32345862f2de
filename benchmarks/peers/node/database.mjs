// PostgreSQL: as many connections as this project's server has in all, and each statement prepared once a connection.
import { readFileSync } from 'node:fs'
import pg from 'pg'

const POOL_SIZE = 14

// 64-bit numbers come as text by default; those of streams stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
// A day is a day, not a moment of some time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, String)

const text = readFileSync(new URL('../statements.sql', import.meta.url), 'utf8')
export const STATEMENTS = Object.fromEntries(
  text.split(/^-- name: /m).slice(1).map((block) => {
    const end = block.indexOf('\n')
    return [block.slice(0, end).trim(), block.slice(end + 1).trim()]
  })
)

export class Database {
  constructor(url) {
    this.pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, idleTimeoutMillis: 0 })
    this.pool.on('error', (error) => console.error(error))
  }

  // The rows of a named statement.
  async rows(name, values) {
    return (await this.pool.query({ name, text: STATEMENTS[name], values })).rows
  }

  // Run `work(run)` in one transaction, where `run(name, values)` gives the rows of a named statement.
  async transaction(work) {
    const client = await this.pool.connect()
    let broken
    try {
      await client.query('BEGIN')
      const done = await work(async (name, values) => (await client.query({ name, text: STATEMENTS[name], values })).rows)
      await client.query('COMMIT')
      return done
    } catch (error) {
      await client.query('ROLLBACK').catch((failure) => { broken = failure })
      throw error
    } finally {
      client.release(broken)
    }
  }

  close() {
    return this.pool.end()
  }
}
