// For `trellis content preview` alone: shows the page again when the content was saved.
const ask = async (after) => (await fetch("/preview/changes" + (after ? "?after=" + after : ""))).text();
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

(async () => {
  let seen = "";
  for (;;) {
    try {
      const now = await ask(seen);
      if (seen && now !== seen) return location.reload();
      seen = now;
    } catch {
      await rest(1000);
    }
  }
})();
