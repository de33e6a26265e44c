import { expect, test } from 'vitest';

import { makeCall, makeDesk } from '../src/dev/samples';
import { eachTestHasADesk, found, open, pass, server, talking } from './deskPage';

eachTestHasADesk();

test('a caller who is left on hold is said in words until he is taken back', async () => {
  server.desk = makeDesk({ call: makeCall({ state: 'held' }), presence: talking() });
  await open();
  const { call_id } = server.desk.call!;
  expect(found('call-reminder').exists()).toBe(false);

  server.tell('desk.reminded', { call_id, what: 'hold', seconds: 60 });
  await pass(100);
  expect(found('call-reminder').text()).toContain('60 秒');
  expect(found('call-reminder').text()).toContain('保持');

  server.tell('desk.call_changed', { call_id, state: 'talking', state_since: server.desk.now });
  await pass(100);
  expect(found('call-reminder').exists()).toBe(false);
});

test('that a recording goes on again is said for half a minute', async () => {
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
  await open();

  server.tell('desk.reminded', { call_id: server.desk.call!.call_id, what: 'recording_pause', seconds: 120 });
  await pass(100);
  expect(found('call-reminder').text()).toContain('录音');

  await pass(31_000);
  expect(found('call-reminder').exists()).toBe(false);
});
