// A markdown-it plugin that draws what a terminal showed, and marks the commands that can be copied.
//
// The fence's info string is `terminal` and a list of words:
//   LINE:PROMPT       line LINE (from 1) is typed input whose first PROMPT characters are the prompt
//   mLINE             a marked line
//   fLINE             a typed line of a command that failed
//   cLINE             a line that says how many lines are left out
//   copy:FIRST-LAST   the lines of one command to copy
//   copy=TEXT         a command to copy, percent-encoded, that is shown in the quote below
//   s18               the size of the letters; becomes a class
// Every other line is output, and other words are ignored. Without this plugin the fence is an ordinary code block with
// the same text.
//
// The text to copy is put into an attribute `data-copy`: of the command's first line, of the quote that shows it, or of
// the terminal if no quote does. A fence `bash copy` in a quote is a command without a terminal, to copy as it is.

const TYPED = /^([1-9]\d*):(\d+)$/;
const KIND = /^([mcf])([1-9]\d*)$/;
const CLASS = { m: " marked", c: " cut", f: " failed" };
const SIZE = /^s[1-9]\d$/;
const COPIED = /^copy:([1-9]\d*)(?:-([1-9]\d*))?$/;
const ELSEWHERE = /^copy=(.+)$/;

const found = (words, pattern) => words.map((word) => pattern.exec(word)).filter(Boolean);

const parse = (info) => {
  const [language, ...words] = info.trim().split(/\s+/);
  return { language, words };
};

/** Split a typed line into prompt and input, by code points, as Python counts. */
const cut = (text, prompt) => {
  const characters = Array.from(text);
  return [characters.slice(0, prompt).join(""), characters.slice(prompt).join("")];
};

/** Return what the words say about each line, by number: prompt, class, and the command to copy that begins there. */
const describe = (words, lines) => {
  const prompts = new Map(found(words, TYPED).map(([, line, length]) => [Number(line), Number(length)]));
  const kinds = new Map(found(words, KIND).map(([, kind, line]) => [Number(line), CLASS[kind]]));
  const copies = new Map();
  for (const [, first, last = first] of found(words, COPIED)) {
    const numbers = lines.map((_, index) => index + 1).slice(first - 1, last);
    if (numbers.length === last - first + 1 && numbers.every((number) => prompts.has(number))) {
      const typed = numbers.map((number) => cut(lines[number - 1], prompts.get(number))[1]);
      copies.set(Number(first), typed.join("\n"));
    }
  }
  return { prompts, kinds, copies };
};

/** Mark the output of a failed command as failed too, up to the next command. */
const spread = (kinds, prompts, count) => {
  let failed = false;
  for (let line = 1; line <= count; line += 1) {
    if (prompts.has(line)) failed = kinds.get(line) === CLASS.f;
    else if (failed && !kinds.has(line)) kinds.set(line, CLASS.f);
  }
};

/** Return the text of `copy=`; undefined if there is none that can be decoded. */
const elsewhere = (words) => {
  const [match] = found(words, ELSEWHERE);
  try {
    return match && decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
};

/** Return the HTML of a terminal block. Newlines are inside their lines, so its text is exactly that of the fence. */
const draw = (content, words, copied, escape) => {
  const lines = content.split("\n");
  const { prompts, kinds, copies } = describe(words, lines);
  spread(kinds, prompts, lines.length);
  const span = (kind, text) => (text === "" ? "" : `<span class="${kind}">${escape(text)}</span>`);
  // HTML keeps a newline in an attribute; written as a reference it also survives tools that tidy the page.
  const copy = (text) => (text === undefined ? "" : ` data-copy="${escape(text).replaceAll("\n", "&#10;")}"`);
  const rows = lines.map((text, index) => {
    const end = index === lines.length - 1 ? "" : "\n";
    if (text === "" && end === "") return "";
    const prompt = prompts.get(index + 1);
    if (prompt === undefined) {
      return `<span class="line${kinds.get(index + 1) ?? ""}">${span("output", text)}${end}</span>`;
    }
    const [before, typed] = cut(text, prompt);
    const inside = `${span("prompt", before)}${span("command", typed)}${end}`;
    return `<span class="line typed${kinds.get(index + 1) ?? ""}"${copy(copies.get(index + 1))}>${inside}</span>`;
  });
  const size = words.find((word) => SIZE.test(word));
  return `<pre class="terminal${size ? ` ${size}` : ""}"${copy(copied)}><code>${rows.join("")}</code></pre>\n`;
};

/** Return the opening of the quote right after the token at `index`, if the quote shows the text as code. */
const quoteWith = (tokens, index, text) => {
  const opening = tokens[index + 1];
  if (opening?.type !== "blockquote_open") return undefined;
  for (const token of tokens.slice(index + 2)) {
    if (token.type === "blockquote_close" && token.level === opening.level) return undefined;
    const code = [token, ...(token.children ?? [])].filter(({ type }) => type === "fence" || type === "code_inline");
    if (code.some(({ content }) => content === text || content === `${text}\n`)) return opening;
  }
  return undefined;
};

/** Return the opening of the quote around the token at `index`. */
const quoteAround = (tokens, index) => {
  const open = [];
  for (const token of tokens.slice(0, index)) {
    if (token.type === "blockquote_open") open.push(token);
    if (token.type === "blockquote_close") open.pop();
  }
  return open.at(-1);
};

export const terminal = (md) => {
  md.core.ruler.push("livedeck_copy", ({ tokens }) => {
    tokens.forEach((token, index) => {
      if (token.type !== "fence") return;
      const { language, words } = parse(token.info);
      if (language === "bash" && words[0] === "copy") {
        quoteAround(tokens, index)?.attrSet("data-copy", token.content.replace(/\n$/, ""));
        return;
      }
      const text = language === "terminal" ? elsewhere(words) : undefined;
      if (text === undefined) return;
      const quote = quoteWith(tokens, index, text);
      if (quote) quote.attrSet("data-copy", text);
      else token.meta = { ...token.meta, copy: text };
    });
  });
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { content, info, meta } = tokens[index];
    const { language, words } = parse(info);
    if (language !== "terminal") return fence(tokens, index, ...rest);
    return draw(content, words, meta?.copy, md.utils.escapeHtml);
  };
};
