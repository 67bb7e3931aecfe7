import { StringDecoder } from "node:string_decoder";
import { usage } from "../failure.ts";

const maxCharacters = 64 * 1024;

/** Asks on the terminal and reads one line without showing it. Ctrl-C and Ctrl-D give up. */
export function readHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the question: what is typed at once must not be shown either.
  stdin.setRawMode(true);
  stderr.write(question);
  const line = new HiddenLine();
  return new Promise<string>((resolve, reject) => {
    stdin.on("error", reject);
    stdin.on("end", () => reject(usage("no value was given")));
    stdin.on("data", (piece: Buffer) => {
      const end = line.push(piece);
      if (end === "given") resolve(line.text);
      if (end === "abandoned") reject(usage("no value was given"));
    });
  }).finally(() => {
    stdin.setRawMode(false);
    stdin.removeAllListeners().pause();
    stdin.unref();
    stderr.write("\n");
  });
}

/** The keys of a line that is not shown, one piece at a time. */
export class HiddenLine {
  text = "";
  readonly #decoder = new StringDecoder("utf8");

  push(piece: Buffer): "given" | "abandoned" | undefined {
    for (const key of this.#decoder.write(piece)) {
      if (key === "\r" || key === "\n") return "given";
      if (key === "\u0003" || (key === "\u0004" && this.text === "")) return "abandoned";
      this.#type(key);
    }
    return this.text.length > maxCharacters ? "abandoned" : undefined;
  }

  #type(key: string): void {
    if (key === "\u007f" || key === "\b") this.text = Array.from(this.text).slice(0, -1).join("");
    else if (key === "\u0015") this.text = "";
    else this.text += key;
  }
}
