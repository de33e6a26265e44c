// Words for codes that the server may extend: an unknown one is shown as it came, never as a key.

type Translate = (key: string) => string;
type Knows = (key: string) => boolean;

function wordOf(group: string) {
  return (t: Translate, te: Knows, code: string): string => {
    const key = `${group}.${code}`;
    return te(key) ? t(key) : code;
  };
}

/** Why somebody is not ready. */
export const reasonWord = wordOf('reason');
/** Where a ticket stands. */
export const ticketStateWord = wordOf('ticket_state');
/** What somebody speaks. */
export const languageWord = wordOf('spoken');
/** What came of an earlier call. */
export const outcomeWord = wordOf('outcome_word');
/** What the check of a recording found. */
export const recordingWord = wordOf('recording.state');
