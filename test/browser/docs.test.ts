import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PHONE, useBrowser } from '../support/panel.ts';

const open = useBrowser();

test('/docs can be read on a phone: its parts first, no error in the console, nothing that scrolls sideways', async () => {
  const hub = await startHub();
  const page = await open(hub, {
    path: '/docs/',
    account: null,
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
  });
  const parts = page.locator('.opblock-tag');
  await expect(parts).toHaveCount(16);
  await expect(parts.first()).toContainText('Para un TPV');
  await expect(page.locator('.opblock')).toHaveCount(0);
  await parts.filter({ hasText: 'lo que escribe a sus personas' }).getByRole('button').tap();
  const push = page.locator('#operations-Mensajes-postTpvPush');
  await push.scrollIntoViewIfNeeded();
  await push.locator('.opblock-summary').tap();
  await expect(push).toContainText('Tu mesa está lista. ¿Vienes?');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
});
