// Opens a headless Chromium that can reach this machine's loopback and nothing else, and keeps a list of what it tried.
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const HERE = '127.0.0.1';
const WAIT_MS = 20_000;

/**
 * A browser with one window for a person, and what went wrong in it: `foreign` lists addresses outside loopback that a
 * page, worker or socket asked for, `errors` what pages threw or logged as an error.
 */
export async function openChromium({ colorScheme = 'light', width = 1440, height = 900 } = {}) {
  const unpacked = required('CHROMIUM_HOME');
  const browser = await chromium.launch({
    executablePath: join(unpacked, 'chromium'),
    timeout: WAIT_MS,
    env: {
      ...process.env,
      FONTCONFIG_FILE: join(unpacked, 'fonts.conf'),
      LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'),
    },
    args: [
      '--no-sandbox', // It may run as root, where Chromium has no sandbox; it loads pages of this checkout only.
      '--no-zygote',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-sync',
      '--no-pings',
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${HERE}`,
    ],
  });
  const foreign = [];
  const errors = [];
  const note = (address) => isForeign(address) && foreign.push(address);
  /** Another window, of another person: nothing of the first one's is known in it. */
  const openWindow = async (look) => {
    const context = await browser.newContext(look);
    context.setDefaultTimeout(WAIT_MS);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    context.on('request', (request) => note(request.url()));
    context.on('weberror', (error) => errors.push(String(error.error())));
    context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    context.on('page', (page) => page.on('websocket', (socket) => note(socket.url())));
    return context;
  };
  const context = await openWindow({ colorScheme, viewport: { width, height } });
  return { browser, context, openWindow, foreign, errors };
}

function isForeign(address) {
  const { protocol, hostname } = new URL(address);
  return !['data:', 'blob:', 'about:'].includes(protocol) && hostname !== HERE;
}

/** An environment variable that must be there. */
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
