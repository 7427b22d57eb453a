// What the pages of this package share. Each page is one script with this in front of it, in a function of its own: it
// asks for nothing elsewhere and leaves no global name.
const range = count => [...Array(count).keys()];
const within = (value, count) => Math.max(0, Math.min(count - 1, value));

// Texts become text nodes and attributes, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// The bytes that zlib packed and base64 wrote.
async function inflate(text) {
  const letters = atob(text), packed = new Uint8Array(letters.length);
  for (let i = 0; i < packed.length; i++) packed[i] = letters.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

