// A markdown-it plugin that draws what a terminal showed.
//
// The fence's info string is `terminal` and a list of words. `LINE:PROMPT` says that line LINE (from 1) holds typed
// input whose first PROMPT characters are the prompt. `mLINE` is a marked line, and `cLINE` says how many lines are left
// out there. Every other line is output. Words it does not know are for somebody else. Without this plugin the fence is an ordinary code block with the same text.

const TYPED = /^([1-9]\d*):(\d+)$/;
const KIND = /^([mc])([1-9]\d*)$/;

/** How many characters of each typed line are prompt, by line number. */
const prompts = (words) =>
  new Map(
    words
      .map((word) => TYPED.exec(word))
      .filter(Boolean)
      .map(([, line, length]) => [Number(line), Number(length)]),
  );

/** The classes of marked and cut lines, by line number. */
const kinds = (words) =>
  new Map(
    words
      .map((word) => KIND.exec(word))
      .filter(Boolean)
      .map(([, kind, line]) => [Number(line), kind === "m" ? " marked" : " cut"]),
  );

/** One line as a block of its own. Its newline is inside, so the text of the whole is the text of the fence. */
const drawLine = (text, prompt, kind, end, span) => {
  if (prompt === undefined) return `<span class="line${kind ?? ""}">${span("output", text)}${end}</span>`;
  // By code points, as Python counts them.
  const characters = Array.from(text);
  const before = characters.slice(0, prompt).join("");
  const typed = characters.slice(prompt).join("");
  return `<span class="line typed">${span("prompt", before)}${span("command", typed)}${end}</span>`;
};

/** The HTML of a terminal block. */
const draw = (content, words, escape) => {
  const span = (kind, text) => (text === "" ? "" : `<span class="${kind}">${escape(text)}</span>`);
  const typed = prompts(words);
  const kind = kinds(words);
  const lines = content.split("\n");
  const last = lines.pop();
  const rows = lines.map((text, index) => drawLine(text, typed.get(index + 1), kind.get(index + 1), "\n", span));
  if (last !== "") rows.push(drawLine(last, typed.get(lines.length + 1), kind.get(lines.length + 1), "", span));
  return `<pre class="terminal"><code>${rows.join("")}</code></pre>\n`;
};

export const terminal = (md) => {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { content, info } = tokens[index];
    const [language, ...words] = info.trim().split(/\s+/);
    if (language !== "terminal") return fence(tokens, index, ...rest);
    return draw(content, words, md.utils.escapeHtml);
  };
};
