import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { noticesText, thirdParties } from './tools/third-party.ts';

/** The one file that the build leaves, beside the notices that are in it too. */
const FILE_NAME = 'x86-paging.html';
const NOTICES_NAME = 'THIRD-PARTY-NOTICES.txt';

/**
 * Puts script and style into the page itself, and lets it run nothing else: the security policy names both by their
 * hashes and forbids every request. So the file works from a disk or a stick, and can leak nothing.
 */
function singleFile(): Plugin {
  return {
    name: 'single-file',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the build made no index.html');
      let html = String(page.source);
      const scripts: string[] = [];
      const styles: string[] = [];
      const modules: string[] = [];
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') {
          scripts.push(file.code.trim().replaceAll('</script', '<\\/script'));
          modules.push(...Object.keys(file.modules));
        } else if (name.endsWith('.css')) styles.push(String(file.source).trim());
        else if (file !== page) throw new Error(`${name} does not fit into one page; import it as text`);
        delete bundle[name];
      }
      if (scripts.length !== 1)
        throw new Error(`${scripts.length} scripts instead of one: no dynamic imports`);
      const script = scripts[0] ?? '';
      const style = styles.join('\n');
      const policy = [
        "default-src 'none'",
        `script-src ${hashOf(script)}`,
        `style-src ${hashOf(style)}`,
        // Files that somebody opens, read in parts: nothing of the network.
        'connect-src blob:',
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ');
      html = html
        .replace(/\s*<script[^>]*src="[^"]*"[^>]*><\/script>/g, '')
        .replace(/\s*<link rel="(?:stylesheet|modulepreload)"[^>]*>/g, '');
      // Functions, since `$` in a replacement string has a meaning of its own.
      html = html.replace(
        '<head>',
        () => `<head>\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
      );
      html = html.replace('</head>', () => `<style>${style}</style>\n</head>`);
      html = html.replace('</body>', () => `<script type="module">${script}</script>\n</body>`);
      const licence = readFileSync(new URL('LICENSE', import.meta.url), 'utf8');
      const notices = noticesText(licence, thirdParties(modules));
      // Two hyphens must not stand in a comment.
      html = `${html.trimEnd()}\n<!--\n${notices.replace(/-(?=-)/g, '- ')}-->\n`;
      this.emitFile({ type: 'asset', fileName: FILE_NAME, source: html });
      this.emitFile({ type: 'asset', fileName: NOTICES_NAME, source: notices });
    },
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export default defineConfig({
  root: 'src/web',
  base: './',
  plugins: [singleFile()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
