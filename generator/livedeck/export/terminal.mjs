// A markdown-it plugin that draws what a terminal showed, and says which commands are there to be copied.
//
// The fence's info string is `terminal` and a list of words. `LINE:PROMPT` says that line LINE (from 1) holds typed
// input whose first PROMPT characters are the prompt. `mLINE` is a marked line, `fLINE` a typed line of a command that
// failed, and `cLINE` says how many lines are left out there. Every other line is output. `copy:FIRST-LAST` are the lines
// of one command to copy, and `copy=TEXT`, in percent-encoding, is one that stands in the quote below. `s18` is the size
// of the letters, and becomes a class. Words it does not know are for somebody else. Without this plugin the fence is an
// ordinary code block with the same text.
//
// What is to be copied stands in an attribute `data-copy`: of the command's first line, of the quote that shows it, or
// of the terminal, where no quote does. A fence `bash copy` in a quote is a command without a terminal, to copy as it is.

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

/** By code points, as Python counts them: the prompt of a typed line and what was typed. */
const cut = (text, prompt) => {
  const characters = Array.from(text);
  return [characters.slice(0, prompt).join(""), characters.slice(prompt).join("")];
};

/** What the words say of each line, by its number: prompt, class, and the command to copy that begins there. */
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

/** What a failed command said is of the failed lines too, up to the next command. */
const spread = (kinds, prompts, count) => {
  let failed = false;
  for (let line = 1; line <= count; line += 1) {
    if (prompts.has(line)) failed = kinds.get(line) === CLASS.f;
    else if (failed && !kinds.has(line)) kinds.set(line, CLASS.f);
  }
};

/** The text of `copy=`; nothing where there is none that can be read. */
const elsewhere = (words) => {
  const [match] = found(words, ELSEWHERE);
  try {
    return match && decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
};

/** The HTML of a terminal block. A newline is inside its line, so the text of the whole is the text of the fence. */
const draw = (content, words, copied, escape) => {
  const lines = content.split("\n");
  const { prompts, kinds, copies } = describe(words, lines);
  spread(kinds, prompts, lines.length);
  const span = (kind, text) => (text === "" ? "" : `<span class="${kind}">${escape(text)}</span>`);
  // A newline in an attribute is kept by HTML; written as a reference it also survives whoever tidies the page.
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

/** The opening of the quote right after the token at `index`, if the text stands in it as code. */
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

/** The opening of the quote that the token at `index` stands in. */
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
