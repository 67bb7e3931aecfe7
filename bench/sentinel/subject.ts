import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const stopMs = 10_000;

type Reply = { readonly answer: unknown } | { readonly failure: string };

/** A program of this suite whose time is measured, in a process of its own; it ends with this one, however that ends. */
export class Subject<Request, Answer> {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<string>;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.pid = child.pid!;
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
  }

  /** `program` answers with `answerParent`. */
  static start<Request, Answer>(program: URL): Subject<Request, Answer> {
    const child = fork(fileURLToPath(program), { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    return new Subject(child);
  }

  /** One question at a time. */
  async ask(request: Request): Promise<Answer> {
    const answered = new Promise<Reply>((resolve) => this.#process.once("message", (reply) => resolve(reply as Reply)));
    const ended = this.#ended.then((how): Reply => ({ failure: how }));
    this.#process.send(request as object);
    const reply = await Promise.race([answered, ended]);
    if ("failure" in reply) throw new Error(`${this.#process.spawnargs.at(-1)} ${reply.failure}`);
    return reply.answer as Answer;
  }

  /** Without its channel it finishes what it does and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), stopMs);
    await this.#ended;
    clearTimeout(impatience);
  }
}

/** The other side: answers one question after the other, and ends when there is nobody to ask any more. */
export function answerParent<Request, Answer>(
  answer: (request: Request) => Answer | Promise<Answer>,
  close: () => void | Promise<void> = () => {},
): void {
  const reply = async (request: Request): Promise<Reply> => {
    try {
      return { answer: await answer(request) };
    } catch (error) {
      return { failure: `failed: ${error instanceof Error ? error.stack : String(error)}` };
    }
  };
  process.on("message", (request) => void reply(request as Request).then((message) => process.send?.(message)));
  process.once("disconnect", () => void Promise.resolve(close()).finally(() => process.exit()));
}
