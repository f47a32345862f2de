// A wire to a server that can be cut and mended: bytes pass unchanged, until the connections drop and no new one holds.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const HERE = '127.0.0.1';

export class Wire {
  #ends = new Set();
  #whole = true;

  static async to(url) {
    const wire = new Wire();
    const { port } = new URL(url);
    wire.server = createServer((near) => wire.#join(near, Number(port)));
    wire.server.listen(0, HERE);
    await once(wire.server, 'listening');
    wire.url = `http://${HERE}:${wire.server.address().port}`;
    return wire;
  }

  cut() {
    this.#whole = false;
    for (const end of this.#ends) end.destroy();
  }

  mend() {
    this.#whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }

  #join(near, port) {
    if (!this.#whole) {
      near.destroy();
      return;
    }
    const far = connect(port, HERE);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#ends.add(one);
      one.pipe(other);
      // A reset is one way for an end to go: either way the other goes with it.
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#ends.delete(one);
        other.destroy();
      });
    }
  }
}
