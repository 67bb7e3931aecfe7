import type { Output } from "../../terminal/output.ts";
import { type Progress, progress } from "../../terminal/progress.ts";

/** As the server's code tells it. */
interface Told {
  readonly step: "verify the source" | "copy" | "verify the target";
  readonly noun: string;
  readonly done: number;
  readonly size: number;
}

const says = {
  "verify the source": () => "entries of the source verified",
  copy: (noun: string) => (noun === "entries" ? "entries copied" : `rows of ${noun} copied`),
  "verify the target": () => "entries of the copy verified",
};

/** One line on a terminal, which says what is being counted just now. */
export function moveProgress(output: Output): { readonly show: (told: Told) => void; readonly end: () => void } {
  let counted = "";
  let bar: Progress | undefined;
  const end = (): void => bar?.end();
  return {
    show({ step, noun, done, size }) {
      const counts = says[step](noun);
      if (counts !== counted) {
        end();
        bar = progress(output, counts);
        counted = counts;
      }
      bar?.show(done, size);
    },
    end,
  };
}
