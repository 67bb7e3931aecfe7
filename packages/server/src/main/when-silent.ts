import { answers, type PostgresSettings } from "@holdfast/postgres";

const ASK_EVERY_MS = 1_000;

/** Calls `giveUp` once, when the database answers nobody any more; the returned function ends the asking. */
export function whenSilent(settings: PostgresSettings, giveUp: () => void, isThere = answers): () => void {
  let isAsking = false;
  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    const isAnswered = await isThere(settings);
    isAsking = false;
    if (isAnswered || isOver) return;
    end();
    giveUp();
  };
  let isOver = false;
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  const end = () => {
    isOver = true;
    clearInterval(timer);
  };
  void ask();
  return end;
}
