import { html, type TemplateResult } from 'lit';

/** Web addresses only: no other scheme is safe to open. What ends a sentence does not end an address. */
const address =
  /https?:\/\/[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]*[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069.,;:!?)\]}]/gi;

/** A text of somebody else, as text nodes, with its web addresses as links that tell the other page nothing. */
export function withLinks(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let end = 0;
  for (const { 0: url, index } of text.matchAll(address)) {
    if (!URL.canParse(url)) continue;
    parts.push(
      text.slice(end, index),
      html`<a part="link" href=${url} target="_blank" rel="noopener noreferrer nofollow ugc">${url}</a>`,
    );
    end = index + url.length;
  }
  parts.push(text.slice(end));
  return parts;
}
