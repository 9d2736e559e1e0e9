// The page: asks the server what it does, and why an address gets its answer. Texts are set as texts, never as markup.
'use strict';

const RATES_EVERY = 2000;
const STATUS_EVERY = 10000;

const byId = id => document.getElementById(id);

function make(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

async function ask(path) {
  const response = await fetch(path, { cache: 'no-store' });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}.`);
  return body;
}

const moment = text => text ? text.replace('T', ' ').replace(/(\.\d+)?(\+00:00|Z)$/, ' UTC') : '–';

function age(seconds) {
  for (const [unit, length] of [['d', 86400], ['h', 3600], ['min', 60]]) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  }
  return `${seconds} s`;
}

// ---- Explaining

function fact(list, label, ...content) {
  if (content.length === 0) return;
  const value = make('dd');
  value.append(...content);
  list.append(make('dt', label), value);
}

function command(text) {
  const line = make('span');
  const copy = make('button', 'Copy', 'small');
  copy.type = 'button';
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(line.firstChild);
      copy.textContent = 'Selected';
    }
  });
  line.append(make('code', text), ' ', copy);
  return line;
}

function texts(values, className) {
  if (values.length === 1) return [make('code', values[0], className)];
  const list = make('ul');
  list.append(...values.map(value => { const item = make('li'); item.append(make('code', value, className)); return item; }));
  return [list];
}

const placed = (text, place) => place ? [`${text} `, make('span', place, 'hint')] : [text];

function answersOf(name) {
  const records = [...name.answers, ...name.referral];
  if (!name.isServed) return 'outside the zones served here';
  return records.length ? records.join('\n') : `${name.responseCode}, no records`;
}

function namesTable(names) {
  const table = make('table');
  const head = make('tr');
  for (const title of ['RFC 8686', 'Name', 'Answer']) {
    const cell = make('th', title);
    cell.scope = 'col';
    head.append(cell);
  }
  table.append(make('thead'), make('tbody'));
  table.tHead.append(head);
  for (const name of names) {
    const row = make('tr');
    row.append(make('td', name.rule), make('td', name.name, 'code'), make('td', answersOf(name), 'answers'));
    table.tBodies[0].append(row);
  }
  const scroll = make('div', undefined, 'scroll');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', 'What each name answers');
  scroll.append(table);
  const details = make('details');
  details.append(make('summary', 'What each name that RFC 8686 looks up answers'), scroll);
  return details;
}

// Who brought a record or took one out, and until when.
function dynamicItem(record) {
  const item = make('li');
  item.append(make('code', `${record.name} ${record.type} ${record.data}`));
  if (record.ttl === undefined) item.append(' taken out');
  item.append(' ', make('span', `by ${record.key ? `key ${record.key}` : 'the server'}, ${moment(record.changed)}${record.until ? `, until ${moment(record.until)}` : ''}`, 'hint'));
  return item;
}

function dynamicList(records) {
  const list = make('ul');
  list.append(...records.map(dynamicItem));
  return list;
}

function showExplained(result) {
  const { explanation } = result;
  const list = make('dl');
  fact(list, 'ALTO server', ...(result.servers.length ? texts(result.servers, 'server') : [make('span', 'none', 'bad')]));
  fact(list, 'Key', ...(result.keys.length ? texts(result.keys) : [make('span', 'no key record', 'hint')]));
  for (const peer of explanation.peers) fact(list, peer.key, ...placed(peer.why, peer.place));
  fact(list, 'Why', explanation.verdict);
  if (explanation.assignment) fact(list, 'Assignment', ...placed(`${explanation.assignment.prefix} → ${explanation.assignment.server}`, explanation.assignment.place));
  for (const other of explanation.overridden) fact(list, 'Overridden', ...placed(`${other.prefix} → ${other.server}`, other.place));
  if (explanation.delegation) fact(list, 'Delegation', ...placed(explanation.delegation.prefix, explanation.delegation.place));
  if (explanation.zone) fact(list, 'Zone', make('code', explanation.zone));
  const dynamic = [...explanation.peers.map(peer => peer.answer), ...explanation.names].flatMap(name => name.dynamic ?? []);
  if (dynamic.length) fact(list, 'By updates', dynamicList(dynamic));
  if (explanation.dnssec) fact(list, 'DNSSEC', explanation.dnssec);
  fact(list, 'Ask it', command(result.dig));
  if (result.keyDig) fact(list, 'Ask for the key', command(result.keyDig));
  byId('answer').replaceChildren(list, namesTable(explanation.names));
}

async function explain() {
  const form = byId('ask');
  const query = new URLSearchParams();
  for (const name of ['address', 'peer', 'port']) {
    const value = form.elements[name].value.trim();
    if (value) query.set(name, value);
  }
  try {
    showExplained(await ask(`explain.json?${query}`));
    history.replaceState(null, '', `?${query}`);
    form.elements.address.removeAttribute('aria-invalid');
  } catch (fault) {
    byId('answer').replaceChildren(make('p', fault.message, 'bad'));
    form.elements.address.setAttribute('aria-invalid', 'true');
  }
}

byId('ask').addEventListener('submit', async event => {
  event.preventDefault();
  await explain();
  byId('answer').focus({ preventScroll: true });
});

// ---- Zones

function zoneRow(zone) {
  const row = make('tr');
  const name = make('th', zone.zone, 'code');
  name.scope = 'row';
  const health = !zone.isServed ? make('td', 'not served', 'bad') : zone.lastError ? make('td', zone.lastError, 'bad') : make('td', 'good', 'good');
  if (!zone.isServed && zone.lastError) health.append(`: ${zone.lastError}`);
  const facts = Object.entries(zone.facts ?? {}).map(([key, value]) => `${key}: ${value}`).join('; ');
  if (facts) health.append(make('div', facts, 'hint'));
  const since = make('td', zone.since ? moment(zone.since) : '–');
  if (zone.ageSeconds !== undefined) since.append(make('div', `${age(zone.ageSeconds)} ago`, 'hint'));
  row.append(name, health, make('td', zone.serial ?? '–', 'number'), make('td', zone.names ?? '–', 'number'),
    since, make('td', moment(zone.signedUntil)), make('td', zone.source ?? '–', 'code'));
  return row;
}

async function showStatus() {
  try {
    const status = await ask('status.json');
    byId('server').className = '';
    byId('server').textContent = `Version ${status.version}, up ${age(status.uptimeSeconds)}, listening on ${status.listening.join(', ')}`;
    const last = status.lastReload;
    byId('reload').className = !last || last.ok ? '' : 'bad';
    byId('reload').textContent = !last ? 'Nothing was loaded yet.'
      : last.ok ? `Last loaded ${moment(last.at)}${last.warnings ? `, with ${last.warnings} warning(s)` : ''}.`
      : `The last load, ${moment(last.at)}, was rejected: ${last.problems.find(problem => problem.severity === 'error')?.text ?? ''} What was served before still is.`;
    byId('zones').tBodies[0].replaceChildren(...status.zones.map(zoneRow));
  } catch (fault) {
    byId('server').className = 'bad';
    byId('server').textContent = `The server cannot be asked: ${fault.message}`;
  }
}

// ---- Rates

const plots = {
  queries: new Plot(byId('plots'), 'Queries by transport', '/s'),
  responses: new Plot(byId('plots'), 'Responses by code', '/s'),
  dropped: new Plot(byId('plots'), 'Dropped', '/s'),
  sessions: new Plot(byId('plots'), 'TCP and TLS sessions open', ''),
  memory: new Plot(byId('plots'), 'Memory', ' MiB'),
};
let before = null;

function rate(now, then, seconds) {
  const rates = {};
  for (const [name, value] of Object.entries(now)) {
    // A server that started anew counts from 0.
    rates[name] = Math.max(0, value - (then[name] ?? 0)) / seconds;
  }
  return rates;
}

async function showRates() {
  let now = null;
  try {
    now = await ask('rates.json');
  } catch {
    // A gap in the lines says so; the status says why.
  }
  const seconds = now && before ? now.seconds - before.seconds : 0;
  if (seconds > 0) {
    plots.queries.add(rate(now.queries, before.queries, seconds));
    plots.responses.add(rate(now.responses, before.responses, seconds));
    plots.dropped.add(rate({ dropped: now.dropped }, { dropped: before.dropped }, seconds));
  }
  if (now) {
    plots.sessions.add({ open: now.sessions });
    plots.memory.add({ 'in use': now.memory / 1048576 });
  }
  before = now;
}

function repeat(action, milliseconds) {
  action();
  setInterval(() => { if (!document.hidden) action(); }, milliseconds);
}

repeat(showStatus, STATUS_EVERY);
repeat(showRates, RATES_EVERY);

const asked = new URLSearchParams(location.search);
for (const name of ['address', 'peer', 'port']) byId(name).value = asked.get(name) ?? '';
if (asked.has('address')) explain();
