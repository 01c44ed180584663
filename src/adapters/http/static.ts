/** The built web app. Its pages have addresses of their own, which all are answered with the one `index.html`. */
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import express from 'express';
import type { RequestHandler, Response } from 'express';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Files under `assets` carry a hash of their content in their names, so they never change. */
export function serveWebApp(root: string): RequestHandler {
  const index = join(root, 'index.html');
  const router = express.Router();
  router.use('/assets', express.static(join(root, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false }));
  router.use('/assets', (_req, res) => says(res, 404, 'There is no such file.'));
  router.use(express.static(root, { index: false, cacheControl: false, setHeaders: revalidate }));
  router.use((req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.set('Allow', 'GET, HEAD');
      return says(res, 405, 'This address does not know this method.');
    }
    const isFile = extname(req.path) !== '';
    if (isFile || req.accepts('html') === false) return says(res, 404, 'There is nothing under this name.');
    if (!existsSync(index)) return says(res, 503, 'The web app is not built yet: run `npm run build` first.');
    revalidate(res);
    res.sendFile(index, { cacheControl: false });
  });
  return router;
}

const revalidate = (res: { setHeader(name: string, value: string): unknown }): void => {
  res.setHeader('Cache-Control', 'no-cache');
};

const says = (res: Response, status: number, text: string): void => {
  res.status(status).type('text/plain').send(`${text}\n`);
};
