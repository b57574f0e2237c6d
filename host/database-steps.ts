/**
 * The tables, one step at a time. A step that has been in anyone's hands is never changed: add another.
 * `user_version` of the file is the number of steps it has taken. Times are ms since the epoch; JSON is text.
 */
export const DATABASE_STEPS: readonly string[] = [
  `
create table settings (
  name text primary key not null,
  value text not null
) strict, without rowid;

create table clients (
  id text primary key not null,
  name text not null,
  address text not null,
  contact text not null,
  licence text not null,
  parameters text not null,
  made_at integer not null
) strict, without rowid;

-- A case of a foreign database belongs to a client only where number and name agree, by any name he ever had.
create table client_names (
  client_id text not null references clients (id) on delete cascade,
  name_key text not null,
  primary key (client_id, name_key)
) strict, without rowid;

-- The client that the answer to a question made: sent again, it makes no second one.
create table question_clients (
  question text primary key not null,
  client_id text not null references clients (id) on delete cascade
) strict, without rowid;
create index question_clients_client on question_clients (client_id);

-- Numbers are not given twice, even where the client is gone.
create table counters (
  name text primary key not null,
  value integer not null
) strict, without rowid;
insert into counters (name, value) values ('client', 0);

create table patients (
  id integer primary key,
  key text not null unique,
  patient_id text,
  family text not null,
  given text not null
) strict;

-- Rows of the list: cases that stand in the case folder, and orders and packages that do not (yet).
create table cases (
  id integer primary key autoincrement,
  kind text not null check (kind in ('case', 'order', 'package')),
  status text not null check (status in ('unread', 'read', 'waiting', 'importing', 'refused', 'broken')),
  -- How the status is sorted. Not generated: an index on a generated column is never taken for all that a page needs.
  status_rank integer not null check (status_rank = case status
    when 'waiting' then 0 when 'refused' then 1 when 'broken' then 2
    when 'importing' then 3 when 'unread' then 4 else 5 end),
  -- Name of the folder, or of the refused package.
  project text,
  guid text,
  signature text,
  opened integer not null default 0,
  account text,
  order_id text,
  order_code text,
  revision integer not null default 1,
  patient_key integer references patients (id),
  patient text not null default '',
  practice_id text,
  practice_key text,
  practice text,
  -- The plugin wrote it: its practice is a client of ours by its number alone.
  delivered integer not null default 0,
  client_id text,
  client text,
  teeth text not null default '[]',
  material text,
  due text,
  received_at integer not null,
  waits_for text not null default '[]',
  warnings integer not null default 0,
  reason_code text,
  reason_facts text,
  reason_text text,
  -- Of an order: its summary and warnings, for there is no folder to read.
  details text,
  sort_patient text,
  sort_client text,
  sort_teeth text,
  sort_material text,
  sort_order text
) strict;
create unique index cases_project on cases (project) where kind = 'case';
create unique index cases_package on cases (project) where kind = 'package';
create unique index cases_incoming on cases (account, order_id, revision) where kind = 'order';
create index cases_order on cases (account, order_id, revision);
create index cases_patient_key on cases (patient_key);
create index cases_practice on cases (practice_id);
create index cases_client on cases (client_id, status);
create index cases_status on cases (status, client_id);
-- Each carries what the list filters by, so that a page is found in the index alone.
create index cases_by_received on cases (received_at, id, status, client_id);
create index cases_by_status on cases (status_rank, received_at desc, id desc, status, client_id);
create index cases_by_status_down on cases (status_rank desc, received_at desc, id desc, status, client_id);
create index cases_by_patient on cases (sort_patient, id, status, client_id);
create index cases_by_client on cases (sort_client, id, status, client_id);
create index cases_by_teeth on cases (sort_teeth, id, status, client_id);
create index cases_by_material on cases (sort_material, id, status, client_id);
create index cases_by_due on cases (due, id, status, client_id);
create index cases_by_order on cases (sort_order, id, status, client_id);

-- What a search looks at, folded: small enough to be read through at each search, whatever the script, and however
-- many rows a word is in (an index of trigrams was slower where a word is in all of them, and doubled every write).
create table case_texts (
  id integer primary key references cases (id) on delete cascade,
  text text not null
) strict;

-- A case that left the folder: where it comes back it is the same one, and read where it was read.
create table past_cases (
  project text primary key not null,
  guid text,
  id integer not null unique,
  opened integer not null,
  received_at integer not null,
  gone_at integer not null
) strict, without rowid;
`,
  `
-- What plugins told last, for the time in which they cannot be asked.
create table plugin_failures (
  plugin text primary key not null,
  at integer not null,
  code text not null,
  text text not null
) strict, without rowid;
create table plugin_logs (
  plugin text primary key not null,
  -- Whose log it is: another case folder has another.
  ledger text not null,
  at integer not null,
  entries text not null
) strict, without rowid;
`,
  `
-- Orders as the connection to the cloud told them last: on their way, failed, or with a status that says more.
create table cloud_orders (
  -- As the ledger calls it.
  account text not null,
  rx_id text not null,
  cloud_account text not null,
  order_id text,
  order_code text,
  stage text not null,
  status text not null,
  reason_code text,
  reason_text text,
  -- On its way since; ms since the epoch.
  since integer not null,
  primary key (account, rx_id)
) strict, without rowid;
create index cloud_orders_order on cloud_orders (account, order_id);

-- The list takes a fourth kind and a seventh status; a check cannot be changed but with its table. Texts go first: they
-- would follow the rows that leave.
create table case_texts_kept as select id, text from case_texts;
drop table case_texts;
alter table cases rename to cases_before;
create table cases (
  id integer primary key autoincrement,
  kind text not null check (kind in ('case', 'order', 'package', 'cloud')),
  status text not null check (status in ('unread', 'read', 'waiting', 'importing', 'refused', 'broken', 'noted')),
  -- How the status is sorted. Not generated: an index on a generated column is never taken for all that a page needs.
  status_rank integer not null check (status_rank = case status
    when 'waiting' then 0 when 'refused' then 1 when 'broken' then 2
    when 'importing' then 3 when 'unread' then 4 when 'read' then 5 else 6 end),
  -- Name of the folder, or of the refused package.
  project text,
  guid text,
  signature text,
  opened integer not null default 0,
  account text,
  order_id text,
  order_code text,
  -- Of an order of the cloud that the import does not know (yet).
  rx_id text,
  revision integer not null default 1,
  patient_key integer references patients (id),
  patient text not null default '',
  practice_id text,
  practice_key text,
  practice text,
  -- The plugin wrote it: its practice is a client of ours by its number alone.
  delivered integer not null default 0,
  client_id text,
  client text,
  teeth text not null default '[]',
  material text,
  due text,
  received_at integer not null,
  waits_for text not null default '[]',
  warnings integer not null default 0,
  reason_code text,
  reason_facts text,
  reason_text text,
  -- Of an order: its summary and warnings, for there is no folder to read.
  details text,
  sort_patient text,
  sort_client text,
  sort_teeth text,
  sort_material text,
  sort_order text
) strict;
insert into cases (id, kind, status, status_rank, project, guid, signature, opened, account, order_id, order_code, revision, patient_key, patient, practice_id, practice_key, practice, delivered, client_id, client, teeth, material, due, received_at, waits_for, warnings, reason_code, reason_facts, reason_text, details, sort_patient, sort_client, sort_teeth, sort_material, sort_order)
  select id, kind, status, status_rank, project, guid, signature, opened, account, order_id, order_code, revision, patient_key, patient, practice_id, practice_key, practice, delivered, client_id, client, teeth, material, due, received_at, waits_for, warnings, reason_code, reason_facts, reason_text, details, sort_patient, sort_client, sort_teeth, sort_material, sort_order from cases_before;
-- Numbers are not given twice.
delete from sqlite_sequence where name = 'cases';
insert into sqlite_sequence (name, seq) select 'cases', seq from sqlite_sequence where name = 'cases_before';
drop table cases_before;
create unique index cases_project on cases (project) where kind = 'case';
create unique index cases_package on cases (project) where kind = 'package';
create unique index cases_incoming on cases (account, order_id, revision) where kind = 'order';
create index cases_order on cases (account, order_id, revision);
create index cases_patient_key on cases (patient_key);
create index cases_practice on cases (practice_id);
create index cases_client on cases (client_id, status);
create index cases_status on cases (status, client_id);
-- Each carries what the list filters by, so that a page is found in the index alone.
create index cases_by_received on cases (received_at, id, status, client_id);
create index cases_by_status on cases (status_rank, received_at desc, id desc, status, client_id);
create index cases_by_status_down on cases (status_rank desc, received_at desc, id desc, status, client_id);
create index cases_by_patient on cases (sort_patient, id, status, client_id);
create index cases_by_client on cases (sort_client, id, status, client_id);
create index cases_by_teeth on cases (sort_teeth, id, status, client_id);
create index cases_by_material on cases (sort_material, id, status, client_id);
create index cases_by_due on cases (due, id, status, client_id);
create index cases_by_order on cases (sort_order, id, status, client_id);
create unique index cases_cloud on cases (account, rx_id) where kind = 'cloud';
create table case_texts (
  id integer primary key references cases (id) on delete cascade,
  text text not null
) strict;
insert into case_texts (id, text) select id, text from case_texts_kept;
drop table case_texts_kept;
`,
  `
-- Apostrophes count no more, and what is spelled in two letters is found in one: as folded-text.ts folds since.
update case_texts set text = replace(replace(text, '''', ''), '’', '');
update case_texts set text = text || ltrim(replace(replace(replace(text, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'))
  where text glob '*[aou]e*';
update cases set sort_patient = replace(replace(sort_patient, '''', ''), '’', ''),
  sort_client = replace(replace(sort_client, '''', ''), '’', '')
  where sort_patient glob '*[''’]*' or sort_client glob '*[''’]*';
`,
  `
-- Mappings as a plugin told them last, for the time in which it cannot be asked, and what a person took back of them then.
create table plugin_mappings (
  plugin text not null,
  -- Whose they are: another case folder has others.
  ledger text not null,
  at integer not null,
  doctors text not null,
  materials text not null,
  -- What the plugin still has to forget.
  forget text not null,
  primary key (plugin, ledger)
) strict, without rowid;
`,
]
