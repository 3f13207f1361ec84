// A markdown-it plugin for code in a sentence: the text between two blanks is one word, which the theme can keep whole.
// A browser would break `docker-compose` at its hyphen, and readers could not see whether the hyphen is part of it.

const DIVISIBLE = /[^\p{L}\p{N}\s]/u;

export const code = (md) => {
  md.renderer.rules.code_inline = (tokens, index, options, env, renderer) => {
    const parts = tokens[index].content.split(/(\s+)/).map((part) => {
      const text = md.utils.escapeHtml(part);
      return DIVISIBLE.test(part) ? `<span class="word">${text}</span>` : text;
    });
    return `<code${renderer.renderAttrs(tokens[index])}>${parts.join("")}</code>`;
  };
};
