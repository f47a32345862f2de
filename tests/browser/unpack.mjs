// Unpacks the Chromium that @sparticuz/chromium carries, with its fonts and libraries, into TMPDIR; emoji come from a font of their own.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium, { inflate } from '@sparticuz/chromium';

// The machine may have no emoji, and people react with them.
const emoji = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/noto-color-emoji/package.json')));
const packed = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');

chromium.setGraphicsMode = false;
await chromium.executablePath(packed);
// The package itself unpacks these on a cloud's machines only; a machine without NSS needs them just as much.
await inflate(join(packed, 'al2023.tar.br'));
// Its own fonts.conf names folders of that cloud, and Chromium dies where it finds no font at all.
await writeFile(
  join(tmpdir(), 'fonts.conf'),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(tmpdir(), 'fonts')}</dir>
  <dir>${emoji}</dir>
  <cachedir>${join(tmpdir(), 'fonts-cache')}</cachedir>
</fontconfig>
`,
);
