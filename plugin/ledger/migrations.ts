/**
 * The tables, one step at a time. A step that has been in anyone's hands is never changed: add another.
 * `user_version` of the file is the number of steps it has taken.
 * Times are ms since the epoch; JSON is text; ids are integers. SQLite's words: a second engine has steps of its own.
 */
export const MIGRATIONS: readonly string[] = [
  `
create table orders (
  id integer primary key autoincrement,
  account text not null,
  order_id text not null,
  order_code text,
  first_seen integer not null,
  claim_host text,
  claim_pid integer,
  claim_token text,
  claim_until integer,
  unique (account, order_id)
) strict;
create index orders_claimed on orders (claim_token) where claim_token is not null;

create table receipts (
  id integer primary key autoincrement,
  order_key integer not null references orders (id),
  claim_token text not null,
  package_path text not null,
  staging_name text not null,
  started_at integer not null
) strict;
create index receipts_order on receipts (order_key);

create table revisions (
  id integer primary key autoincrement,
  order_key integer not null references orders (id),
  number integer not null,
  hash text not null,
  stage text not null check (stage in ('received', 'waiting', 'publishing', 'published', 'refused')),
  staging_name text,
  project text,
  project_key text unique,
  guid text not null,
  unique_id text not null,
  received_at integer not null,
  published_at integer,
  failure_code text,
  failure_facts text,
  summary text not null,
  warnings text not null,
  files text not null,
  unique (order_key, number),
  unique (order_key, hash)
) strict;
create index revisions_stage on revisions (stage, id);

create table questions (
  id integer primary key autoincrement,
  key text not null,
  kind text not null,
  opened_at integer not null,
  closed_at integer,
  question text not null,
  answer text
) strict;
create unique index questions_open_key on questions (key) where closed_at is null;
create index questions_closed on questions (closed_at, id);

create table waiting_orders (
  question_id integer not null references questions (id) on delete cascade,
  revision_id integer not null references revisions (id),
  waiting text not null,
  primary key (question_id, revision_id)
) strict, without rowid;
create index waiting_orders_revision on waiting_orders (revision_id, question_id);

create table doctor_mappings (
  id integer primary key autoincrement,
  account text not null,
  identified_by text not null,
  value text not null,
  client_id text not null,
  made_at integer not null,
  made_by_order integer references orders (id),
  unique (account, identified_by, value)
) strict;

create table material_mappings (
  key text primary key not null,
  itero_id text,
  itero_name text,
  material text,
  material_at integer,
  material_by_order integer references orders (id),
  method text,
  method_at integer,
  method_by_order integer references orders (id)
) strict;

create table added_clients (
  client_id text primary key not null,
  details text not null,
  added_at integer not null,
  added_by_order integer references orders (id)
) strict;

create table counters (
  name text primary key not null,
  value integer not null
) strict;
insert into counters (name, value) values ('client', 0);

create table packages (
  id integer primary key autoincrement,
  path text not null unique,
  signature text not null,
  outcome text not null check (outcome in ('imported', 'refused', 'ignored')),
  revision_id integer references revisions (id),
  failure_code text,
  failure_facts text,
  attempts integer not null,
  seen_at integer not null
) strict;
create index packages_outcome on packages (outcome, id);
create index packages_revision on packages (revision_id);

create table activity (
  id integer primary key autoincrement,
  at integer not null,
  kind text not null,
  order_key integer,
  code text,
  facts text not null
) strict;
create index activity_order on activity (order_key, id);
`,
  // Several ledgers may work on one case folder, each with stagings of its own.
  `
create table identity (id text not null) strict;
`,
  // What is fetched from the cloud: noted before the first byte is asked for, since a download hides its order.
  `
create table fetches (
  id integer primary key autoincrement,
  account text not null,
  rx_id text not null,
  order_id text not null,
  order_code text,
  status_kind text not null,
  status_text text not null,
  stage text not null check (stage in ('noted', 'wanted', 'downloading', 'downloaded', 'taken', 'failed')),
  shown integer not null,
  wanted_version text,
  file_version text,
  taken_version text,
  etag text,
  flushed integer not null,
  attempts integer not null,
  failure_code text,
  failure_facts text,
  noticed_at integer not null,
  unique (account, rx_id)
) strict;
create index fetches_stage on fetches (stage, account, id);
create index fetches_shown on fetches (shown, account, id);
create index fetches_order on fetches (account, order_id);
`,
  // Which revision asked: the review names its case, and an order may have come again since. null: made before this step.
  // Declared as references, each new revision would walk through all mappings.
  `
alter table doctor_mappings add column made_by_revision integer;
alter table material_mappings add column material_by_revision integer;
alter table material_mappings add column method_by_revision integer;
`,
  // Whoever takes the program away has to find what waits. null: not opened for work since this step.
  `
alter table identity add column staging_root text;
`,
  // One number may be given to two patients: a crown could be made for the wrong one.
  `
create table patient_numbers (
  number text not null,
  name text not null,
  order_key integer not null,
  primary key (number, name, order_key)
) strict, without rowid;
`,
  // Cases that stood there before this ledger: made by one that was lost, or at another computer. null: not looked yet.
  `
create table standing_cases (
  account text not null,
  order_id text not null,
  project text not null,
  primary key (account, order_id, project)
) strict, without rowid;
alter table identity add column cases_read_at integer;
`,
]
