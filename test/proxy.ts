import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Which way bytes go: to the server behind the proxy, or back to who connected. */
export type Direction = "forth" | "back";

/** Stands between two ends of TCP connections, and is the network that fails them. */
export interface Proxy {
  readonly port: number;
  /** Breaks every connection, and each later one at once, until it is mended. */
  cut(): void;
  /** From now on all bytes, and the ends of connections, arrive so much later. */
  delay(delayMs: number): void;
  /** Nothing arrives, not even that an end is gone, until it is mended: then what was sent since then arrives. */
  blackhole(directions?: readonly Direction[]): void;
  /** As if nothing had been, for what still stands. */
  mend(): void;
  close(): Promise<void>;
}

/** How the network is at the moment. */
interface Weather {
  readonly isCut: boolean;
  readonly delayMs: number;
  readonly swallowed: readonly Direction[];
}

const FAIR: Weather = { isCut: false, delayMs: 0, swallowed: [] };

/** A proxy to `target` on a free port of the loopback address. */
export async function startProxy(target: { readonly host: string; readonly port: number }): Promise<Proxy> {
  let weather = FAIR;
  const pumps = new Set<Pump>();
  const add = (direction: Direction, from: Socket, to: Socket) => {
    const pump = new Pump(direction, from, to, () => weather);
    pumps.add(pump);
    from.once("close", () => pumps.delete(pump));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ ...target, allowHalfOpen: true, noDelay: true });
    add("forth", near, far);
    add("back", far, near);
    if (weather.isCut) breakAll();
  });
  const change = (to: Partial<Weather>) => {
    weather = { ...weather, ...to };
    for (const pump of pumps) pump.obey();
  };
  const breakAll = () => {
    for (const pump of pumps) pump.from.resetAndDestroy();
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      change({ isCut: true });
      breakAll();
    },
    delay: (delayMs) => change({ delayMs }),
    blackhole: (swallowed = ["forth", "back"]) => change({ swallowed }),
    mend: () => change(FAIR),
    async close() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One direction of one connection: in order, each piece when the weather lets it through. */
class Pump {
  readonly from: Socket;
  readonly #direction: Direction;
  readonly #weather: () => Weather;
  readonly #underWay: { readonly dueMs: number; readonly arrive: () => void }[] = [];

  constructor(direction: Direction, from: Socket, to: Socket, weather: () => Weather) {
    this.from = from;
    this.#direction = direction;
    this.#weather = weather;
    from.on("data", (bytes) => this.#send(() => to.write(bytes)));
    from.on("end", () => this.#send(() => to.end()));
    from.on("error", () => this.#send(() => to.resetAndDestroy()));
    this.obey();
  }

  /** A sender of whom nothing is taken sees what it would see of a network: nothing, until its buffers are full. */
  obey(): void {
    if (this.#isSwallowed()) this.from.pause();
    else this.from.resume();
    this.#deliver();
  }

  #send(arrive: () => void): void {
    this.#underWay.push({ dueMs: performance.now() + this.#weather().delayMs, arrive });
    this.#deliver();
  }

  #deliver(): void {
    for (let next = this.#underWay[0]; next !== undefined && !this.#isSwallowed(); next = this.#underWay[0]) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) return void setTimeout(() => this.#deliver(), Math.ceil(waitMs));
      this.#underWay.shift();
      next.arrive();
    }
  }

  #isSwallowed(): boolean {
    return this.#weather().swallowed.includes(this.#direction);
  }
}
